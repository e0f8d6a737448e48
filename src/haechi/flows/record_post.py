"""Record where and when an own photo was posted, and to whom it was open."""

from datetime import datetime

from haechi.domain.audience import Circle, Place, Post, Word
from haechi.domain.case import Case
from haechi.domain.errors import AudienceRefusedError, SelectionUnknownError
from haechi.domain.evidence import EvidenceItem, Role
from haechi.flows.open_vault import OpenVault
from haechi.flows.record_audience import add_post
from haechi.ports.audience_records import PostRecord

_DAY = 86_400


def record_post(
    vault: OpenVault, case: Case, photo: str, place: Place, *, posted_at: int | None, removed_at: int | None
) -> PostRecord:
    """Record a post as the person tells it; times in unix seconds, None where she does not know. A removal "today" ends now.

    Raises `SelectionUnknownError`, `AudienceRefusedError` (`not-own-photo`, `times`, `in-future`).
    """
    item = _own_photo(vault, case, photo)
    require_past(vault, posted_at)
    if removed_at is not None:
        require_past(vault, removed_at - _DAY)
        removed_at = min(removed_at, clock_of(vault))
    if posted_at is not None and removed_at is not None and removed_at <= posted_at:
        raise AudienceRefusedError(reason="times")
    post = Post(item.item_id, place.platform, place.account, posted_at, removed_at, place.circle, Word.TYPED)
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


def _own_photo(vault: OpenVault, case: Case, photo: str) -> EvidenceItem:
    for item in vault.ledger.items(case.case_id):
        if item.item_id == photo:
            if item.role is not Role.OWN_PHOTO:
                raise AudienceRefusedError(reason="not-own-photo")
            return item
    raise SelectionUnknownError(names=photo)
