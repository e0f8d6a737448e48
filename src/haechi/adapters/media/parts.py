"""Parts of a picture that may be pictures themselves: in screenshots, beside others, in collages, below captions.

Two signs are looked for, along rows and along columns of a small grey copy: gutters, which are lines of one colour right
across, and seams, where nearly every pixel of a line differs from its neighbour beyond it. Both are sums over lines, and
what lies between them is looked at again in the same way.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from haechi.adapters.media.tents import Pixels
from haechi.adapters.media.trim import Part, inner_part

MOST = 12
"""Rectangles at most, the largest first."""
_SIDE = 1024  # pixels of the longer side that are looked at
_SAMPLES = 192  # pixels looked at across each line
_PLAIN = 12  # of 255: a line is plain when its 4th and 96th percentile are that near to each other
_GUTTER = 0.004  # of the picture's longer side: narrower ones are the picture's
_STEP = 10  # of 255: what a pixel differs at least across a seam
_SEAM = 0.7  # of a line's pixels differ there, and
_SHARPER = 2.5  # times as many as on the lines around
_AROUND = 4  # lines on each side
_LEAST_SIDE, _LEAST_AREA, _MOST_AREA = 0.08, 0.03, 0.97  # of the picture's
_LEAST_PIXELS = 48  # a side
_DEPTH = 7
_SAME = 0.93  # of the larger area, shared by two rectangles that count as one

_Grey = npt.NDArray[np.int16]
_Span = tuple[int, int]


def middles(width: int, height: int) -> Iterator[Part]:
    """Yield the middle 95, 90, 80 and 70 % of the area: whoever cuts edges off leaves about one of these."""
    for share in (0.95, 0.9, 0.8, 0.7):
        wide, high = round(width * share**0.5), round(height * share**0.5)
        yield Part((width - wide) // 2, (height - high) // 2, wide, high)


def cells(width: int, height: int) -> Iterator[Part]:
    """Yield the halves, quarters and ninths."""
    for across, down in ((2, 1), (1, 2), (2, 2), (3, 3)):
        for row in range(down):
            for column in range(across):
                left, top = column * width // across, row * height // down
                right, bottom = (column + 1) * width // across, (row + 1) * height // down
                yield Part(left, top, right - left, bottom - top)


def rectangles(pixels: Pixels) -> list[Part]:
    """Return parts between gutters and seams, without plain borders of their own, at most `MOST`."""
    height, width = pixels.shape[:2]
    step = max(1, -(-max(height, width) // _SIDE))
    small = pixels[::step, ::step]
    grey: _Grey = (small if small.ndim == 2 else small[..., :3] @ np.array([5, 9, 2], np.int16) >> 4).astype(np.int16)  # noqa: PLR2004
    found: list[Part] = []
    for part in sorted(_within(grey), key=lambda part: -part.width * part.height):
        whole = _trimmed(pixels, Part(*(step * side for side in part)))
        if whole is not None and not any(_is_same(whole, other) for other in found):
            found.append(whole)
    return found[:MOST]


def _trimmed(pixels: Pixels, part: Part) -> Part | None:
    """Return a part without its own plain borders, if it is neither next to nothing nor next to everything."""
    height, width = pixels.shape[:2]
    part = Part(part.x, part.y, min(part.width, width - part.x), min(part.height, height - part.y))
    inner = inner_part(part.of(pixels))
    if inner is not None:
        part = Part(part.x + inner.x, part.y + inner.y, inner.width, inner.height)
    is_large = min(part.width, part.height) >= _LEAST_PIXELS
    share = part.width * part.height / (width * height)
    return part if is_large and _LEAST_AREA <= share <= _MOST_AREA else None


def _within(grey: _Grey) -> Iterator[Part]:
    """Yield every part that a cut leaves, of whatever part was cut."""
    height, width = grey.shape
    least = max(8, round(_LEAST_SIDE * max(height, width)))
    gutter = max(1, round(_GUTTER * max(height, width)))
    todo = [(Part(0, 0, width, height), 0)]
    while todo:
        part, depth = todo.pop()
        if depth:
            yield part
        if depth == _DEPTH:
            continue
        view = grey[part.y : part.y + part.height, part.x : part.x + part.width]
        rows, columns = _cut(view, gutter), _cut(view.T, gutter)
        if rows == [(0, part.height)] and columns == [(0, part.width)]:
            rows, columns = _torn(view), _torn(view.T)
        down = rows != [(0, part.height)]  # one direction at a time, the other one in the next round
        for start, end in rows if down else columns:
            one = (
                Part(part.x, part.y + start, part.width, end - start)
                if down
                else Part(part.x + start, part.y, end - start, part.height)
            )
            if one != part and min(one.width, one.height) >= least:
                todo.append((one, depth + 1))


def _cut(view: _Grey, gutter: int) -> list[_Span]:
    """Return what lies between gutters, from the first line to the last."""
    across = view[:, :: max(1, view.shape[1] // _SAMPLES)]
    ends = (across.shape[1] * 4 // 100, across.shape[1] - 1 - across.shape[1] * 4 // 100)
    ranked = np.partition(across, ends, axis=1)
    plain = ranked[:, ends[1]] - ranked[:, ends[0]] < _PLAIN
    edges = np.flatnonzero(np.diff(np.concatenate(([True], plain, [True]))))
    spans: list[_Span] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if spans and start - spans[-1][1] < gutter:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans or [(0, len(view))]


def _torn(view: _Grey) -> list[_Span]:
    """Return what lies between seams."""
    if len(view) <= 2 * _AROUND:
        return [(0, len(view))]
    across = view[:, :: max(1, view.shape[1] // _SAMPLES)]
    share = (abs(np.diff(across, axis=0)) >= _STEP).mean(axis=1)
    padded = np.pad(share, _AROUND, mode="reflect")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1), axis=1)
    seams = np.flatnonzero((share >= _SEAM) & (share >= _SHARPER * around)) + 1
    cuts = [0, *(int(at) for at in seams), len(view)]
    return [(start, end) for start, end in pairwise(cuts) if end > start]


def _is_same(one: Part, other: Part) -> bool:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0, wide) * max(0, high)
    return shared >= _SAME * max(one.width * one.height, other.width * other.height)
