"""Zip archives: names of every system, members that lie, archives that are cut or locked."""

import contextlib
import os
import stat
import struct
import unicodedata
import zipfile

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from drawn_files import zipped
from haechi.adapters.containers import open_container, zip_archive
from haechi.domain.errors import ArchiveDamagedError, EncryptedArchiveError


def listed(path):
    return {member.path: member for member in open_container(path).members()}


def without_utf8_flag(path, name, raw):
    """Put a name's bytes in place of a placeholder of the same length, as Windows tools write them."""
    assert len(name) == len(raw)
    path.write_bytes(path.read_bytes().replace(name.encode(), raw))
    return path


def refusal(path, **options):
    info = zipfile.ZipInfo("x")
    for key, value in options.items():
        setattr(info, key, value)
    zipped(path, (info, b"abc"))
    [member] = open_container(path).members()
    return member.refused


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.zip"


def test_members_are_read_in_place(path):
    container = open_container(zipped(path, ("a/b.txt", b"abc"), ("a/", b""), ("empty", b"")))
    members = list(container.members())
    assert [(one.path, one.size, one.is_directory) for one in members] == [
        ("a/b.txt", 3, False), ("a", 0, True), ("empty", 0, False),
    ]  # fmt: skip
    with container.open(members[0]) as stream:
        assert stream.read(2) + stream.read() == b"abc"
    assert (container.kind, container.name) == ("zip", "export.zip")
    container.close()


def test_korean_names_of_windows_tools_are_cp949(path):
    raw = "사진.jpg".encode("cp949")
    zipped(path, ("x" * len(raw), b"1"))
    [member] = listed(without_utf8_flag(path, "x" * len(raw), raw)).values()
    assert (member.path, member.raw_name, member.name_rule) == ("사진.jpg", raw, "cp949")


def test_names_that_are_no_text_are_shown_escaped(path):
    zipped(path, ("xx", b"1"))
    [member] = listed(without_utf8_flag(path, "xx", b"a\xff")).values()
    assert (member.path, member.raw_name, member.name_rule) == ("a\\xff", b"a\xff", "bytes")


def test_names_of_a_mac_are_shown_composed(path):
    stored = unicodedata.normalize("NFD", "사진.jpg")
    [member] = listed(zipped(path, (stored, b"1"))).values()
    assert (member.path, member.raw_name) == ("사진.jpg", stored.encode())


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/passwd", "C:/a", "C:\\a", "\\\\host\\a", "a\\..\\b"])
def test_a_name_that_leads_out_is_refused(path, name):
    [member] = open_container(zipped(path, (name, b"x"))).members()
    assert member.refused == "path-escapes"
    with pytest.raises(ValueError, match="path-escapes"):
        open_container(path).open(member)


def test_links_and_devices_are_refused(path):
    assert refusal(path, create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16) == "link-refused"
    assert refusal(path, create_system=3, external_attr=(stat.S_IFIFO | 0o777) << 16) == "device-refused"
    assert refusal(path, create_system=3, external_attr=(stat.S_IFREG | 0o644) << 16) is None


def test_a_bomb_is_refused_and_its_neighbours_are_read(path):
    zipped(path, ("bomb", bytes(11 << 20)), ("small", bytes(1 << 20)), ("a", b"x"))
    assert {name: one.refused for name, one in listed(path).items()} == {
        "bomb": "ratio-too-high",
        "small": None,
        "a": None,
    }


def test_overlapping_members_are_refused(path):
    zipped(path, ("a", b"x" * 100), ("b", b"y" * 100), method=zipfile.ZIP_STORED)
    written = bytearray(path.read_bytes())
    second = written.index(b"PK\x01\x02", written.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", written, second + 42, 20)  # its header now lies inside the first member's bytes
    path.write_bytes(written)
    assert listed(path)["a"].refused == "overlapping-entries"


def test_too_much_in_all_is_refused_from_there_on(path, monkeypatch):
    monkeypatch.setattr(zip_archive, "LARGEST_TOTAL", 10)
    zipped(path, ("a", b"x" * 8), ("b", b"y" * 8))
    assert [one.refused for one in listed(path).values()] == [None, "too-large"]


def test_too_many_members_are_said(path, monkeypatch):
    monkeypatch.setattr(zip_archive, "MOST_MEMBERS", 1)
    with pytest.raises(ArchiveDamagedError) as raised:
        open_container(zipped(path, ("a", b""), ("b", b"")))
    assert raised.value.facts["reason"] == "too-many-members"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_all_kept(path):
    container = open_container(zipped(path, ("a.tar.gz", b"1"), ("a.tar.gz", b"2"), ("a (2).tar.gz", b"3")))
    found = {member.path: container.open(member).read() for member in container.members()}
    assert sorted(found.values()) == [b"1", b"2", b"3"]
    assert found["a.tar.gz"] == b"1"


def test_a_compression_that_python_lacks_is_refused(path):
    zipped(path, ("a", b"x"))
    written = bytearray(path.read_bytes())
    struct.pack_into("<H", written, written.index(b"PK\x01\x02") + 10, 9)  # Deflate64
    path.write_bytes(written)
    assert listed(path)["a"].refused == "compression-unsupported"


def test_an_lzma_member_may_not_ask_for_any_memory_it_likes(path):
    zipped(path, ("a", b"hello world" * 99), method=zipfile.ZIP_LZMA)
    written = bytearray(path.read_bytes())
    struct.pack_into("<I", written, 30 + len("a") + 5, (64 << 20) + 1)
    path.write_bytes(written)
    container = open_container(path)
    [member] = container.members()
    with pytest.raises(ValueError, match="a"):
        container.open(member)


def test_damage_is_found_at_the_end_of_reading(path):
    zipped(path, ("a", b"hello world" * 9), method=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"hello", b"jello"))
    container = open_container(path)
    [member] = container.members()
    with container.open(member) as stream, pytest.raises(ValueError, match="damaged"):
        stream.read()


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_cut_archive_is_said_to_be_cut(path, kept):
    zipped(path, ("a", bytes(range(256)) * 40))
    written = path.read_bytes()
    path.write_bytes(written[: int(len(written) * kept)])
    with pytest.raises(ArchiveDamagedError) as raised:
        open_container(path)
    assert raised.value.facts["reason"] == "cut"


def locked(path, encryption):
    with pyzipper.AESZipFile(path, "w", encryption=encryption) as archive:
        archive.setpassword(b"secret")
        archive.writestr("a.txt", b"abc")


def test_an_archive_locked_with_aes_says_so_even_with_the_password(path):
    locked(path, pyzipper.WZ_AES)
    for password in (None, b"secret"):
        with pytest.raises(EncryptedArchiveError) as raised:
            open_container(path, password)
        assert raised.value.facts["method"] == "aes"


# One file `a.txt` of the three bytes "abc", password "secret", in the cipher of PKZIP 2.0 (APPNOTE 6.1): the standard
# library reads it and cannot write it.
ZIPCRYPTO = bytes.fromhex(
    "504b030414000100000000002100c24124350f0000000300000005000000612e747874c888c2bf0de3a403f41532ec63f945"
    "504b0102140014000100000000002100c24124350f00000003000000050000000000000000000000000000000000612e7478"
    "74504b0506000000000100010033000000320000000000"
)


def test_an_old_cipher_needs_its_password(path):
    path.write_bytes(ZIPCRYPTO)
    for password in (None, b"wrong"):
        with pytest.raises(EncryptedArchiveError):
            open_container(path, password)
    container = open_container(path, b"secret")
    [member] = container.members()
    with container.open(member) as stream:
        assert stream.read() == b"abc"


def test_an_archive_in_an_archive_is_noted_and_not_opened(path):
    assert listed(zipped(path, ("inner.ZIP", b"PK")))["inner.ZIP"].facts["nested_archive"] is True


def test_an_operating_systems_own_files_are_marked(path):
    found = listed(zipped(path, ("__MACOSX/._a.jpg", b""), ("a/.DS_Store", b""), ("a.jpg", b"")))
    assert [bool(one.facts.get("ignored")) for one in found.values()] == [True, True, False]


def test_what_the_archive_tells_is_kept_for_the_seal(path):
    info = zipfile.ZipInfo("a", (2024, 3, 1, 9, 0, 2))
    info.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1709251202)
    facts = listed(zipped(path, (info, b"abc")))["a"].facts
    assert (facts["dos_time"], facts["modified"], facts["crc32"]) == (
        "2024-03-01T09:00:02",
        "2024-03-01T00:00:02Z",
        "352441c2",
    )


def test_the_first_day_of_1980_is_no_time(path):
    assert listed(zipped(path, (zipfile.ZipInfo("a"), b"x")))["a"].facts["modified"] is None


def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.zip")
    assert open_container(tmp_path / "pipe.zip").kind == "file"


def test_a_document_that_happens_to_be_a_zip_is_a_file(tmp_path):
    assert open_container(zipped(tmp_path / "a.docx", ("word/document.xml", b""))).kind == "file"


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 20), st.binary(max_size=8)), min_size=1, max_size=4))
def test_a_mangled_archive_gives_members_or_an_error_of_ours(tmp_path_factory, damage):
    path = zipped(tmp_path_factory.mktemp("zip") / "a.zip", ("가/나.txt", b"hello" * 50), ("b", b"x"))
    mangled = bytearray(path.read_bytes())
    for position, length, inserted in damage:
        at = position % len(mangled)
        mangled[at : at + length] = inserted
    path.write_bytes(mangled)
    try:
        container = open_container(path)
    except (ArchiveDamagedError, EncryptedArchiveError):
        return
    for member in container.members():
        if member.refused is None and not member.is_directory:
            with contextlib.suppress(OSError, ValueError), container.open(member) as stream:
                stream.read()
    container.close()
