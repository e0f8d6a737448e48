"""`/m`: is a hash or a file known?"""

from typing import Annotated

from pydantic import Field, RootModel

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Depicted, SignalType
from haechi.domain.errors import HashRefusedError, RequestRefusedError
from haechi.domain.fingerprint import MATCH_WITHIN, distance
from haechi.domain.lookup import Answer, Query
from haechi.web import files
from haechi.web.hma.hashing import chosen
from haechi.web.lookups import Scope
from haechi.web.operation import Call, Lenient, Nothing, Strict, operation
from haechi.web.reading import Upload
from haechi.web.words import Address, Flag, Line, Names, is_true, listed, read_signals, signal_type

MOST = 1_000
_NO_DISTANCE = "-"  # what ThreatExchange writes for types that have none
Signals = Annotated[str, Field(min_length=1, max_length=4 * 1024 * 1024)]


class RawLookup(Lenient):
    """One hash."""

    signal: Signals
    signal_type: Names
    banks: Names | None = None
    include_distance: Flag | None = None


class LookupOptions(Lenient):
    """How a file is looked up."""

    types: Names | None = None
    banks: Names | None = None
    seed: Line | None = None
    bypass_coinflip: Flag | None = None
    depicted: Depicted | None = None


class Lookup(LookupOptions):
    """A file at an address, or one hash."""

    url: Address | None = None
    content_type: Names | None = None
    signal: Signals | None = None
    signal_type: Names | None = None


class Match(Strict):
    """A content near what was asked. HMA writes the distance as text."""

    bank_content_id: int
    distance: str


class RawMatches(Strict):
    """Contents near a hash."""

    matches: list[int | Match]


Banked = dict[str, list[Match]]
Found = dict[str, Banked]


class Pair(RootModel[Annotated[list[str], Field(min_length=2, max_length=2)]]):
    """Two hashes to compare."""


class Pairs(RootModel[dict[str, Pair]]):
    """Two hashes of each type."""


class Compared(Strict):
    """How far apart two hashes are; exact ones have no distance."""

    distance: int


class IndexOfType(Strict):
    """How far the index of one type is."""

    built_to: int
    present: bool
    size: int


class OfType(Lenient):
    """Which type of hash."""

    signal_type: Names | None = None


@operation("GET", "/m/raw_lookup", role=ApiRole.MATCHER, tag="Matching", summary="Contents near a hash, by number")
async def raw_lookup(call: Call[Nothing, RawLookup, None]) -> RawMatches:
    """Return the numbers of contents near a hash, of all banks, those with `enabled_ratio` 0 too. Withdrawn ones are left out."""
    asked = call.query
    query = Query.of(*read_signals(signal_type(asked.signal_type), asked.signal))
    answer = await look_up(call, query, asked.banks, is_everything=True)
    if not is_true(asked.include_distance):
        return RawMatches(matches=[hit.content.number for hit in answer.hits])
    return RawMatches(
        matches=[
            Match(bank_content_id=hit.content.number, distance=_told(hit.type, hit.distance)) for hit in answer.hits
        ]
    )


@operation("GET", "/m/lookup", role=ApiRole.MATCHER, tag="Matching", summary="Contents near a hash or a file")
async def lookup(call: Call[Nothing, Lookup, None]) -> Found | Banked:
    """Look up the file at `url`, or `signal` of `signal_type`. With `signal_type` the outer key is left out."""
    asked = call.query
    if asked.url is not None:
        query, kind = await files.fetched(call.service, asked.url, asked.content_type, call.service.settings.expansion)
        found = await _looked_up(call, query, asked, chosen(kind, asked.types))
        return found if asked.signal_type is None else found.get(asked.signal_type, {})
    if asked.signal is None or asked.signal_type is None:
        raise RequestRefusedError(place="query", problem="url-or-signal")
    kind_of_hash = signal_type(asked.signal_type)
    query = Query.of(*read_signals(kind_of_hash, asked.signal))
    return (await _looked_up(call, query, asked, (kind_of_hash,)))[kind_of_hash.value]


@operation("POST", "/m/lookup", role=ApiRole.MATCHER, tag="Matching", summary="Contents near a file that is sent")
async def lookup_upload(call: Call[Nothing, LookupOptions, Upload]) -> Found:
    """Look up the one file of a form, sent as `photo` or `video`."""
    query, kind = await files.sent(call.service, call.body, call.service.settings.expansion)
    return await _looked_up(call, query, call.query, chosen(kind, call.query.types))


@operation("POST", "/m/compare", role=ApiRole.MATCHER, tag="Matching", summary="How far apart two hashes are")
def compare(call: Call[Nothing, Nothing, Pairs]) -> dict[str, list[bool | Compared | dict[str, int]]]:
    """Compare two hashes of each type: whether they match, and by how many bits they differ."""
    compared: dict[str, list[bool | Compared | dict[str, int]]] = {}
    for name, pair in call.body.root.items():
        kind = signal_type(name)
        if kind is SignalType.VPDQ:
            raise HashRefusedError(type=name, problem="type", place=None)
        left, right = (read_signals(kind, one)[0].value for one in pair.root)
        apart = 0 if left == right else distance(left, right)
        if kind.is_exact:
            compared[name] = [apart == 0, {}]
        else:
            compared[name] = [apart <= MATCH_WITHIN, Compared(distance=apart)]
    return compared


@operation("GET", "/m/index/status", role=ApiRole.MATCHER, tag="Matching", summary="How far the index is")
def index_status(call: Call[Nothing, OfType, None]) -> dict[str, IndexOfType]:
    """Say for each type of hash how many the index holds and up to when."""
    state = call.service.state()
    return {
        kind.value: IndexOfType(built_to=state.built_to, present=state.is_ready, size=state.size(kind))
        for kind in types_named(call.query.signal_type)
    }


async def look_up(
    call: Call[Nothing, RawLookup | LookupOptions, object],
    query: Query,
    banks: str | None,
    *,
    depicted: Depicted | None = None,
    seed: str | None = None,
    is_everything: bool = False,
) -> Answer:
    """Ask and count. A bank that is not there is overlooked, as HMA does."""
    asked = listed(banks)
    names: frozenset[str] | None = None
    if asked is not None:
        names = frozenset(bank.name for bank in call.service.matcher.banks() if bank.name in asked)
    kind = depicted or call.service.settings.depicted
    scope = Scope(names, kind if names is None else None, None, MOST, seed, is_everything)
    return (await call.service.look_up(call.by, [query], scope))[0]


async def _looked_up(
    call: Call[Nothing, LookupOptions, object], query: Query, asked: LookupOptions, types: tuple[SignalType, ...]
) -> Found:
    usable = Query(tuple(one for one in query.asked if one.signal.type in types))
    answer = await look_up(
        call,
        usable,
        asked.banks,
        depicted=asked.depicted,
        seed=asked.seed,
        is_everything=is_true(asked.bypass_coinflip),
    )
    found: Found = {kind.value: {} for kind in types}
    for hit in answer.hits:
        match = Match(bank_content_id=hit.content.number, distance=_told(hit.type, hit.distance))
        found[hit.type.value].setdefault(hit.content.bank, []).append(match)
    return found


def _told(kind: SignalType, apart: int) -> str:
    return _NO_DISTANCE if kind.is_exact else str(apart)


def types_named(name: str | None) -> tuple[SignalType, ...]:
    """Return the type of this name, or all."""
    return tuple(SignalType) if name is None else (signal_type(name),)


OPERATIONS = (raw_lookup, lookup, lookup_upload, compare, index_status)
