"""Record where and when an own photo was posted, and to whom it was open."""

from datetime import datetime

from haechi.domain.audience import Circle, Interval, Place, Post, Word
from haechi.domain.case import Case
from haechi.domain.errors import AudienceRefusedError, SelectionUnknownError
from haechi.domain.evidence import EvidenceItem, Role
from haechi.flows.open_vault import OpenVault
from haechi.flows.record_audience import add_post
from haechi.ports.audience_records import PostRecord

_DAY = 86_400


def record_post(
    vault: OpenVault, case: Case, photo: str, place: Place, *, posted: Interval | None, removed_at: int | None
) -> PostRecord:
    """Record a post as the person tells it; None where she does not know.

    `posted` is the day, minute or second that she named: what of it has been, up to the removal. `removed_at` is the end of
    what she named, in unix seconds; a removal "today" ends now.

    Raises `SelectionUnknownError`, `AudienceRefusedError` (`not-own-photo`, `times`, `in-future`).
    """
    item = _own_photo(vault, case, photo)
    now = clock_of(vault)
    if removed_at is not None:
        require_past(vault, removed_at - _DAY)
        removed_at = min(removed_at, now)
    if posted is not None:
        require_past(vault, posted.start)
        posted = _until(posted, now + 1 if removed_at is None else removed_at)
    post = Post(item.item_id, place.platform, place.account, posted, removed_at, place.circle, Word.TYPED)
    with vault.ledger.begin() as writer:
        record = add_post(vault, writer, case, post)
    vault.checkpoint()
    return record


def require_list(place: Place) -> None:
    """Raise `AudienceRefusedError` (`public`) for a place that everybody can see: no list tells who could."""
    if place.circle is Circle.PUBLIC:
        raise AudienceRefusedError(reason="public")


def require_past(vault: OpenVault, at: int | None) -> None:
    """Raise `AudienceRefusedError` (`in-future`) for a time that this machine's clock has not reached."""
    if at is not None and at > clock_of(vault):
        raise AudienceRefusedError(reason="in-future")


def clock_of(vault: OpenVault) -> int:
    """Return this machine's clock in unix seconds."""
    return int(datetime.fromisoformat(vault.tools.now().at).timestamp())


def _until(span: Interval, end: int) -> Interval:
    """Return the span as far as `end`. Raises `AudienceRefusedError` (`times`) where nothing is left of it."""
    try:
        return Interval(span.start, end if span.end is None else min(span.end, end))
    except ValueError as error:
        raise AudienceRefusedError(reason="times") from error


def _own_photo(vault: OpenVault, case: Case, photo: str) -> EvidenceItem:
    for item in vault.ledger.items(case.case_id):
        if item.item_id == photo:
            if item.role is not Role.OWN_PHOTO:
                raise AudienceRefusedError(reason="not-own-photo")
            return item
    raise SelectionUnknownError(names=photo)
