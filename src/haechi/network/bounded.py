"""A bounded connection: what comes over it ends at the deadline, and with so many bytes."""

import io
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from haechi.network.deadline import left

_TURN_S = 0.5  # how soon a wait notices that the program ends


class BoundedConnection:
    """What `HTTPResponse` takes for a socket.

    `most_bytes` counts the head too, and whatever frames the body. What `too_long` returns is raised once more comes; without
    it the stream ends there, and `is_long` tells. `go_on` is called before and during each wait, twice a second, and may raise.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        deadline: float,
        most_bytes: int,
        buffer_bytes: int = io.DEFAULT_BUFFER_SIZE,
        too_long: Callable[[], Exception] | None = None,
        go_on: Callable[[], object] | None = None,
    ) -> None:
        self._stream = _BoundedStream(connection, deadline, most_bytes, too_long, go_on)
        self._buffer_bytes = buffer_bytes

    @property
    def is_long(self) -> bool:
        """Whether more came than is read."""
        return self._stream.is_long

    def response(self, method: str) -> HTTPResponse:
        """Return the response to a request of this method; nothing of it is read yet."""
        # `HTTPResponse` asks a socket for `makefile` and nothing else.
        bounded: Any = self
        return HTTPResponse(bounded, method=method)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream."""
        return io.BufferedReader(self._stream, self._buffer_bytes)


class _BoundedStream(io.RawIOBase):
    def __init__(
        self,
        connection: socket.socket,
        deadline: float,
        most_bytes: int,
        too_long: Callable[[], Exception] | None,
        go_on: Callable[[], object] | None,
    ) -> None:
        self._connection = connection
        self._deadline = deadline
        self._room = most_bytes
        self._too_long = too_long
        self._go_on = go_on

    @property
    def is_long(self) -> bool:
        return self._room < 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 -- the type of buffers has no name before Python 3.12
        count = 0 if self.is_long else self._received(buffer)
        self._room -= count
        if self.is_long and self._too_long is not None:
            raise self._too_long()
        return count

    def _received(self, buffer: Any) -> int:  # noqa: ANN401 -- as above
        if self._go_on is None:
            self._connection.settimeout(left(self._deadline))
            return self._connection.recv_into(buffer)
        while True:
            self._go_on()
            self._connection.settimeout(min(left(self._deadline), _TURN_S))
            try:
                return self._connection.recv_into(buffer)
            except TimeoutError:
                continue
