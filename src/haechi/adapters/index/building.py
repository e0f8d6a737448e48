"""Putting rows into the form that is searched: sorted, each hash once, with a table for each chunk."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Planes, Tables, Withdrawals
from haechi.adapters.index.kernels import kernels
from haechi.adapters.index.plan import BLOCK, widths_for

Allocate = Callable[[str, Any, tuple[int, ...]], npt.NDArray[Any]]
"""Called with a name, a type and a shape: returns zeros, in memory or in a file."""

_AT_ONCE = 1 << 18
"""Rows handled by one NumPy call that may hold the interpreter's lock: about a millisecond."""
_BYTE = 255


class Source(NamedTuple):
    """Rows to take over: those of the first `hashes` of `planes` whose content was not withdrawn after `number`."""

    planes: Planes
    hashes: int
    number: int


class _Chosen(NamedTuple):
    """Rows of a source by their place, and the hash of each."""

    planes: Planes
    rows: npt.NDArray[np.uint32]
    hashes: npt.NDArray[np.uint32]


def build(
    sources: Sequence[Source], withdrawals: Withdrawals, allocate: Allocate, *, with_tables: bool = True
) -> tuple[Planes, Tables]:
    """Return the rows of all sources in one piece, each once; without tables it can be scanned and merged."""
    chosen = [_choose(source, withdrawals) for source in sources]
    order = _in_order(chosen)
    planes = _planes(chosen, order, allocate)
    del chosen, order
    return planes, _tables(planes, allocate, widths_for(len(planes.near)) if with_tables else ())


def in_memory(_name: str, dtype: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:  # noqa: ANN401 - what NumPy takes
    """Allocate for `build`, in memory."""
    return np.zeros(shape, dtype)


def _choose(source: Source, withdrawals: Withdrawals) -> _Chosen:
    planes = source.planes
    gone = np.unique(withdrawals.contents[withdrawals.numbers > source.number])
    rows, hashes = [], []
    for start in range(0, source.hashes, _AT_ONCE):
        stop = min(source.hashes, start + _AT_ONCE)
        first, last = int(planes.first[start]), int(planes.first[stop])
        owners = np.repeat(np.arange(start, stop, dtype=np.uint32), np.diff(planes.first[start : stop + 1]))
        good = np.ones(last - first, np.bool_)
        if len(planes.dead):
            good &= planes.dead[first:last] == 0
        if len(gone):
            good &= ~np.isin(planes.content[first:last], gone)
        rows.append((first + np.flatnonzero(good)).astype(np.uint32))
        hashes.append(owners[good])
    nothing = np.empty(0, np.uint32)
    return _Chosen(planes, np.concatenate([nothing, *rows]), np.concatenate([nothing, *hashes]))


def _in_order(chosen: Sequence[_Chosen]) -> npt.NDArray[np.int64]:
    """Return the places of all rows, counted through the sources, by hash, content, bank and quality."""
    leading = np.concatenate([_take(one.planes.near, one.hashes, column=0) for one in chosen])
    order = np.argsort(leading, kind="stable")  # runs that are sorted already are merged, not sorted
    leading = leading[order]
    same = leading[1:] == leading[:-1]
    del leading
    tied = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same]))
    if len(tied):
        columns = _columns(chosen, order[tied])
        order[tied] = order[tied][np.lexsort(columns[::-1])]
    return order


def _columns(chosen: Sequence[_Chosen], places: npt.NDArray[np.int64]) -> list[npt.NDArray[np.uint64]]:
    """Return four words, content, bank and quality of the rows at `places`."""
    columns = [np.empty(len(places), np.uint64) for _ in range(7)]
    for one, mine, within in _by_source(chosen, places):
        hashes, rows = one.hashes[within], one.rows[within]
        for column, values in zip(
            columns,
            (*one.planes.near[hashes].T, *one.planes.far[hashes].T, *(each[rows] for each in one.planes[3:6])),
            strict=True,
        ):
            column[mine] = values
    return columns


def _by_source(
    chosen: Sequence[_Chosen], places: npt.NDArray[np.int64]
) -> Iterator[tuple[_Chosen, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Yield each source with which of the places lie in it, and where there."""
    start = 0
    for one in chosen:
        mine = np.flatnonzero((places >= start) & (places < start + len(one.rows)))
        if len(mine):
            yield one, mine, places[mine] - start
        start += len(one.rows)


def _take(values: npt.NDArray[np.uint64], places: npt.NDArray[np.uint32], *, column: int) -> npt.NDArray[np.uint64]:
    taken = np.empty(len(places), np.uint64)
    for start in range(0, len(places), _AT_ONCE):
        taken[start : start + _AT_ONCE] = values[places[start : start + _AT_ONCE], column]
    return taken


def _planes(chosen: Sequence[_Chosen], order: npt.NDArray[np.int64], allocate: Allocate) -> Planes:
    fresh_hash, fresh_row = _firsts(chosen, order)
    order, fresh_hash = order[fresh_row], fresh_hash[fresh_row]
    hashes, rows = int(np.count_nonzero(fresh_hash)), len(order)
    planes = Planes(
        allocate("near", np.uint64, (hashes, 2)),
        allocate("far", np.uint64, (hashes, 2)),
        allocate("first", np.uint32, (hashes + 1,)),
        allocate("content", np.uint64, (rows,)),
        allocate("bank", np.uint16, (rows,)),
        allocate("quality", np.uint8, (rows,)),
        np.empty(0, np.uint8),
    )
    done = 0
    for start in range(0, rows, _AT_ONCE):
        stop = min(rows, start + _AT_ONCE)
        columns = _columns(chosen, order[start:stop])
        fresh = np.flatnonzero(fresh_hash[start:stop])
        end = done + len(fresh)
        for half, (one, other) in ((planes.near, columns[:2]), (planes.far, columns[2:4])):
            half[done:end, 0], half[done:end, 1] = one[fresh], other[fresh]
        planes.first[done:end] = start + fresh
        planes.content[start:stop], planes.bank[start:stop], planes.quality[start:stop] = columns[4:]
        done = end
    planes.first[hashes] = rows
    return planes


def _firsts(
    chosen: Sequence[_Chosen], order: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which rows, in order, are the first with their hash, and which the first of their kind at all."""
    fresh_hash, fresh_row = np.ones(len(order), np.bool_), np.ones(len(order), np.bool_)
    for start in range(1, len(order), _AT_ONCE):
        stop = min(len(order), start + _AT_ONCE)
        differs = np.array([one[1:] != one[:-1] for one in _columns(chosen, order[start - 1 : stop])])
        fresh_hash[start:stop] = differs[:4].any(axis=0)
        fresh_row[start:stop] = differs.any(axis=0)
    return fresh_hash, fresh_row


def _tables(planes: Planes, allocate: Allocate, widths: tuple[int, ...]) -> Tables:
    hashes = len(planes.near)
    position = np.cumsum([0, *widths[:-1]]).astype(np.uint64) if widths else np.empty(0, np.uint64)
    bucket_at = np.cumsum([0, *(1 << width for width in widths[:-1])]) if widths else np.empty(0)
    blocks = [max(1, (1 << width) // BLOCK) for width in widths]
    block_at = np.cumsum([0, *(count + 1 for count in blocks[:-1])]) if widths else np.empty(0)
    # One more than there are: the last bucket's end is looked up, though not used.
    starts = allocate("starts", np.uint8, (sum(1 << width for width in widths) + 1,))
    bases = allocate("bases", np.uint32, (sum(blocks) + len(blocks),))
    ids = allocate("ids", np.uint32, (len(widths) * hashes,))
    wide_blocks, wide_starts = [np.empty(0, np.uint32)], [np.empty((0, BLOCK + 1), np.uint32)]
    for table, width in enumerate(widths):
        cursor = np.zeros((1 << width) + 1, np.uint32)
        kernels().fill_table(
            planes.near, planes.far, int(position[table]), width, cursor, ids[table * hashes : (table + 1) * hashes]
        )
        bucket, block, count = int(bucket_at[table]), int(block_at[table]), blocks[table]
        bases[block : block + count + 1] = cursor[::BLOCK]
        for start in range(0, count, _AT_ONCE // BLOCK):
            stop = min(count, start + _AT_ONCE // BLOCK)
            inside = (
                cursor[start * BLOCK : stop * BLOCK].reshape(-1, BLOCK) - cursor[: stop * BLOCK : BLOCK][start:, None]
            )
            starts[bucket + start * BLOCK : bucket + stop * BLOCK] = np.minimum(inside, _BYTE).reshape(-1)
            wide = start + np.flatnonzero(cursor[BLOCK::BLOCK][start:stop] - cursor[::BLOCK][start:stop] > _BYTE)
            for one in wide:
                wide_blocks.append(np.array([block + one], np.uint32))
                wide_starts.append((cursor[one * BLOCK : (one + 1) * BLOCK + 1] - cursor[one * BLOCK])[None, :])
    gathered, wide = np.concatenate(wide_blocks), np.concatenate(wide_starts)
    kept_blocks, kept_starts = (
        allocate("wide_blocks", np.uint32, gathered.shape),
        allocate("wide_starts", np.uint32, wide.shape),
    )
    kept_blocks[:], kept_starts[:] = gathered, wide
    return Tables(
        np.array(widths, np.uint64),
        position,
        bucket_at.astype(np.uint64),
        block_at.astype(np.uint64),
        starts,
        bases,
        ids,
        kept_blocks,
        kept_starts,
    )
