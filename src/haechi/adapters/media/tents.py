"""What PDQ's blurring is mathematically: for each of 64 samples of an axis, a weighted mean of about 1/64 of it.

Two box filters, their windows clipped at the ends, and then every 1/64th value: that is a tent of weights for each
sample. The whole blurring is `rows @ picture @ columns.T`, so every pixel is touched once and no blurred picture exists.
"""

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""(height, width) grey or (height, width, 3) RGB."""
Floats: TypeAlias = npt.NDArray[np.float32]

SAMPLES = 64
FREQUENCIES = 16

DCT: Floats = np.array(
    [
        [np.sqrt(np.float32(2 / 64)) * np.cos(np.pi / 128 * (i + 1) * (2 * j + 1)) for j in range(SAMPLES)]
        for i in range(FREQUENCIES)
    ]
).astype(np.float32)
DCT.flags.writeable = False


class Axis(NamedTuple):
    """The 64 tents of an axis, and those of the axis reversed, in the order in which they lie on the unreversed one.

    `starts` and `lengths` (64,) say which part of the axis a tent and its reversed neighbour touch; `weights` is
    (2, 64, longest): the tent of sample `i`, and that of sample `63 - i` of the reversed axis. PDQ samples an axis a
    little off its middle, so the two differ.
    """

    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    weights: Floats


class Window(NamedTuple):
    """A box filter of the reference: its full width, and how many values it sees ahead of the one it replaces."""

    width: int
    ahead: int


def window(length: int) -> Window:
    """Return the box filter that the reference uses for an axis."""
    width = -(-length // (2 * SAMPLES))
    return Window(width, (width + 2) // 2 - 1)


def centres(length: int) -> npt.NDArray[np.int64]:
    """Return the 64 positions that the reference samples."""
    return ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(np.int64)


@lru_cache(256)
def axis(length: int) -> Axis:
    """Return the tents of an axis of that many pixels."""
    tents = [_tent(length, int(centre)) for centre in centres(length)]
    mirrored = [(length - start - len(tent), tent[::-1]) for start, tent in tents[::-1]]
    starts = np.array([min(one[0], other[0]) for one, other in zip(tents, mirrored, strict=True)])
    ends = np.array([max(s + len(w) for s, w in both) for both in zip(tents, mirrored, strict=True)])
    weights = np.zeros((2, SAMPLES, int((ends - starts).max())), np.float32)
    for which, side in enumerate((tents, mirrored)):
        for sample, (start, tent) in enumerate(side):
            first = start - starts[sample]
            weights[which, sample, first : first + len(tent)] = tent
    made = Axis(starts, ends - starts, weights)
    for array in made:
        array.flags.writeable = False
    return made


def _tent(length: int, centre: int) -> tuple[int, npt.NDArray[np.float64]]:
    """Return where the tent around `centre` begins, and its weights."""
    width, ahead = window(length)
    behind = width - ahead - 1

    def ends(position: int) -> tuple[int, int]:
        return max(0, position - behind), min(length - 1, position + ahead)

    low, high = ends(centre)
    start, end = ends(low)[0], ends(high)[1]
    weights = np.zeros(end - start + 1)
    for inner in range(low, high + 1):
        first, last = ends(inner)
        weights[first - start : last - start + 1] += 1.0 / (last - first + 1)
    return start, weights / (high - low + 1)
