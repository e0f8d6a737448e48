"""Connecting: a name is looked up once, and the connection goes to one of the addresses that came of it.

Looking up and connecting are two steps, so that whoever has to judge the addresses does so in between: a name that is
looked up twice can answer a public address to the judge and a private one to the connection.
"""

import contextlib
import math
import socket
import ssl
from collections.abc import Sequence

from haechi.network.deadline import left
from haechi.network.url import Url

_MOST_ADDRESSES = 4


def look_up(host: str, port: int) -> tuple[str, ...]:
    """Return the numeric addresses of a host. Raises `OSError`.

    The system's look-up of a name has a time limit of its own, which cannot be set here.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


def connect(
    url: Url,
    addresses: Sequence[str],
    *,
    deadline: float,
    most_s: float = math.inf,
    context: ssl.SSLContext | None = None,
) -> socket.socket:
    """Return a connection to one of these addresses, the first ones tried in their order; TLS and its certificate check keep the name.

    `most_s` bounds the wait for each address beside the deadline. Without a `context`, the system's certificates count as they are now.
    Raises `OSError`, of which `TimeoutError` and `ssl.SSLError` are kinds.
    """
    connection = _first_open([(address, url.port) for address in addresses[:_MOST_ADDRESSES]], deadline, most_s)
    if not url.is_secret:
        return connection
    try:
        connection.settimeout(left(deadline))
        return (context or ssl.create_default_context()).wrap_socket(connection, server_hostname=url.host)
    except BaseException:
        connection.close()
        raise


def _first_open(addresses: Sequence[tuple[str, int]], deadline: float, most_s: float) -> socket.socket:
    *others, last = addresses
    for address in others:
        # One that never answers must leave time for the next: so it is with IPv6 where there is none.
        with contextlib.suppress(OSError):
            return socket.create_connection(address, timeout=min(left(deadline) / 2, most_s))
    return socket.create_connection(last, timeout=min(left(deadline), most_s))
