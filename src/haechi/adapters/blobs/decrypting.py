"""Reading an age file while it is decrypted: pyrage writes where it is told, so a thread writes into a pipe."""

import io
import os
import threading
from contextlib import suppress
from typing import Any, BinaryIO

import pyrage  # type: ignore[import-untyped]

from haechi.domain.errors import VaultDamagedError


class Decrypting(io.RawIOBase):
    """The clear bytes of an age file, read once from the beginning. Nothing of them touches a disk.

    age authenticates each 64 KiB before it lets it out; a file that was cut is known at its end.
    """

    def __init__(self, source: BinaryIO, identity: Any, size: int, place: str) -> None:  # noqa: ANN401 - no types
        super().__init__()
        self._left = size
        self._place = place
        self._error: Exception | None = None
        self._reading, writing = os.pipe()
        self._thread = threading.Thread(target=self._decrypt, args=(source, identity, writing), daemon=True)
        self._thread.start()

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        """Read into the buffer. Raises `VaultDamagedError` once the rest cannot be decrypted."""
        count = os.readv(self._reading, [buffer])
        self._left -= count
        if count == 0:
            self._thread.join()
            if self._error is not None or self._left != 0:
                raise VaultDamagedError(part=self._place) from self._error
        return count

    def close(self) -> None:
        """Stop decrypting."""
        if not self.closed:
            super().close()
            os.close(self._reading)  # the thread's next write fails and ends it
            self._thread.join()

    def _decrypt(self, source: BinaryIO, identity: Any, writing: int) -> None:  # noqa: ANN401 - no types
        try:
            with source, open(writing, "wb", buffering=2**16) as target:
                pyrage.decrypt_io(source, target, [identity])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the reading thread
            self._error = error
        with suppress(OSError):
            os.close(writing)
