"""Archives that lie about a member or about how many there are: told as damage, at the price of that member alone."""

import zipfile

import pytest

from drawn.hostile_archives import archive, bad_archives
from haechi.adapters.containers import open_container, zip_archive
from haechi.adapters.containers.zip_archive import DamagedMemberError
from haechi.domain.errors import ArchiveDamagedError

MAKERS = {one.name.removesuffix(".zip"): one.make for one in bad_archives()}


def opened(tmp_path, name):
    place = tmp_path / "x.zip"
    place.write_bytes(MAKERS[name]())
    return open_container(place)


@pytest.mark.parametrize("name", ["method-lies-bzip2", "size-too-large", "sum-wrong", "method-lies-lzma"])
def test_a_member_that_is_not_what_its_header_says_is_damage_and_no_fault_of_the_disk(tmp_path, name):
    container = opened(tmp_path, name)
    (bad,) = [one for one in container.members() if one.path == "bad.txt"]
    with pytest.raises(DamagedMemberError), container.open(bad) as stream:
        stream.read()
    container.close()


def test_a_member_before_the_first_byte_is_damage(tmp_path):
    container = opened(tmp_path, "directory-outside")
    (good,) = container.members()
    with pytest.raises(DamagedMemberError):
        container.open(good)
    container.close()


def test_a_member_read_in_pieces_and_to_its_end_is_whole(tmp_path):
    place = tmp_path / "x.zip"
    place.write_bytes(archive())
    container = open_container(place)
    (good,) = container.members()
    with container.open(good) as stream:
        pieces = list(iter(lambda: stream.read(7), b""))
        assert stream.read(1) == b""
    assert b"".join(pieces) == b"drawn\n" * 40
    container.close()


@pytest.mark.parametrize("name", ["name-invalid", "name-surrogate"])
def test_a_name_of_bytes_that_are_no_text_is_no_way_out(tmp_path, name):
    container = opened(tmp_path, name)
    assert {one.name_rule: one.refused for one in container.members()} == {"utf-8": None, "bytes": None}
    container.close()


def test_a_directory_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)  # whoever opened it would fail
    with pytest.raises(ArchiveDamagedError) as raised:
        opened(tmp_path, "a-million-members")
    assert raised.value.facts["reason"] == "too-many-members"


def test_a_directory_that_says_it_has_few_members_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(zip_archive, "LARGEST_DIRECTORY", 80)
    with pytest.raises(ArchiveDamagedError) as raised:
        opened(tmp_path, "entries-fewer")
    assert raised.value.facts["reason"] == "too-many-members"
