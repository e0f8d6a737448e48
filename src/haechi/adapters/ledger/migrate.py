"""Bring the ledger of an earlier haechi up to date: copy, change in one transaction, check, keep the copy.

Forward only. Alembic is imported only when there is something to do: it costs 0.4 s.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from haechi.adapters.ledger import schema
from haechi.domain.custody import Entry, replay
from haechi.domain.errors import CustodyBrokenError, VaultInUseError, VaultReadOnlyError

HEAD = "0004"
"""The revision that this haechi writes: the newest file in `migrations/versions`."""

COPY = ".before-migration"
SCRIPTS = Path(__file__).with_name("migrations")


def revision(connection: Any) -> str | None:  # noqa: ANN401 - a bare sqlcipher3 connection, which has no types
    """Return the revision that the ledger says it has."""
    row = connection.cursor().execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def stamp(connection: Connection, revision_id: str) -> None:
    """Write the revision into a ledger that was made whole, in the form Alembic reads."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision_id,))


def migrate(engine: Engine, path: Path) -> None:
    """Apply what is missing. The copy stays beside the ledger until the vault is opened the next time."""
    fold_log(engine, path)
    copy = path.with_name(path.name + COPY)
    _copy(path, copy)
    with engine.connect().execution_options(haechi_write=True) as connection, connection.begin():
        upgrade(connection)
        _check(connection)


def outside_transactions(engine: Engine, statement: str) -> None:
    """Run a statement that SQLite refuses in a transaction."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute(statement).fetchall()
    finally:
        connection.close()


def fold_log(engine: Engine, path: Path) -> None:
    """Fold the write-ahead log into the file and empty it. Raises `VaultInUseError` when somebody still reads from it.

    SQLite tells that by a number, not by an error (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
    """
    connection = engine.raw_connection()
    try:
        is_busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    if is_busy:
        raise VaultInUseError(path=str(path), pid=None)


def rewrite(engine: Engine, folder: Path) -> None:
    """Write every page of the database anew. What is written meanwhile lies in `folder`, without a name, encrypted.

    In memory (`temp_store`, see `place`) it would take as much as the database has. SQLCipher gives the database that
    VACUUM builds the key of the main one, as it does with every attached database; a sorter's files it would leave in
    clear, so this is the only statement that may write any: VACUUM makes its indices before there are rows to sort.
    Raises `VaultReadOnlyError` when nothing may be written in `folder`.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        place = str(folder).replace("'", "''")
        try:
            cursor.execute("PRAGMA temp_store = FILE")
            try:
                cursor.execute(f"PRAGMA temp_store_directory = '{place}'")
            except dbapi2.OperationalError as error:
                # SQLite asks whether it may write there, and has no code of its own for "no".
                raise VaultReadOnlyError(path=str(folder)) from error
            cursor.execute("VACUUM")
        finally:
            cursor.execute("PRAGMA temp_store_directory = ''")
            cursor.execute("PRAGMA temp_store = MEMORY")
    finally:
        connection.close()


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run Alembic's revisions up to `target` in the transaction of `connection`."""
    from alembic import command  # noqa: PLC0415 - see the module's first lines
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, target)


def forget_copy(path: Path) -> None:
    """Remove the copy that the last migration left."""
    path.with_name(path.name + COPY).unlink(missing_ok=True)


def _check(connection: Connection) -> None:
    """Raise `CustodyBrokenError` when the log does not say after the change what it said before."""
    rows = connection.execute(select(schema.entries.c.number, schema.entries.c.raw).order_by(schema.entries.c.number))
    head = replay(Entry(row.number, row.raw) for row in rows)
    kept = connection.execute(select(schema.head)).one()
    if (head.frontier.size, head.frontier.packed(), head.previous) != (kept.size, kept.frontier, kept.previous):
        raise CustodyBrokenError(kind="log-head", place=head.frontier.size)


def _copy(path: Path, copy: Path) -> None:
    part = copy.with_name(copy.name + ".part")
    try:
        with path.open("rb") as source, part.open("wb") as target:
            os.fchmod(target.fileno(), 0o600)
            shutil.copyfileobj(source, target, 2**20)
            target.flush()
            os.fsync(target.fileno())
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
