"""Folders: listed in one order, read without leaving them, nothing followed."""

import os
import tempfile
import unicodedata
from pathlib import Path

import pytest

from haechi.adapters.containers import open_container
from haechi.domain.errors import PathMissingError
from haechi.ports.container import Member


def listed(folder):
    return {member.path: member for member in open_container(folder).members()}


def test_members_come_in_the_order_of_their_bytes_whatever_the_disk_says(tmp_path):
    for name in ["나.jpg", "b/2", "b/1", "Z", "a", "가/1"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [member.path for member in open_container(tmp_path).members()] == [
        "Z", "a", "나.jpg", "b", "b/1", "b/2", "가", "가/1",
    ]  # fmt: skip


def test_a_file_is_read_as_it_lies(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"abc")
    container = open_container(tmp_path)
    member = listed(tmp_path)["sub/a"]
    with container.open(member) as stream:
        assert stream.read() == b"abc"
    assert (member.size, member.refused, container.kind) == (3, None, "folder")
    assert str(member.facts["modified"]).endswith("Z")


def test_an_empty_file_and_an_empty_folder_are_members(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "nothing").mkdir()
    assert [(one.path, one.size, one.is_directory) for one in listed(tmp_path).values()] == [
        ("empty", 0, False), ("nothing", 0, True),
    ]  # fmt: skip


def test_links_and_pipes_are_listed_and_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("x")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "file").symlink_to(outside / "secret")
    (folder / "folder").symlink_to(outside)
    os.mkfifo(folder / "pipe")
    assert {path: one.refused for path, one in listed(folder).items()} == {
        "file": "link-refused", "folder": "link-refused", "pipe": "device-refused",
    }  # fmt: skip


def test_a_link_put_in_place_after_listing_leads_nowhere(tmp_path):
    folder = tmp_path / "export"
    (folder / "photos").mkdir(parents=True)
    (folder / "photos" / "a").write_text("x")
    container, members = open_container(folder), listed(folder)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a").write_text("secret")
    (folder / "photos").rename(folder / "old")
    (folder / "photos").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError):
        container.open(members["photos/a"])


def test_a_link_is_not_opened_even_when_asked_for(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match=r"link|symbolic"):
        open_container(folder).open(Member("link", b"link", "utf-8", 0))


@pytest.fixture
def as_nobody():
    """Give up root's right to read everything, in a folder that anybody may enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a").touch(mode=0)
        was = os.geteuid()
        if was == 0:
            os.seteuid(65_534)
        try:
            yield folder
        finally:
            os.seteuid(was)


def test_a_file_that_may_not_be_read_is_listed_and_fails_when_opened(as_nobody):
    [member] = listed(as_nobody).values()
    with pytest.raises(PermissionError):
        open_container(as_nobody).open(member)


def test_decomposed_names_are_shown_composed_and_kept_as_stored(tmp_path):
    stored = unicodedata.normalize("NFD", "사진.jpg")
    (tmp_path / stored).touch()
    [member] = listed(tmp_path).values()
    assert (member.path, member.raw_name, member.name_rule) == ("사진.jpg", stored.encode(), "utf-8")


def test_two_forms_of_one_name_are_two_members(tmp_path):
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "사진.jpg")).write_text(form)
    container = open_container(tmp_path)
    found = {member.path: container.open(member).read() for member in container.members()}
    assert found == {"사진.jpg": b"NFC", "사진 (2).jpg": b"NFD"}


@pytest.mark.parametrize(
    ("raw", "path", "rule"), [("사진".encode("cp949"), "사진", "cp949"), (b"a\xff", "a\\xff", "bytes")]
)
def test_a_name_says_how_it_was_decoded(tmp_path, raw, path, rule):
    (tmp_path / os.fsdecode(raw)).touch()
    [member] = listed(tmp_path).values()
    assert (member.path, member.raw_name, member.name_rule) == (path, raw, rule)


def test_an_operating_systems_own_files_are_marked(tmp_path):
    for name in (".DS_Store", "._a.jpg", "Thumbs.db", "a.jpg"):
        (tmp_path / name).touch()
    assert {path for path, one in listed(tmp_path).items() if one.facts.get("ignored")} == {
        ".DS_Store",
        "._a.jpg",
        "Thumbs.db",
    }


def test_a_single_file_is_a_container_of_one(tmp_path):
    (tmp_path / "사진.jpg").write_bytes(b"abc")
    container = open_container(tmp_path / "사진.jpg")
    [member] = container.members()
    with container.open(member) as stream:
        assert stream.read() == b"abc"
    assert (container.kind, container.name, member.path, member.size) == ("file", "사진.jpg", "사진.jpg", 3)


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(PathMissingError):
        open_container(tmp_path / "no")
