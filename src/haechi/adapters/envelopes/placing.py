"""A file that appears at its place whole, or not at all."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from haechi.domain.errors import DiskFullError, HandOverRefusedError, PacketExistsError, PathMissingError
from haechi.domain.evidence import Sha256
from haechi.ports.envelope import EnvelopeFile

PIECE = 1 << 20  # bytes
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def placed(target: Path) -> Iterator[BinaryIO]:
    """Yield a new file beside `target`, open for reading and writing; at the end of the block it gets its name.

    When the block fails nothing is left. Raises `PacketExistsError`, `PathMissingError`, `DiskFullError`.
    """
    if os.path.lexists(target):
        raise PacketExistsError(path=str(target), kind="file")
    if not target.parent.is_dir():
        raise PathMissingError(path=str(target.parent))
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        part = Path(name)
        try:
            with open(descriptor, "w+b", buffering=PIECE) as file:  # noqa: PTH123 - a private descriptor
                yield file
            if os.path.lexists(target):
                raise PacketExistsError(path=str(target), kind="file")
            part.rename(target)
            _sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        if _is_full(error):
            raise DiskFullError(path=str(target.parent)) from error
        raise


def settle(file: BinaryIO) -> None:
    """Bring what was written to the disk and go back to the beginning."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)


def digest_of(file: BinaryIO) -> tuple[Sha256, int]:
    """Return SHA-256 and size of what is in the file from its beginning on."""
    file.seek(0)
    total, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        total.update(piece)
        size += len(piece)
    return Sha256(total.hexdigest()), size


def pieces(file: EnvelopeFile) -> Iterator[bytes]:
    """Yield the bytes of a file to hand over. Raises `HandOverRefusedError` when they are not what its digest says.

    A file may have changed since the packet was verified: what leaves is what was looked at, or nothing.
    """
    total = hashlib.sha256()
    with file.open() as stream:
        while piece := stream.read(PIECE):
            total.update(piece)
            yield piece
    if total.hexdigest() != file.digest:
        raise HandOverRefusedError(reason="changed", path=file.path)


def _is_full(error: BaseException | None) -> bool:
    """Say whether a full disk is behind an error: an archive that cannot be finished complains of that in the end."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
