"""One GET to an address that a stranger named: looked up once, judged, and connected to what was judged.

A name that is looked up twice can answer a public address to the check and a private one to the connection. So the
connection goes to the number that was judged, while TLS and `Host` keep the name. Each redirect starts from the beginning.
No proxy of the environment is used, no cookie kept; nothing is sent but the request itself.
"""

import contextlib
import io
import socket
import ssl
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLongError
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urljoin, urlsplit

from haechi.adapters.fetching.addresses import is_public
from haechi.domain.errors import AddressRefusedError, FileTooLargeError
from haechi.ports.fetching import MOST_BYTES

DEADLINE_S = 30.0
MOST_REDIRECTS = 3
_MOST_URL = 8_192
_MOST_HEAD_BYTES = 32 * 1024
_MOST_ADDRESSES = 4
_PART = 1 << 18
_OK, _REDIRECTS = 200, (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_LOOK_UPS = 8

Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """The host as it stands in a URL, with its port if that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class GuardedFetcher:
    """Fetches files over HTTP and HTTPS.

    `trusted` are hosts (`media.example` or `media.example:8080`) that may have private addresses and any port, because the
    operator named them: a platform's own store. All others must be public and use port 80 or 443.
    """

    def __init__(
        self, *, trusted: Collection[str] = (), deadline_s: float = DEADLINE_S, resolve: Resolver | None = None
    ) -> None:
        self._trusted = frozenset(host.lower() for host in trusted)
        self._deadline_s = deadline_s
        self._resolve = resolve or _addresses
        self._looking = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="look-up")
        self._context = ssl.create_default_context()

    def fetch(self, url: str, keep: Callable[[bytes], object], *, most_bytes: int = MOST_BYTES) -> str:
        """Hand the file to `keep` in parts and return its claimed type.

        Raises `AddressRefusedError` (`url`, `private`, `connect`, `tls`, `slow`, `redirect`, `status`, `encoded`, `cut`),
        `FileTooLargeError`.
        """
        deadline = time.monotonic() + self._deadline_s
        try:
            place = _read_url(url)
            for _ in range(MOST_REDIRECTS + 1):
                answer = self._ask(place, deadline, keep, most_bytes)
                if isinstance(answer, str):
                    return answer
                place = answer
        except (TimeoutError, TookTooLongError) as error:
            raise AddressRefusedError(problem="slow") from error
        except ssl.SSLError as error:
            raise AddressRefusedError(problem="tls") from error
        except (HTTPException, ValueError) as error:
            raise AddressRefusedError(problem="cut") from error
        except OSError as error:
            raise AddressRefusedError(problem="connect") from error
        raise AddressRefusedError(problem="redirect")

    def close(self) -> None:
        """Stop looking names up."""
        self._looking.shutdown(wait=False, cancel_futures=True)

    def _ask(self, place: _Place, deadline: float, keep: Callable[[bytes], object], most_bytes: int) -> str | _Place:
        """Return the claimed type when the file came, else the place that it was said to be at."""
        with self._connected(place, deadline) as connection:
            connection.settimeout(_left(deadline))
            connection.sendall(_head(place))
            # `HTTPResponse` asks a socket for `makefile` and nothing else.
            bounded: Any = _Bounded(connection, deadline, most_bytes + _MOST_HEAD_BYTES)
            with HTTPResponse(bounded, method="GET") as response:
                response.begin()
                if response.status in _REDIRECTS:
                    return _followed(place, response.headers.get("Location"))
                if response.status != _OK:
                    raise AddressRefusedError(problem="status")
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise AddressRefusedError(problem="encoded")
                _take(response, keep, most_bytes)
                return response.headers.get_content_type()

    def _connected(self, place: _Place, deadline: float) -> socket.socket:
        """Return a connection to an address that was judged."""
        found = self._looking.submit(self._resolve, place.host, place.port).result(_left(deadline))
        if not found:
            raise AddressRefusedError(problem="connect")
        if not self._is_trusted(place) and (
            place.port not in _PORTS.values() or not all(is_public(address) for address in found)
        ):
            raise AddressRefusedError(problem="private")
        connection = _first_open([(address, place.port) for address in found[:_MOST_ADDRESSES]], deadline)
        if place.scheme == "http":
            return connection
        try:
            connection.settimeout(_left(deadline))
            return self._context.wrap_socket(connection, server_hostname=place.host)
        except BaseException:
            connection.close()
            raise

    def _is_trusted(self, place: _Place) -> bool:
        return place.named.lower() in self._trusted or (
            place.host.lower() in self._trusted and place.port == _PORTS[place.scheme]
        )


def _read_url(url: str) -> _Place:
    """Take a URL apart. Raises `AddressRefusedError` (`url`) for anything but plain http and https."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError, UnicodeError) as error:
        raise AddressRefusedError(problem="url") from error
    is_plain = len(url) <= _MOST_URL and url.isascii() and url.isprintable() and " " not in url
    if not host or not is_plain or parts.username is not None or parts.password is not None:
        raise AddressRefusedError(problem="url")
    return _Place(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _followed(place: _Place, claimed_location: str | None) -> _Place:
    """Return where a redirect leads. Leaving TLS is refused."""
    if not claimed_location:
        raise AddressRefusedError(problem="redirect")
    there = _read_url(urljoin(f"{place.scheme}://{place.named}{place.target}", claimed_location))
    if place.scheme == "https" and there.scheme != "https":
        raise AddressRefusedError(problem="redirect")
    return there


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


def _first_open(addresses: Sequence[tuple[str, int]], deadline: float) -> socket.socket:
    """Return a connection to the first address that takes one; all together have until the deadline."""
    *others, last = addresses
    for address in others:
        # One that never answers must leave time for the next: so it is with IPv6 where there is none.
        with contextlib.suppress(OSError):
            return socket.create_connection(address, timeout=_left(deadline) / 2)
    return socket.create_connection(last, timeout=_left(deadline))


def _head(place: _Place) -> bytes:
    lines = [
        f"GET {place.target} HTTP/1.1",
        f"Host: {place.named}",
        "Accept: image/*, video/*, */*;q=0.1",
        "Accept-Encoding: identity",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _take(response: HTTPResponse, keep: Callable[[bytes], object], most_bytes: int) -> None:
    if response.length is not None and response.length > most_bytes:
        raise FileTooLargeError(most_bytes=most_bytes)
    taken = 0
    while part := response.read(_PART):
        taken += len(part)
        if taken > most_bytes:
            raise FileTooLargeError(most_bytes=most_bytes)
        keep(part)
    if response.length:
        raise AddressRefusedError(problem="cut")


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
        return io.BufferedReader(self._stream, _PART)


class _BoundedStream(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float, most_bytes: int) -> None:
        self._connection = connection
        self._deadline = deadline
        self._most_bytes = self._room = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 -- the type of buffers has no name before Python 3.12
        self._connection.settimeout(_left(self._deadline))
        count = self._connection.recv_into(buffer)
        self._room -= count
        if self._room < 0:
            raise FileTooLargeError(most_bytes=self._most_bytes)
        return count
