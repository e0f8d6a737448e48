"""Where the catalogue lies: a SQLite file, or a PostgreSQL database.

It is no vault: hashes and who vouched for them, no picture, so the file is not encrypted. A commit returns only when it would survive a power cut.
"""

import sqlite3
import stat
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from haechi.adapters.catalogue.catalogue import SqlCatalogue
from haechi.adapters.catalogue.errors import named_errors
from haechi.adapters.catalogue.schema import REVISION, expiring, head, leases, metadata
from haechi.domain.errors import CatalogueUnavailableError

_CACHE_KIB = 32_000  # a connection
_WAIT_MS = 30_000  # an import commits in runs of a thousand; what waits longer has met something else
_LOCK = 0x6861_6563_6869  # "haechi": the advisory lock that writers of one PostgreSQL catalogue take


def open_catalogue(where: Path | str, *, index_id: str, read_only: bool = False) -> SqlCatalogue:
    """Open the catalogue at a path, or at a `postgresql://` address, and create it when it is not there.

    `index_id` is whose index follows it. Raises `CatalogueUnavailableError` (busy, damaged, newer, missing, connection), `DiskFullError`, `FolderReadOnlyError`.
    """
    watch = None
    if isinstance(where, Path):
        place, engine = str(where), _sqlite(where, read_only=read_only)
        watch = partial(_connect, where, read_only=True)
    else:
        place, engine = _server(where, read_only=read_only)
    with named_errors(place):
        try:
            _prepare(engine, place, read_only=read_only)
        except BaseException:
            engine.dispose()
            raise
    return SqlCatalogue(engine, place, index_id=index_id, watch=watch)


def _prepare(engine: Engine, place: str, *, read_only: bool) -> None:
    with engine.connect().execution_options(haechi_write=not read_only) as connection, connection.begin():
        if not inspect(connection).has_table(head.name):
            if read_only:
                raise CatalogueUnavailableError(place=place, problem="missing")
            metadata.create_all(connection)
            connection.execute(insert(head).values(id=1, revision=REVISION, contents=0, changes=0))
        elif not read_only:
            # Nothing reads them but what is written here: no other revision, and a catalogue that has them stays readable to all.
            expiring.create(connection, checkfirst=True)
            leases.create(connection, checkfirst=True)
        found = connection.execute(select(head.c.revision)).scalar_one_or_none()
    if found is None or found < 1:
        raise CatalogueUnavailableError(place=place, problem="damaged")
    if found > REVISION:
        raise CatalogueUnavailableError(place=place, problem="newer")


def _sqlite(path: Path, *, read_only: bool) -> Engine:
    if read_only and not path.is_file():
        raise CatalogueUnavailableError(place=str(path), problem="missing")
    is_new = not path.exists()
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=partial(_connect, path, read_only=read_only),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=56,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    if not read_only:
        with named_errors(str(path)):
            raw = engine.raw_connection()
            try:
                # Outside of a transaction; kept in the file.
                raw.cursor().execute("PRAGMA journal_mode = WAL")
            finally:
                raw.close()
        if is_new:
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return engine


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_WAIT_MS / 1000,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    # The driver begins nothing by itself (isolation_level=None): a writer takes its place at once, so that it never finds
    # in the middle that somebody else has written.
    writes = connection.get_execution_options().get("haechi_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _server(url: str, *, read_only: bool) -> tuple[str, Engine]:
    try:
        address = make_url(url)
    except ArgumentError as error:
        # The text may hold a password, so it is not told.
        raise CatalogueUnavailableError(place="postgresql", problem="address") from error
    if address.get_backend_name() != "postgresql":
        raise CatalogueUnavailableError(place=address.get_backend_name(), problem="address")
    place = address.set(password=None, query={}).render_as_string()
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_size=8,
            max_overflow=56,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        )
    except ImportError as error:
        raise CatalogueUnavailableError(place=place, problem="driver") from error
    event.listen(engine, "begin", _take_turns)
    return place, engine


def _take_turns(connection: Connection) -> None:
    # One writer at a time, so that the numbers of changes become visible in their order: who follows them misses none.
    if connection.get_execution_options().get("haechi_write"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
