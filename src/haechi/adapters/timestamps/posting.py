"""One POST over HTTP or HTTPS to a place that a person configured, with every wait and every length bounded.

`http.client` alone bounds neither: its time limit starts anew with each packet, so that a server which sends a byte
a second is waited for without end. Here one deadline counts for connecting, sending and every byte that comes.
No proxy of the environment is used, no redirect followed, no cookie kept; nothing names this program or its version.
"""

import contextlib
import io
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

DEADLINE_S = 20.0
_MOST_HEAD_BYTES = 16 * 1024
_MOST_ADDRESSES = 4
_OK, _REDIRECTS = 200, range(300, 400)
_PORTS = {"http": 80, "https": 443}


class PostError(Exception):
    """Nothing usable came back; `reason` is `url`, `connect`, `tls`, `slow`, `redirect`, `status`, `type`, `long` or `cut`."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Place:
    """A URL, taken apart."""

    is_secret: bool
    host: str
    port: int
    target: str


def read_url(url: str) -> Place:
    """Return the place that the URL names. Raises `PostError` (`url`) for anything but plain http and https."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError, UnicodeError) as error:
        raise PostError(reason="url") from error
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not is_plain or parts.username is not None or parts.password is not None or parts.fragment:
        raise PostError(reason="url")
    return Place(parts.scheme == "https", host, port, target)


def post(url: str, body: bytes, *, sent: str, expected: str, most_bytes: int, deadline_s: float = DEADLINE_S) -> bytes:
    """Return what the place answers; `sent` and `expected` are content types. Raises `PostError`."""
    place = read_url(url)
    deadline = time.monotonic() + deadline_s
    try:
        with _connected(place, deadline) as connection:
            connection.settimeout(_left(deadline))
            connection.sendall(_head(place, body, sent=sent, expected=expected) + body)
            return _answer(connection, deadline, expected=expected, most_bytes=most_bytes)
    except TimeoutError as error:
        raise PostError(reason="slow") from error
    except ssl.SSLError as error:
        raise PostError(reason="tls") from error
    except (HTTPException, ValueError) as error:
        raise PostError(reason="cut") from error
    except OSError as error:
        raise PostError(reason="connect") from error


def _connected(place: Place, deadline: float) -> socket.socket:
    """Return a connection. The system's look-up of a name has a time limit of its own, which cannot be set here."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    connection = _first_open([(str(address[4][0]), place.port) for address in found[:_MOST_ADDRESSES]], deadline)
    if not place.is_secret:
        return connection
    try:
        connection.settimeout(_left(deadline))
        return ssl.create_default_context().wrap_socket(connection, server_hostname=place.host)
    except BaseException:
        connection.close()
        raise


def _first_open(addresses: Sequence[tuple[str, int]], deadline: float) -> socket.socket:
    """Return a connection to the first address that takes one; all together have until the deadline."""
    *others, last = addresses
    for address in others:
        # One that never answers must leave time for the next: so it is with IPv6 where there is none.
        with contextlib.suppress(OSError):
            return socket.create_connection(address, timeout=_left(deadline) / 2)
    return socket.create_connection(last, timeout=_left(deadline))


def _head(place: Place, body: bytes, *, sent: str, expected: str) -> bytes:
    host = f"[{place.host}]" if ":" in place.host else place.host
    if place.port != _PORTS["https" if place.is_secret else "http"]:
        host += f":{place.port}"
    lines = [
        f"POST {place.target} HTTP/1.1",
        f"Host: {host}",
        f"Content-Type: {sent}",
        f"Content-Length: {len(body)}",
        f"Accept: {expected}",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _answer(connection: socket.socket, deadline: float, *, expected: str, most_bytes: int) -> bytes:
    # `HTTPResponse` asks a socket for `makefile` and nothing else.
    bounded: Any = _Bounded(connection, deadline, most_bytes + _MOST_HEAD_BYTES)
    with HTTPResponse(bounded, method="POST") as response:
        response.begin()
        if response.status in _REDIRECTS:
            raise PostError(reason="redirect")
        if response.status != _OK:
            raise PostError(reason="status")
        if response.headers.get_content_type() != expected or response.headers.get("Content-Encoding"):
            raise PostError(reason="type")
        if response.length is not None and response.length > most_bytes:
            raise PostError(reason="long")
        body = response.read(most_bytes + 1)
        if len(body) > most_bytes:
            raise PostError(reason="long")
        if response.length:
            raise PostError(reason="cut")
        return body


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Bounded:
    """What `HTTPResponse` takes for a socket: its stream ends at the deadline, or with `most_bytes`."""

    def __init__(self, connection: socket.socket, deadline: float, most_bytes: int) -> None:
        self._stream = _BoundedStream(connection, deadline, most_bytes)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream."""
        return io.BufferedReader(self._stream)


class _BoundedStream(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float, most_bytes: int) -> None:
        self._connection = connection
        self._deadline = deadline
        self._room = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 -- the type of buffers has no name before Python 3.12
        self._connection.settimeout(_left(self._deadline))
        count = self._connection.recv_into(buffer)
        self._room -= count
        if self._room < 0:
            raise PostError(reason="long")
        return count
