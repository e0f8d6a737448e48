"""A witness over HTTP: `POST /add-checkpoint` and `GET /<origin hash>/checkpoint` (C2SP tlog-witness).

It says nothing of what it was asked: no access log, no echo of a request. Sizes and times are bounded before a request
is read by anything else.
"""

import asyncio
import re
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from haechi.domain.errors import HaechiError
from haechi.ports.witness import MOST_BODY_BYTES, Answer, Refusal, Seen

STATUSES = {
    Refusal.MALFORMED: 400,
    Refusal.UNKNOWN_LOG: 404,
    Refusal.UNSIGNED: 403,
    Refusal.OTHER_SIZE: 409,
    Refusal.INCONSISTENT: 422,
}
BODY_SECONDS = 30
_SIZE_TYPE = "text/x.tlog.size"
_HASH = re.compile(r"[0-9a-f]{64}")
_TOO_LARGE, _TOO_SLOW, _NOT_NOW, _MISSING = 413, 408, 503, 404


def make_app(answer: Callable[[bytes], Answer], latest_of: Callable[[str], Seen | None]) -> Starlette:
    """Return the application; `answer` judges one request body, `latest_of` finds a checkpoint by its origin's hash."""

    async def add_checkpoint(request: Request) -> Response:
        body, status = await _body(request)
        if status:
            return PlainTextResponse("", status, headers={"Connection": "close"})
        try:
            given = await run_in_threadpool(answer, body)
        except HaechiError:
            return PlainTextResponse("", _NOT_NOW)
        if given.refusal is Refusal.OTHER_SIZE:
            return Response(f"{given.size}\n", STATUSES[given.refusal], headers={"Content-Type": _SIZE_TYPE})
        if given.refusal is not None:
            return PlainTextResponse(f"{given.refusal.value}\n", STATUSES[given.refusal])
        return PlainTextResponse(given.lines)

    async def checkpoint(request: Request) -> Response:
        origin_hash = request.path_params["origin_hash"]
        if not _HASH.fullmatch(origin_hash):
            return PlainTextResponse("", _MISSING)
        try:
            seen = await run_in_threadpool(latest_of, origin_hash)
        except HaechiError:
            return PlainTextResponse("", _NOT_NOW)
        if seen is None:
            return PlainTextResponse("", _MISSING)
        return PlainTextResponse(seen.note, headers={"Cache-Control": "no-cache"})

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", checkpoint, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> tuple[bytes, int]:
    """Return the request's body, or the status that says why it was not read to its end."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BODY_BYTES:
                    return b"", _TOO_LARGE
    except (TimeoutError, ClientDisconnect):
        return b"", _TOO_SLOW
    return bytes(body), 0
