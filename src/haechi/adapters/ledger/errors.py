"""What the database engine raises, as errors that a person can act on."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]

from haechi.domain.errors import (
    DiskFullError,
    HaechiError,
    VaultDamagedError,
    VaultInUseError,
    VaultReadOnlyError,
    full_disk,
)

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_NO_WRITING = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
_UNREADABLE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR", "SQLITE_FORMAT")
_NO_ROOM = 2**16  # bytes left; SQLite's shared memory file alone needs 32 KiB


@contextmanager
def named_errors(path: str) -> Iterator[None]:
    """Raise ours for what the engine raises about the database at `path`; a mistake in our SQL passes through."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error.orig, path) or error from error
    except dbapi2.Error as error:
        raise _ours(error, path) or error from error
    except OSError as error:
        # A copy that is made before a migration is written without the engine.
        if full := full_disk(error, path):
            raise full from error
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise VaultReadOnlyError(path=path) from error
        raise


def _ours(error: BaseException | None, path: str) -> HaechiError | None:
    """Return ours for an error of the engine, by its extended result code (https://www.sqlite.org/rescode.html)."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and is_full(path)):
        return DiskFullError(path=path)
    if name.startswith(_NO_WRITING):
        return VaultReadOnlyError(path=path)
    if name.startswith(_LOCKED):
        return VaultInUseError(path=path, pid=None)
    if name.startswith(_UNREADABLE):
        return VaultDamagedError(part="ledger.db")
    return None


def is_full(path: str) -> bool:
    """Say whether the disk has no room left: SQLite tells a failed write as an error of reading or writing alike."""
    try:
        disk = os.statvfs(path)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < _NO_ROOM
