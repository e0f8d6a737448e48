"""`/v1/banks`: lists with whom they show, how far their hashes reach, who added what, and how it ends."""

from typing import Annotated

from pydantic import Field

from haechi.bootstrap.matcher import KEEP, NewContent
from haechi.domain.api_key import ApiRole
from haechi.domain.bank import WIDEST, Bank, Content, Depicted, Held, Signal, Tier
from haechi.domain.fingerprint import MATCH_WITHIN
from haechi.web.operation import Call, Nothing, Strict, operation
from haechi.web.v1.lookups import AskedSignal
from haechi.web.words import BankPath, BankWord, ContentPath, Line, Ratio, hex_bytes

MOST_ADDED = 1_000
Radius = Annotated[int, Field(ge=0, le=WIDEST)]
Claimed = Annotated[str, Field(max_length=8192)]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")]


class BankDetails(Strict):
    """A bank. `contents` leaves withdrawn ones out."""

    name: str
    depicted: Depicted
    radius: int
    is_negative: bool
    enabled_ratio: float
    created_at: str
    contents: int


class NewBankDetails(Strict):
    """A bank to make. A negative one holds known innocent pictures."""

    name: BankWord
    depicted: Annotated[Depicted, Field(strict=False)]
    radius: Radius = MATCH_WITHIN
    is_negative: bool = False
    enabled_ratio: Ratio = 1.0


class BankDetailsChange(Strict):
    """What is to be changed. Whom a bank shows and whether it is negative stay."""

    name: BankWord | None = None
    radius: Radius | None = None
    enabled_ratio: Ratio | None = None


class Removed(Strict):
    """How many contents were withdrawn."""

    contents: int


class NewContentDetails(Strict):
    """A content to add."""

    signals: Annotated[list[AskedSignal], Field(min_length=1, max_length=10_000)]
    tier: Annotated[Tier, Field(strict=False)]
    note: Line = ""
    claimed_id: Claimed | None = None
    claimed_uri: Claimed | None = None
    expires_at: Moment | None = None


class NewContents(Strict):
    """Contents to add. They are found once this is answered."""

    contents: Annotated[list[NewContentDetails], Field(min_length=1, max_length=MOST_ADDED)]


class StandingSignal(Strict):
    """One hash of a content."""

    type: str
    value: str
    quality: int
    at_s: float | None


class ContentDetails(Strict):
    """A content and its history. `held` says why it is not matched until a curator lets it in."""

    content: int
    bank: str
    tier: Tier
    signals: list[StandingSignal]
    note: str
    added_at: str
    added_by: str
    claimed_id: str | None
    claimed_uri: str | None
    source: str | None
    expires_at: str | None
    disabled_until: str | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    held: Held | None


class ContentsAdded(Strict):
    """The numbers of what was added, in order, and those of them that are held."""

    contents: list[int]
    held: list[int]


class ContentDetailsChange(Strict):
    """What is to be changed. `disabled_until` null puts a content back into use."""

    disabled_until: Moment | None = None
    note: Line | None = None
    let_in: bool = False


class Withdrawal(Strict):
    """Why."""

    reason: Line = ""


class Run(Strict):
    """Which part of a bank: contents after a number."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    most: Annotated[int, Field(ge=1, le=1_000)] = 100


@operation("GET", "/v1/banks", role=ApiRole.MATCHER, tag="Lists", summary="All lists")
def list_bank_details(call: Call[Nothing, Nothing, None]) -> list[BankDetails]:
    """Return all banks with their sizes."""
    sizes = call.service.matcher.sizes()
    return [_bank(one, sizes.get(one.name, 0)) for one in call.service.matcher.banks()]


@operation("POST", "/v1/banks", role=ApiRole.CURATOR, tag="Lists", summary="Make a list", status=201)
def make_bank(call: Call[Nothing, Nothing, NewBankDetails]) -> BankDetails:
    """Make a bank."""
    new = call.body
    made = call.service.matcher.add_bank(
        new.name,
        new.depicted,
        radius=new.radius,
        is_negative=new.is_negative,
        enabled_ratio=new.enabled_ratio,
        by=call.by.name,
    )
    return _bank(made, 0)


@operation("GET", "/v1/banks/{name}", role=ApiRole.MATCHER, tag="Lists", summary="One list")
def show_bank_details(call: Call[BankPath, Nothing, None]) -> BankDetails:
    """Return one bank with its size."""
    return _sized(call, call.service.matcher.bank(call.path.name))


@operation("PATCH", "/v1/banks/{name}", role=ApiRole.CURATOR, tag="Lists", summary="Change a list")
def change_bank_details(call: Call[BankPath, Nothing, BankDetailsChange]) -> BankDetails:
    """Change a bank's name, radius or ratio."""
    change = call.body
    changed = call.service.matcher.change_bank(
        call.path.name,
        new_name=change.name,
        radius=change.radius,
        enabled_ratio=change.enabled_ratio,
        by=call.by.name,
    )
    return _sized(call, changed)


@operation("DELETE", "/v1/banks/{name}", role=ApiRole.CURATOR, tag="Lists", summary="Withdraw a list")
def remove_bank(call: Call[BankPath, Nothing, None]) -> Removed:
    """Withdraw a bank with all that it holds, for good."""
    return Removed(contents=call.service.matcher.remove_bank(call.path.name, by=call.by.name))


@operation("GET", "/v1/banks/{name}/contents", role=ApiRole.CURATOR, tag="Lists", summary="What stands in a list")
def list_contents(call: Call[BankPath, Run, None]) -> list[ContentDetails]:
    """Return a bank's contents in order of number, withdrawn ones too."""
    found = call.service.matcher.contents(call.path.name, after=call.query.after, most=call.query.most)
    return [_content(one) for one in found]


@operation("POST", "/v1/banks/{name}/contents", role=ApiRole.CURATOR, tag="Lists", summary="Add to a list", status=201)
def add_contents(call: Call[BankPath, Nothing, NewContents]) -> ContentsAdded:
    """Add up to 1,000 contents by their hashes."""
    new = [
        NewContent(
            tuple(Signal(s.type, hex_bytes(s.type, s.value), s.quality, s.at_s) for s in one.signals),
            one.tier,
            note=one.note,
            claimed_id=one.claimed_id,
            claimed_uri=one.claimed_uri,
            expires_at=one.expires_at,
        )
        for one in call.body.contents
    ]
    added = call.service.matcher.add_contents(call.path.name, new, by=call.by.name)
    return ContentsAdded(
        contents=[one.number for one in added], held=[one.number for one in added if one.held is not None]
    )


@operation("GET", "/v1/banks/{name}/contents/{number}", role=ApiRole.CURATOR, tag="Lists", summary="One content")
def show_content_details(call: Call[ContentPath, Nothing, None]) -> ContentDetails:
    """Return one content, a withdrawn one too."""
    return _content(call.service.matcher.content(call.path.name, call.path.number))


@operation("PATCH", "/v1/banks/{name}/contents/{number}", role=ApiRole.CURATOR, tag="Lists", summary="Change a content")
def change_content_details(call: Call[ContentPath, Nothing, ContentDetailsChange]) -> ContentDetails:
    """Take a content out of use, put it back, let one in that was held, or change its note."""
    change = call.body
    changed = call.service.matcher.change_content(
        call.path.name,
        call.path.number,
        disabled_until=change.disabled_until if "disabled_until" in change.model_fields_set else KEEP,
        note=change.note if change.note is not None else KEEP,
        is_let_in=change.let_in,
        by=call.by.name,
    )
    return _content(changed)


@operation(
    "POST", "/v1/banks/{name}/contents/{number}/withdrawal", role=ApiRole.CURATOR, tag="Lists", summary="Withdraw"
)
def withdraw_content(call: Call[ContentPath, Nothing, Withdrawal | None]) -> ContentDetails:
    """Withdraw a content for good. No lookup that begins after this is answered reports it."""
    reason = call.body.reason if call.body is not None else ""
    call.service.matcher.withdraw(call.path.name, call.path.number, by=call.by.name, reason=reason)
    return _content(call.service.matcher.content(call.path.name, call.path.number))


def _sized(call: Call[BankPath, object, object], bank: Bank) -> BankDetails:
    return _bank(bank, call.service.matcher.sizes().get(bank.name, 0))


def _bank(bank: Bank, contents: int) -> BankDetails:
    return BankDetails(
        name=bank.name,
        depicted=bank.depicted,
        radius=bank.radius,
        is_negative=bank.is_negative,
        enabled_ratio=bank.enabled_ratio,
        created_at=bank.created_at,
        contents=contents,
    )


def _content(content: Content) -> ContentDetails:
    return ContentDetails(
        content=content.number,
        bank=content.bank,
        tier=content.tier,
        signals=[
            StandingSignal(type=one.type.value, value=one.value.hex(), quality=one.quality, at_s=one.at_s)
            for one in content.signals
        ],
        note=content.note,
        added_at=content.added_at,
        added_by=content.added_by,
        claimed_id=content.claimed_id,
        claimed_uri=content.claimed_uri,
        source=content.source,
        expires_at=content.expires_at,
        disabled_until=content.disabled_until,
        withdrawn_at=content.withdrawn_at,
        withdrawn_by=content.withdrawn_by,
        held=content.held,
    )


OPERATIONS = (
    list_bank_details,
    make_bank,
    show_bank_details,
    change_bank_details,
    remove_bank,
    list_contents,
    add_contents,
    show_content_details,
    change_content_details,
    withdraw_content,
)
