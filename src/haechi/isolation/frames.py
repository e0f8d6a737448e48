"""The wire between a worker and its caller: u32 header length, u32 blob length (big endian), JSON header, blob."""

import json
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from typing import Any

PREFIX = struct.Struct(">II")
HEADER_LIMIT = 4 << 20
"""Longest header in bytes. A frame is a row or some hundred rows, never a whole export."""
_READ = 1 << 18


class BrokenFrameError(Exception):
    """The other side closed in the middle of a frame or sent what is not one."""


def write(channel: socket.socket, header: Mapping[str, Any], blob: bytes = b"", *, fd: int | None = None) -> None:
    """Send one frame, with a descriptor if given. Raises `OSError` if nobody listens, `ValueError` if too long."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(text) > HEADER_LIMIT:
        message = "a frame's header is too long"
        raise ValueError(message)
    frame = b"".join((PREFIX.pack(len(text), len(blob)), text, blob))
    if fd is not None:
        sent = socket.send_fds(channel, [frame], [fd])
        frame = frame[sent:]
    channel.sendall(frame)


class Reader:
    """Reads frames from a socket, and the descriptor that came with one."""

    def __init__(self, channel: socket.socket, *, blob_limit: int) -> None:
        self._channel = channel
        self._blob_limit = blob_limit
        self._rest = bytearray()

    def read(self, *, within_s: float | None = None) -> tuple[dict[str, Any], bytes] | None:
        """Return the next frame, or None at a clean end. Raises `BrokenFrameError`, `TimeoutError`, `OSError`."""
        deadline = None if within_s is None else time.monotonic() + within_s
        if not self._fill(PREFIX.size, deadline):
            return None
        header_size, blob_size = PREFIX.unpack_from(self._rest)
        if header_size > HEADER_LIMIT or blob_size > self._blob_limit:
            raise BrokenFrameError
        end = PREFIX.size + header_size + blob_size
        if not self._fill(end, deadline):
            raise BrokenFrameError
        text = bytes(self._rest[PREFIX.size : PREFIX.size + header_size])
        blob = bytes(self._rest[PREFIX.size + header_size : end])
        del self._rest[:end]
        return _header(text), blob

    def frames(self) -> Iterator[tuple[dict[str, Any], bytes, int | None]]:
        """Yield (header, blob, descriptor or None) until the other side closes. The caller closes the descriptor."""
        while True:
            fds: list[int] = []
            if len(self._rest) < PREFIX.size:
                part, fds, _, _ = socket.recv_fds(self._channel, _READ, 1)
                self._rest += part
            frame = self.read()
            if frame is None:
                return
            yield *frame, fds[0] if fds else None

    def _fill(self, size: int, deadline: float | None) -> bool:
        """Have at least `size` bytes at hand. False if the other side closed before the first byte of a frame."""
        while len(self._rest) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._channel.settimeout(left)
            part = self._channel.recv(max(_READ, size - len(self._rest)))
            if not part:
                if self._rest:
                    raise BrokenFrameError
                return False
            self._rest += part
        return True


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BrokenFrameError from error
    if not isinstance(header, dict):
        raise BrokenFrameError
    return header
