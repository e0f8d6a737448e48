"""`/ui`: the page, and HMA's forms behind it. A browser gets the page again with what was found; a program gets HMA's JSON."""

from typing import Any, Literal

import orjson

from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Depicted
from haechi.domain.errors import HaechiError, RequestRefusedError
from haechi.domain.fingerprint import Expansion
from haechi.domain.lookup import Answer, Query
from haechi.language import Language, use
from haechi.web import files
from haechi.web.hma.banks import NewBank
from haechi.web.hma.hashing import signals_of
from haechi.web.lookups import Scope
from haechi.web.operation import Call, Lenient, Nothing, Page, Text, operation
from haechi.web.pages.page import page, results, trouble
from haechi.web.pages.style import CSS
from haechi.web.reading import Upload
from haechi.web.telling import refusal, status_of
from haechi.web.words import Address, BankPath, Names, read_signals, signal_type

MOST = 100
_SEE_OTHER = 303


class PageOptions(Lenient):
    """In which language."""

    lang: Language | None = None


class Wanted(Lenient):
    """What to find in a bank."""

    url: Address | None = None
    content_type: Names | None = None
    signal_type: Names | None = None
    signal_value: Names | None = None


class Part(Lenient):
    """Which of HMA's pages."""

    part: Literal["banks", "exchanges", "match", "documentation"]


@operation("GET", "/ui/", role=ApiRole.MATCHER, tag="UI", summary="The page", is_shown=False)
def ui_home(call: Call[Nothing, PageOptions, None]) -> Page:
    """Return the page."""
    return _page(call)


@operation("GET", "/ui/{part}", tag="UI", summary="A part of the page", is_shown=False, status=302)
def ui_part(call: Call[Part, PageOptions, None]) -> Text:
    """Lead HMA's pages to the one there is."""
    return Text("", status=302, headers={"Location": f"/ui/#{call.path.part}"})


@operation("GET", "/ui/style.css", tag="UI", summary="The style", is_shown=False)
def ui_style(_call: Call[Nothing, Nothing, None]) -> Text:
    """Return the style."""
    return Text(CSS, media_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})


@operation("POST", "/ui/create_bank", role=ApiRole.CURATOR, tag="UI", summary="Make a bank", is_shown=False)
def ui_create_bank(call: Call[Nothing, PageOptions, Upload]) -> Text:
    """Make a bank from a form."""
    _speak(call)
    try:
        new = NewBank.model_validate({"name": call.body.fields.get("bank_name", "")})
    except ValueError as error:
        return _refused(call, RequestRefusedError(place="body.bank_name", problem="form"), error)
    try:
        call.service.matcher.add_bank(new.name, call.service.settings.depicted, by=call.by.name)
    except HaechiError as error:
        return _refused(call, error, error)
    lang = f"?lang={call.query.lang.value}" if call.query.lang is not None else ""
    return Text("", status=_SEE_OTHER, headers={"Location": f"/ui/{lang}#banks"})


@operation("POST", "/ui/query", role=ApiRole.MATCHER, tag="UI", summary="Look up a file", is_shown=False)
async def ui_query(call: Call[Nothing, PageOptions, Upload]) -> Text:
    """Look up the one file of a form."""
    _speak(call)
    try:
        query, kind = await files.sent(call.service, call.body, call.service.settings.expansion)
        return await _asked(call, query, signals_of(query, kind, None))
    except HaechiError as error:
        return _refused(call, error, error)


@operation("POST", "/ui/query_url", role=ApiRole.MATCHER, tag="UI", summary="Look up an address", is_shown=False)
async def ui_query_url(call: Call[Nothing, PageOptions, Upload]) -> Text:
    """Look up the file at the address of a form."""
    _speak(call)
    fields = call.body.fields
    try:
        if not fields.get("url") or not fields.get("content_type"):
            raise RequestRefusedError(place="body", problem="missing")
        expansion = call.service.settings.expansion
        query, kind = await files.fetched(call.service, fields["url"], fields["content_type"], expansion)
        return await _asked(call, query, signals_of(query, kind, None))
    except HaechiError as error:
        return _refused(call, error, error)


@operation("POST", "/ui/query_hash", role=ApiRole.MATCHER, tag="UI", summary="Look up a hash", is_shown=False)
async def ui_query_hash(call: Call[Nothing, PageOptions, Upload]) -> Text:
    """Look up the hash of a form."""
    _speak(call)
    fields = call.body.fields
    try:
        kind = signal_type(fields.get("signal_type", ""))
        value = fields.get("signal_value", "").strip()
        return await _asked(call, Query.of(*read_signals(kind, value)), {kind.value: value})
    except HaechiError as error:
        return _refused(call, error, error)


@operation(
    "POST", "/ui/bank/{name}/content/find", role=ApiRole.CURATOR, tag="UI", summary="Find in a bank", is_shown=False
)
async def ui_find(call: Call[BankPath, Nothing, Wanted]) -> dict[str, Any]:
    """Find contents of one bank by an address or a hash, as HMA's own page does."""
    wanted = call.body
    bank = call.service.matcher.bank(call.path.name)
    if wanted.url is not None:
        query, kind = await files.fetched(call.service, wanted.url, wanted.content_type, Expansion.TURNS)
        hashes = signals_of(query, kind, None)
    elif wanted.signal_type is not None and wanted.signal_value is not None:
        kind_of_hash = signal_type(wanted.signal_type)
        query = Query.of(*read_signals(kind_of_hash, wanted.signal_value))
        hashes = {kind_of_hash.value: wanted.signal_value}
    else:
        raise RequestRefusedError(place="body", problem="missing")
    scope = Scope(frozenset({bank.name}), None, None, MOST, None, every=True)
    (answer,) = await call.service.look_up(call.by, [query], scope)
    matches = _matches(answer, hashes)
    ids = list(dict.fromkeys(one["content_id"] for one in matches))
    return {"content_ids": ids, "matches": matches, "bank_name": bank.name}


async def _asked(call: Call[Nothing, PageOptions, Upload], query: Query, hashes: dict[str, str]) -> Text:
    asked = call.body.fields.get("depicted", "")
    kind = Depicted(asked) if asked in tuple(Depicted) else call.service.settings.depicted
    (answer,) = await call.service.look_up(call.by, [query], Scope(None, kind, None, MOST, None, every=True))
    if not call.wants_page:
        banks = sorted({hit.content.bank for hit in answer.hits})
        told = {"hashes": hashes, "banks": banks, "matches": _matches(answer, hashes)}
        return Text(orjson.dumps(told), media_type="application/json")
    innocent = {hit.suppressed_by for hit in answer.suppressed if hit.suppressed_by is not None}
    return _page(call, results(answer, call.service.banks_of(innocent)))


def _matches(answer: Answer, hashes: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "bank_name": hit.content.bank,
            "content_id": hit.content.number,
            "distance": "-" if hit.type.is_exact else str(hit.distance),
            "signal_type": hit.type.value,
            "signal_value": hashes.get(hit.type.value, hit.queried.hex()),
            **({"note": hit.content.note} if hit.content.note else {}),
        }
        for hit in answer.hits
    ]


def _page(call: Call[Any, PageOptions, Any], found: str = "", status: int = 200) -> Page:
    _speak(call)
    matcher = call.service.matcher
    may_change = call.by.may(ApiRole.CURATOR)
    html = page(call.service.state(), matcher.banks(), matcher.sizes(), found=found, may_change=may_change)
    return Page(html, media_type="text/html; charset=utf-8", status=status)


def _refused(call: Call[Any, PageOptions, Any], error: HaechiError, cause: Exception) -> Text:
    """Return the page with what went wrong; a program gets it as everywhere. Raises the error then."""
    if not call.wants_page:
        raise error from cause
    return _page(call, trouble(str(refusal(error)["message"])), status_of(error))


def _speak(call: Call[Any, PageOptions, Any]) -> None:
    if call.query.lang is not None:
        use(call.query.lang)


OPERATIONS = (ui_home, ui_style, ui_create_bank, ui_query, ui_query_url, ui_query_hash, ui_find, ui_part)
