"""A file that was sent to the server: held in memory, never on a disk, and handed to a worker by its descriptor."""

import os
from types import TracebackType
from typing import Self

from haechi.domain.errors import FileTooLargeError, UnsupportedError


class Held:
    """Takes a file's bytes part by part. Raises `FileTooLargeError` beyond `most_bytes`.

    The bytes are in a file without a name or a place (`memfd_create`): what decodes them is another process, which gets the
    descriptor and nothing else.
    """

    def __init__(self, most_bytes: int) -> None:
        if not hasattr(os, "memfd_create"):
            raise UnsupportedError  # only Linux has files that are nowhere
        self.fd = os.memfd_create("sent", os.MFD_CLOEXEC)
        self.size = 0
        self._most_bytes = most_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def keep(self, part: bytes) -> None:
        """Append bytes."""
        self.size += len(part)
        if self.size > self._most_bytes:
            raise FileTooLargeError(most_bytes=self._most_bytes)
        view = memoryview(part)
        while view:
            view = view[os.write(self.fd, view) :]

    def close(self) -> None:
        """Forget the bytes."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
