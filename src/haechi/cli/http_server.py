"""Opens a port for an application: bounded in connections, heads and silence, and silent itself but for its failures."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_CONNECTIONS = 1_000  # beyond them uvicorn answers 503
HEAD_SECONDS = 30
KEEP_ALIVE_SECONDS = 75
_MOST_HEAD_BYTES = 1 << 20  # with what came of the body in the same packets
_GRACE_S = 30
_BACKLOG = 1024


class _Impatient(HttpToolsProtocol):
    """HTTP that hangs up on a connection that asks for nothing, or whose request's head has no end.

    Neither is bounded by uvicorn: silent connections would keep everybody else out, and a head is gathered in memory.
    """

    _last: object = None
    _head = 0
    _is_in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look whether the connection is used."""
        super().connection_made(transport)
        self.loop.call_later(HEAD_SECONDS, self._look)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a head is complete."""
        self._head = self._head + len(data) if self._is_in_head else 0
        if self._head > _MOST_HEAD_BYTES:
            self.transport.close()
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Expect a head."""
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Expect a body."""
        self._is_in_head, self._head = False, 0
        super().on_headers_complete()

    def _look(self) -> None:
        """Hang up when no request is being answered and none was since the last look."""
        if self.transport.is_closing():
            return
        is_waiting = self.cycle is None or self.cycle.response_complete
        if is_waiting and self.cycle is self._last:
            self.transport.close()
            return
        self._last = self.cycle
        self.loop.call_later(HEAD_SECONDS, self._look)


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `host`, at a free port when `port` is 0. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, which `socket.create_server` leaves out: only then does asyncio switch Nagle's algorithm off, without which
    # an answer's head and body are 40 ms apart (measured: 311 lookups a second, 48 ms each, on 16 connections).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def make_server(app: Starlette) -> uvicorn.Server:
    """Return a server for the application."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Impatient,
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="error",
            server_header=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_GRACE_S,
        )
    )
