"""A snapshot is read once, digested, and held where nothing can change it: in memory, or where it already was."""

import gzip
import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.media import snapshot as snapshots


@pytest.fixture
def take():
    taken = []

    def run(stream, **how):
        taken.append(snapshots.take(stream, **how))
        return taken[-1]

    yield run
    for one in taken:
        one.close()


@given(st.binary(max_size=10_000), st.lists(st.tuples(st.integers(0, 11_000), st.integers(0, 5000)), max_size=5))
def test_what_is_held_is_what_was_read(content, reads):
    held = snapshots.take(io.BytesIO(content))
    assert (held.digest, held.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert held.head == content[:4096]
    plain = io.BytesIO(content)
    with held.open() as reader:
        for at, length in reads:
            assert (reader.seek(at), reader.read(length)) == (plain.seek(at), plain.read(length))
    held.close()


def test_readers_do_not_disturb_each_other_and_outlive_the_snapshot(take):
    held = take(io.BytesIO(b"0123456789"))
    one, other = held.open(), held.open()
    assert one.read(3) == b"012"
    held.close()
    assert other.read() == b"0123456789"
    assert one.read() == b"3456789"
    one.close()
    other.close()


def test_a_file_is_held_in_memory_and_cannot_be_changed_there(take, tmp_path):
    (tmp_path / "drawn").write_bytes(b"drawn")
    with (tmp_path / "drawn").open("rb") as stream:
        held = take(stream)
    assert str(Path(f"/proc/self/fd/{held.fd}").readlink()).startswith("/memfd:")
    with pytest.raises(PermissionError):
        os.pwrite(held.fd, b"x", 0)
    with pytest.raises(PermissionError):
        os.truncate(held.fd, 0)
    (tmp_path / "drawn").write_bytes(b"other")
    assert held.open().read() == b"drawn"
    assert held.is_unchanged()


def test_a_file_too_large_to_hold_stays_where_it_is_and_its_change_is_noticed(take, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"drawn" * 1000)
    with path.open("rb") as stream:
        held = take(stream, held=1000)
    assert Path(f"/proc/self/fd/{held.fd}").readlink() == path
    assert held.open().read() == path.read_bytes()
    assert held.is_unchanged()
    with path.open("ab") as stream:
        stream.write(b"!")
    assert not held.is_unchanged()


def test_a_large_member_of_an_archive_is_digested_and_not_held(take):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("large", b"drawn" * 1000)
    with zipfile.ZipFile(archive).open("large") as stream:
        held = take(stream, held=1000)
    assert (held.digest, held.size, held.fd) == (hashlib.sha256(b"drawn" * 1000).hexdigest(), 5000, None)
    with pytest.raises(OSError, match="not held"):
        held.open()


def test_a_stream_that_unpacks_a_file_is_not_taken_for_the_file(take, tmp_path):
    (tmp_path / "packed").write_bytes(gzip.compress(b"drawn" * 1000))
    with gzip.open(tmp_path / "packed") as stream:
        assert take(stream, held=1000).fd is None


def test_a_read_error_leaves_nothing_open():
    class Broken(io.RawIOBase):
        def read(self, _size=-1):
            raise OSError

    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError):  # noqa: PT011 -- the stream's own
        snapshots.take(Broken())
    assert len(list(Path("/proc/self/fd").iterdir())) == before
