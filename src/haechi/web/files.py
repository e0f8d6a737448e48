"""From a file that was sent, or an address that was named, to its hashes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from haechi.domain.errors import RequestRefusedError
from haechi.domain.fingerprint import Expansion
from haechi.domain.lookup import Query
from haechi.web.held import Held
from haechi.web.reading import MOST_FILE_BYTES, Upload
from haechi.web.service import Service

KINDS = ("photo", "video")


async def sent(service: Service, upload: Upload, expansion: Expansion) -> tuple[Query, str]:
    """Return the hashes of the one file of a form, and which kind of file it was sent as."""
    if not upload.files:
        raise RequestRefusedError(place="body", problem="file-missing")
    if len(upload.files) > 1:
        raise RequestRefusedError(place="body", problem="one-file")
    kind = upload.files[0].field_name
    if kind not in KINDS:
        raise RequestRefusedError(place="body", problem="content-type-unknown")
    return await asyncio.to_thread(service.hash_file, upload.files[0].held.fd, kind, expansion), kind


async def fetched(service: Service, url: str, claimed_kind: str | None, expansion: Expansion) -> tuple[Query, str]:
    """Return the hashes of the file at an address, and which kind of file it is."""
    if claimed_kind is not None and claimed_kind not in KINDS:
        raise RequestRefusedError(place="query.content_type", problem="content-type-unknown")
    async with service.uploading(), _holding() as held:
        claimed_type = await asyncio.to_thread(service.fetcher.fetch, url, held.keep, most_bytes=MOST_FILE_BYTES)
        kind = claimed_kind or _kind(claimed_type)
        return await asyncio.to_thread(service.hash_file, held.fd, kind, expansion), kind


@asynccontextmanager
async def _holding() -> AsyncIterator[Held]:
    with Held(MOST_FILE_BYTES) as held:
        yield held


def _kind(claimed_type: str) -> str:
    family = claimed_type.lower().partition("/")[0]
    if family == "image":
        return "photo"
    if family == "video":
        return "video"
    raise RequestRefusedError(place="query.content_type", problem="content-type-unknown")
