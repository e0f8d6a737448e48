"""`/h`: the hashes of a file."""

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import SignalType
from haechi.domain.errors import RequestRefusedError
from haechi.domain.fingerprint import ENOUGH_QUALITY, Expansion
from haechi.domain.lookup import Query
from haechi.web import files
from haechi.web.operation import Call, Lenient, Nothing, operation
from haechi.web.reading import Upload
from haechi.web.words import Address, Names, listed, written

OF_KIND = {
    "photo": (SignalType.PDQ, SignalType.MD5, SignalType.SHA256),
    "video": (SignalType.VIDEO_MD5, SignalType.VPDQ, SignalType.SHA256),
}
USUAL = {"photo": (SignalType.PDQ,), "video": (SignalType.VIDEO_MD5,)}
"""What HMA makes as it is installed; the others are made for clients that name them in `types`."""


class HashOfUrl(Lenient):
    """Which file, and which hashes of it."""

    url: Address
    content_type: Names | None = None
    types: Names | None = None


class HashOfFile(Lenient):
    """Which hashes."""

    types: Names | None = None


def signals_of(query: Query, kind: str, types: str | None) -> dict[str, str]:
    """Return a file's own hashes in ThreatExchange's form. A picture too plain to compare has an empty PDQ, as HMA says it."""
    wanted = chosen(kind, types)
    whole = [one.signal for one in query.asked if one.transform == "whole"]
    found: dict[str, str] = {}
    for name in wanted:
        mine = tuple(one for one in whole if one.type is name)
        if mine:
            is_poor = name is SignalType.PDQ and mine[0].quality < ENOUGH_QUALITY
            found[name.value] = "" if is_poor else written(name, mine)
    return found


def chosen(kind: str, types: str | None) -> tuple[SignalType, ...]:
    """Return the types of hashes to make. Raises `RequestRefusedError` for one that there is not."""
    if types is None:
        return USUAL[kind]
    names = listed(types)
    if names is None:
        raise RequestRefusedError(place="query.types", problem="empty")
    possible = {one.value: one for one in OF_KIND[kind]}
    if not set(names) <= possible.keys():
        raise RequestRefusedError(place="query.types", problem="signal-type-unknown")
    return tuple(possible[name] for name in names)


@operation("GET", "/h/hash", role=ApiRole.HASHER, tag="Hashing", summary="Hashes of a file at an address")
async def hash_url(call: Call[Nothing, HashOfUrl, None]) -> dict[str, str]:
    """Fetch the file and return its hashes. Private addresses are refused."""
    asked = call.query
    query, kind = await files.fetched(call.service, asked.url, asked.content_type, Expansion.ONE)
    return signals_of(query, kind, asked.types)


@operation("POST", "/h/hash", role=ApiRole.HASHER, tag="Hashing", summary="Hashes of a file")
async def hash_upload(call: Call[Nothing, HashOfFile, Upload]) -> dict[str, str]:
    """Return the hashes of the one file of a form, sent as `photo` or `video`."""
    query, kind = await files.sent(call.service, call.body, Expansion.ONE)
    return signals_of(query, kind, call.query.types)


OPERATIONS = (hash_url, hash_upload)
