"""A changed key opens and the one before does not; whatever happens in between, some key opens the vault."""

import json
import re

import pytest

from drawn_vault import PASSPHRASE, check, make, opened
from haechi.adapters.vault_folder.folders import OpenFolder
from haechi.adapters.vault_folder.header import read_header
from haechi.domain.errors import DiskFullError, VaultDamagedError, WeakPassphraseError, WrongKeyError
from haechi.domain.vault import Operation
from haechi.flows.change_keys import change_passphrase, new_recovery_key

NEW = "새로 정한 암호 열 글자"
CHANGE = """
import os, signal
from haechi.flows.change_keys import change_passphrase
{harm}
with opened(Path(sys.argv[1])) as vault:
    change_passphrase(vault, PASSPHRASE, "새로 정한 암호 열 글자")
"""
DIE = "lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
MOMENTS = {
    "before-the-entry": f"from haechi.flows import change_keys; change_keys.note_keys = {DIE}",
    "before-the-header": f"from haechi.adapters.vault_folder.folders import OpenFolder; OpenFolder.replace_slots = {DIE}",
    "before-the-rename": f"Path.replace = {DIE}",
    "after-the-rename": f"from haechi.adapters.vault_folder import folders; folders.sync_folder = {DIE}",
}


@pytest.fixture
def vault_and_recovery(tmp_path):
    return tmp_path / "v", make(tmp_path / "v")


def opens(path, key):
    try:
        with opened(path, key):
            return True
    except WrongKeyError:
        return False


def test_after_a_change_the_new_passphrase_and_the_recovery_key_open_and_the_old_one_does_not(vault_and_recovery):
    path, recovery = vault_and_recovery
    with opened(path) as vault:
        change_passphrase(vault, PASSPHRASE, NEW)
    assert [opens(path, key) for key in (PASSPHRASE, NEW, recovery)] == [False, True, True]
    with opened(path, NEW) as vault:
        last = json.loads(list(vault.ledger.entries())[-1].raw)
    assert (last["type"], last["counts"]) == ("key", {"slots": 2})
    assert (path / "haechi.vault").stat().st_mode & 0o777 == 0o600


def test_a_new_recovery_key_takes_the_old_ones_place(vault_and_recovery):
    path, old = vault_and_recovery
    with opened(path) as vault:
        new = new_recovery_key(vault)
    assert [opens(path, key) for key in (PASSPHRASE, new, old)] == [True, True, False]


def test_a_new_recovery_key_is_told_even_where_the_note_of_it_has_no_room(vault_and_recovery, monkeypatch):
    path, recovery = vault_and_recovery

    def full(folder, _note):
        raise DiskFullError(path=str(folder.path))

    with monkeypatch.context() as patched, opened(path) as vault:
        patched.setattr(OpenFolder, "write_checkpoint", full)
        made = new_recovery_key(vault)
    assert (opens(path, made), opens(path, recovery)) == (True, False)
    check(path)


def test_who_forgot_the_passphrase_sets_a_new_one_with_the_recovery_key(vault_and_recovery):
    path, recovery = vault_and_recovery
    with opened(path, recovery) as vault:
        change_passphrase(vault, recovery, NEW)
    assert [opens(path, key) for key in (PASSPHRASE, NEW, recovery)] == [False, True, True]


def test_a_refused_change_changes_nothing(vault_and_recovery):
    path, _ = vault_and_recovery
    before = (path / "haechi.vault").read_bytes()
    with opened(path) as vault:
        with pytest.raises(WeakPassphraseError):
            change_passphrase(vault, PASSPHRASE, "짧다")
        with pytest.raises(WrongKeyError):
            change_passphrase(vault, NEW, NEW)
    assert (path / "haechi.vault").read_bytes() == before
    assert opens(path, PASSPHRASE)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_change_that_is_killed_leaves_a_vault_that_opens_with_one_of_the_two(vault_and_recovery, child, moment):
    path, recovery = vault_and_recovery
    died = child(CHANGE.format(harm=MOMENTS[moment]), path)
    assert died.returncode == -9, died.stderr
    content = (path / "haechi.vault").read_bytes()
    assert read_header(content, Operation.WRITE).is_intact
    assert [opens(path, PASSPHRASE), opens(path, NEW)].count(True) == 1
    assert opens(path, recovery)
    assert list((path / "tmp").iterdir()) == []
    key = PASSPHRASE if opens(path, PASSPHRASE) else NEW
    with opened(path, key) as vault:
        change_passphrase(vault, key, "또 다른 암호 열두 글자")
    assert opens(path, "또 다른 암호 열두 글자")


def test_a_header_that_changed_by_itself_is_not_written_anew(vault_and_recovery):
    path, _ = vault_and_recovery
    place = path / "haechi.vault"
    place.write_bytes(
        re.sub(rb'"sum": "(.)', lambda found: b'"sum": "' + (b"0" if found[1] != b"0" else b"1"), place.read_bytes())
    )
    with opened(path) as vault, pytest.raises(VaultDamagedError):
        change_passphrase(vault, PASSPHRASE, NEW)
    assert opens(path, PASSPHRASE)


def test_a_vault_with_changed_keys_verifies(vault_and_recovery):
    path, _ = vault_and_recovery
    with opened(path) as vault:
        change_passphrase(vault, PASSPHRASE, NEW)
        new_recovery_key(vault)
        change_passphrase(vault, NEW, PASSPHRASE)
    assert check(path).entries == 5
