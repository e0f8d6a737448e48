"""Files that are there whole or not at all, also after a power cut."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from haechi.domain.errors import VaultReadOnlyError, full_disk

_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Raise ours for a full or read-only disk."""
    try:
        yield
    except OSError as error:
        if full := full_disk(error, str(path)):
            raise full from error
        if error.errno in _READ_ONLY:
            raise VaultReadOnlyError(path=str(path)) from error
        raise


def write_file(path: Path, content: bytes) -> None:
    """Write a file (mode 0600) and wait until it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        left = memoryview(content)
        while left:  # a disk that is nearly full takes a part
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes, *, beside: Path) -> None:
    """Put `content` in the place of the file at `path`; whoever reads finds the old or the new one whole.

    `beside` is a folder on the same disk that holds the new file until it is complete.
    """
    part = beside / f"{path.name}.{os.getpid()}"
    try:
        write_file(part, content)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(path: Path) -> None:
    """Wait until all files and folders below `path` are on the disk."""
    for place in path.rglob("*"):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_folder(path)
