"""A file that appears at its place whole, or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from haechi.domain.errors import DiskFullError, HandOverRefusedError, PacketExistsError, PathMissingError, full_disk
from haechi.domain.evidence import Sha256
from haechi.ports.envelope import EnvelopeFile

PIECE = 1 << 20  # bytes


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
            _keep_name(target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        if full := _full(error, str(target.parent)):
            raise full from error
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


def _full(error: BaseException | None, path: str) -> DiskFullError | None:
    """Return the full disk behind an error: an archive that cannot be finished complains of that in the end."""
    while error is not None:
        if isinstance(error, OSError) and (full := full_disk(error, path)):
            return full
        error = error.__cause__ or error.__context__
    return None


def _keep_name(target: Path) -> None:
    """Wait until the name is on the disk; where that fails there is no file: whoever asked for it takes back what the log says."""
    try:
        _sync_folder(target.parent)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
