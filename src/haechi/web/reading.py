"""Request bodies, read within bounds of size and time: JSON, and files by multipart/form-data.

A file goes from the connection into memory only. The form parser that the framework brings writes what is larger than a
megabyte into a temporary file, which is why it is not used.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from haechi.domain.errors import FileTooLargeError, RequestRefusedError
from haechi.web.held import Held

MOST_FILE_BYTES = 100 * 1024 * 1024
MOST_LIST_BYTES = 4 << 30
MOST_JSON_BYTES = 16 * 1024 * 1024
MOST_FIELD_BYTES = 64 * 1024
MOST_FIELDS = 16
SLOW_S = 30.0
"""How long the other side may be silent, and the least rate below which it counts as silent is `LEAST_RATE`."""
LEAST_RATE = 64 * 1024  # bytes a second, after the first 30 seconds
_MOST_HEADER_BYTES = 8 * 1024
JSON, FORM, PLAIN_FORM = "application/json", "multipart/form-data", "application/x-www-form-urlencoded"


@dataclass(slots=True)
class SentFile:
    """One file of a form: under which field it came, and its bytes."""

    field_name: str
    held: Held


@dataclass(slots=True)
class Upload:
    """What a form held: its files, and its other fields."""

    files: list[SentFile] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the files."""
        for one in self.files:
            one.held.close()


class SentList:
    """A list of hashes that was sent. It holds no picture, so unlike a picture it may lie on a disk meanwhile."""

    media_type = "application/octet-stream"

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with this

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file, by this process's descriptor."""
        return Path(f"/proc/self/fd/{self._file.fileno()}")

    def keep(self, part: bytes) -> None:
        """Append bytes."""
        self._file.write(part)

    def settle(self) -> None:
        """Make what was appended readable."""
        self._file.flush()

    def close(self) -> None:
        """Forget the list."""
        self._file.close()


def validated(model: type[BaseModel], given: Any, *, place: str) -> Any:  # noqa: ANN401 -- an instance of `model`
    """Return the model of parameters that came as text. Raises `RequestRefusedError` with the first thing that is wrong."""
    try:
        return model.model_validate_strings(given)
    except ValidationError as error:
        raise _first(error, place) from error


async def read_json(request: Request, model: type[BaseModel]) -> Any:  # noqa: ANN401 -- an instance of `model`
    """Return the body as `model`. Raises `RequestRefusedError`, `FileTooLargeError`."""
    body = bytearray()
    async for part in _bounded(request, MOST_JSON_BYTES):
        body += part
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        raise _first(error, "body") from error


async def read_form(request: Request) -> Upload:
    """Return the form's files and fields. Raises `RequestRefusedError`, `FileTooLargeError`."""
    upload = Upload()
    try:
        reader = _FormReader(upload, _boundary(request))
        async for part in _bounded(request, MOST_FILE_BYTES + MOST_FIELDS * MOST_FIELD_BYTES):
            reader.take(part)
        reader.finish()
    except FormParserError as error:
        upload.close()
        raise RequestRefusedError(place="body", problem="form") from error
    except BaseException:
        upload.close()
        raise
    return upload


async def read_plain_form(request: Request) -> Upload:
    """Return the fields of a form without files. Raises `RequestRefusedError`, `FileTooLargeError`."""
    body = bytearray()
    async for part in _bounded(request, MOST_FIELD_BYTES):
        body += part
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise RequestRefusedError(place="body", problem="form") from error
    return Upload(fields=dict(fields))


async def read_list(request: Request) -> SentList:
    """Return a list of hashes that was sent, in a file that has no name and ends with this. Raises `FileTooLargeError`."""
    sent = SentList()
    try:
        async for part in _bounded(request, MOST_LIST_BYTES):
            await asyncio.to_thread(sent.keep, part)
        await asyncio.to_thread(sent.settle)
    except BaseException:
        sent.close()
        raise
    return sent


def media_type(request: Request) -> str:
    """Return the body's type without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def has_body(request: Request) -> bool:
    """Say whether the request came with a body."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


async def _bounded(request: Request, most_bytes: int) -> AsyncIterator[bytes]:
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed[:20]) > most_bytes:
        raise FileTooLargeError(most_bytes=most_bytes)
    clock = asyncio.get_running_loop().time
    started, taken = clock(), 0
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(SLOW_S):
                part = await anext(stream, None)
            if part is None:
                return
            taken += len(part)
            if taken > most_bytes:
                raise FileTooLargeError(most_bytes=most_bytes)
            if clock() - started > SLOW_S + taken / LEAST_RATE:
                raise RequestRefusedError(place="body", problem="slow")
            if part:
                yield part
    except (TimeoutError, ClientDisconnect) as error:
        raise RequestRefusedError(place="body", problem="slow") from error


def _boundary(request: Request) -> bytes:
    boundary = parse_options_header(request.headers.get("content-type", ""))[1].get(b"boundary", b"")
    if not boundary:
        raise RequestRefusedError(place="header.content-type", problem="boundary")
    return boundary


def _first(error: ValidationError, place: str) -> RequestRefusedError:
    """Return where the first mistake is and its kind, never the value: it may be a hash that somebody asks about."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join([place, *(str(part)[:80] for part in first["loc"])])
    return RequestRefusedError(place=where, problem=first["type"])


class _FormReader:
    """Puts the parts of a form where they belong while they come."""

    def __init__(self, upload: Upload, boundary: bytes) -> None:
        self._upload = upload
        self._header: list[bytes] = [b"", b""]
        self._disposition = b""
        self._name = ""
        self._value: bytearray | None = None
        self._seen = 0
        self._is_begun = self._is_ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": self._take,
                "on_part_end": self._end,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_done,
                "on_headers_finished": self._headers_done,
                "on_end": self._ended,
            },
        )

    def take(self, part: bytes) -> None:
        """Read bytes, at least one.

        What stands before the first boundary is refused: whether the parser skips it depends on how the bytes were cut. Some clients
        begin with an empty line (RFC 2046, 5.1.1).
        """
        if not self._is_begun:
            part = part.lstrip(b"\r\n")
            if not part:
                return
            if not part.startswith(b"-"):
                raise RequestRefusedError(place="body", problem="form")
        self._is_begun = True
        self._parser.write(part)

    def finish(self) -> None:
        """Raise `RequestRefusedError` for a form that stopped before its last boundary.

        The parser takes it for whole, and a picture cut short would be hashed as another one.
        """
        if not self._is_ended:
            raise RequestRefusedError(place="body", problem="form")

    def _ended(self) -> None:
        self._is_ended = True

    def _begin(self) -> None:
        self._seen += 1
        if self._seen > MOST_FIELDS:
            raise RequestRefusedError(place="body", problem="fields")
        self._disposition = b""
        self._header = [b"", b""]
        self._value = None

    def _header_name(self, octets: bytes, start: int, end: int) -> None:
        self._header[0] += octets[start:end]
        self._bound()

    def _header_value(self, octets: bytes, start: int, end: int) -> None:
        self._header[1] += octets[start:end]
        self._bound()

    def _bound(self) -> None:
        if len(self._header[0]) + len(self._header[1]) > _MOST_HEADER_BYTES:
            raise RequestRefusedError(place="body", problem="header")

    def _header_done(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1]
        self._header = [b"", b""]

    def _headers_done(self) -> None:
        options = parse_options_header(self._disposition)[1]
        try:
            self._name = options[b"name"].decode()
        except (KeyError, UnicodeDecodeError) as error:
            raise RequestRefusedError(place="body", problem="form") from error
        if b"filename" in options:
            self._upload.files.append(SentFile(self._name, Held(MOST_FILE_BYTES)))
        else:
            self._value = bytearray()

    def _take(self, octets: bytes, start: int, end: int) -> None:
        if self._value is None:
            self._upload.files[-1].held.keep(octets[start:end])
            return
        self._value += octets[start:end]
        if len(self._value) > MOST_FIELD_BYTES:
            raise RequestRefusedError(place=f"body.{self._name[:80]}", problem="too_long")

    def _end(self) -> None:
        if self._value is None:
            return
        try:
            self._upload.fields[self._name] = self._value.decode()
        except UnicodeDecodeError as error:
            raise RequestRefusedError(place=f"body.{self._name[:80]}", problem="encoding") from error
