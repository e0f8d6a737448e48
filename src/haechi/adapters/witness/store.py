"""What a witness has seen, in SQLite: public facts only, so nothing is encrypted.

Every change is one transaction, synchronised before it is answered. The file is made once, with the keys, and never again by
opening it: a witness that starts with an empty memory would vouch for a log that was rolled back.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from haechi.domain.cosignature import LOG_KINDS
from haechi.domain.errors import DiskFullError, UnavailableError, WitnessFolderDamagedError
from haechi.domain.merkle import HASH_BYTES
from haechi.domain.note import NoteError, NoteKey
from haechi.ports.witness import Seen

_APPLICATION = 0x48435753  # "HCWS", in the file's header
_VERSION = 1
_BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE logs (vkey TEXT PRIMARY KEY, origin TEXT NOT NULL) STRICT;
CREATE INDEX logs_by_origin ON logs (origin);
CREATE TABLE seen (
  origin TEXT PRIMARY KEY,
  origin_hash TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL CHECK (size >= 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL
) STRICT;
"""
# Going back is refused by the file itself too, whatever program writes to it.
_FORWARD_ONLY = """
CREATE TRIGGER forward_only BEFORE UPDATE ON seen
WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'rolled back'); END;
CREATE TRIGGER never_forgotten BEFORE DELETE ON seen BEGIN SELECT RAISE(ABORT, 'forgotten'); END;
"""
_SEEN = "SELECT origin, size, root, note FROM seen WHERE "


class SqliteStore:
    """The store at `path`; any number of threads and processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as connection:
            found = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if (found, version) != (_APPLICATION, _VERSION):
            raise WitnessFolderDamagedError(path=str(path.parent), part=path.name)

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty store at `path`, where nothing may be."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.executescript(
                f"PRAGMA synchronous = EXTRA; PRAGMA application_id = {_APPLICATION}; "
                f"BEGIN; {_SCHEMA} {_FORWARD_ONLY} PRAGMA user_version = {_VERSION}; COMMIT;"
            )

    def trust(self, key: NoteKey) -> None:
        """Serve the log whose key this is: the key's name is the log's origin."""
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO logs VALUES (?, ?)", (key.vkey, key.name))

    def logs(self) -> Sequence[NoteKey]:
        """Return the keys of all logs that are served, by name."""
        return self._keys("SELECT vkey FROM logs ORDER BY origin, vkey")

    def log_keys(self, origin: str) -> Sequence[NoteKey]:
        """Return the keys that are trusted for this log."""
        return self._keys("SELECT vkey FROM logs WHERE origin = ? ORDER BY vkey", origin)

    def latest(self, origin: str) -> Seen | None:
        """Return the checkpoint of this log that was cosigned last."""
        return self._seen("origin = ?", origin)

    def latest_of(self, origin_hash: str) -> Seen | None:
        """Return the checkpoint of the log whose origin has this SHA-256."""
        return self._seen("origin_hash = ?", origin_hash)

    def swap(self, seen: Seen, *, instead_of: Seen | None) -> bool:
        """Keep `seen` if what is kept is still `instead_of`'s size and root; say whether. It is on the disk then."""
        digest = hashlib.sha256(seen.origin.encode()).hexdigest()
        with self._open() as connection:
            if instead_of is None:
                done = connection.execute(
                    "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?)",
                    (seen.origin, digest, seen.size, seen.root, seen.note),
                )
            else:
                done = connection.execute(
                    "UPDATE seen SET size = ?, root = ?, note = ? WHERE origin = ? AND size = ? AND root = ?",
                    (seen.size, seen.root, seen.note, seen.origin, instead_of.size, instead_of.root),
                )
            return done.rowcount == 1

    def _keys(self, query: str, *values: str) -> Sequence[NoteKey]:
        with self._open() as connection:
            rows = connection.execute(query, values).fetchall()
        try:
            return [NoteKey.parse(row[0], kinds=LOG_KINDS) for row in rows]
        except NoteError as error:
            raise WitnessFolderDamagedError(path=str(self._path.parent), part=self._path.name) from error

    def _seen(self, where: str, value: str) -> Seen | None:
        with self._open() as connection:
            row = connection.execute(_SEEN + where, (value,)).fetchone()
        if row is None:
            return None
        if len(row[2]) != HASH_BYTES:
            raise WitnessFolderDamagedError(path=str(self._path.parent), part=self._path.name)
        return Seen(*row)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open a connection for one statement, which is one transaction.

        EXTRA waits for the folder too: the commit is the removal of the rollback journal, and a name that comes back
        after a power cut would undo it (https://www.sqlite.org/pragma.html#pragma_synchronous).
        """
        try:
            with closing(
                sqlite3.connect(
                    f"file:{quote(str(self._path.absolute()))}?mode=rw",
                    uri=True,
                    isolation_level=None,
                    timeout=_BUSY_SECONDS,
                )
            ) as connection:
                connection.execute("PRAGMA synchronous = EXTRA")
                yield connection
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            if name.startswith("SQLITE_FULL"):
                raise DiskFullError(path=str(self._path)) from error
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY")):
                raise UnavailableError(path=str(self._path)) from error
            raise WitnessFolderDamagedError(path=str(self._path.parent), part=self._path.name) from error
