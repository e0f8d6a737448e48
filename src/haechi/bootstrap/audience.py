"""Where own photos were posted and who could see them: joins those flows to their adapters."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.domain.audience import Interval, Place
from haechi.domain.case import Case
from haechi.domain.evidence import ItemId
from haechi.domain.trace import Answer
from haechi.domain.trace_lead import leads_of
from haechi.domain.written_time import written_span
from haechi.flows.find_audience import find_audience
from haechi.flows.import_viewers import TakenLists, Told, import_viewers
from haechi.flows.record_post import record_post
from haechi.flows.record_viewers import record_viewers
from haechi.flows.show_audience import ShownAudience, show_audience
from haechi.ports.audience_records import ListRecord, PostRecord


def span(written: str, *, with_months: bool = False) -> Interval | None:
    """Return the day, minute or second (or month) that a written time stands for, on this machine's clock where it names no zone."""
    return written_span(written, datetime.timestamp, with_months=with_months)


def add_post(
    vault: OpenVault, case: Case, photo: str, place: Place, *, posted: Interval | None, removed_at: int | None
) -> PostRecord:
    """Record a post. Raises as `flows.record_post` does."""
    return record_post(vault.unlocked, case, photo, place, posted=posted, removed_at=removed_at)


def add_viewers(
    vault: OpenVault,
    case: Case,
    accounts: Sequence[str],
    place: Place,
    *,
    start: int,
    end: int | None,
    is_complete: bool,
) -> ListRecord:
    """Record accounts that could see. Raises as `flows.record_viewers` does."""
    return record_viewers(vault.unlocked, case, accounts, place, start=start, end=end, is_complete=is_complete)


def import_lists(vault: OpenVault, case: Case, path: Path, told: Told) -> TakenLists:
    """Record what the file, folder or archive lists. Raises as `flows.import_viewers` and opening a container do."""
    from haechi.adapters.containers import open_container
    from haechi.adapters.importers.audience import read_lists

    container = open_container(path)
    try:
        return import_viewers(vault.unlocked, case, read_lists(container), told, span=span)
    finally:
        container.close()


def audiences(vault: OpenVault, case: Case, photos: Collection[ItemId] | None = None) -> tuple[ShownAudience, ...]:
    """Return the posts of these photos, or all of the case, with who could see them."""
    return show_audience(vault.unlocked, case, photos)


def donor_audiences(vault: OpenVault, case: Case, answers: Iterable[Answer]) -> tuple[ShownAudience, ...]:
    """Return where the photos that a trace leads to were posted, and who could see them."""
    return show_audience(vault.unlocked, case, leads_of(answers))


def lists(vault: OpenVault, case: Case) -> tuple[ListRecord, ...]:
    """Return the recorded lists, oldest first."""
    return tuple(vault.unlocked.ledger.viewer_lists(case.case_id))


def find(vault: OpenVault, case: Case, name: str) -> PostRecord | ListRecord:
    """Return the post or list of this identifier. Raises `AudienceMissingError`."""
    return find_audience(vault.unlocked, case.case_id, name)
