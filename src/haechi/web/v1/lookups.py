"""`/v1/lookups`: many hashes at once, a file, an address; each hit with its reason."""

from typing import Annotated

from pydantic import Field

from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import Depicted, Hit, Signal, SignalType, Tier
from haechi.domain.errors import RequestRefusedError
from haechi.domain.lookup import Answer, Asked, Query
from haechi.web import files
from haechi.web.lookups import Scope
from haechi.web.operation import Call, Nothing, Strict, operation
from haechi.web.reading import Upload
from haechi.web.words import Address, BankWord, Line, Names, hex_bytes, listed

MOST_HITS = 1_000
_MOST_HEX = 128


class AskedSignal(Strict):
    """One hash: `value` in hexadecimal."""

    type: Annotated[SignalType, Field(strict=False)]
    value: Annotated[str, Field(pattern=r"^([0-9a-fA-F]{2})+$", max_length=_MOST_HEX)]
    quality: Annotated[int, Field(ge=0, le=100)] = 100
    at_s: Annotated[float, Field(ge=0, lt=1e9)] | None = None
    transform: Annotated[str, Field(pattern=r"^[a-z0-9 -]{1,40}$")] = "whole"


class AskedFile(Strict):
    """All hashes of one picture or video."""

    signals: Annotated[list[AskedSignal], Field(min_length=1, max_length=10_000)]


class How(Strict):
    """Of which banks, of which tier at least, and how many hits. Without `banks`, all of the kind `depicted`."""

    banks: Annotated[list[BankWord], Field(min_length=1, max_length=1_000)] | None = None
    depicted: Annotated[Depicted, Field(strict=False)] | None = None
    least_tier: Annotated[Tier, Field(strict=False)] | None = None
    most: Annotated[int, Field(ge=1, le=MOST_HITS)] = 100
    seed: Line | None = None
    every: bool = False


class Batch(How):
    """Pictures and videos to look up."""

    queries: Annotated[list[AskedFile], Field(min_length=1, max_length=10_000)]


class OfAddress(How):
    """A file to fetch and look up."""

    url: Address
    content_type: Annotated[str, Field(pattern="^(photo|video)$")] | None = None


class FileOptions(Strict):
    """How the file of a form is looked up."""

    banks: Names | None = None
    depicted: Depicted | None = None
    least_tier: Tier | None = None
    most: Annotated[int, Field(ge=1, le=MOST_HITS)] = 100


class SuppressedBy(Strict):
    """The known innocent content that lies as near or nearer."""

    content: int
    bank: str | None


class HitAnswer(Strict):
    """A content near what was asked.

    `distance` is in bits of PDQ, 0 for equal digests. `queried` is the hash asked, `transform` what had been done to the picture before;
    `found` is the list's own hash, told to curators only: whoever may only ask could read a list out by it.
    """

    content: int
    bank: str
    tier: Tier
    type: SignalType
    distance: int
    quality: int
    transform: str
    queried: str
    found: str | None = None
    suppressed_by: SuppressedBy | None = None


class FileAnswer(Strict):
    """What is known of one query, nearest first. `is_truncated` when there is more than was asked for."""

    hits: list[HitAnswer]
    suppressed: list[HitAnswer]
    is_truncated: bool


class BatchAnswer(Strict):
    """One answer a query, in order."""

    answers: list[FileAnswer]


@operation("POST", "/v1/lookups", role=ApiRole.MATCHER, tag="Lookups", summary="Look up many hashes")
async def look_up_batch(call: Call[Nothing, Nothing, Batch]) -> BatchAnswer:
    """Look up to 10,000 pictures and videos up by their hashes. Each counts as one lookup."""
    batch = call.body
    if len(batch.queries) > call.service.settings.most_batch:
        raise RequestRefusedError(place="body.queries", problem="too_long")
    queries = [Query(tuple(_asked(one) for one in query.signals)) for query in batch.queries]
    return BatchAnswer(answers=await _answered(call, queries, _scope(call, batch)))


@operation("POST", "/v1/lookups/url", role=ApiRole.MATCHER, tag="Lookups", summary="Look up a file at an address")
async def look_up_address(call: Call[Nothing, Nothing, OfAddress]) -> FileAnswer:
    """Fetch a file, hash it and what can be made of it (turned, mirrored, trimmed, its parts), and look all that up."""
    query, _kind = await files.fetched(
        call.service, call.body.url, call.body.content_type, call.service.settings.expansion
    )
    return (await _answered(call, [query], _scope(call, call.body)))[0]


@operation("POST", "/v1/lookups/file", role=ApiRole.MATCHER, tag="Lookups", summary="Look up a file that is sent")
async def look_up_file(call: Call[Nothing, FileOptions, Upload]) -> FileAnswer:
    """Hash the one file of a form (`photo` or `video`) and what can be made of it, and look all that up."""
    query, _kind = await files.sent(call.service, call.body, call.service.settings.expansion)
    asked = call.query
    names = listed(asked.banks)
    how = How(
        banks=None if names is None else list(names),
        depicted=asked.depicted,
        least_tier=asked.least_tier,
        most=asked.most,
    )
    return (await _answered(call, [query], _scope(call, how)))[0]


def _asked(one: AskedSignal) -> Asked:
    signal = Signal(one.type, hex_bytes(one.type, one.value), one.quality, one.at_s)
    return Asked(signal, one.transform)


def _scope(call: Call[Nothing, FileOptions | Nothing, object], how: How) -> Scope:
    names = None if how.banks is None else frozenset(how.banks)
    depicted = how.depicted if names is not None else how.depicted or call.service.settings.depicted
    return Scope(names, depicted, how.least_tier, how.most, how.seed, how.every)


async def _answered(
    call: Call[Nothing, FileOptions | Nothing, object], queries: list[Query], scope: Scope
) -> list[FileAnswer]:
    answers = await call.service.look_up(call.by, queries, scope)
    innocent = {hit.suppressed_by for answer in answers for hit in answer.suppressed if hit.suppressed_by is not None}
    banks = await call.service.in_thread(call.service.banks_of, innocent) if innocent else {}
    return [_told(answer, call.by, banks) for answer in answers]


def _told(answer: Answer, by: ApiKey, innocent: dict[int, str]) -> FileAnswer:
    is_curator = by.may(ApiRole.CURATOR)
    return FileAnswer(
        hits=[_hit(hit, innocent, is_curator=is_curator) for hit in answer.hits],
        suppressed=[_hit(hit, innocent, is_curator=is_curator) for hit in answer.suppressed],
        is_truncated=answer.is_truncated,
    )


def _hit(hit: Hit, innocent: dict[int, str], *, is_curator: bool) -> HitAnswer:
    more: dict[str, object] = {"found": hit.found.hex()} if is_curator else {}
    if hit.suppressed_by is not None:
        more["suppressed_by"] = SuppressedBy(content=hit.suppressed_by, bank=innocent.get(hit.suppressed_by))
    return HitAnswer.model_construct(
        _fields_set=None,
        content=hit.content.number,
        bank=hit.content.bank,
        tier=hit.content.tier,
        type=hit.type,
        distance=hit.distance,
        quality=hit.quality,
        transform=hit.transform,
        queried=hit.queried.hex(),
        **more,
    )


OPERATIONS = (look_up_batch, look_up_address, look_up_file)
