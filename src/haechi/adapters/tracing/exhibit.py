"""What an exhibit page shows of one comparison, drawn in the worker: a coarse map, and three small grey pictures.

Of both pictures only the registered oval of the face is drawn: whatever lies outside is painted over before anything else
is done with it, so enlarging brings nothing back.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import cv2
import numpy as np

from haechi.adapters.tracing.opencv import Floats, Mask, Pixels
from haechi.adapters.tracing.pair import Comparison, compare
from haechi.adapters.tracing.sight import Sight
from haechi.adapters.tracing.whole import compare_whole
from haechi.domain.trace_drawing import LONGEST_SIDE, MOST_CELLS, OUTSIDE
from haechi.domain.trace_tiles import Cell

Row = tuple[dict[str, Any], bytes]

MOST_FACES = 16
_SQUARES = 4.0
"""Squares of the overlay a face width."""
_EDGE = 7  # pixels of the mask's rim that are painted over too: resampling mixes neighbours there
_TOLD, _CLEAR = 0.25, 0.6


def draw(questioned: Sight, photo: Sight, request: Mapping[str, Any]) -> Iterator[Row]:
    """Yield one row with what was measured and the map, then a row for each picture of the face.

    `face` is the place of the questioned face of which pictures are wanted, or None; `numbers` are those of the comparison
    that is to be drawn: of several faces in the photo, the one that measures the same.
    """
    found = None
    if request["face"] is not None and photo.faces:
        face = questioned.faces[request["face"]]
        every = [compare(face, one) for one in photo.faces[:MOST_FACES]]
        found = min(every, key=lambda one: _apart(one, request["numbers"]))
    yield (
        {
            "numbers": None if found is None else found.numbers,
            "map": _coarse(questioned, photo) if request["map"] else None,
        },
        b"",
    )
    if found is not None:
        for name, grey in _pictures(found):
            yield {"picture": name, "width": grey.shape[1], "height": grey.shape[0]}, grey.tobytes()


def coarse(map_: Pixels) -> list[str]:
    """Return the map in squares: a letter where a quarter of the square says anything and most of it says the same."""
    side = int(np.ceil(max(map_.shape) / MOST_CELLS))
    rows = []
    for top in range(0, map_.shape[0], side):
        letters = []
        for left in range(0, map_.shape[1], side):
            part = map_[top : top + side, left : left + side]
            kept, replaced = float((part == 1).mean()), float((part == 2).mean())  # noqa: PLR2004 -- as `kept_map` tells
            told = kept + replaced
            letter = Cell.UNKNOWN
            if told >= _TOLD and max(kept, replaced) >= _CLEAR * told:
                letter = Cell.KEPT if kept > replaced else Cell.REPLACED
            letters.append(letter.value)
        rows.append("".join(letters))
    return rows


def oval(found: Comparison) -> Mask:
    """Return the part of the frame of which the pictures' pixels may be shown."""
    kernel = np.ones((_EDGE, _EDGE), np.uint8)
    padded = cv2.copyMakeBorder(found.mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.erode(padded, kernel)[1:-1, 1:-1] > 0, np.bool_)


def _apart(found: Comparison, numbers: Mapping[str, float]) -> float:
    return max(abs(found.numbers[name] - float(numbers[name])) for name in ("third", "coherence", "middle"))


def _coarse(questioned: Sight, photo: Sight) -> list[str] | None:
    map_ = compare_whole(questioned.whole, photo.whole).map_
    return None if map_ is None else coarse(map_)


def _pictures(found: Comparison) -> Iterator[tuple[str, Pixels]]:
    shown = oval(found)
    if not shown.any():
        return
    side = max(4, round(found.scale / _SQUARES))
    y, x = np.indices(shown.shape)
    turns = ((x // side + y // side) % 2).astype(bool)
    alike = _like(found.gallery, found.questioned, shown)
    yield "photo", _enlarged(found.gallery, shown)
    yield "questioned", _enlarged(found.questioned, shown)
    yield "overlay", _enlarged(np.where(turns, alike, found.questioned), shown)


def _like(picture: Floats, other: Floats, shown: Mask) -> Floats:
    """Return the picture with the brightness and contrast of the other, so that only what differs in kind shows."""
    here, there = picture[shown], other[shown]
    return np.asarray((picture - here.mean()) * (there.std() / (here.std() + 1e-6)) + there.mean(), np.float32)


def _enlarged(picture: Floats, shown: Mask) -> Pixels:
    """Return the picture a whole number of times as large, everything that is not shown painted over first and last."""
    times = max(1, min(LONGEST_SIDE // max(shown.shape), 4))
    cut = np.where(shown, np.clip(np.rint(picture), 0, 255), OUTSIDE).astype(np.uint8)
    large = cv2.resize(cut, None, fx=times, fy=times, interpolation=cv2.INTER_LINEAR)
    return np.where(np.repeat(np.repeat(shown, times, 0), times, 1), large, OUTSIDE).astype(np.uint8)
