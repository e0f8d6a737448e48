"""Creating and opening: each key opens, everything else is refused by name, and nothing appears by mistake."""

import json
import os
import stat
from pathlib import Path

import pytest

from drawn_vault import PASSPHRASE, TOOLS, check, make, opened
from haechi.adapters.blobs import new_identity
from haechi.adapters.vault_folder import DiskFolders
from haechi.adapters.vault_folder.header import read_header, write_header
from haechi.domain.errors import (
    KeyringUnavailableError,
    PathMissingError,
    VaultDamagedError,
    VaultExistsError,
    VaultInUseError,
    VaultMissingError,
    VaultNewerError,
    VaultReadOnlyError,
    WeakPassphraseError,
    WrongKeyError,
)
from haechi.domain.vault import Operation
from haechi.flows.create_vault import create_vault
from haechi.flows.open_vault import open_vault
from haechi.flows.status import status


def entries(path: Path) -> list[str]:
    return sorted(place.name for place in path.iterdir())


def test_passphrase_and_recovery_key_open_the_same_vault(tmp_path):
    recovery_key = make(tmp_path / "v")
    seen = set()
    for key in (PASSPHRASE, recovery_key, recovery_key.lower().replace("-", " ").replace("0", "o").replace("1", "l")):
        with opened(tmp_path / "v", key) as vault:
            seen.add(vault.ledger.log_head().frontier.root())
    assert len(seen) == 1
    assert check(tmp_path / "v").entries == 2


def test_a_passphrase_opens_however_the_keyboard_composes_it(path):
    import unicodedata

    with opened(path, unicodedata.normalize("NFD", PASSPHRASE)) as vault:
        assert status(vault).cases == 1


@pytest.mark.parametrize("key", ["", "wrong passphrase", PASSPHRASE + " ", PASSPHRASE[:-1]])
def test_another_passphrase_is_wrong(path, key):
    with pytest.raises(WrongKeyError) as caught, opened(path, key):
        pass
    assert caught.value.facts["reason"] == "wrong"


def test_a_typing_error_in_the_recovery_key_is_told_as_one(tmp_path):
    recovery_key = make(tmp_path / "v")
    mistyped = ("2" if recovery_key[0] != "2" else "3") + recovery_key[1:]
    for key in (mistyped, recovery_key[:-1], recovery_key[1] + recovery_key[0] + recovery_key[2:]):
        if key != recovery_key:
            with pytest.raises(WrongKeyError) as caught, opened(tmp_path / "v", key):
                pass
            assert caught.value.facts["reason"] == "recovery-typo"


def test_another_vaults_recovery_key_is_wrong(tmp_path):
    make(tmp_path / "v")
    other = make(tmp_path / "w")
    with pytest.raises(WrongKeyError), opened(tmp_path / "v", other):
        pass


def test_a_slot_of_another_vault_does_not_open(tmp_path):
    for name in "vw":
        make(tmp_path / name)
    mine, other = (json.loads((tmp_path / name / "haechi.vault").read_bytes()) for name in "vw")
    (tmp_path / "v" / "haechi.vault").write_bytes(write_header(mine["vault_id"], other["slots"]))
    with pytest.raises(WrongKeyError), opened(tmp_path / "v"):
        pass


def test_a_mistyped_path_creates_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "missing", tmp_path / "missing" / "deeper", tmp_path / "empty"):
        for operation in Operation:
            with pytest.raises(VaultMissingError), opened(place, operation=operation):
                pass
    assert entries(tmp_path) == ["empty"]
    assert entries(tmp_path / "empty") == []


def test_a_newer_vault_is_refused_by_the_names_of_its_features(path):
    members = json.loads((path / "haechi.vault").read_bytes())
    members["features"]["write"] += ["zstd-windows", "quorum"]
    _rewrite(path, members)
    with pytest.raises(VaultNewerError) as caught, opened(path):
        pass
    assert caught.value.facts == {"operation": "write", "features": "quorum, zstd-windows"}
    with opened(path, operation=Operation.READ) as vault:
        assert status(vault).items == 3


def test_a_newer_version_of_the_format_is_refused(path):
    members = json.loads((path / "haechi.vault").read_bytes())
    _rewrite(path, {**members, "version": 2})
    with pytest.raises(VaultNewerError) as caught, opened(path, operation=Operation.READ):
        pass
    assert caught.value.facts["features"] == "version 2"


def _rewrite(path, members):
    import hashlib

    from haechi.domain.canonical import canonical

    kept = {name: value for name, value in members.items() if name != "sum"}
    total = hashlib.sha256(canonical(kept)).hexdigest()
    (path / "haechi.vault").write_text(json.dumps({**kept, "sum": total}))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format":"haechi-vault"}', b"\xff" * 10, b"[" * 50_000, b"0" * 70_000]
)
def test_a_header_that_is_none_is_damage(path, content):
    (path / "haechi.vault").write_bytes(content)
    with pytest.raises(VaultDamagedError) as caught, opened(path):
        pass
    assert caught.value.facts["part"] == "haechi.vault"


def test_a_header_cannot_ask_for_all_the_memory(path):
    members = json.loads((path / "haechi.vault").read_bytes())
    members["slots"][0]["memory_kib"] = 2**31
    _rewrite(path, members)
    with pytest.raises(VaultDamagedError), opened(path):
        pass


@pytest.mark.parametrize("name", ["ledger.db", "checkpoint"])
def test_a_missing_file_is_damage_and_is_not_made_anew(path, name):
    (path / name).unlink()
    with pytest.raises(VaultDamagedError) as caught, opened(path):
        pass
    assert caught.value.facts["part"] == name
    assert not (path / name).exists()


def test_a_ledger_that_is_no_database_is_damage(path):
    (path / "ledger.db").write_bytes(os.urandom(8_192))
    with pytest.raises(VaultDamagedError), opened(path):
        pass


def test_two_do_not_write_at_once(path, child):
    with opened(path):
        told = child(
            "try:\n open_vault(TOOLS, Path(sys.argv[1]), GivenKey(PASSPHRASE))\n"
            "except Exception as error:\n print(error.code, error.facts['pid'])",
            path,
        )
    assert told.stdout.split() == ["vault-in-use", str(os.getpid())]
    with opened(path) as vault:
        assert status(vault).items == 3


def test_several_read_at_once_and_none_writes_meanwhile(path):
    with (
        opened(path, operation=Operation.READ),
        opened(path, operation=Operation.CHECK),
        pytest.raises(VaultInUseError),
        opened(path),
    ):
        pass


def test_nothing_can_be_written_through_a_vault_opened_for_reading(path):
    before = {place: place.read_bytes() for place in path.rglob("*") if place.is_file()}
    with (
        opened(path, operation=Operation.READ) as vault,
        pytest.raises(VaultReadOnlyError),
        vault.ledger.begin() as writer,
    ):
        writer.set_secret("x", b"y")
    check(path)
    assert before == {place: place.read_bytes() for place in path.rglob("*") if place.is_file()}


def test_create_refuses_a_folder_that_is_in_use(tmp_path, path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (tmp_path / "full", tmp_path / "file", tmp_path / "link", path):
        with pytest.raises(VaultExistsError):
            make(place)
    assert entries(tmp_path / "full") == ["letter.txt"]


def test_create_needs_the_folder_above(tmp_path):
    with pytest.raises(PathMissingError):
        make(tmp_path / "missing" / "v")
    assert entries(tmp_path) == []


def test_create_takes_an_empty_folder(tmp_path):
    (tmp_path / "v").mkdir()
    make(tmp_path / "v")
    assert check(tmp_path / "v").entries == 2


def test_a_short_passphrase_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(WeakPassphraseError) as caught:
        create_vault(TOOLS, tmp_path / "v", passphrase="아홉글자입니다요", actor="person", new_reader=new_identity)
    assert caught.value.facts["minimum"] == 10
    assert entries(tmp_path) == []


def test_create_that_fails_leaves_nothing(tmp_path):
    def broken() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        create_vault(TOOLS, tmp_path / "v", passphrase=PASSPHRASE, actor="person", new_reader=broken)
    assert entries(tmp_path) == []


def test_only_the_owner_may_read_a_vaults_files(path):
    for place in (path, *path.rglob("*")):
        mode = stat.S_IMODE(place.stat().st_mode)
        assert mode == (0o700 if place.is_dir() else 0o600), place


def test_create_that_is_killed_leaves_no_vault_or_a_whole_one(tmp_path, child):
    lines = (
        "import os, signal, threading, time\n"
        "threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGKILL)).start()\n"
        "make(Path(sys.argv[1]))\ntime.sleep(1)"
    )
    for turn in range(8):
        place = tmp_path / f"v{turn}"
        child(lines, place, 0.002 * 2**turn)
        if place.exists():
            assert check(place).entries == 2
        else:
            make(place)
            assert check(place).entries == 2


def test_a_lock_falls_with_its_process(path, child):
    child(
        "open_vault(TOOLS, Path(sys.argv[1]), GivenKey(PASSPHRASE))\nimport os, signal\nos.kill(os.getpid(), 9)", path
    )
    with opened(path) as vault:
        assert status(vault).items == 3


def test_what_an_interrupted_run_left_is_swept(path):
    stray = path / "tmp" / "stray.1"
    orphan = path / "blobs" / "ab" / f"ab{'0' * 62}.age"
    orphan.parent.mkdir(exist_ok=True)
    for place in (stray, orphan):
        place.write_bytes(b"left")
    with opened(path):
        pass
    assert not stray.exists()
    assert not orphan.exists()
    assert check(path).blobs == 2


def test_the_status_counts(path):
    with opened(path, operation=Operation.READ) as vault:
        now = status(vault)
    assert (now.cases, now.imports, now.unfinished_imports, now.messages) == (1, 2, 0, 10)
    assert (now.items, now.sealed_items) == (3, 3)
    assert now.log_key.startswith("haechi.invalid/")
    assert now.last_entry_at.endswith("Z")


def test_a_key_from_the_keyring_opens_until_it_is_forgotten(path):
    from keyring.backend import KeyringBackend

    from haechi.adapters.keys import KeyringStore

    class Drawn(KeyringBackend):
        priority = 1

        def __init__(self):
            self.kept = {}

        def get_password(self, service, username):
            return self.kept.get((service, username))

        def set_password(self, service, username, password):
            self.kept[service, username] = password

        def delete_password(self, service, username):
            del self.kept[service, username]

    store = KeyringStore(Drawn())
    vault_id = DiskFolders().header(path, Operation.READ).vault_id
    assert store.kept(vault_id) is None
    with opened(path) as vault:
        store.keep(vault_id, vault.master)
    vault = open_vault(TOOLS, path, store.kept(vault_id))
    vault.close()
    assert store.forget(vault_id)
    assert not store.forget(vault_id)
    assert store.kept(vault_id) is None


def test_without_a_keyring_keeping_is_refused_and_asking_finds_nothing():
    import keyring
    from keyring.backends import fail

    from haechi.adapters.keys import KeyringStore

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    try:
        with pytest.raises(KeyringUnavailableError):
            KeyringStore().keep("v", b"x")
        assert KeyringStore().kept("v") is None
    finally:
        keyring.set_keyring(before)


def test_an_intact_header_says_so(path):
    content = (path / "haechi.vault").read_bytes()
    assert read_header(content, Operation.READ).is_intact
    assert not read_header(content.replace(b'"lanes": 1', b'"lanes": 2'), Operation.READ).is_intact
