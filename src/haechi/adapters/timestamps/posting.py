"""One POST over HTTP or HTTPS to a place that a person configured, with every wait and every length bounded.

No proxy of the environment is used, no redirect followed, no cookie kept; nothing names this program or its version.
"""

import socket
import ssl
from functools import partial
from http.client import HTTPException
from urllib.parse import urlsplit

from haechi.network.bounded import BoundedConnection
from haechi.network.connecting import connect, look_up
from haechi.network.deadline import deadline_in, left
from haechi.network.url import Url, UrlError, take_apart

DEADLINE_S = 20.0
_MOST_HEAD_BYTES = 16 * 1024
_OK, _REDIRECTS = 200, range(300, 400)


class PostError(Exception):
    """Nothing usable came back; `reason` is `url`, `connect`, `tls`, `slow`, `redirect`, `status`, `type`, `long` or `cut`."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_url(url: str) -> Url:
    """Return what the URL says. Raises `PostError` (`url`) for anything but plain http and https without a fragment."""
    try:
        place = take_apart(url)
    except UrlError as error:
        raise PostError(reason="url") from error
    if urlsplit(url).fragment:
        raise PostError(reason="url")
    return place


def post(url: str, body: bytes, *, sent: str, expected: str, most_bytes: int, deadline_s: float = DEADLINE_S) -> bytes:
    """Return what the place answers; `sent` and `expected` are content types. Raises `PostError`."""
    place = read_url(url)
    deadline = deadline_in(deadline_s)
    try:
        with connect(place, look_up(place.host, place.port), deadline=deadline) as connection:
            connection.settimeout(left(deadline))
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


def _head(place: Url, body: bytes, *, sent: str, expected: str) -> bytes:
    lines = [
        f"POST {place.target} HTTP/1.1",
        f"Host: {place.named}",
        f"Content-Type: {sent}",
        f"Content-Length: {len(body)}",
        f"Accept: {expected}",
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _answer(connection: socket.socket, deadline: float, *, expected: str, most_bytes: int) -> bytes:
    bounded = BoundedConnection(
        connection,
        deadline=deadline,
        most_bytes=most_bytes + _MOST_HEAD_BYTES,
        too_long=partial(PostError, reason="long"),
    )
    with bounded.response("POST") as response:
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
