"""A new file that is there when it is whole, and not before."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from haechi.domain.errors import FolderReadOnlyError, PathMissingError, TargetExistsError, full_disk

_NO_WRITING = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def placed(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write; it gets its name when the block ends. Raises `TargetExistsError`, `PathMissingError`, `DiskFullError`, `FolderReadOnlyError`."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists() or path.is_symlink():
            raise TargetExistsError(path=str(path))
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb", buffering=1 << 20) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError as error:
        raise TargetExistsError(path=str(path)) from error
    except FileNotFoundError as error:
        raise PathMissingError(path=str(path.parent)) from error
    except OSError as error:
        if full := full_disk(error, str(path)):
            raise full from error
        if error.errno in _NO_WRITING:
            raise FolderReadOnlyError(path=str(path.parent)) from error
        raise
