"""A file that a library writes for us: what went into it, and what the library does not tell of it.

pyrage 1.4 returns as if all were well when the last write fails. Both what seals files and what closes them for a
recipient write through this, so that a full disk is never taken for a finished file.
"""

import hashlib
from typing import BinaryIO


class Written:
    """Passes bytes on to a file. `total` digests them (SHA-256), `error` is the file's first error."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.error: OSError | None = None
        self.total = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """Write all of `piece`. Raises `OSError`, and remembers the first."""
        self.total.update(piece)
        try:
            return self._target.write(piece)
        except OSError as error:
            self.error = self.error or error
            raise

    def flush(self) -> None:
        """Do nothing: the file is flushed and synced once, when all is written."""
