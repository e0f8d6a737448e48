"""PDQ's arithmetic in NumPy: what runs where numba does not. `pdq_compiled` has the same functions."""

from functools import lru_cache

import numpy as np

from haechi.adapters.media.tents import DCT, FREQUENCIES, SAMPLES, Floats, Pixels, axis, centres, window
from haechi.adapters.media.turns import Turn

_GREY = 2  # dimensions
_LUMA = np.array([0.299, 0.587, 0.114])
_LUMA_SINGLE = _LUMA.astype(np.float32)
_BAND = 1 << 20  # bytes of converted rows at a time: they stay in the second-level cache
_BANDS = 16  # at least: a band then touches few of the 64 samples
_STRIP = 1 << 22  # values filtered at a time: three times that many are needed for a moment


def blur(pixels: Pixels) -> Floats:
    """Return the (2, 2, 64, 64) samples of the picture, by whether its rows and its columns were reversed before."""
    width = pixels.shape[1]
    columns = _dense(width)
    samples = np.empty((2, 2, SAMPLES, SAMPLES), np.float32)
    for side, few_rows in enumerate(_blur_rows(pixels)):
        grey: Floats = (
            few_rows if pixels.ndim == _GREY else few_rows.reshape(SAMPLES, width, -1)[..., :3] @ _LUMA_SINGLE
        )
        for other in range(2):
            found = grey @ columns[other].T
            samples[side, other] = found[:: -1 if side else 1, :: -1 if other else 1]
    return samples


def finish(samples: Floats, doubt: float) -> tuple[Floats, tuple[int, int, int]]:
    """Return the (n, 16, 16) frequencies of (n, 1, 64, 64) samples, and the detail of the first ones.

    Sums are taken in the reference's order, so that its ties fall alike. The detail is the steps between neighbours in
    whole percent, summed; then what that sum is at least and at most when each step may be `doubt` percent off.
    """
    blocks = np.stack([_frequencies(one[0]) for one in samples])
    first = samples[0, 0]
    told = least = most = 0
    for step in (first[:-1] - first[1:], first[:, :-1] - first[:, 1:]):
        percent = abs(step * np.float32(100) / np.float32(255))
        told += int(percent.astype(np.int32).sum())
        least += int((percent - np.float32(doubt)).clip(0).astype(np.int32).sum())
        most += int((percent + np.float32(doubt)).astype(np.int32).sum())
    return blocks, (told, least, most)


def samples_in_order(pixels: Pixels, turn: Turn) -> Floats:
    """Return the (64, 64) samples of the turned picture, every sum taken in the reference's order."""
    turned = pixels[:: -1 if turn.rows else 1, :: -1 if turn.columns else 1]
    turned = turned.swapaxes(0, 1) if turn.swap else turned
    height, width = turned.shape[:2]
    plane = np.empty((height, width), np.float32)
    step = max(1, _STRIP // width)
    for top in range(0, height, step):
        band = turned[top : top + step]
        plane[top : top + step] = (
            band if band.ndim == _GREY else band[..., 0] * _LUMA[0] + band[..., 1] * _LUMA[1] + band[..., 2] * _LUMA[2]
        )
    for _ in range(2):
        _box(plane.T)
        _box(plane)
    return plane[np.ix_(centres(height), centres(width))]


def _box(plane: Floats) -> None:
    """Filter along the first axis, in place, as the reference does: a running sum in single precision, errors included."""
    length, across = plane.shape
    width, ahead = window(length)
    added = np.arange(length)
    added = np.where(
        added < width, added, 2 * added - width + 1 - 1
    )  # each of the later ones is followed by a subtraction
    shown = np.concatenate([added[ahead:width], added[width:] + 1, added[-1] + (length > width) + 1 + np.arange(ahead)])
    counts = np.concatenate([np.arange(ahead, width) + 1, np.full(length - width, width), width - 1 - np.arange(ahead)])
    for left in range(0, across, max(1, _STRIP // length)):
        strip = plane[:, left : left + max(1, _STRIP // length)]
        sums = np.empty((int(shown[-1]) + 1, strip.shape[1]), np.float32)
        sums[added] = strip
        sums[added[width:] + 1] = -strip[: length - width]
        sums[len(sums) - ahead :] = -strip[length - width : length - width + ahead]
        np.add.accumulate(sums, axis=0, out=sums)
        strip[:] = sums[shown] / counts.astype(np.float32)[:, np.newaxis]


def _blur_rows(pixels: Pixels) -> Floats:
    """Return the 64 weighted means of the rows, and those of the rows reversed, both in the order of the rows."""
    height = pixels.shape[0]
    flat = pixels.reshape(height, -1)
    weights = _dense(height)
    blurred = np.zeros((2, SAMPLES, flat.shape[1]), np.float32)
    step = max(1, min(_BAND // (4 * flat.shape[1]), -(-height // _BANDS)))
    for start in range(0, height, step):
        band = flat[start : start + step].astype(np.float32)
        touched = np.flatnonzero(weights[:, :, start : start + step].any(axis=(0, 2)))
        if touched.size:
            part = slice(touched[0], touched[-1] + 1)
            blurred[:, part] += weights[:, part, start : start + step] @ band
    return blurred


@lru_cache(16)
def _dense(length: int) -> Floats:
    """Return the tents of an axis as a (2, 64, length) matrix."""
    starts, lengths, weights = axis(length)
    dense = np.zeros((2, SAMPLES, length), np.float32)
    for sample in range(SAMPLES):
        part = slice(starts[sample], starts[sample] + lengths[sample])
        dense[:, sample, part] = weights[:, sample, : lengths[sample]]
    return dense


def _frequencies(samples: Floats) -> Floats:
    half, block = np.zeros((FREQUENCIES, SAMPLES), np.float32), np.zeros((FREQUENCIES, FREQUENCIES), np.float32)
    for k in range(SAMPLES):  # NumPy's own sums go in an order that depends on how the memory lies
        half += DCT[:, k, np.newaxis] * samples[k]
    for k in range(SAMPLES):
        block += half[:, k, np.newaxis] * DCT[:, k]
    return block
