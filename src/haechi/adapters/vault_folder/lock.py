"""The vault's lock: one process writes, or several read. It falls with the process that holds it."""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from haechi.domain.errors import VaultInUseError

NAME = "lock"


class Lock:
    """A lock (flock(2)) on the file `lock`. A writer leaves its process number in it, for the other's message."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        """Take the lock. Raises `VaultInUseError` at once when another process has it, `OSError` when it cannot be."""
        path = folder / NAME
        self._alone = alone
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT if alone else os.O_RDONLY, 0o600)
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(self._descriptor)
            os.close(self._descriptor)
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                raise VaultInUseError(path=str(folder), pid=holder) from error
            raise
        if alone:
            # Only a message depends on it: a full disk must not keep anyone from her records.
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let go."""
        if self._alone:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _holder(descriptor: int) -> int | None:
    content = os.pread(descriptor, 20, 0).strip()
    return int(content) if content.isdigit() else None
