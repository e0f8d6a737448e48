"""Serves an application: silent itself but for its failures, and never kept waiting or filled by who only connects."""

import asyncio
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 30
_MOST_HEAD_BYTES = (
    1 << 18
)  # as much as asyncio reads at once: a head and what came with it in one piece is never refused


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one server allows: open `connections`, beyond which uvicorn answers 503, and seconds.

    `keep_alive_s` is how long a connection may lie idle between requests, `grace_s` how long answers may still take when
    the server is stopped.
    """

    connections: int
    keep_alive_s: int
    grace_s: int


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
        super().data_received(data)
        self._head = self._head + len(data) if self._is_in_head else 0
        if self._head > _MOST_HEAD_BYTES:
            self.transport.close()

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


def make_server(app: Starlette, bounds: Bounds) -> uvicorn.Server:
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
            limit_concurrency=bounds.connections,
            timeout_keep_alive=bounds.keep_alive_s,
            timeout_graceful_shutdown=bounds.grace_s,
        )
    )
