"""One request to a partner, with every wait and every length bounded, to public addresses only.

The name is looked up once and the connection goes to an address that was checked: a name that means two things cannot lead inside. No proxy of
the environment is used, no redirect followed, no cookie kept.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlsplit

from haechi.domain.errors import ExchangeFailedError, ExchangeStoppedError
from haechi.network.bounded import BoundedConnection
from haechi.network.connecting import connect, look_up
from haechi.network.deadline import deadline_in, left
from haechi.network.url import UrlError, take_apart

MOST_BYTES = 32 << 20  # of one page; the largest that partners name has a thousand entries
DEADLINE_S = 60.0
_MOST_HEAD_BYTES = 64 * 1024
_TRIES = 4
_MOST_WAIT_S = 120.0
_CONNECT_S = 20.0
_BUSY = (429, 500, 502, 503, 504)


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
        for more in range(_TRIES - 1, -1, -1):
            self.go_on()
            reply = self._once(method, url, headers or {}, body)
            if reply.status not in _BUSY:
                return reply
            if not more or method == "POST":
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
        deadline = deadline_in(self.deadline_s)
        try:
            with self._connected(url, deadline) as connection:
                connection.settimeout(left(deadline))
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
            place = take_apart(url)
        except UrlError as error:
            raise self.failed(problem="address") from error
        if not place.is_secret and not self.allow_private:
            raise self.failed(problem="address")
        found = look_up(place.host, place.port)
        if not self.allow_private and not all(_is_public(one) for one in found):
            raise self.failed(problem="address")
        return connect(place, found, deadline=deadline, most_s=_CONNECT_S)

    def _answer(self, connection: socket.socket, method: str, deadline: float) -> Reply:
        most_bytes = self.most_bytes + _MOST_HEAD_BYTES
        bounded = BoundedConnection(connection, deadline=deadline, most_bytes=most_bytes, go_on=self.go_on)
        with bounded.response(method) as response:
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
