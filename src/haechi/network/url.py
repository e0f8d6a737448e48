"""A URL, taken apart: plain http and https only, without a name or a password in it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
"""The usual port of each scheme."""


class UrlError(Exception):
    """It is no plain address of the web."""


@dataclass(frozen=True, slots=True)
class Url:
    """Where a request goes: `host` in its ASCII form without brackets, `target` the path with its query. The fragment is not sent."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_secret(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    @property
    def named(self) -> str:
        """The host as it stands in a URL, with its port if that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def take_apart(url: str) -> Url:
    """Return what the URL says. Raises `UrlError`, also for one with a space, a control or a letter beyond ASCII in it."""
    try:
        parts = urlsplit(url)
        usual = PORTS[parts.scheme]
        port = parts.port or usual
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError, UnicodeError) as error:
        raise UrlError from error
    # The parser takes tabs and line ends out by itself: what is judged is what was given.
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if not host or not is_plain or parts.username is not None or parts.password is not None:
        raise UrlError
    return Url(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
