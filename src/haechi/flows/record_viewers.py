"""Record accounts that the person says could see what she posted somewhere, and from when until when."""

from collections.abc import Sequence

from haechi.domain.audience import Interval, Place, Viewer, ViewerList, Word
from haechi.domain.case import Case
from haechi.domain.errors import AudienceRefusedError
from haechi.flows.open_vault import OpenVault
from haechi.flows.record_audience import add_list
from haechi.flows.record_post import clock_of, require_list, require_past
from haechi.ports.audience_records import ListRecord


def record_viewers(
    vault: OpenVault,
    case: Case,
    accounts: Sequence[str],
    place: Place,
    *,
    start: int,
    end: int | None,
    is_complete: bool,
) -> ListRecord:
    """Record these accounts for the time from `start` up to `end` (unix seconds); without an end until now, not for the future.

    `is_complete`: nobody else could see it in that time. Raises `AudienceRefusedError` (`times`, `in-future`, `public`).
    """
    require_list(place)
    require_past(vault, start)
    until = min(end, clock_of(vault)) if end is not None else clock_of(vault)
    if until <= start:
        raise AudienceRefusedError(reason="times")
    during = Interval(start, until)
    told = ViewerList(
        place,
        tuple(Viewer(account, during, Word.TYPED) for account in sorted(set(accounts))),
        (during,) if is_complete else (),
        Word.TYPED,
    )
    with vault.ledger.begin() as writer:
        record = add_list(vault, writer, case, told)
    vault.checkpoint()
    return record
