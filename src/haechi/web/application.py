"""From a request to an answer: find the operation, let the key in, validate, carry out, tell. The same for all of them."""

import asyncio
import contextvars
import inspect
import logging
import time
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from haechi.domain.api_key import ApiKey
from haechi.domain.errors import ApiKeyRefusedError, HaechiError, RequestRefusedError, UnavailableError
from haechi.web import telling
from haechi.web.operation import Call, Download, Operation, Page, Text
from haechi.web.reading import (
    FORM,
    JSON,
    PLAIN_FORM,
    SentList,
    Upload,
    has_body,
    media_type,
    read_form,
    read_json,
    read_list,
    read_plain_form,
    validated,
)
from haechi.web.service import Service
from haechi.web.table import OPERATIONS

TELL_EVERY_S = 60.0
FOLLOW_EVERY_S = 0.5
EXPIRE_EVERY_S = 60.0
EXPIRE_NEXT_S = 1.0
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}
_log = logging.getLogger("haechi.web")


def make_app(service: Service) -> Starlette:
    """Return the application. Its lifespan closes the service."""
    by_path: dict[str, dict[str, Operation]] = {}
    for one in OPERATIONS:
        by_path.setdefault(one.path, {})[one.method] = one

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        chores = [asyncio.create_task(chore(service)) for chore in (_tell_counts, _follow, _expire)]
        service.start()
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.to_thread(service.close)

    routes = [Route(path, _Endpoint(service, methods)) for path, methods in by_path.items()]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _nothing_here})
    app.state.service = service
    return app


class _Endpoint:
    """All methods of one path."""

    def __init__(self, service: Service, methods: Mapping[str, Operation]) -> None:
        self._service = service
        self._methods = {"HEAD": methods["GET"], **methods} if "GET" in methods else dict(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        telling.speak(request.headers.get("accept-language"))
        operation = self._methods.get(request.method)
        if operation is None:
            error = RequestRefusedError(place="method", problem="method")
            response = _refusal(error, 405, {"Allow": ", ".join(sorted(self._methods))})
        else:
            response = await self._timed(operation, request)
        await response(scope, receive, send)

    async def _timed(self, operation: Operation, request: Request) -> Response:
        started = time.perf_counter()
        response = await self._answered(operation, request)
        metrics = self._service.metrics
        metrics.seconds.labels(operation.id).observe(time.perf_counter() - started)
        metrics.answers.labels(operation.id, str(response.status_code)).inc()
        return response

    async def _answered(self, operation: Operation, request: Request) -> Response:
        try:
            return await self._carry_out(operation, request)
        except HaechiError as error:
            status = telling.hma_status(error) if operation.path.startswith("/c/") else telling.status_of(error)
            headers = telling.headers_of(error)
            if isinstance(error, ApiKeyRefusedError) and operation.path.startswith("/ui/"):
                headers["WWW-Authenticate"] = 'Basic realm="haechi", charset="UTF-8"'  # a browser asks for it
            return _refusal(error, status, headers, is_closing=has_body(request))
        except TimeoutError:
            return _refusal(UnavailableError(), 503, {}, is_closing=True)
        except Exception as error:  # noqa: BLE001 -- nobody is ever shown a traceback
            _log.error("%s: %s", operation.id, _where(error))
            return _refusal(HaechiError(), 500, {}, is_closing=True)

    async def _carry_out(self, operation: Operation, request: Request) -> Response:
        service = self._service
        service.check_host(request)
        async with AsyncExitStack() as stack:
            by = service.nobody
            if operation.role is not None:
                by = await self._known(request)
                service.gate.admit(by, operation.role)
                service.check_origin(request)
            path = validated(operation.path_type, request.path_params, place="path")
            query = validated(operation.query_type, _single(request), place="query")
            async with asyncio.timeout(operation.limit_s):
                body = await self._body(operation, request, stack)
                result = await self._handled(operation, Call(service, by, path, query, body, _wants_page(request)))
        return _response(operation, result)

    async def _known(self, request: Request) -> ApiKey:
        known = self._service.gate.remembered(request)
        return known if known is not None else await asyncio.to_thread(self._service.gate.key, request)

    async def _body(self, operation: Operation, request: Request, stack: AsyncExitStack) -> Any:  # noqa: ANN401 -- the operation's own
        if not operation.bodies:
            return None
        if not has_body(request) and operation.body_is_optional:
            return None
        kind = media_type(request)
        for body in operation.bodies:
            if body is Upload:
                if kind == FORM:
                    await stack.enter_async_context(self._service.uploading())
                    return stack.enter_context(await read_form(request))
                if kind == PLAIN_FORM:
                    return await read_plain_form(request)
            elif body is SentList:
                return stack.enter_context(await read_list(request))
            elif kind == JSON or kind.endswith("+json"):
                return await read_json(request, body)
        raise RequestRefusedError(place="header.content-type", problem="media-type")

    async def _handled(self, operation: Operation, call: Call[Any, Any, Any]) -> Any:  # noqa: ANN401 -- the operation's own
        if inspect.iscoroutinefunction(operation.handle):
            return await operation.handle(call)
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._service.threads, context.run, operation.handle, call)


def _response(operation: Operation, result: Any) -> Response:  # noqa: ANN401 -- the operation's own
    if isinstance(result, Text):
        headers = {**_HEADERS, **(_PAGE_HEADERS if isinstance(result, Page) else {}), **result.headers}
        return Response(result.text, result.status, headers, result.media_type)
    if isinstance(result, Download):
        headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{result.name}"'}
        return FileResponse(
            result.path, headers=headers, media_type="application/octet-stream", background=BackgroundTask(result.done)
        )
    assert operation.answer is not None  # noqa: S101 -- what is no text has a type
    content = operation.answer.dump_json(result, by_alias=True, exclude_unset=True)
    return Response(content, operation.status, dict(_HEADERS), "application/json")


def _refusal(error: HaechiError, status: int, headers: dict[str, str], *, is_closing: bool = False) -> Response:
    # A body that was not read to its end would be taken for the next request.
    ending = {"Connection": "close"} if is_closing else {}
    return Response(orjson.dumps(telling.refusal(error)), status, {**_HEADERS, **headers, **ending}, "application/json")


async def _nothing_here(request: Request, _error: Exception) -> Response:
    telling.speak(request.headers.get("accept-language"))
    return _refusal(RequestRefusedError(place="path", problem="path"), 404, {}, is_closing=has_body(request))


async def _tell_counts(service: Service) -> None:
    """Write each key's counts into the audit now and then, so that a crash loses few."""
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        try:
            await asyncio.to_thread(service.gate.tell_over)
        except Exception as error:  # noqa: BLE001 -- a chore that ended would be missed by nobody
            _log.error("counts: %s", _where(error))


async def _follow(service: Service) -> None:
    """Bring what other servers wrote into the same catalogue into this index."""
    while True:
        await asyncio.sleep(FOLLOW_EVERY_S)
        try:
            await asyncio.to_thread(service.follow)
        except Exception as error:  # noqa: BLE001 -- as above: lookups would stay behind for good
            _log.error("follow: %s", _where(error))


async def _expire(service: Service) -> None:
    """Withdraw what has expired, some at a time, so that neither lookups nor whoever adds wait for it."""
    wait = EXPIRE_NEXT_S
    while True:
        await asyncio.sleep(wait)
        wait = EXPIRE_EVERY_S
        try:
            if await asyncio.to_thread(service.matcher.withdraw_expired):
                wait = EXPIRE_NEXT_S
        except Exception as error:  # noqa: BLE001 -- as above
            _log.error("expire: %s", _where(error))


def _single(request: Request) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in found:
            raise RequestRefusedError(place=f"query.{name[:80]}", problem="twice")
        found[name] = value
    return found


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _where(error: BaseException) -> str:
    """Return the error's type and the places in our code that it came through, without its words."""
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)
    ours = [f"{frame.name}:{frame.lineno}" for frame in frames if "haechi" in frame.filename]
    return f"{type(error).__name__} at {' < '.join(reversed(ours[-4:]))}"
