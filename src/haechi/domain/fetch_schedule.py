"""When a partner's list is read again: at its interval, and the less often the more often it failed."""

from datetime import datetime

EVERY_S = 900
"""Usual time from one reading to the next. Partners' own clients ask every one to four minutes; their lists change by the day."""
LEAST_EVERY_S = 60
MOST_EVERY_S = 7 * 86_400
MOST_BACK_OFF_S = 6 * 3_600
"""However often it failed, a partner is tried again after this long, or after its interval if that is longer."""


def wait_s(every_s: float, failures: int) -> float:
    """Return the seconds from one reading to the next: the interval, doubled for each failure in a row."""
    return float(min(every_s * 2 ** min(failures, 30), max(every_s, MOST_BACK_OFF_S)))


def is_due(now: str, last: str | None, *, every_s: float, failures: int = 0) -> bool:
    """Say whether a list that was last tried at `last` (RFC 3339; None: never) is to be read.

    A time that lies ahead says that the clock was set back since; it holds nothing up.
    """
    if last is None:
        return True
    gone = (datetime.fromisoformat(now) - datetime.fromisoformat(last)).total_seconds()
    return gone < 0 or gone >= wait_s(every_s, failures)
