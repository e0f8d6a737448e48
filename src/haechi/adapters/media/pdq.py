"""PDQ: all eight hashes of a picture and their quality, bit for bit those of the reference implementation.

PDQ blurs a picture with two box filters along each axis, keeps 64 by 64 samples of that, and compares the sixteen
lowest frequencies of each axis with their median. Two boxes and a sample are a tent (`tents`), so the samples come from
one pass over the pixels, within a rounding error of the reference's, whose running sums drift. Where an error of that
size could turn a bit or the quality, the samples are taken again in the reference's own order of sums.

Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019, and its reference
implementation, facebook/ThreatExchange pdq/cpp.
"""

from typing import NamedTuple

import numpy as np

from haechi.adapters.media.engine import Engine, engine_for
from haechi.adapters.media.tents import SAMPLES, Floats, Pixels
from haechi.adapters.media.turns import TURNS, Turn
from haechi.domain.fingerprint import BITS, Symmetry

SMALLEST_SIDE = 5  # pixels; the reference gives anything smaller the empty hash
_STEPS_A_POINT = 90  # of the quality
_LOWER_MEDIAN = BITS // 2 - 1
_UPRIGHT = TURNS[Symmetry.UPRIGHT]
_GREY = 2  # dimensions

# How far from the reference's the frequencies and the steps (in percent) of one pass over the pixels may be. Measured on
# photographs, drawn pictures and noise, 150 x 100 to 8000 x 300 pixels: 0.001 and less in the middle, 0.026 and 0.004 at most,
# where large parts are plain. The two engines are within 0.0003 of each other.
DOUBT = 0.04
DOUBT_OF_STEPS = 0.01
DOUBT_OF_TURNS = 0.001
_LUMA = np.array([0.299, 0.587, 0.114])


MOST_AGAIN = 40_000_000
"""Pixels up to which a second look is taken: 46 ms and 4 MB a million with NumPy, and a file must not take ten seconds."""
MOST_TURNED_AGAIN = 4_000_000
"""The same for the seven turns, each of which would be a look of its own."""


class Hashes(NamedTuple):
    """The eight hashes of one picture, 32 bytes each, and their quality, 0 to 100."""

    values: dict[Symmetry, bytes]
    quality: int


def hash_picture(
    pixels: Pixels, shown: Turn = _UPRIGHT, *, is_precise: bool = True, engine: Engine | None = None
) -> Hashes:
    """Return hash and quality of the picture as `shown` makes it of `pixels`, and the hash of each of its turns.

    A turn's hash could be had from the upright frequencies by changing signs. But PDQ samples an axis a little off its
    middle, so that would be up to 48 bits from the hash of the turned picture (drawn pictures of 129 x 127 pixels,
    18 bits at 640 x 480). The tents of the reversed axes cost a third more and are as near as the upright ones.

    Hash and quality of the picture are the reference's, bit for bit, unless not `is_precise`; those of its turns are but for
    frequencies nearer to the median than `DOUBT`, which is a bit or two in one of some hundred. Beyond `MOST_AGAIN` pixels, and
    beyond `MOST_TURNED_AGAIN` for turns, a second look is not taken, and a plain picture may be a few bits off.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_SIDE:
        return Hashes(dict.fromkeys(Symmetry, bytes(BITS // 8)), 0)
    channels = 1 if pixels.ndim == _GREY else pixels.shape[2]
    if pixels.strides[0] < 0 or pixels.strides[1] != channels or pixels.strides[-1] != 1:
        pixels = np.ascontiguousarray(pixels)  # parts of a picture pass as they are, turned ones do not
    engine = engine or engine_for(height * width)
    samples = _own_samples(pixels) if height == width == SAMPLES else engine.blur(pixels)
    first = 2 * shown.rows + shown.columns
    order = [first, *(at for at in range(4) if at != first)]
    blocks, detail = engine.finish(samples.reshape(4, 1, SAMPLES, SAMPLES)[order], DOUBT_OF_STEPS)
    again = _Again(pixels, engine)
    quality = _quality(*detail)
    if quality is None:
        quality = again.quality(shown) if height * width <= MOST_AGAIN else min(100, detail[0] // _STEPS_A_POINT)
    found = {(at // 2, at % 2): _bits(block) for at, block in zip(order, blocks, strict=True)}
    values = {}
    for symmetry, turn in TURNS.items():
        rows, columns, swap = shown.then(turn)
        bits, gap = found[int(rows), int(columns)]
        is_upright = symmetry is Symmetry.UPRIGHT
        doubt = DOUBT if is_precise and is_upright else DOUBT_OF_TURNS
        if gap <= doubt and height * width <= (MOST_AGAIN if is_upright else MOST_TURNED_AGAIN):
            bits, swap = again.bits(Turn(rows, columns, swap)), False
        values[symmetry] = np.packbits((bits.T if swap else bits).ravel()[::-1]).tobytes()
    return Hashes(values, quality)


class _Again:
    """The samples taken once more, in the reference's order of sums, for the turns that need it."""

    def __init__(self, pixels: Pixels, engine: Engine) -> None:
        self._pixels = pixels
        self._engine = engine
        self._looks: dict[Turn, tuple[np.typing.NDArray[np.bool_], int]] = {}

    def bits(self, turn: Turn) -> np.typing.NDArray[np.bool_]:
        return self._look(turn)[0]

    def quality(self, turn: Turn) -> int:
        return self._look(turn)[1]

    def _look(self, turn: Turn) -> tuple[np.typing.NDArray[np.bool_], int]:
        if turn not in self._looks:
            if self._pixels.shape[:2] == (SAMPLES, SAMPLES):
                part = _own_samples(self._pixels)[int(turn.rows), int(turn.columns)]
                samples = np.ascontiguousarray(part.T if turn.swap else part)
            else:
                samples = self._engine.samples_in_order(self._pixels, turn)
            blocks, (told, _, _) = self._engine.finish(samples[np.newaxis, np.newaxis], 0.0)
            self._looks[turn] = _bits(blocks[0])[0], min(100, told // _STEPS_A_POINT)
        return self._looks[turn]


def _own_samples(pixels: Pixels) -> Floats:
    """Return the samples of a picture of 64 by 64 pixels: the reference takes it as it is."""
    grey: Floats = (
        pixels
        if pixels.ndim == _GREY
        else pixels[..., 0] * _LUMA[0] + pixels[..., 1] * _LUMA[1] + pixels[..., 2] * _LUMA[2]
    ).astype(np.float32)
    return np.stack([[grey[::rows, ::columns] for columns in (1, -1)] for rows in (1, -1)])


def _quality(told: int, least: int, most: int) -> int | None:
    """Return the reference's measure of detail, 0 to 100, or None if rounding could change it."""
    low, high = (min(100, total // _STEPS_A_POINT) for total in (least, most))
    return min(100, told // _STEPS_A_POINT) if low == high else None


def _bits(block: Floats) -> tuple[np.typing.NDArray[np.bool_], float]:
    """Return (16, 16) bits, whether a frequency is above the lower median, and how far the next one is above that."""
    ranked = np.sort(block, axis=None)
    return block > ranked[_LOWER_MEDIAN], float(ranked[_LOWER_MEDIAN + 1] - ranked[_LOWER_MEDIAN])
