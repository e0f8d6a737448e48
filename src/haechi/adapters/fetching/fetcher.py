"""One GET to an address that a stranger named: looked up once, judged, and connected to what was judged.

A name that is looked up twice can answer a public address to the check and a private one to the connection. So the
connection goes to the number that was judged, while TLS and `Host` keep the name. Each redirect starts from the beginning.
No proxy of the environment is used, no cookie kept; nothing is sent but the request itself.
"""

import socket
import ssl
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLongError
from functools import partial
from http.client import HTTPException, HTTPResponse
from urllib.parse import urljoin

from haechi.adapters.fetching.addresses import is_public
from haechi.domain.errors import AddressRefusedError, FileTooLargeError
from haechi.network.bounded import BoundedConnection
from haechi.network.connecting import connect, look_up
from haechi.network.deadline import deadline_in, left
from haechi.network.url import PORTS, Url, UrlError, take_apart
from haechi.ports.fetching import MOST_BYTES

DEADLINE_S = 30.0
MOST_REDIRECTS = 3
_MOST_URL = 8_192
_MOST_HEAD_BYTES = 32 * 1024
_PART = 1 << 18
_OK, _REDIRECTS = 200, (301, 302, 303, 307, 308)
_LOOK_UPS = 8

Resolver = Callable[[str, int], Sequence[str]]


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
        self._resolve = resolve or look_up
        self._looking = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="look-up")
        self._context = ssl.create_default_context()

    def fetch(self, url: str, keep: Callable[[bytes], object], *, most_bytes: int = MOST_BYTES) -> str:
        """Hand the file to `keep` in parts and return its claimed type.

        Raises `AddressRefusedError` (`url`, `private`, `connect`, `tls`, `slow`, `redirect`, `status`, `encoded`, `cut`),
        `FileTooLargeError`.
        """
        deadline = deadline_in(self._deadline_s)
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

    def _ask(self, place: Url, deadline: float, keep: Callable[[bytes], object], most_bytes: int) -> str | Url:
        """Return the claimed type when the file came, else the place that it was said to be at."""
        with self._connected(place, deadline) as connection:
            connection.settimeout(left(deadline))
            connection.sendall(_head(place))
            bounded = BoundedConnection(
                connection,
                deadline=deadline,
                most_bytes=most_bytes + _MOST_HEAD_BYTES,
                buffer_bytes=_PART,
                too_long=partial(FileTooLargeError, most_bytes=most_bytes),
            )
            with bounded.response("GET") as response:
                response.begin()
                if response.status in _REDIRECTS:
                    return _followed(place, response.headers.get("Location"))
                if response.status != _OK:
                    raise AddressRefusedError(problem="status")
                if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                    raise AddressRefusedError(problem="encoded")
                _take(response, keep, most_bytes)
                return response.headers.get_content_type()

    def _connected(self, place: Url, deadline: float) -> socket.socket:
        """Return a connection to an address that was judged."""
        found = self._looking.submit(self._resolve, place.host, place.port).result(left(deadline))
        if not found:
            raise AddressRefusedError(problem="connect")
        if not self._is_trusted(place) and (
            place.port not in PORTS.values() or not all(is_public(address) for address in found)
        ):
            raise AddressRefusedError(problem="private")
        return connect(place, found, deadline=deadline, context=self._context)

    def _is_trusted(self, place: Url) -> bool:
        return place.named.lower() in self._trusted or (
            place.host.lower() in self._trusted and place.port == PORTS[place.scheme]
        )


def _read_url(url: str) -> Url:
    """Take a URL apart. Raises `AddressRefusedError` (`url`) for anything but plain http and https."""
    if len(url) > _MOST_URL:
        raise AddressRefusedError(problem="url")
    try:
        return take_apart(url)
    except UrlError as error:
        raise AddressRefusedError(problem="url") from error


def _followed(place: Url, claimed_location: str | None) -> Url:
    """Return where a redirect leads. Leaving TLS is refused."""
    if not claimed_location:
        raise AddressRefusedError(problem="redirect")
    there = _read_url(urljoin(f"{place.scheme}://{place.named}{place.target}", claimed_location))
    if place.scheme == "https" and there.scheme != "https":
        raise AddressRefusedError(problem="redirect")
    return there


def _head(place: Url) -> bytes:
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
