"""Searching in NumPy: what runs where numba does not. `compiled` has the same functions and gives the same answers."""

# ruff: noqa: PLR0917 - the functions take what compiled code takes

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Asked, Kept, Planes, Tables, Withdrawals, Words
from haechi.adapters.index.plan import BLOCK, Probes

_CELLS = 1 << 18
"""Pairs compared at a time: about 4 MB of working memory."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def scan(
    planes: Planes,
    count: int,
    asked: Asked,
    which: npt.NDArray[np.int64],
    withdrawals: Withdrawals,
    number: int,
    kept: Kept,
) -> None:
    """Keep the rows near the queries `which` among the first `count` hashes, comparing all with all.

    Rows of contents that were withdrawn at a record of the log after `number` do not count.
    """
    step = max(1, _CELLS // max(1, len(which)))
    for start in range(0, count, step):
        near = planes.near[start : min(count, start + step)]
        bits = _ones(near[None, :, :] ^ asked.queries[which][:, None, :2])
        for at in np.flatnonzero((bits <= asked.radius).any(axis=1)):
            places = start + np.flatnonzero(bits[at] <= asked.radius)
            _offer(planes, places, asked, int(which[at]), withdrawals, number, kept)


def look_up(
    planes: Planes,
    tables: Tables,
    probes: Probes,
    most: int,
    asked: Asked,
    withdrawals: Withdrawals,
    number: int,
    kept: Kept,
) -> npt.NDArray[np.int64]:
    """Keep the rows near each query, by the tables. Return the queries that have more than `most` candidates: not answered."""
    heavy = []
    for query in range(len(asked.queries)):
        begin, length = _buckets(len(planes.near), tables, probes, asked.queries[query])
        total = int(length.sum())
        if total > most:
            heavy.append(query)
            continue
        before = np.cumsum(length) - length
        places = np.unique(tables.ids[np.repeat(begin - before, length) + np.arange(total)]).astype(np.int64)
        bits = _ones(planes.near[places] ^ asked.queries[query, :2])
        _offer(planes, places[bits <= asked.radius], asked, query, withdrawals, number, kept)
    return np.array(heavy, np.int64)


def _buckets(
    hashes: int, tables: Tables, probes: Probes, query: Words
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where the buckets that a query opens begin in `tables.ids`, and how many hashes they have."""
    begins, lengths = [], []
    for table, (first, last) in enumerate(zip(probes.first[:-1].tolist(), probes.first[1:].tolist(), strict=True)):
        value = chunk(query[None, :2], query[None, 2:], int(tables.position[table]), int(tables.width[table]))
        bucket = (value ^ probes.masks[first:last]).astype(np.int64)
        block, inside = int(tables.block_at[table]) + bucket // BLOCK, bucket % BLOCK
        base = tables.bases[block].astype(np.int64)
        size = tables.bases[block + 1] - base
        place = int(tables.bucket_at[table]) + bucket
        start = tables.starts[place].astype(np.int64)
        stop = np.where(inside < BLOCK - 1, tables.starts[place + 1].astype(np.int64), size)
        for at in np.flatnonzero(size > np.iinfo(np.uint8).max):
            wide = tables.wide_starts[np.searchsorted(tables.wide_blocks, block[at])]
            start[at], stop[at] = wide[inside[at]], wide[inside[at] + 1]
        begins.append(table * hashes + base + start)
        lengths.append(stop - start)
    return np.concatenate(begins), np.concatenate(lengths)


def fill_table(
    near: Words,
    far: Words,
    position: int,
    width: int,
    cursor: npt.NDArray[np.uint32],
    ids: npt.NDArray[np.uint32],
) -> None:
    """Order hash numbers by `width` of their bits, from bit `position` on, into `ids`.

    `cursor`, zeros at first, becomes the 2**width + 1 places where each value's numbers start and the last ones end.
    """
    values = chunk(near, far, position, width)
    ids[:] = np.argsort(values, kind="stable")
    cursor[1:] = np.cumsum(np.bincount(values, minlength=1 << width))


def chunk(near: Words, far: Words, position: int, width: int) -> npt.NDArray[np.int64]:
    """Return `width` bits of each hash, from bit `position` on, as a number."""
    words = [near[:, 0], near[:, 1], far[:, 0], far[:, 1]]
    word, bit = divmod(position, 64)
    values = words[word] >> np.uint64(bit)
    if bit + width > 64:  # noqa: PLR2004 - bits of a word
        values = values | (words[word + 1] << np.uint64(64 - bit))
    return (values & np.uint64((1 << width) - 1)).astype(np.int64)


def _offer(
    planes: Planes,
    places: npt.NDArray[np.int64],
    asked: Asked,
    query: int,
    withdrawals: Withdrawals,
    number: int,
    kept: Kept,
) -> None:
    """Keep the rows of these hashes that are near, were asked for and are not withdrawn."""
    distance = _ones(planes.near[places] ^ asked.queries[query, :2])
    distance = distance + _ones(planes.far[places] ^ asked.queries[query, 2:])
    places, distance = places[distance <= asked.radius], distance[distance <= asked.radius]
    first = planes.first[places].astype(np.int64)
    length = planes.first[places + 1] - first
    total = int(length.sum())
    if not total:
        return
    rows = np.repeat(first - (np.cumsum(length) - length), length) + np.arange(total)
    distance, places = np.repeat(distance, length), np.repeat(places, length)
    good = asked.radius_of[planes.bank[rows]] >= distance
    if len(planes.dead):
        good &= planes.dead[rows] == 0
    rows, places, distance = rows[good], places[good], distance[good]
    alive = np.array([withdrawn_at(withdrawals, one) <= number for one in planes.content[rows].tolist()], np.bool_)
    rows, places, distance = rows[alive], places[alive], distance[alive]
    columns = [
        distance.astype(np.uint64),
        planes.content[rows],
        planes.bank[rows].astype(np.uint64) << np.uint64(8) | planes.quality[rows],
        *planes.near[places].T,
        *planes.far[places].T,
    ]
    _keep(kept, query, np.column_stack(columns))


def _keep(kept: Kept, query: int, rows: Words) -> None:
    count, most = int(kept.counts[query]), kept.order.shape[1]
    together = np.concatenate([kept.rows[query, kept.order[query, :count]], rows])
    ordered = np.unique(together, axis=0)
    if len(ordered) > most:
        kept.more[query] = 1
    count = min(len(ordered), most)
    kept.rows[query, :count] = ordered[:count]
    kept.order[query, :count] = np.arange(count)
    kept.counts[query] = count


def withdrawn_at(withdrawals: Withdrawals, content: int) -> int:
    """Return the record that withdrew a content last; 0 when none did."""
    last = len(withdrawals.contents) - 1
    place = ((content * int(_GOLDEN) & (1 << 64) - 1) >> 32) & last
    while number := int(withdrawals.numbers[place]):
        if int(withdrawals.contents[place]) == content:
            return number
        place = (place + 1) & last
    return 0


def _ones(words: Words) -> npt.NDArray[np.int64]:
    """Return the set bits of the words along the last axis."""
    bits: npt.NDArray[np.int64] = np.bitwise_count(words).sum(axis=-1, dtype=np.int64)
    return bits
