"""PDQ as what it is mathematically: one linear operator for each axis, then a small DCT.

PDQ blurs a picture with two box filters along each axis, keeps 64 by 64 samples of that, and compares the sixteen
lowest frequencies of each axis with their median. Two boxes and a sample are a weighted mean of about 1/64 of an
axis (a tent), so the whole blurring is `rows @ picture @ columns.T`: every pixel is touched once and no blurred
picture exists. The 64 by 64 samples are the reference's but for its rounding.

Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019, and its reference
implementation, facebook/ThreatExchange pdq/cpp.
"""

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from haechi.domain.fingerprint import Symmetry

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""(height, width) grey or (height, width, 3) RGB."""
Floats: TypeAlias = npt.NDArray[np.float32]

SMALLEST_SIDE = 5  # pixels; the reference gives anything smaller the empty hash
_SAMPLES = 64
_FREQUENCIES = 16
_GREY = 2  # dimensions
_BOTH = (False, True)
_LUMA = np.array([0.299, 0.587, 0.114])
_LUMA_SINGLE = _LUMA.astype(np.float32)
_BAND_BYTES = 1 << 20  # of converted rows at a time: they stay in the second-level cache
_BANDS = 16  # at least: a band then touches few of the 64 samples, and few weights are zeros

_DCT = np.array(
    [
        [np.sqrt(np.float32(2 / 64)) * np.cos(np.pi / 128 * (i + 1) * (2 * j + 1)) for j in range(_SAMPLES)]
        for i in range(_FREQUENCIES)
    ]
).astype(np.float32)


class Turn(NamedTuple):
    """One of the eight ways to turn and mirror: reverse rows, reverse columns, then swap the axes."""

    rows: bool = False
    columns: bool = False
    swap: bool = False

    def then(self, after: "Turn") -> "Turn":
        """Return the one turn that does this one and then `after`."""
        rows, columns = (after.columns, after.rows) if self.swap else (after.rows, after.columns)
        return Turn(self.rows ^ rows, self.columns ^ columns, self.swap ^ after.swap)


TURNS = {
    Symmetry.UPRIGHT: Turn(),
    Symmetry.ROTATE_90: Turn(columns=True, swap=True),
    Symmetry.ROTATE_180: Turn(rows=True, columns=True),
    Symmetry.ROTATE_270: Turn(rows=True, swap=True),
    Symmetry.MIRROR: Turn(columns=True),
    Symmetry.FLIP: Turn(rows=True),
    Symmetry.TRANSPOSE: Turn(swap=True),
    Symmetry.TRANSVERSE: Turn(rows=True, columns=True, swap=True),
}


class Hashes(NamedTuple):
    """The eight hashes of one picture, 32 bytes each, and their quality, 0 to 100."""

    values: dict[Symmetry, bytes]
    quality: int


def hash_picture(pixels: Pixels, shown: Turn = TURNS[Symmetry.UPRIGHT]) -> Hashes:
    """Return hash and quality of the picture as `shown` makes it of `pixels`, and the hash of each of its turns.

    A turn's hash could be had from the upright frequencies by changing signs. But PDQ samples an axis a little off its
    middle, so that would be up to 48 bits from the hash of the turned picture (drawn pictures of 129 x 127 pixels,
    18 bits at 640 x 480). Reversing the weights instead costs little and is exact.
    """
    if min(pixels.shape[:2]) < SMALLEST_SIDE:
        return Hashes(dict.fromkeys(Symmetry, bytes(32)), 0)
    samples = _samples(pixels)
    blocks = {reversal: _frequencies(part) for reversal, part in samples.items()}
    values = {}
    for symmetry, turn in TURNS.items():
        rows, columns, swap = shown.then(turn)
        block = blocks[rows, columns]
        values[symmetry] = _bits(block.T if swap else block)
    return Hashes(values, _quality(samples[shown.rows, shown.columns]))


def _samples(pixels: Pixels) -> dict[tuple[bool, bool], Floats]:
    """Return the 64 by 64 blurred samples of the picture, by whether its rows and its columns were reversed before."""
    height, width = pixels.shape[:2]
    if height == width == _SAMPLES:  # the reference takes a picture of this size as its own samples
        grey: Floats = (pixels if pixels.ndim == _GREY else pixels @ _LUMA).astype(np.float32)
        return {(rows, columns): grey[_step(rows), _step(columns)] for rows in _BOTH for columns in _BOTH}
    samples: dict[tuple[bool, bool], Floats] = {}
    for rows, few_rows in zip(_BOTH, _blur_rows(pixels), strict=True):
        grey_rows: Floats = few_rows if pixels.ndim == _GREY else few_rows.reshape(_SAMPLES, width, 3) @ _LUMA_SINGLE
        for columns in _BOTH:
            samples[rows, columns] = grey_rows @ _weights(width, columns).T
    return samples


def _step(is_reversed: bool) -> slice:  # noqa: FBT001 -- a part of `Turn`
    return slice(None, None, -1 if is_reversed else 1)


def _blur_rows(pixels: Pixels) -> tuple[Floats, Floats]:
    """Return the 64 weighted means of the rows, and those of the rows reversed; channels interleaved as in `pixels`."""
    height = pixels.shape[0]
    flat = pixels.reshape(height, -1)
    upright, reversed_ = (np.zeros((_SAMPLES, flat.shape[1]), np.float32) for _ in _BOTH)
    step = max(1, min(_BAND_BYTES // (4 * flat.shape[1]), -(-height // _BANDS)))
    for start in range(0, height, step):
        band = flat[start : start + step].astype(np.float32)
        for blurred, is_reversed in ((upright, False), (reversed_, True)):
            weights = _weights(height, is_reversed)[:, start : start + step]
            touched = np.flatnonzero(weights.any(axis=1))
            if touched.size:
                part = slice(touched[0], touched[-1] + 1)
                blurred[part] += weights[part] @ band
    return upright, reversed_


@lru_cache(64)
def _weights(length: int, is_reversed: bool) -> Floats:  # noqa: FBT001 -- a part of `Turn`
    """Return the (64, length) weights of an axis: two box filters, windows clipped at the ends, then sampled."""
    window = -(-length // (2 * _SAMPLES))
    half = (window + 2) // 2
    position = np.arange(length)
    low = np.maximum(0, position - (window - half))
    high = np.minimum(length - 1, position + half - 1)
    share = 1.0 / (high - low + 1)
    weights = np.zeros((_SAMPLES, length), np.float32)
    for sample in range(_SAMPLES):
        centre = int((sample + 0.5) * length / _SAMPLES)
        inner = slice(low[centre], high[centre] + 1)
        steps = np.zeros(length + 1)
        np.add.at(steps, low[inner], share[inner])
        np.subtract.at(steps, high[inner] + 1, share[inner])
        weights[sample] = np.cumsum(steps)[:-1] * share[centre]
        weights[sample, : low[inner.start]] = weights[sample, high[inner.stop - 1] + 1 :] = 0  # not 1e-17
    weights = weights[:, ::-1] if is_reversed else weights
    weights = np.ascontiguousarray(weights)
    weights.flags.writeable = False
    return weights


def _frequencies(samples: Floats) -> Floats:
    """Return the 16 by 16 block, summed in single precision in the reference's order, so that its ties fall alike."""
    half = np.add.reduce(_DCT.T[:, :, None] * samples[:, None, :], axis=0)  # over rows: (16, 64)
    block: Floats = np.add.reduce(_DCT.T[:, None, :] * half.T[:, :, None], axis=0)  # over columns: (16, 16)
    return block


def _quality(samples: Floats) -> int:
    """Return the reference's measure of detail: steps between neighbours in whole percent, summed, capped at 100."""
    total = 0
    for step in (samples[:-1] - samples[1:], samples[:, :-1] - samples[:, 1:]):
        percent = (step * np.float32(100) / np.float32(255)).astype(np.int32)  # towards zero, as in C
        total += int(np.abs(percent).sum())
    return min(100, total // 90)


def _bits(block: Floats) -> bytes:
    """Return 256 bits, one a frequency: whether it is above the lower median. The last frequency comes first."""
    flat = block.ravel()
    median = np.partition(flat, flat.size // 2 - 1)[flat.size // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes()
