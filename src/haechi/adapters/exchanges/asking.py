"""One request to a partner, with every wait and every length bounded, to public addresses only.

The name is looked up once and the connection goes to an address that was checked: a name that means two things cannot lead inside. No proxy of
the environment is used, no redirect followed, no cookie kept.
"""

import contextlib
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from haechi.domain.errors import ExchangeFailedError, ExchangeStoppedError

MOST_BYTES = 32 << 20  # of one page; the largest that partners name has a thousand entries
DEADLINE_S = 60.0
_MOST_HEAD_BYTES = 64 * 1024
_MOST_ADDRESSES = 4
_TRIES = 4
_MOST_WAIT_S = 120.0
_TURN_S = 0.5  # how soon a wait for an answer notices that the program ends
_CONNECT_S = 20.0
_BUSY = (429, 500, 502, 503, 504)
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Asking:
    """How partners are asked. `allow_private` and plain http are for tests.

    `sleep` waits between tries. Once `is_stopping` says so, everything raises `ExchangeStoppedError` within a second, a connection
    that is being made within twenty.
    """

    exchange: str
    deadline_s: float = DEADLINE_S
    most_bytes: int = MOST_BYTES
    allow_private: bool = False
    sleep: Callable[[float], object] = field(default=time.sleep)
    is_stopping: Callable[[], bool] = field(default=lambda: False)

    def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Reply:
        """Return the reply. Who says that it is busy is asked again, up to three times, unless something was sent that must not count twice.

        Raises `ExchangeFailedError`.
        """
        wait = 1.0
        for left in range(_TRIES - 1, -1, -1):
            self.go_on()
            reply = self._once(method, url, headers or {}, body)
            if reply.status not in _BUSY:
                return reply
            if not left or method == "POST":
                break
            self.sleep(min(max(wait, _retry_after(reply)), _MOST_WAIT_S))
            wait *= 2
        raise ExchangeFailedError(exchange=self.exchange, problem="busy", status=reply.status)

    def go_on(self) -> None:
        """Raise `ExchangeStoppedError` when the program ends."""
        if self.is_stopping():
            raise ExchangeStoppedError(exchange=self.exchange, problem="stopped")

    def failed(self, *, problem: str, **facts: object) -> ExchangeFailedError:
        """Return the error of this partner."""
        return ExchangeFailedError(exchange=self.exchange, problem=problem, **facts)

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        deadline = time.monotonic() + self.deadline_s
        try:
            with self._connected(url, deadline) as connection:
                connection.settimeout(_left(deadline))
                connection.sendall(_head(method, url, headers, body) + (body or b""))
                return self._answer(connection, method, deadline)
        except TimeoutError as error:
            raise self.failed(problem="slow") from error
        except ssl.SSLError as error:
            raise self.failed(problem="tls") from error
        except (HTTPException, ValueError) as error:
            raise self.failed(problem="cut") from error
        except OSError as error:
            raise self.failed(problem="connect") from error

    def _connected(self, url: str, deadline: float) -> socket.socket:
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
            host = (parts.hostname or "").encode("idna").decode()
        except (ValueError, KeyError, UnicodeError) as error:
            raise self.failed(problem="address") from error
        is_plain = url.isascii() and url.isprintable() and " " not in url
        if (
            not host
            or not is_plain
            or parts.username is not None
            or (parts.scheme == "http" and not self.allow_private)
        ):
            raise self.failed(problem="address")
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self.allow_private and not all(_is_public(one) for one in found):
            raise self.failed(problem="address")
        connection = _first_open([(one, port) for one in found[:_MOST_ADDRESSES]], deadline)
        if parts.scheme == "http":
            return connection
        try:
            connection.settimeout(_left(deadline))
            return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        except BaseException:
            connection.close()
            raise

    def _answer(self, connection: socket.socket, method: str, deadline: float) -> Reply:
        # `HTTPResponse` asks a socket for `makefile` and nothing else.
        bounded: Any = _Bounded(connection, deadline, self.most_bytes + _MOST_HEAD_BYTES, self.go_on)
        with HTTPResponse(bounded, method=method) as response:
            response.begin()
            if response.status in range(300, 400):
                raise self.failed(problem="redirect", status=response.status)
            if response.length is not None and response.length > self.most_bytes:
                raise self.failed(problem="long")
            if response.headers.get("Content-Encoding"):
                raise self.failed(problem="answer")
            body = response.read(self.most_bytes + 1)
            if len(body) > self.most_bytes or bounded.is_long:
                raise self.failed(problem="long")
            if response.length:
                raise self.failed(problem="cut")
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def _retry_after(reply: Reply) -> float:
    text = reply.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0.0  # noqa: PLR2004 - digits; a date is not worth reading


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _first_open(addresses: Sequence[tuple[str, int]], deadline: float) -> socket.socket:
    *others, last = addresses
    for address in others:
        # One that never answers must leave time for the next: so it is with IPv6 where there is none.
        with contextlib.suppress(OSError):
            return socket.create_connection(address, timeout=min(_left(deadline) / 2, _CONNECT_S))
    return socket.create_connection(last, timeout=min(_left(deadline), _CONNECT_S))


def _head(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError(method)
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Bounded:
    """What `HTTPResponse` takes for a socket: its stream ends at the deadline, or with `most_bytes`."""

    def __init__(self, connection: socket.socket, deadline: float, most_bytes: int, go_on: Callable[[], None]) -> None:
        self._stream = _BoundedStream(connection, deadline, most_bytes, go_on)

    @property
    def is_long(self) -> bool:
        """Whether more came than is read."""
        return self._stream.room < 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream."""
        return io.BufferedReader(self._stream)


class _BoundedStream(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float, most_bytes: int, go_on: Callable[[], None]) -> None:
        self._connection = connection
        self._deadline = deadline
        self.room = most_bytes
        self._go_on = go_on

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - the type of buffers has no name before Python 3.12
        if self.room < 0:
            return 0
        while True:
            self._go_on()
            self._connection.settimeout(min(_left(self._deadline), _TURN_S))
            try:
                count = self._connection.recv_into(buffer)
            except TimeoutError:
                continue
            self.room -= count
            return count
