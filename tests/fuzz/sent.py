"""What is sent to the match server as a form: read the same in however many pieces it comes."""

import asyncio
import contextlib
import os
from functools import cache

from fuzz.target import Target
from haechi.domain.errors import HaechiError

_FORM = (
    b"multipart/form-data; boundary=x\n"
    b'--x\r\nContent-Disposition: form-data; name="bank"\r\n\r\nB\r\n'
    b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--x--\r\n'
)
_PLAIN = b"application/x-www-form-urlencoded\na=1&b=%ed%95%9c"


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _form(data: bytes) -> None:
    """Read a body whose type stands in the first line, whole and byte by byte."""
    head, _, body = data.partition(b"\n")
    whole, pieces = (_loop().run_until_complete(_read(head, body, step)) for step in (len(body) or 1, 1))
    assert whole == pieces


async def _read(head: bytes, body: bytes, step: int):
    from starlette.requests import Request

    from haechi.web.reading import PLAIN_FORM, media_type, read_form, read_plain_form

    parts = [body[at : at + step] for at in range(0, len(body), step)]

    async def receive():
        return {"type": "http.request", "body": parts.pop(0) if parts else b"", "more_body": bool(parts)}

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", head)], "query_string": b""}
    request = Request(scope, receive)
    with contextlib.suppress(HaechiError):
        read = read_plain_form if media_type(request) == PLAIN_FORM else read_form
        with await read(request) as upload:
            files = [(one.field_name, os.pread(one.held.fd, one.held.size, 0)) for one in upload.files]
            return upload.fields, files
    return None


TARGETS = (Target("form", _form, lambda: [_FORM, _PLAIN], 2048),)
