"""PDQ's arithmetic compiled by numba: the same functions as `pdq_plain`, which runs where numba does not.

No function here holds the interpreter's lock. Importing this module loads numba and LLVM, and raises where they are
missing or broken; `engine` decides which of the two modules is used.
"""

# ruff: noqa: C901, PLR2004 - a kernel is one loop nest; a call in it costs what it computes, and PDQ's numbers are PDQ's

import numpy as np
from numba import float32, int64, njit, types, void

from haechi.adapters.media.tents import DCT, FREQUENCIES, SAMPLES, Floats, Pixels, axis, centres, window
from haechi.adapters.media.turns import Turn

_GREY = 2  # dimensions
_bytes = types.Array(types.uint8, 1, "C", readonly=True)
_table = types.Array(types.float32, 2, "C", readonly=True)
_tables = types.Array(types.float32, 3, "C", readonly=True)
_whole = types.Array(types.int64, 1, "C", readonly=True)

# Signatures are given, so that everything is compiled, or taken from the cache, when this module is imported.
# In `_blur` sums may be taken in any order: what that rounds differently is bounded by `pdq.DOUBT`.
_BLUR = void(_bytes, int64, int64, int64, _whole, _whole, _tables, _whole, _whole, _tables, float32[:, :, :, ::1])
_BOX = void(float32[:, ::1], float32[:, ::1], int64, int64, float32[::1])
_PICK = void(float32[:, ::1], float32[:, ::1], int64, int64, _whole)
_COLUMN = int64(float32[::1], int64, int64, float32[::1], float32[:, ::1])
_LUMA = void(_bytes, int64, int64, int64, float32[::1])
_FINISH = types.UniTuple(int64, 3)(  # type: ignore[no-untyped-call]
    types.Array(types.float32, 4, "C", readonly=True), _table, float32[:, :, ::1], float32
)
_IN_ORDER = void(
    _bytes, int64, int64, int64, int64, int64, int64, int64, int64, int64, int64, _whole, _whole, float32[:, ::1]
)


def blur(pixels: Pixels) -> Floats:
    """Return the (2, 2, 64, 64) samples of the picture, by whether its rows and its columns were reversed before."""
    samples = np.empty((2, 2, SAMPLES, SAMPLES), np.float32)
    height, width = pixels.shape[:2]
    _blur(_flat(pixels), pixels.strides[0], width, pixels.strides[1], *axis(height), *axis(width), samples)
    return samples


def finish(samples: Floats, doubt: float) -> tuple[Floats, tuple[int, int, int]]:
    """Return the (n, 16, 16) frequencies of (n, 1, 64, 64) samples, and the detail of the first: see `pdq_plain`."""
    blocks = np.empty((samples.shape[0], FREQUENCIES, FREQUENCIES), np.float32)
    return blocks, _finish(samples, DCT, blocks, doubt)


def samples_in_order(pixels: Pixels, turn: Turn) -> Floats:
    """Return the (64, 64) samples of the turned picture, every sum taken in the reference's order."""
    (height, width), (down, across) = pixels.shape[:2], pixels.strides[:2]
    first = 0
    if turn.rows:
        first, down = first + (height - 1) * down, -down
    if turn.columns:
        first, across = first + (width - 1) * across, -across
    if turn.swap:
        height, width, down, across = width, height, across, down
    samples = np.empty((SAMPLES, SAMPLES), np.float32)
    channels = 1 if pixels.ndim == _GREY else pixels.shape[2]
    _in_order(
        _flat(pixels), first, height, width, down, across, channels,
        *window(height), *window(width), centres(height), centres(width), samples,
    )  # fmt: skip
    return samples


def _flat(pixels: Pixels) -> Pixels:
    """Return the bytes from the first pixel to the last, whatever lies between the rows of a part of a picture."""
    channels = 1 if pixels.ndim == _GREY else pixels.shape[2]
    if pixels.strides[-1] != 1 or pixels.strides[1] != channels or pixels.strides[0] <= 0:
        message = "pixels of a row must follow each other"
        raise ValueError(message)
    length = (pixels.shape[0] - 1) * pixels.strides[0] + pixels.shape[1] * channels
    return np.lib.stride_tricks.as_strided(pixels, (length,), (1,), writeable=False)


@njit(_BLUR, nogil=True, cache=True, error_model="numpy", fastmath=True)
def _blur(flat, stride, width, channels, y0, ny, wy, x0, nx, wx, samples):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202, PLR0917
    wide = width * channels
    ahead, back = np.empty(wide, np.float32), np.empty(wide, np.float32)
    grey = np.empty((2, width), np.float32)
    for k in range(64):
        ahead[:] = 0
        back[:] = 0
        i = 0
        while i + 4 <= ny[k]:  # four rows at a time: fewer passes over the sums
            a0, a1, a2, a3 = wy[0, k, i], wy[0, k, i + 1], wy[0, k, i + 2], wy[0, k, i + 3]
            b0, b1, b2, b3 = wy[1, k, i], wy[1, k, i + 1], wy[1, k, i + 2], wy[1, k, i + 3]
            at = (y0[k] + i) * stride
            r0, r1 = flat[at : at + wide], flat[at + stride : at + stride + wide]
            r2, r3 = flat[at + 2 * stride : at + 2 * stride + wide], flat[at + 3 * stride : at + 3 * stride + wide]
            for j in range(wide):
                p0, p1, p2, p3 = np.float32(r0[j]), np.float32(r1[j]), np.float32(r2[j]), np.float32(r3[j])
                ahead[j] += a0 * p0 + a1 * p1 + a2 * p2 + a3 * p3
                back[j] += b0 * p0 + b1 * p1 + b2 * p2 + b3 * p3
            i += 4
        while i < ny[k]:
            a0, b0 = wy[0, k, i], wy[1, k, i]
            at = (y0[k] + i) * stride
            r0 = flat[at : at + wide]
            for j in range(wide):
                ahead[j] += a0 * np.float32(r0[j])
                back[j] += b0 * np.float32(r0[j])
            i += 1
        if channels == 1:
            grey[0, :] = ahead
            grey[1, :] = back
        else:
            for j in range(width):
                at = channels * j
                grey[0, j] = (
                    np.float32(0.299) * ahead[at]
                    + np.float32(0.587) * ahead[at + 1]
                    + np.float32(0.114) * ahead[at + 2]
                )
                grey[1, j] = (
                    np.float32(0.299) * back[at] + np.float32(0.587) * back[at + 1] + np.float32(0.114) * back[at + 2]
                )
        for side in range(2):
            row = k if side == 0 else 63 - k
            for m in range(64):
                part = grey[side, x0[m] : x0[m] + nx[m]]
                one, other = np.float32(0), np.float32(0)
                for j in range(nx[m]):
                    one += wx[0, m, j] * part[j]
                    other += wx[1, m, j] * part[j]
                samples[side, 0, row, m] = one
                samples[side, 1, row, 63 - m] = other


@njit(_BOX, nogil=True, cache=True, error_model="numpy")
def _box(lines, out, width, ahead, counts):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202
    """Filter four lines as the reference does one: a running sum in single precision, its errors included.

    Each sum has to wait for the one before; four side by side fill the time. Dividing comes last: it goes eight at a time.
    """
    n = lines.shape[1]
    a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    for i in range(ahead):
        a, b, c, d = a + lines[0, i], b + lines[1, i], c + lines[2, i], d + lines[3, i]
    for i in range(ahead, width):
        a, b, c, d = a + lines[0, i], b + lines[1, i], c + lines[2, i], d + lines[3, i]
        out[0, i - ahead], out[1, i - ahead], out[2, i - ahead], out[3, i - ahead] = a, b, c, d
    for i in range(width, n):
        old = i - width
        a, b = (a + lines[0, i]) - lines[0, old], (b + lines[1, i]) - lines[1, old]
        c, d = (c + lines[2, i]) - lines[2, old], (d + lines[3, i]) - lines[3, old]
        out[0, i - ahead], out[1, i - ahead], out[2, i - ahead], out[3, i - ahead] = a, b, c, d
    for i in range(n, n + ahead):
        old = i - width
        a, b, c, d = a - lines[0, old], b - lines[1, old], c - lines[2, old], d - lines[3, old]
        out[0, i - ahead], out[1, i - ahead], out[2, i - ahead], out[3, i - ahead] = a, b, c, d
    for line in range(4):
        for j in range(n):
            out[line, j] /= counts[j]


@njit(_PICK, nogil=True, cache=True, error_model="numpy")
def _pick(lines, out, width, ahead, places):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202
    """Filter four lines, keeping only what stands at the 64 places."""
    n = lines.shape[1]
    a, b, c, d = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    wanted = 0
    for i in range(n + ahead):
        if i < n:
            a, b, c, d = a + lines[0, i], b + lines[1, i], c + lines[2, i], d + lines[3, i]
        if i >= width:
            left = i - width
            a, b, c, d = a - lines[0, left], b - lines[1, left], c - lines[2, left], d - lines[3, left]
        while wanted < 64 and places[wanted] == i - ahead:
            count = np.float32(min(i + 1, width, width - (i - n + 1)))
            out[0, wanted], out[1, wanted], out[2, wanted], out[3, wanted] = a / count, b / count, c / count, d / count
            wanted += 1


@njit(_COLUMN, nogil=True, cache=True, error_model="numpy")
def _column(row, step, height, total, ring):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202
    """Take the sums of a column filter one row further, and return how many rows are in them.

    After the last row of the picture the filter runs out: `row` is not looked at then.
    """
    width = ring.shape[0]
    slot = step % width
    if step >= height:
        for j in range(total.shape[0]):
            total[j] -= ring[slot, j]
        return width - (step - height + 1)
    if step < width:
        for j in range(total.shape[0]):
            total[j] += row[j]
            ring[slot, j] = row[j]
        return step + 1
    for j in range(total.shape[0]):
        total[j] = (total[j] + row[j]) - ring[slot, j]
        ring[slot, j] = row[j]
    return width


@njit(_LUMA, nogil=True, cache=True, error_model="numpy")
def _luma(flat, at, across, channels, line):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202
    """Read one line as the reference's grey: double precision, rounded to single."""
    if channels == 1:
        for j in range(line.shape[0]):
            line[j] = np.float32(flat[at + j * across])
    elif across == 3:
        part = flat[at : at + 3 * line.shape[0]]
        for j in range(line.shape[0]):
            line[j] = np.float32(
                np.float64(part[3 * j]) * 0.299
                + np.float64(part[3 * j + 1]) * 0.587
                + np.float64(part[3 * j + 2]) * 0.114
            )
    else:
        for j in range(line.shape[0]):
            place = at + j * across
            line[j] = np.float32(
                np.float64(flat[place]) * 0.299
                + np.float64(flat[place + 1]) * 0.587
                + np.float64(flat[place + 2]) * 0.114
            )


@njit(_FINISH, nogil=True, cache=True, error_model="numpy")
def _finish(samples, dct, blocks, doubt):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202
    half = np.empty((16, 64), np.float32)
    for n in range(samples.shape[0]):
        for i in range(16):
            for j in range(64):
                half[i, j] = 0
            for k in range(64):
                weight = dct[i, k]
                for j in range(64):
                    half[i, j] += weight * samples[n, 0, k, j]
        for i in range(16):
            for j in range(16):
                total = np.float32(0)
                for k in range(64):
                    total += half[i, k] * dct[j, k]
                blocks[n, i, j] = total
    told, least, most = 0, 0, 0
    for i in range(64):
        for j in range(64):
            for direction in range(2):
                below, beside = (i + 1, j) if direction == 0 else (i, j + 1)
                if below < 64 and beside < 64:
                    step = samples[0, 0, i, j] - samples[0, 0, below, beside]
                    percent = abs(step * np.float32(100) / np.float32(255))
                    told += int(percent)
                    least += int(max(np.float32(0), percent - doubt))
                    most += int(percent + doubt)
    return told, least, most


@njit(_IN_ORDER, nogil=True, cache=True, error_model="numpy")
def _in_order(flat, first, height, width, down, across, channels, wy, py, wx, px, ys, xs, samples):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: ANN001, ANN202, PLR0917
    """Stream the picture through rows, columns, rows, columns, holding only a window's rows of each column filter."""
    lines, boxed = np.zeros((4, width), np.float32), np.zeros((4, width), np.float32)
    again, few = np.zeros((4, width), np.float32), np.zeros((4, 64), np.float32)
    ring, total = np.zeros((wy, width), np.float32), np.zeros(width, np.float32)
    few_ring, few_total = np.zeros((wy, 64), np.float32), np.zeros(64, np.float32)
    counts = np.empty(width, np.float32)
    for j in range(width):
        counts[j] = np.float32(min(j + px + 1, wx, wx - (j + px - width + 1)))
    step, wanted = 0, 0
    for t in range(height + py):
        if t < height and t % 4 == 0:
            for i in range(min(4, height - t)):
                _luma(flat, first + (t + i) * down, across, channels, lines[i])
            _box(lines, boxed, wx, px, counts)
        count = np.float32(_column(boxed[t % 4], t, height, total, ring))
        if t < py:
            continue
        slot = (t - py) % 4
        for j in range(width):
            again[slot, j] = total[j] / count
        is_last = t == height + py - 1
        if slot == 3 or is_last:
            _pick(again, few, wx, px, xs)
            for i in range(slot + 1 + (py if is_last else 0)):
                few_count = np.float32(_column(few[i % 4], step, height, few_total, few_ring))
                while wanted < 64 and ys[wanted] == step - py:
                    for m in range(64):
                        samples[wanted, m] = few_total[m] / few_count
                    wanted += 1
                step += 1
