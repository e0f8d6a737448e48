"""Numbers out of a worker's answer, believed only within their limits: one that was taken over may say anything."""

from collections.abc import Mapping
from typing import Any

Range = tuple[float, float]
"""The least and the most that a number can be."""

_SHARE: Range = (0, 1)
_CORRELATION: Range = (-1, 1)
_POINTS: Range = (0, 4096)
_TILES: Range = (0, 400)
_ANY: Range = (-1e6, 1e6)
FACE_NUMBERS: Mapping[str, Range] = {
    "scale": (40, 192),
    "inliers": _POINTS,
    "tight": _POINTS,
    "near": _POINTS,
    "matches": _POINTS,
    "agreement": _CORRELATION,
    "refined": _CORRELATION,
    "fine": _CORRELATION,
    "middle": _CORRELATION,
    "directions": _CORRELATION,
    "phase": _ANY,
    "coherence": _SHARE,
    "bent": _SHARE,
    "third": _SHARE,
    "strong": _SHARE,
    "top": _CORRELATION,
    "residual": _SHARE,
    "tiles": _TILES,
    "possible": _TILES,
    "matching": _TILES,
    "comparable": _SHARE,
}
"""What is measured of two faces, by name, as `pair` defines it."""
WHOLE_NUMBERS: Mapping[str, Range] = {
    "inliers": _POINTS,
    "matches": _POINTS,
    "spread": _SHARE,
    "kept": _SHARE,
    "replaced": _SHARE,
    "unknown": _SHARE,
}
"""What is measured of two whole pictures, by name, as `whole` defines it."""
FACE_WIDTH: Range = (16, 1 << 20)
FACE_SCORE: Range = _SHARE
FACE_BLUR: Range = (0, 9)
"""What is told of a face, as `sight` defines it: width in pixels, the detector's score, softness."""
GLANCE: Range = (-1, 1)
_ROOM = 1e-3
"""By how much a number of 32 bits may lie outside by rounding."""


def checked_numbers(told: Mapping[str, Any], ranges: Mapping[str, Range]) -> dict[str, float]:
    """Return what was measured, by these names. Raises `KeyError`, `TypeError`, `ValueError`."""
    return {name: checked_number(told[name], allowed) for name, allowed in ranges.items()}


def checked_number(value: object, allowed: Range) -> float:
    """Return a number within its range. Raises `TypeError`, `ValueError`."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(value)
    least, most = allowed
    if not least - _ROOM <= value <= most + _ROOM:  # neither is what is no number, nor what is too long for a float
        raise ValueError(type(value))
    return float(value)


def checked_count(value: object, limit: int) -> int:
    """Return a whole number from 0 and below `limit`. Raises `ValueError`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise ValueError(type(value))
    return value
