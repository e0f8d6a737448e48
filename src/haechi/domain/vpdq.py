"""vPDQ: a film as one PDQ hash a second, and when two films are the same.

Source: facebook/ThreatExchange vpdq, and python-threatexchange, which exchanges the text that is written here.
"""

import json
import math
from collections.abc import Iterable

from haechi.domain.fingerprint import BITS, ENOUGH_QUALITY, MATCH_WITHIN, Region, distance
from haechi.domain.hashed import Print, Transform

FRAMES_MATCHED = 80  # percent of the asked film's frames, vPDQ's published threshold


def vpdq_text(frames: Iterable[Print]) -> str:
    """Return frames as vPDQ exchanges them: a JSON list of "hash,quality,seconds", the seconds to three digits."""
    return json.dumps([f"{one.value.hex()},{one.quality},{(one.transform.at_ms or 0) / 1000:.3f}" for one in frames])


def read_vpdq(text: str) -> tuple[Print, ...]:
    """Read what `vpdq_text` and python-threatexchange write. Raises `ValueError` for anything else."""
    try:
        rows = json.loads(text)
    except RecursionError as error:
        raise ValueError(len(text)) from error
    if not isinstance(rows, list):
        raise ValueError(type(rows))  # noqa: TRY004 -- any text that is no such list is the same error
    return tuple(_frame(row) for row in rows)


def _frame(row: object) -> Print:
    if not isinstance(row, str):
        raise ValueError(type(row))  # noqa: TRY004 -- as above
    value, quality, seconds = row.split(",")
    bits, level, time_s = bytes.fromhex(value), int(quality), float(seconds)
    if len(value) != BITS // 4 or not 0 <= level <= 100 or not (math.isfinite(time_s) and time_s >= 0):  # noqa: PLR2004
        raise ValueError(row[:100])
    return Print(bits, level, Transform(Region.FRAME, at_ms=round(time_s * 1000)))


def share_of_frames(asked: Iterable[Print], known: Iterable[Print], *, within: int = MATCH_WITHIN) -> float:
    """Return how many percent of the asked film's different frames have a partner in the known one.

    Frames of quality below 50 are left out on both sides, as in vPDQ. From `FRAMES_MATCHED` on the films match.
    """
    ours, theirs = _telling(asked), _telling(known)
    matched = sum(any(distance(one, other) <= within for other in theirs) for one in ours)
    return 100 * matched / len(ours) if ours else 0.0


def _telling(frames: Iterable[Print]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(one.value for one in frames if one.quality >= ENOUGH_QUALITY))
