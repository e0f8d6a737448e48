"""The hostile files are what their names say."""

import json
import unicodedata
import zipfile

import pytest
from tools.drawn.hostile import PASSWORD, draw_archives, draw_hostile_export


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return draw_hostile_export(tmp_path_factory.mktemp("hostile") / "ChatExport_2026-10-01")


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives")
    export = folder / "export"
    (export / "photos").mkdir(parents=True)
    (export / "result.json").write_text("{}")
    (export / "photos" / "사진.jpg").write_bytes(b"x")
    draw_archives(folder / "zips", export)
    return folder / "zips"


def test_the_export_is_cut_in_the_middle_of_its_last_message(hostile):
    content = (hostile.folder / "result.json").read_text()
    with pytest.raises(json.JSONDecodeError):
        json.loads(content)
    whole = content[: content.rindex(",\n  {")] + "\n ]\n}"
    assert len(json.loads(whole)["messages"]) == hostile.messages


def test_every_bad_file_is_named_by_a_message_and_stands_beside_a_good_one(hostile):
    content = (hostile.folder / "result.json").read_text()
    paths = [bad.path for bad in hostile.bad] + list(hostile.good)
    assert all(path in content for path in paths)
    assert len(hostile.good) == len(hostile.bad)
    assert (hostile.folder / hostile.good[0]).read_bytes().startswith(b"\xff\xd8")


def test_the_link_leads_out_of_the_export(hostile):
    link = next(hostile.folder / bad.path for bad in hostile.bad if "link" in bad.path)
    assert link.is_symlink()
    assert not link.resolve().is_relative_to(hostile.folder)


def test_names_are_stored_in_cp949_without_a_flag_and_in_decomposed_hangul(archives):
    with zipfile.ZipFile(archives / "cp949.zip", metadata_encoding="cp949") as archive:
        assert "채팅 내보내기/photos/사진.jpg" in archive.namelist()
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())
    with zipfile.ZipFile(archives / "nfd.zip") as archive:
        names = archive.namelist()
    assert "채팅 내보내기/photos/사진.jpg" not in names
    assert "채팅 내보내기/photos/사진.jpg" in [unicodedata.normalize("NFC", name) for name in names]


def test_the_bomb_is_a_thousand_times_larger_than_its_archive(archives):
    with zipfile.ZipFile(archives / "bomb.zip") as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    assert unpacked > 900 * (archives / "bomb.zip").stat().st_size


def test_the_encrypted_archive_opens_with_its_password_only(archives):
    import pyzipper

    with pyzipper.AESZipFile(archives / "encrypted.zip") as archive:
        name = archive.namelist()[0]
        with pytest.raises(RuntimeError):
            archive.read(name, pwd=b"wrong")
        assert archive.read(name, pwd=PASSWORD.encode())


def test_the_cut_archive_has_lost_its_directory(archives):
    assert not zipfile.is_zipfile(archives / "cut.zip")
