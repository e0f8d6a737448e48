"""What a witness keeps: it only goes forward, whoever writes, and says so when it cannot be read."""

import hashlib
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from drawn_witness import SIGNERS, DrawnLog, make_witness
from haechi.adapters.witness.folder import is_open_to_others, make_folder, open_folder
from haechi.adapters.witness.store import SqliteStore
from haechi.domain.errors import (
    DiskFullError,
    UnavailableError,
    WitnessFolderDamagedError,
    WitnessFolderExistsError,
    WitnessFolderMissingError,
)
from haechi.ports.witness import Seen

LOG = DrawnLog()


def seen(size: int, filling: int = 0) -> Seen:
    return Seen("log.example", size, bytes([filling]) * 32, f"note {size}\n")


@pytest.fixture
def folder(tmp_path):
    return make_witness(tmp_path / "witness", LOG)


@pytest.fixture
def store(folder):
    return SqliteStore(folder / "seen.db")


def test_what_was_kept_is_there_after_opening_again(folder, store):
    assert store.swap(seen(5), instead_of=None)
    assert SqliteStore(folder / "seen.db").latest("log.example") == seen(5)


def test_a_checkpoint_is_found_by_the_hash_of_its_origin(store):
    store.swap(seen(5), instead_of=None)
    assert store.latest_of(hashlib.sha256(b"log.example").hexdigest()) == seen(5)


@pytest.mark.parametrize("instead_of", [None, seen(4), seen(6), seen(5, 1)])
def test_nothing_is_kept_in_the_place_of_what_is_not_there(store, instead_of):
    store.swap(seen(5), instead_of=None)
    assert not store.swap(seen(9), instead_of=instead_of)
    assert store.latest("log.example") == seen(5)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE seen SET size = 4",
        "UPDATE seen SET root = zeroblob(32)",
        "DELETE FROM seen",
        "UPDATE seen SET size = -1",
    ],
)
def test_the_file_itself_refuses_to_go_back(folder, store, change):
    store.swap(seen(5, 7), instead_of=None)
    with closing(sqlite3.connect(folder / "seen.db")) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute(change)
    assert store.latest("log.example") == seen(5, 7)


def test_of_many_at_once_exactly_one_is_kept_instead_of_the_same(folder):
    stores = [SqliteStore(folder / "seen.db") for _one in range(8)]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda number: stores[number].swap(seen(9, number), instead_of=None), range(8)))
    assert sum(kept) == 1
    assert stores[0].latest("log.example") == seen(9, kept.index(True))


def test_logs_are_served_from_the_moment_they_are_trusted_and_once(store):
    other = DrawnLog("other.example")
    assert not store.log_keys("other.example")
    store.trust(other.key)
    store.trust(other.key)
    assert list(store.log_keys("other.example")) == [other.key]
    assert [key.name for key in store.logs()] == ["log.example", "other.example"]


def test_a_missing_memory_is_never_made_anew(folder):
    (folder / "seen.db").unlink()
    with pytest.raises(WitnessFolderDamagedError):
        open_folder(folder, SIGNERS)
    assert not (folder / "seen.db").exists()


@pytest.mark.parametrize("content", [b"", b"no database" * 100, b"SQLite format 3\0" + bytes(84)])
def test_what_is_not_a_witnesss_memory_is_refused(folder, content):
    (folder / "seen.db").write_bytes(content)
    with pytest.raises(WitnessFolderDamagedError):
        open_folder(folder, SIGNERS)


def test_a_damaged_page_is_an_error_with_a_name(folder, store):
    for size in range(1, 40):
        store.swap(Seen(f"log{size}", size, bytes(32), "n" * 900), instead_of=None)
    content = bytearray((folder / "seen.db").read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    (folder / "seen.db").write_bytes(content)
    with pytest.raises(WitnessFolderDamagedError):
        store.latest("log20")


def test_a_locked_memory_is_unavailable(folder, store, monkeypatch):
    monkeypatch.setattr("haechi.adapters.witness.store._BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(folder / "seen.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnavailableError):
            store.swap(seen(5), instead_of=None)
    assert store.swap(seen(5), instead_of=None)


def test_a_full_disk_keeps_what_was_there(store):
    store.swap(seen(5), instead_of=None)
    with store._open() as connection:  # noqa: SLF001 - a full disk that only this connection meets
        pages = connection.execute("PRAGMA page_count").fetchone()[0]

        def fill() -> None:
            connection.execute(f"PRAGMA max_page_count = {pages}")
            connection.execute("UPDATE seen SET note = ?", ("n" * 100_000,))

        with pytest.raises(sqlite3.OperationalError, match="full"):
            fill()
    assert store.latest("log.example") == seen(5)


def test_the_error_of_a_full_disk_has_its_name(store):
    def fill() -> None:
        with store._open() as connection:  # noqa: SLF001 - as above
            connection.execute("PRAGMA max_page_count = 1")
            connection.execute("CREATE TABLE more AS SELECT randomblob(100000)")

    with pytest.raises(DiskFullError):
        fill()


def test_keys_come_back_with_their_signers(folder):
    opened = open_folder(folder, SIGNERS)
    assert [key.public for key, _signer in opened.keys] == [signer.public for _key, signer in opened.keys]


def test_only_the_account_itself_may_read_the_keys(folder):
    assert (folder / "keys").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not is_open_to_others(folder)
    (folder / "keys").chmod(0o644)
    assert is_open_to_others(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"(?s).*", ""), ("PRIVATE", "PUBLIC"), ("....\n$", "\n"), ("witness.example/w1", "witness.example/w2"),
        (r"(?s).*", "\xff\xfe"), (r"(?s).*", "PRIVATE+KEY+a+b\n"), (r"\+BM", "+Ag"), (r"\+[0-9a-f]{8}\+", "+00000000+"),
    ],
)  # fmt: skip
def test_keys_that_were_changed_are_refused(folder, old, new):
    text = (folder / "keys").read_text("utf-8")
    (folder / "keys").write_text(re.sub(old, new, text, count=1), "latin-1")
    with pytest.raises(WitnessFolderDamagedError):
        open_folder(folder, SIGNERS)


def test_a_folder_in_use_is_not_overwritten(folder):
    before = (folder / "keys").read_bytes()
    with pytest.raises(WitnessFolderExistsError):
        make_folder(folder, [], [])
    assert (folder / "keys").read_bytes() == before


def test_a_folder_without_keys_is_no_witness(tmp_path):
    with pytest.raises(WitnessFolderMissingError):
        open_folder(tmp_path, SIGNERS)
