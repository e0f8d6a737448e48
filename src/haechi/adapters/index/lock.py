"""One process writes. The lock falls with the process that holds it."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from haechi.domain.errors import IndexInUseError

_NAME = "lock"


def take_lock(folder: Path) -> int:
    """Return a descriptor that holds the lock until it is closed. Raises `IndexInUseError`."""
    descriptor = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 20, 0).strip()
        os.close(descriptor)
        raise IndexInUseError(path=str(folder), pid=int(holder) if holder.isdigit() else None) from error
    with suppress(OSError):  # only a message depends on it
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor
