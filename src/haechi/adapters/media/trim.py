"""Plain borders: the bands of one colour that a copy gains when it is framed, letterboxed or shown in a viewer."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from haechi.adapters.media.tents import Pixels

_Colour: TypeAlias = npt.NDArray[np.int16]
_BOTTOM, _LEFT, _RIGHT = 1, 2, 3  # sides; 0 is the top

_PLAIN = (6, 0.95)  # within so much of 255 of the border's colour, for this share of a row
_BLURRED = (28, 0.85)  # the same beside the picture, where strong JPEG compression carries it into the border,
_BLOCK = 16  # for this many rows: one block of JPEG with halved colour
_SAMPLES = 256  # pixels looked at in each row
_FIRST_BAND, _LAST_BAND = 8, 256  # rows looked at in one go: most pictures have no border, some have a broad one
_LEAST_SIDE = 32  # pixels that must be left
_LEAST_SHARE = 0.1  # of the area that must be left
_LEAST_CUT = 0.01  # of a side; less changes no hash


class Part(NamedTuple):
    """A part of stored pixels, counted from the upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def of(self, pixels: Pixels) -> Pixels:
        """Return a view of that part."""
        return pixels[self.y : self.y + self.height, self.x : self.x + self.width]


def trimmed(pixels: Pixels) -> Pixels | None:
    """Return the part within the plain borders, or None if there are none or next to nothing is within them."""
    part = inner_part(pixels)
    return None if part is None else np.ascontiguousarray(part.of(pixels))


def inner_part(pixels: Pixels) -> Part | None:
    """Return where the plain borders end, or None if there are none or next to nothing is within them.

    A border has one colour at each side: what is plain within it, such as a wall behind a portrait, is the picture's.
    """
    height, width = pixels.shape[:2]
    inner = pixels
    colours: list[_Colour | None] = [None] * 4
    cut = [0] * 4
    for _ in range(2):  # bars above and below may end where those at the sides begin
        for side, colour in enumerate(colours):
            inward = _inward(inner, side)
            count, colours[side] = _plain(inward, colour)
            cut[side] += count
            inner = _inward(inward[count:], side)
            if min(inner.shape[:2]) < _LEAST_SIDE:
                return None
    kept_height, kept_width = inner.shape[:2]
    is_cut = height - kept_height > _LEAST_CUT * height or width - kept_width > _LEAST_CUT * width
    is_enough = kept_height * kept_width >= _LEAST_SHARE * height * width
    return Part(cut[_LEFT], cut[0], kept_width, kept_height) if is_cut and is_enough else None


def _inward(pixels: Pixels, side: int) -> Pixels:
    """Return a view whose first row is that side: top, bottom, left, right. The same call turns it back."""
    if side == _RIGHT:  # its own inverse: over the other diagonal
        return pixels[::-1, ::-1].swapaxes(0, 1)
    if side == _LEFT:
        return pixels.swapaxes(0, 1)
    return pixels[::-1] if side == _BOTTOM else pixels


def _plain(pixels: Pixels, colour: _Colour | None) -> tuple[int, _Colour | None]:
    """Return how many rows from the first on are plain and of that colour (the first one's, if None), and the colour."""
    sampled = pixels[:, :: max(1, pixels.shape[1] // _SAMPLES)]
    wanted = np.median(sampled[0], axis=0).astype(np.int16) if colour is None else colour
    count = _run(sampled, wanted, _PLAIN)
    if not count:
        return 0, colour
    return count + _run(sampled[count : count + _BLOCK], wanted, _BLURRED), wanted


def _run(sampled: Pixels, colour: _Colour, bounds: tuple[int, float]) -> int:
    """Return how many rows from the first on have the colour."""
    near, least = bounds
    start, size = 0, _FIRST_BAND
    while start < len(sampled):
        is_near = abs(sampled[start : start + size] - colour) <= near
        share = (is_near if sampled.ndim == 2 else is_near.all(axis=2)).mean(axis=1)  # noqa: PLR2004 -- grey
        if share.min() < least:
            return start + int(np.argmax(share < least))
        start, size = start + size, min(_LAST_BAND, 2 * size)
    return len(sampled)
