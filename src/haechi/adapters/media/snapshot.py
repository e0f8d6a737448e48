"""A file's bytes as read once: in memory that cannot be changed any more, or behind the descriptor it was read from.

Nothing here writes to a disk, whatever the size: a case that may hold no picture has none in a temporary file either.
"""

import fcntl
import hashlib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from haechi.domain.evidence import Sha256

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 4096  # bytes
BLOCK = 1 << 20  # bytes
HELD = 256 << 20  # bytes of an archive's member; a longer one is only digested
HELD_OF_FILE = 32 << 20  # bytes of a file on disk; a longer one is read again where it lies, if it is unchanged
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL


class ReadAt(io.RawIOBase):
    """A reader over an open descriptor with a position of its own, so that several can read one descriptor."""

    def __init__(self, fd: int, size: int) -> None:
        super().__init__()
        self._fd = fd
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill `buffer` from the position and return how much; never further than the size at the start."""
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        count = os.preadv(self._fd, [view], self._at) if view else 0
        self._at += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as `io.IOBase.seek`."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            message = "before the first byte"
            raise OSError(message)
        self._at = base + offset
        return self._at


class _Reader(ReadAt):
    """A reader that holds its own copy of the descriptor: it outlives the snapshot."""

    def __init__(self, fd: int, size: int) -> None:
        super().__init__(os.dup(fd), size)

    def close(self) -> None:
        if not self.closed:
            os.close(self._fd)
        super().close()


@dataclass(slots=True)
class FileSnapshot:
    """One file as it was read. `fd` is None when the bytes could not be held: then only the digest is known.

    `name` is the file's own name, for its extension only. `stamp` is what the file system said
    of a file that stayed on disk. `md5`, where it was asked for, finds the file in lists that have nothing better.
    """

    digest: Sha256
    size: int
    head: bytes
    name: str = ""
    fd: int | None = None
    stamp: tuple[int, ...] | None = None
    md5: str | None = None

    def open(self) -> BinaryIO:
        """Return a new reader over the same bytes. Raises `OSError` if they were not held or are closed."""
        if self.fd is None:
            message = "the bytes of this file were not held"
            raise OSError(message)
        return io.BufferedReader(_Reader(self.fd, self.size), BLOCK)

    def is_unchanged(self) -> bool:
        """Whether a file that stayed on disk is still the one that was digested."""
        return self.stamp is None or (self.fd is not None and _stamp(self.fd) == self.stamp)

    def close(self) -> None:
        """Give the memory back. Readers that are open stay so."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def take(stream: BinaryIO, name: str = "", *, held: int | None = None, with_md5: bool = False) -> FileSnapshot:
    """Read `stream` to its end, once. At most `held` bytes of it are kept in memory."""
    on_disk = _file_of(stream)
    held = held if held is not None else HELD if on_disk is None else HELD_OF_FILE
    stamp = _stamp(on_disk) if on_disk is not None else None
    digest, size, head = hashlib.sha256(), 0, b""
    md5 = hashlib.md5(usedforsecurity=False) if with_md5 else None
    memory: int | None = os.memfd_create("snapshot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        while block := stream.read(BLOCK):
            digest.update(block)
            if md5 is not None:
                md5.update(block)
            size += len(block)
            head += block[: HEAD - len(head)]
            if memory is not None and size > held:
                os.close(memory)
                memory = None
            if memory is not None:
                _write(memory, block)
        if memory is not None:
            fcntl.fcntl(memory, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        if memory is not None:
            os.close(memory)
        raise
    fd, kept = memory, None
    if memory is None and on_disk is not None and stamp == _stamp(on_disk) and size == stamp[0]:
        fd, kept = os.dup(on_disk), stamp
    return FileSnapshot(
        Sha256(digest.hexdigest()), size, head, name, fd, kept, md5.hexdigest() if md5 is not None else None
    )


def _write(memory: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(memory, rest) :]


def _file_of(stream: BinaryIO) -> int | None:
    """Return the descriptor if it yields the very bytes that the stream does: a plain file, at its beginning.

    A decompressing stream has a descriptor too, of other bytes.
    """
    raw = getattr(stream, "raw", stream)
    return raw.fileno() if isinstance(raw, io.FileIO) and stream.tell() == 0 else None


def _stamp(fd: int) -> tuple[int, ...]:
    status = os.fstat(fd)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
