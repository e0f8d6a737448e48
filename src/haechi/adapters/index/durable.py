"""Files that are there whole or not at all, also after a power cut, and errors with our names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from haechi.domain.errors import IndexUnwritableError, full_disk

PART = ".part"
"""Ends the name of a file that is being written."""


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Raise ours where a disk is full or does not take what is written."""
    try:
        yield
    except OSError as error:
        if full := full_disk(error, str(path)):
            raise full from error
        raise IndexUnwritableError(path=str(path), errno=error.errno) from error


def write_all(descriptor: int, content: bytes) -> None:
    """Write everything; a disk that is nearly full takes a part."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def put_file(path: Path, content: bytes) -> None:
    """Put a file (mode 0600) in its place when it is whole, and wait until it is on the disk under its name."""
    part = path.with_name(path.name + PART)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
