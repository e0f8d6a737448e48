"""Sealed bytes: what goes in comes out for a reader and for nobody else."""

import hashlib
import io
from dataclasses import replace

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.adapters.blobs import AgeBlobs, age, new_identity, recipient_of
from haechi.domain.case import CaseId
from haechi.domain.errors import SealedForOthersError, VaultDamagedError
from haechi.domain.evidence import Sha256

NAME = "ab" * 32


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vault")
    for name in ("blobs", "tmp"):
        (folder / name).mkdir()
    return AgeBlobs(folder, bytes(32))


@pytest.fixture(scope="module")
def identity():
    return new_identity()


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a pipe may."""

    def __init__(self, content: bytes) -> None:
        self._inner = io.BytesIO(content)

    def readable(self):
        return True

    def read(self, size=-1):
        return self._inner.read(min(size, 7) if size >= 0 else -1)


@given(st.binary(max_size=200_000))
@settings(max_examples=20)
def test_what_was_sealed_is_opened(blobs, identity, content):
    blob = blobs.seal(NAME, io.BytesIO(content), readers=[recipient_of(identity)])
    assert blob.size == len(content)
    assert blobs.open(blob, identity=identity).read() == content


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 300_001])
def test_large_files_are_streamed_both_ways(blobs, identity, monkeypatch, size):
    monkeypatch.setattr(age, "_SMALL", 1_000)
    monkeypatch.setattr(age, "_LARGE", 1_000)
    content = bytes(at * 7 % 251 for at in range(size))
    blob = blobs.seal(NAME, Dripping(content), readers=[recipient_of(identity)])
    assert blob.size == size
    with blobs.open(blob, identity=identity) as stream:
        assert stream.read() == content
    with blobs.open(blob, identity=identity) as stream:
        assert stream.read(10) == content[:10]


@pytest.mark.parametrize("at", [0, 150, 70_000, -1])
def test_damage_in_a_streamed_file_is_noticed(blobs, identity, monkeypatch, at):
    monkeypatch.setattr(age, "_LARGE", 1_000)
    blob = blobs.seal(NAME, io.BytesIO(bytes(300_000)), readers=[recipient_of(identity)])
    path = blobs._path(NAME)  # noqa: SLF001 - to damage it
    whole = bytearray(path.read_bytes())
    whole[at] ^= 1
    path.write_bytes(whole)
    with pytest.raises(VaultDamagedError), blobs.open(blob, identity=identity) as stream:
        stream.read()
    path.write_bytes(whole[:-70_000])
    with pytest.raises(VaultDamagedError), blobs.open(blob, identity=identity) as stream:
        stream.read()


def test_each_reader_opens_and_nobody_else(blobs):
    first, second, other = (new_identity() for _ in range(3))
    blob = blobs.seal(NAME, io.BytesIO(b"drawn"), readers=[recipient_of(first), recipient_of(second)])
    assert {blobs.open(blob, identity=one).read() for one in (first, second)} == {b"drawn"}
    with pytest.raises(SealedForOthersError):
        blobs.open(blob, identity=other)
    with pytest.raises(SealedForOthersError):
        blobs.wrap_for(blob, recipient_of(other), identity=other)


def test_a_reader_can_wrap_for_another_and_finds_the_wrap_that_is_there(blobs):
    first, second, other = (new_identity() for _ in range(3))
    blob = blobs.seal(NAME, io.BytesIO(b"drawn"), readers=[recipient_of(first), recipient_of(second)])
    wrap = blobs.wrap_for(blob, recipient_of(other), identity=first)
    assert blobs.open(replace(blob, wraps=((recipient_of(other), wrap),)), identity=other).read() == b"drawn"
    assert blobs.wrap_for(blob, recipient_of(second), identity=other) == blob.wraps[1][1]


@pytest.mark.parametrize("size", [0, 100, 2**22 - 1, 2**22, 2**22 + 70_000])
def test_the_sealed_digest_is_of_the_file_on_disk(tmp_path, size):
    for name in ("blobs", "tmp"):
        (tmp_path / name).mkdir()
    blobs = AgeBlobs(tmp_path, bytes(32))
    blob = blobs.seal(NAME, io.BytesIO(bytes(size)), readers=[recipient_of(new_identity())])
    file = next(tmp_path.rglob("*.age"))
    assert blob.sealed_digest == hashlib.sha256(file.read_bytes()).hexdigest() == blobs.sealed_digest(NAME)
    with blobs.open_sealed(NAME) as stream:
        assert stream.read() == file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])
    assert blobs.sealed_digest(NAME) != blob.sealed_digest
    file.unlink()
    with pytest.raises(VaultDamagedError):
        blobs.sealed_digest(NAME)


def test_a_blob_is_two_plain_age_files(blobs, identity):
    """The wrap holds the blob's identity, as the stock program would decrypt both."""
    blob = blobs.seal(NAME, io.BytesIO(b"drawn"), readers=[recipient_of(identity)])
    reader = pyrage.x25519.Identity.from_str(identity)
    own = pyrage.x25519.Identity.from_str(pyrage.decrypt(blob.wraps[0][1], [reader]).decode())
    sealed = blobs._path(NAME).read_bytes()  # noqa: SLF001 - what is on the disk
    assert sealed.startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert pyrage.decrypt(sealed, [own]) == b"drawn"
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [reader])


def test_a_damaged_wrap_is_damage(blobs, identity):
    from dataclasses import replace

    blob = blobs.seal(NAME, io.BytesIO(b"drawn"), readers=[recipient_of(identity)])
    ((recipient, wrapped),) = blob.wraps
    for broken in (b"", wrapped[:-1], wrapped[:50] + b"x" + wrapped[51:]):
        with pytest.raises(VaultDamagedError):
            blobs.open(replace(blob, wraps=((recipient, broken),)), identity=identity)


def test_a_name_needs_the_key_and_tells_the_case_apart(tmp_path):
    digest = Sha256("ab" * 32)
    names = {
        AgeBlobs(tmp_path, key).name(CaseId(case), digest) for key in (bytes(32), bytes(31) + b"x") for case in "cd"
    }
    assert len(names) == 4
    assert digest not in names


def test_names_size_and_removal(blobs, identity):
    blobs.seal(NAME, io.BytesIO(b"drawn"), readers=[recipient_of(identity)])
    assert blobs.names() == [NAME]
    assert blobs.size() > 5
    blobs.remove(NAME)
    blobs.remove(NAME)
    assert blobs.names() == []
