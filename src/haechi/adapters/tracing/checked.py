"""Numbers out of a worker's answer, believed only within their limits: one that was taken over may say anything."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

FACE_NUMBERS = (
    "scale", "inliers", "tight", "near", "matches", "agreement", "refined", "fine", "middle", "directions", "phase",
    "coherence", "bent", "third", "strong", "top", "residual", "tiles", "possible", "matching", "comparable",
)  # fmt: skip
WHOLE_NUMBERS = ("inliers", "matches", "spread", "kept", "replaced", "unknown")
_NUMBER_LIMIT = 1e6


def checked_numbers(told: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    """Return what was measured, by these names. Raises `KeyError`, `TypeError`, `ValueError`."""
    return {name: checked_number(told[name]) for name in names}


def checked_number(value: object) -> float:
    """Return a finite number of a sane size. Raises `TypeError`, `ValueError`."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(value)
    if not math.isfinite(value) or abs(value) > _NUMBER_LIMIT:
        raise ValueError(value)
    return float(value)


def checked_count(value: object, limit: int) -> int:
    """Return a whole number from 0 and below `limit`. Raises `ValueError`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise ValueError(value)
    return value
