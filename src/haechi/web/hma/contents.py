"""`/c/bank/{name}/content`, `/c/bank/{name}/signal`: what stands in a bank, in HMA's form."""

import json
import time
from typing import Annotated, Any

from pydantic import Field, RootModel, ValidationError

from haechi.bootstrap.matcher import KEEP, NewContent
from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Content, Signal, SignalType, Tier
from haechi.domain.errors import ContentMissingError, HashRefusedError, RequestRefusedError
from haechi.domain.fingerprint import ENOUGH_QUALITY, Expansion
from haechi.domain.lookup import Query
from haechi.web import files
from haechi.web.hma.banks import BankAnswer, shown
from haechi.web.hma.hashing import chosen
from haechi.web.operation import Call, Lenient, Nothing, Strict, operation
from haechi.web.reading import Upload
from haechi.web.words import (
    FOR_GOOD,
    Address,
    BankPath,
    ContentPath,
    Flag,
    Line,
    Names,
    by_type,
    is_true,
    moment_of,
    read_signals,
    signal_type,
    unix_of,
    written,
)

_DISABLED, _ENABLED = 0, 1
_FOR_GOOD_DAY = FOR_GOOD[:10]
_FIVE_YEARS_S = 5 * 365 * 86_400
Claimed = Annotated[str, Field(max_length=8192)]


class Metadata(Strict):
    """What whoever adds a content says of it."""

    content_id: Claimed | None = None
    content_uri: Claimed | None = None
    json_: dict[str, Any] | None = Field(None, alias="json")


class AddedFacts(Lenient):
    """What is said of a content that is added by its address."""

    metadata: Metadata | None = None
    note: Line | None = None


class AddOptions(Lenient):
    """Which file, when it is not in the body."""

    url: Address | None = None
    content_type: Names | None = None
    types: Names | None = None


class Added(Strict):
    """The new content."""

    id: int
    signals: dict[str, str]


class SignalsAdded(RootModel[dict[str, Annotated[str, Field(max_length=4 * 1024 * 1024)] | None]]):
    """Hashes by type, and a `note`."""


class ShowOptions(Lenient):
    """What to show of a content."""

    include_signals: Flag | None = None
    include_metadata: Flag | None = None


class ContentAnswer(Strict):
    """A content as HMA shows it. `disable_until_ts` is 1 for one in use and 0 for one that is not."""

    id: int
    disable_until_ts: int
    original_media_uri: str | None
    bank: BankAnswer
    signals: dict[str, str] | None = None
    metadata: dict[str, Any] | None = None
    note: str | None = None
    collab_metadata: dict[str, list[str]] | None = None
    user_metadata: dict[str, Any] | None = None


class ContentChange(Lenient):
    """What is to be changed."""

    disable_until_ts: Annotated[int, Field(ge=0)] | None = None
    note: Line | None = None


class Deleted(Strict):
    """How many contents were withdrawn."""

    deleted: int


@operation("POST", "/c/bank/{name}/content", role=ApiRole.CURATOR, tag="Bank content", summary="Add a file's hashes")
async def add_content(call: Call[BankPath, AddOptions, AddedFacts | Upload | None]) -> Added:
    """Add the hashes of the file at `url`, or of the one file of a form. The file itself is not kept."""
    service = call.service
    service.matcher.bank(call.path.name)
    facts = _facts(call.body)
    if call.query.url is not None:
        query, kind = await files.fetched(service, call.query.url, call.query.content_type, Expansion.REFERENCE)
    elif isinstance(call.body, Upload):
        query, kind = await files.sent(service, call.body, Expansion.REFERENCE)
    else:
        raise RequestRefusedError(place="body", problem="url-or-file")
    new = _new(_usable(query, chosen(kind, call.query.types)), facts)
    return await service.in_thread(_added, call, new)


@operation("POST", "/c/bank/{name}/signal", role=ApiRole.CURATOR, tag="Bank content", summary="Add hashes")
def add_signals(call: Call[BankPath, Nothing, SignalsAdded]) -> Added:
    """Add one content by its hashes."""
    named = dict(call.body.root)
    note = named.pop("note", None)
    call.service.matcher.bank(call.path.name)
    signals: list[Signal] = []
    for name, text in named.items():
        kind = signal_type(name)
        if not text:
            raise HashRefusedError(type=name, problem="length", place=None)
        signals += read_signals(kind, text)
    return _added(call, _new(tuple(signals), AddedFacts(note=note or None)))


@operation("GET", "/c/bank/{name}/content/{number}", role=ApiRole.CURATOR, tag="Bank content", summary="One content")
def show_content(call: Call[ContentPath, ShowOptions, None]) -> ContentAnswer:
    """Return a content."""
    found = _present(call)
    answer = _shown(call, found)
    asked: dict[str, Any] = {}
    if is_true(call.query.include_signals):
        asked["signals"] = by_type(found)
    if is_true(call.query.include_metadata, otherwise=True) and (said := _metadata(found)):
        asked["metadata"] = said
    if found.note:
        asked["note"] = found.note
    return ContentAnswer(**answer, **asked)


@operation(
    "PUT", "/c/bank/{name}/content/{number}", role=ApiRole.CURATOR, tag="Bank content", summary="Change a content"
)
def update_content(call: Call[ContentPath, Nothing, ContentChange]) -> ContentAnswer:
    """Take a content out of use until a time, or put it back, or change its note."""
    change = call.body
    until = change.disable_until_ts
    if until is not None and until > time.time() + _FIVE_YEARS_S:
        raise RequestRefusedError(place="body.disable_until_ts", problem="too-late")
    disabled = {_DISABLED: FOR_GOOD, _ENABLED: None}.get(until, moment_of(until)) if until is not None else KEEP
    changed = call.service.matcher.change_content(
        call.path.name,
        call.path.number,
        disabled_until=disabled,
        note=(change.note or "") if "note" in change.model_fields_set else KEEP,
        by=call.by.name,
    )
    return ContentAnswer(
        **_shown(call, changed),
        collab_metadata=_collab(changed),
        user_metadata=_said(changed) or None,
        note=changed.note or None,
    )


@operation(
    "DELETE", "/c/bank/{name}/content/{number}", role=ApiRole.CURATOR, tag="Bank content", summary="Withdraw a content"
)
def delete_content(call: Call[ContentPath, Nothing, None]) -> Deleted:
    """Withdraw a content for good: the next lookup does not report it. One that is not there counts as none."""
    call.service.matcher.bank(call.path.name)
    try:
        call.service.matcher.withdraw(call.path.name, call.path.number, by=call.by.name)
    except ContentMissingError:
        return Deleted(deleted=0)
    return Deleted(deleted=1)


def _facts(body: AddedFacts | Upload | None) -> AddedFacts:
    if not isinstance(body, Upload):
        return body or AddedFacts()
    given: dict[str, Any] = {name: body.fields[name] for name in ("note",) if body.fields.get(name)}
    if body.fields.get("metadata"):
        try:
            given["metadata"] = json.loads(body.fields["metadata"])
        except (ValueError, RecursionError) as error:
            raise RequestRefusedError(place="body.metadata", problem="json") from error
    if isinstance(given.get("metadata"), dict):
        given["metadata"].pop("collab", None)
    try:
        return AddedFacts.model_validate(given)
    except ValidationError as error:
        raise RequestRefusedError(place="body.metadata", problem="form") from error


def _usable(query: Query, types: tuple[SignalType, ...]) -> tuple[Signal, ...]:
    """Return the hashes to keep of a file. Raises `HashRefusedError` when it is too plain to be told from others."""
    signals = tuple(one.signal for one in query.asked if one.signal.type in types)
    usable = tuple(one for one in signals if one.type.is_exact or one.quality >= ENOUGH_QUALITY)
    if not usable:
        raise HashRefusedError(type=types[0].value, problem="quality", place=None)
    return usable


def _new(signals: tuple[Signal, ...], facts: AddedFacts) -> NewContent:
    said = facts.metadata or Metadata(json=None)
    return NewContent(
        signals,
        Tier.SELF_ASSERTED,
        note=facts.note or "",
        claimed_id=said.content_id,
        claimed_uri=said.content_uri,
        claimed_facts=said.json_,
    )


def _added(call: Call[Any, Any, Any], new: NewContent) -> Added:
    content = call.service.matcher.add_content(call.path.name, new, by=call.by.name)
    kinds = dict.fromkeys(one.type for one in new.signals)
    told = {kind.value: written(kind, tuple(one for one in new.signals if one.type is kind)) for kind in kinds}
    return Added(id=content.number, signals=told)


def _present(call: Call[ContentPath, Any, Any]) -> Content:
    found = call.service.matcher.content(call.path.name, call.path.number)
    if found.withdrawn_at is not None:
        raise ContentMissingError(bank=call.path.name, content=call.path.number)
    return found


def _shown(call: Call[ContentPath, Any, Any], content: Content) -> dict[str, Any]:
    return {
        "id": content.number,
        "disable_until_ts": _until(content),
        "original_media_uri": None,
        "bank": shown(call.service.matcher.bank(content.bank)),
    }


def _until(content: Content) -> int:
    if content.held is not None or (content.disabled_until or "").startswith(_FOR_GOOD_DAY):
        return _DISABLED
    return unix_of(content.disabled_until) if content.disabled_until else _ENABLED


def _said(content: Content) -> dict[str, Any]:
    said: dict[str, Any] = {"content_id": content.claimed_id, "content_uri": content.claimed_uri}
    if content.claimed_facts is not None:
        said["json"] = dict(content.claimed_facts)
    return {name: value for name, value in said.items() if value is not None}


def _collab(content: Content) -> dict[str, list[str]]:
    if content.source is None:
        return {}
    exchange, _, key = content.source.partition(":")
    return {exchange: [key]}


def _metadata(content: Content) -> dict[str, Any]:
    collab = _collab(content)
    return {**_said(content), **({"collab": collab} if collab else {})}


OPERATIONS = (add_content, add_signals, show_content, update_content, delete_content)
