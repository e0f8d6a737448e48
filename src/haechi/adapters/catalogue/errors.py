"""What the database engines raise, as errors that a person can act on."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from haechi.domain.errors import CatalogueUnavailableError, DiskFullError, FolderReadOnlyError, HaechiError

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_PERM")
_UNREADABLE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR", "SQLITE_FORMAT", "SQLITE_CANTOPEN")
_NO_ROOM = 2**16
_FULL, _READ_ONLY = "53100", "25006"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


@contextmanager
def named_errors(place: str) -> Iterator[None]:
    """Raise ours for what an engine raises; `place` is the file, or the server without its password. Mistakes in our SQL pass through."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error.orig, place, is_operational=isinstance(error, OperationalError)) or error from error
    except sqlite3.Error as error:
        raise _ours(error, place, is_operational=False) or error from error
    except PoolTimeoutError as error:
        raise CatalogueUnavailableError(place=place, problem="busy") from error


@contextmanager
def sound_rows(place: str) -> Iterator[None]:
    """Raise `CatalogueUnavailableError` for a value in a row that haechi never writes."""
    try:
        yield
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise CatalogueUnavailableError(place=place, problem="damaged") from error


def _ours(error: BaseException | None, place: str, *, is_operational: bool) -> HaechiError | None:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(str(getattr(error, "sqlite_errorname", "")), place)
    state = getattr(error, "sqlstate", None)
    if state == _FULL:
        return DiskFullError(path=place)
    if state == _READ_ONLY:
        return FolderReadOnlyError(path=place)
    return CatalogueUnavailableError(place=place, problem="connection") if is_operational else None


def _of_sqlite(name: str, place: str) -> HaechiError | None:
    """Return ours for an extended result code (https://www.sqlite.org/rescode.html)."""
    if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and _is_full(place)):
        return DiskFullError(path=place)
    if name.startswith(_NO_WRITING):
        return FolderReadOnlyError(path=place)
    problem = "busy" if name.startswith(_LOCKED) else "damaged" if name.startswith(_UNREADABLE) else None
    return None if problem is None else CatalogueUnavailableError(place=place, problem=problem)


def _is_full(path: str) -> bool:
    try:
        disk = os.statvfs(path)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _NO_ROOM
