"""Where the ledger lies: a SQLCipher file, opened with a raw key and settings that leave nothing in clear.

SQLCipher 4's defaults hold: AES-256-CBC with HMAC-SHA-512 on each 4,096-byte page
(https://www.zetetic.net/sqlcipher/design/). Temporary tables stay in memory,
deleted rows are overwritten, and a commit returns only when it would survive a power cut.
"""

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from haechi.adapters.ledger.errors import named_errors
from haechi.adapters.ledger.ledger import SqlLedger
from haechi.adapters.ledger.migrate import HEAD, migrate, outside_transactions, revision, stamp
from haechi.adapters.ledger.schema import metadata
from haechi.domain.errors import VaultDamagedError, VaultNewerError, VaultOlderError
from haechi.domain.vault import Operation

KEY_BYTES = 32
_CACHE_KIB = 6_000  # a connection; an import of a million messages is no faster with four times as much
_WAIT_MS = 5_000
_NOTHING_BESIDE = {"SQLITE_CANTOPEN", "SQLITE_READONLY_DIRECTORY", "SQLITE_IOERR"}


def create_ledger(path: Path, key: bytes) -> SqlLedger:
    """Create the ledger in a new file. Raises `DiskFullError`, `VaultReadOnlyError`."""
    engine = _engine(path, key, mode="rwc", read_only=False)
    with named_errors(str(path)):
        outside_transactions(engine, "PRAGMA journal_mode = WAL")
        with engine.connect().execution_options(haechi_write=True) as connection, connection.begin():
            metadata.create_all(connection)
            stamp(connection, HEAD)
    path.chmod(0o600)
    return SqlLedger(engine, str(path))


def open_ledger(path: Path, key: bytes, operation: Operation) -> SqlLedger:
    """Open the ledger that is at `path`, for writing or only for reading; never create one.

    A ledger of an earlier haechi is brought up to date first when it is opened for writing.
    Raises `VaultDamagedError` when it is missing or no database of this key, `VaultNewerError`,
    `VaultOlderError` when it is opened only for reading, `VaultReadOnlyError`, `DiskFullError`.
    """
    if not path.is_file():
        raise VaultDamagedError(part=path.name)
    writes = operation is Operation.WRITE
    engine = _engine(path, key, mode="rw", read_only=not writes)
    with named_errors(str(path)):
        try:
            found = _revision(engine)
        except dbapi2.OperationalError as error:
            # Where nothing can be written, SQLite cannot make the shared memory that a log beside the ledger needs.
            log = path.with_name(path.name + "-wal")
            if writes or error.sqlite_errorname not in _NOTHING_BESIDE or (log.exists() and log.stat().st_size):
                raise
            engine.dispose()
            engine = _engine(path, key, mode="ro&immutable=1", read_only=True)
            found = _revision(engine)
        if found is None:
            raise VaultDamagedError(part=path.name)
        if not found.isdecimal() or int(found) > int(HEAD):
            engine.dispose()
            raise VaultNewerError(operation=operation.value, features=f"ledger revision {found}")
        if found != HEAD:
            if not writes:
                engine.dispose()
                raise VaultOlderError(path=str(path.parent))
            migrate(engine, path)
    return SqlLedger(engine, str(path), was_migrated=found != HEAD)


def _revision(engine: Engine) -> str | None:
    # SQLAlchemy wraps what a statement raises; the caller tells a read-only disk by the engine's own error.
    raw = engine.raw_connection()
    try:
        row = raw.cursor().execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        return None if row is None else revision(raw)
    finally:
        raw.close()


def _engine(path: Path, key: bytes, *, mode: str, read_only: bool) -> Engine:
    if len(key) != KEY_BYTES:
        raise ValueError(len(key))
    engine = create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=partial(_connect, path, key, mode=mode, read_only=read_only),
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path, key: bytes, *, mode: str, read_only: bool) -> Any:  # noqa: ANN401 - sqlcipher3 has no types
    connection = dbapi2.connect(
        f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        # Before the key: a wrong one is told by the error, not by lines on the person's screen.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if read_only:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    # The driver begins nothing by itself (isolation_level=None): a writer takes its place at once,
    # or two of them could read the same head of the log.
    writes = connection.get_execution_options().get("haechi_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
