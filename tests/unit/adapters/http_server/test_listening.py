"""Sockets that listen."""

import asyncio
import socket

from haechi.adapters.http_server import bind


async def accepted_delay(listening: socket.socket) -> bool:
    """Return whether what is written to a connection that was accepted waits for what was sent before (Nagle, RFC 896)."""
    delays = asyncio.get_running_loop().create_future()

    class Told(asyncio.Protocol):
        def connection_made(self, transport):
            accepted = transport.get_extra_info("socket")
            delays.set_result(not accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            transport.close()

    async with await asyncio.get_running_loop().create_server(Told, sock=listening):
        _reader, writer = await asyncio.open_connection(*listening.getsockname()[:2])
        writer.close()
        return await delays


def test_the_body_of_an_answer_does_not_wait_for_its_head_to_arrive():
    assert not asyncio.run(accepted_delay(bind("127.0.0.1", 0)))
