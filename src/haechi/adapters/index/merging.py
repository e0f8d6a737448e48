"""Which segments are merged, and when."""

from collections.abc import Sequence

import numpy as np

from haechi.adapters.index.segment import Segment
from haechi.adapters.index.withdrawn import Withdrawn

_STALE = 4
"""A segment of which a quarter is withdrawn is written anew."""


def to_merge(rows: Sequence[int]) -> int | None:
    """Return from which segment on, largest first, they are merged: where the smaller ones together have half as many rows."""
    for at in range(len(rows) - 1):
        if 2 * sum(rows[at + 1 :]) >= rows[at]:
            return at
    return None


def stale(segments: Sequence[Segment], withdrawn: Withdrawn) -> list[Segment]:
    """Return a segment that is worth being written anew without what was withdrawn, if there is one."""
    for one in segments:
        if len(withdrawn) * _STALE >= one.rows and dead_rows(one, withdrawn) * _STALE >= one.rows:
            return [one]
    return []


def dead_rows(segment: Segment, withdrawn: Withdrawn) -> int:
    """Return how many rows of a segment were withdrawn."""
    contents, _ = withdrawn.entries(segment.number)
    if not len(contents):
        return 0
    step = 1 << 18
    return sum(
        int(np.isin(segment.planes.content[start : start + step], contents).sum())
        for start in range(0, segment.rows, step)
    )
