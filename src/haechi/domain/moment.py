"""How a time is written for people: in one form, which says how far from UTC its clock is (`2026-11-20 12:00:00 UTC+09:00`).

The verifiers that travel in a packet write the same form, at UTC+00:00.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR = 60, 3600


def clock(unix_s: int, *, offset_s: int = 0) -> str:
    """Return day and time on a clock so many seconds ahead of UTC. Raises `OverflowError` outside the years 1 to 9999."""
    return (_EPOCH + timedelta(seconds=unix_s + offset_s)).isoformat(" ")[: len("2026-11-20 12:00:00")]


def zone(offset_s: int) -> str:
    """Return an offset as `UTC+09:00`; seconds, which a zone had a hundred years ago, are left out."""
    hours, rest = divmod(abs(offset_s), _HOUR)
    return f"UTC{'-' if offset_s < 0 else '+'}{hours:02}:{rest // _MINUTE:02}"


def moment(unix_s: int, *, offset_s: int = 0) -> str:
    """Return a time with its zone; one outside the calendar is its number of seconds."""
    try:
        return f"{clock(unix_s, offset_s=offset_s)} {zone(offset_s)}"
    except OverflowError:
        return str(unix_s)
