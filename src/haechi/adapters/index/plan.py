"""How 256 bits are cut into chunks, and which buckets of each chunk a search has to open.

The general pigeonhole principle (Qin and others, SIGMOD 2018): give chunk *i* the radius *rᵢ*. If the sum of all *rᵢ + 1* is
at least *R + 1*, two hashes within *R* bits differ by at most *rᵢ* in some chunk *i*. So it is enough to look, in each chunk's
table, at the buckets within *rᵢ* of the query's. Wide chunks with radius 2 open more buckets but find fewer strangers in
them; narrow ones with radius 1 the other way round; which is cheaper depends on how many hashes there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from math import comb, log2

import numpy as np
import numpy.typing as npt

BITS = 256
USUAL_RADIUS = 31
BLOCK = 64
"""Buckets that share one 32-bit base; within a block starts are one byte each."""

_PAIR_NS = 0.6
"""What comparing a pair takes a scan on one core, with what follows (EPYC with AVX-512; as below only ratios decide)."""
_FIXED_BYTES = 32 + 11 + 4
_MOST_BYTES = 126
"""A hash with its content, bank, quality and tables; the promise is 130, and a margin is for blocks that are too full."""
_SMALL = 1 << 18
"""Fewer hashes may take more bytes each: together they are little."""
_NARROWEST = 12
_STEPS = 2
"""Sizes of an index for which chunks are chosen, for each doubling."""
_FULL = 190
"""Hashes expected in a block at most, so that blocks with more than a byte can count are few."""

_WIDEST = 26
_LARGEST_RADIUS = 4
TABLES_FROM = 8192
"""Below, comparing with all is as fast as any table."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What a search within a radius opens: for table *i* the buckets `query ^ masks[first[i]:first[i + 1]]`."""

    masks: npt.NDArray[np.uint32]
    first: npt.NDArray[np.uint64]


def widths_for(hashes: int) -> tuple[int, ...]:
    """Return the widths of the chunks, cheapest for searching so many hashes; none when scanning is as cheap."""
    if hashes < TABLES_FROM:
        return ()
    return _widths(int(_STEPS * log2(hashes)))


@cache
def _widths(step: int) -> tuple[int, ...]:
    """Return the widths for so many hashes as make a step, or a little more: what is one step's is computed once."""
    hashes = int(2 ** (step / _STEPS))
    narrowest = log2(2 ** (1 / _STEPS) * hashes * BLOCK / _FULL)
    choices = [
        widths
        for widths in _divisions()
        if widths[-1] >= narrowest and (hashes <= _SMALL or _bytes(widths, hashes) <= _MOST_BYTES)
    ]
    return min(choices, key=lambda widths: _cost(widths, USUAL_RADIUS, hashes), default=())


@lru_cache(maxsize=512)
def probes_for(widths: tuple[int, ...], radius: int, magnitude: int) -> Probes | None:
    """Return what a search within `radius` opens among some 2**magnitude hashes; None when scanning is cheaper."""
    radii = _radii(widths, radius, 1 << magnitude)
    if radii is None:
        return None
    each = [_masks(width, one) for width, one in zip(widths, radii, strict=True)]
    first = np.zeros(len(each) + 1, np.uint64)
    np.cumsum([len(masks) for masks in each], out=first[1:])
    if sum(_table_cost(*one, 1 << magnitude) for one in zip(widths, radii, strict=True)) > _PAIR_NS * (1 << magnitude):
        return None
    masks = np.concatenate(each)
    masks.flags.writeable = False
    first.flags.writeable = False
    return Probes(masks, first)


def _divisions() -> Iterator[tuple[int, ...]]:
    """Yield divisions of the bits into wide chunks meant for radius 2 and narrow ones for radius 1."""
    for wide in range(USUAL_RADIUS // 3 + 1):
        narrow = -(-(USUAL_RADIUS + 1 - 3 * wide) // 2)
        for bits in range(_NARROWEST * narrow, min(_WIDEST * narrow, BITS) + 1):
            if _NARROWEST * wide <= BITS - bits <= _WIDEST * wide:
                yield (*_even(BITS - bits, wide), *_even(bits, narrow))


def _even(bits: int, parts: int) -> tuple[int, ...]:
    if not parts:
        return ()
    each, more = divmod(bits, parts)
    return (each + 1,) * more + (each,) * (parts - more)


def _bytes(widths: Sequence[int], hashes: int) -> float:
    return _FIXED_BYTES + 4 * len(widths) + sum(1 << width for width in widths) * (1 + 4 / BLOCK) / hashes


def _probe_ns(width: int) -> float:
    """Return what opening a bucket takes: the longer, the less of its table is in a cache."""
    return max(2.0, 10.0 + 3.0 * (width - 21))


def _candidate_ns(hashes: int) -> float:
    """Return what looking at a candidate takes: the longer, the less of the hashes is in a cache."""
    return max(4.0, 12.0 + 3.0 * log2(hashes / 1_000_000))


def _opened(width: int, radius: int) -> int:
    return sum(comb(width, bits) for bits in range(radius + 1))


def _table_cost(width: int, radius: int, hashes: int) -> float:
    if radius < 0:
        return 0.0
    opened = _opened(width, radius)
    return opened * (_probe_ns(width) + _candidate_ns(hashes) * hashes / (1 << width))


def _cost(widths: tuple[int, ...], radius: int, hashes: int) -> float:
    radii = _radii(widths, radius, hashes)
    if radii is None:
        return float("inf")
    return sum(_table_cost(width, one, hashes) for width, one in zip(widths, radii, strict=True))


def _radii(widths: tuple[int, ...], radius: int, hashes: int) -> list[int] | None:
    """Return each table's radius (-1: not used) so that none is missed: always the step that costs least a unit gained."""
    if not widths:
        return None
    radii = [-1] * len(widths)
    for _ in range(radius + 1):
        steps = [
            (_table_cost(width, one + 1, hashes) - _table_cost(width, one, hashes), at)
            for at, (width, one) in enumerate(zip(widths, radii, strict=True))
            if one < min(_LARGEST_RADIUS, width)
        ]
        if not steps:
            return None
        radii[min(steps)[1]] += 1
    return radii


@lru_cache(maxsize=256)
def _masks(width: int, radius: int) -> npt.NDArray[np.uint32]:
    """Return all numbers of `width` bits with at most `radius` set, ascending: neighbours in memory are read together."""
    numbers = [sum(1 << bit for bit in bits) for size in range(radius + 1) for bits in combinations(range(width), size)]
    return np.array(sorted(numbers), np.uint32)
