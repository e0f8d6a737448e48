"""Times as a person writes them: `2024-05`, `2024.5.1. 21:30`, `2024-05-01T21:30:05+09:00`. Each stands for an interval."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from haechi.domain.audience import Interval

_DAY = re.compile(r"(\d{4})\s?[-./]\s?(\d{1,2})\s?[-./]\s?(\d{1,2})\.?")
_MONTH = re.compile(r"(\d{4})\s?[-./]\s?(\d{1,2})\.?")
_CLOCK = re.compile(r"(?:\s*T\s*|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?")
_ZONE = re.compile(r"\s?(?:Z|([+-])(\d{2}):?(\d{2}))")
_DAY_STEP, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


def written_span(text: str, local: Callable[[datetime], float], *, with_months: bool = False) -> Interval | None:
    """Return the day, minute or second (or month, `with_months`) that a written time stands for, or None for what is none.

    A month is for what is kept as the interval that it is: as the beginning or end of something it would tell too much.
    `local` gives the unix seconds of a time without zone, on the clock of the place where it was written.
    """
    text = text.strip()
    day = _DAY.match(text)
    if day is None:
        month = _MONTH.fullmatch(text) if with_months else None
        return None if month is None else _month(int(month[1]), int(month[2]), local)
    clock = _CLOCK.match(text, day.end())
    zone = _ZONE.match(text, clock.end()) if clock else None
    if (zone or clock or day).end() != len(text):
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    step = _DAY_STEP if clock is None else _MINUTE if clock[3] is None else _SECOND
    try:
        start = datetime(int(day[1]), int(day[2]), int(day[3]), hour, minute, second)  # noqa: DTZ001 - its zone comes next
        if zone is None:
            return Interval(int(local(start)), int(local(start + step)))
        east = timedelta(hours=int(zone[2] or 0), minutes=int(zone[3] or 0)) * (-1 if zone[1] == "-" else 1)
        since = int(((start - east) - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - both are UTC by now
        return Interval(since, since + int(step.total_seconds()))
    except (ValueError, OverflowError, OSError):
        return None


def _month(year: int, month: int, local: Callable[[datetime], float]) -> Interval | None:
    try:
        first = datetime(year, month, 1)  # noqa: DTZ001 - `local` knows its zone
        after = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001 - as above
        return Interval(int(local(first)), int(local(after)))
    except (ValueError, OverflowError, OSError):
        return None
