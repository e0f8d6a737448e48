"""A split recovery key: two of three sheets open the vault, the key before no more, and an interrupted splitting changes nothing."""

import errno
import os
from itertools import pairwise
from pathlib import Path

import pytest
from pypdf import PdfReader

from drawn_vault import make, opened
from haechi.adapters.keys.split import Slip39Splitter
from haechi.adapters.renderer import sheets
from haechi.adapters.renderer.sheets import TypstSheets
from haechi.adapters.vault_folder.folders import OpenFolder
from haechi.domain.errors import DiskFullError, FolderReadOnlyError, SheetsExistError, WrongKeyError
from haechi.flows.split_recovery_key import split_recovery_key


def split(path, folder, printer=None):
    with opened(path) as vault:
        return split_recovery_key(
            vault, folder, needed=2, total=3, splitter=Slip39Splitter(), printer=printer or TypstSheets()
        )


def words_on(sheet):
    """Return the words as they stand on the paper: each after its number."""
    found: dict[int, str] = {}
    for number, word in pairwise(PdfReader(sheet).pages[0].extract_text().split()):
        if number == str(len(found) + 1) and word.isascii() and word.isalpha() and len(word) > 3:
            found[len(found) + 1] = word
    return " ".join(found.values())


def test_two_of_three_printed_sheets_open_the_vault_and_the_key_before_no_more(tmp_path):
    before = make(tmp_path / "v")
    made = split(tmp_path / "v", tmp_path / "sheets")
    key = Slip39Splitter().join([words_on(made.sheets[0]), words_on(made.sheets[2])])
    with opened(tmp_path / "v", key=key) as vault:
        assert list(vault.ledger.entries())[-1].raw.count(b'"type":"key"') == 1
    with pytest.raises(WrongKeyError), opened(tmp_path / "v", key=before):
        pass


def test_sheets_are_private_and_in_both_languages(tmp_path):
    make(tmp_path / "v")
    made = split(tmp_path / "v", tmp_path / "sheets")
    assert len(made.sheets) == 3
    assert all(sheet.stat().st_mode & 0o077 == 0 for sheet in made.sheets)
    text = PdfReader(made.sheets[1]).pages[0].extract_text()
    assert "3장 가운데 2번째" in text
    assert "Sheet 2 of 3" in text


def test_when_the_sheets_cannot_be_written_the_key_before_stays(tmp_path):
    before = make(tmp_path / "v")

    class NoRoom:
        def print_to(self, folder, *_args, **_more):
            raise DiskFullError(path=str(folder))

    with pytest.raises(DiskFullError):
        split(tmp_path / "v", tmp_path / "sheets", NoRoom())
    with opened(tmp_path / "v", key=before):
        pass


def test_sheets_that_open_nothing_are_not_left_behind(tmp_path, monkeypatch):
    before = make(tmp_path / "v")

    def full(folder, _slots):
        raise DiskFullError(path=str(folder.path))

    with monkeypatch.context() as patched:
        patched.setattr(OpenFolder, "replace_slots", full)
        with pytest.raises(DiskFullError):
            split(tmp_path / "v", tmp_path / "sheets")
    assert not (tmp_path / "sheets").exists()
    with opened(tmp_path / "v", key=before):
        pass


def test_sheets_stay_when_the_new_key_is_in_the_header_already(tmp_path, monkeypatch):
    make(tmp_path / "v")
    real = OpenFolder.replace_slots

    def written_and_stopped(folder, slots):
        real(folder, slots)
        raise KeyboardInterrupt

    monkeypatch.setattr(OpenFolder, "replace_slots", written_and_stopped)
    with pytest.raises(KeyboardInterrupt):
        split(tmp_path / "v", tmp_path / "sheets")
    sheets = sorted((tmp_path / "sheets").iterdir())
    with opened(tmp_path / "v", key=Slip39Splitter().join([words_on(one) for one in sheets[:2]])):
        pass


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    before = make(tmp_path / "v")
    (tmp_path / "sheets").mkdir()
    with pytest.raises(SheetsExistError):
        split(tmp_path / "v", tmp_path / "sheets")
    with opened(tmp_path / "v", key=before):
        pass


def test_sheets_and_their_names_are_on_the_disk_before_the_key_before_is_taken_away(tmp_path, monkeypatch):
    make(tmp_path / "v")
    done, fsync, replace = [], os.fsync, OpenFolder.replace_slots

    def watched(descriptor):
        done.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def slots(self, given):
        done.append("slots")
        replace(self, given)

    monkeypatch.setattr(os, "fsync", watched)
    monkeypatch.setattr(OpenFolder, "replace_slots", slots)
    split(tmp_path / "v", tmp_path / "sheets")
    before = done[: done.index("slots")]
    hidden = next(one for one in before if "/.sheets." in one and not one.endswith(".pdf"))
    assert before.index(hidden) < before.index(str(tmp_path))


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (errno.EACCES, FolderReadOnlyError),
        (errno.EROFS, FolderReadOnlyError),
        (errno.ENOSPC, DiskFullError),
        (errno.EIO, OSError),
    ],
)
def test_why_sheets_cannot_be_written_is_told_as_it_is(tmp_path, monkeypatch, number, named):
    before = make(tmp_path / "v")

    def fails(*_given, **_more):
        raise OSError(number, "drawn")

    with monkeypatch.context() as patch:
        patch.setattr(sheets.tempfile, "mkdtemp", fails)
        with pytest.raises(named):
            split(tmp_path / "v", tmp_path / "sheets")
    with opened(tmp_path / "v", key=before):
        pass
