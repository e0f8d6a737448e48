"""Searching compiled by numba: the same functions as in `plain`, which runs where numba does not.

No function here holds the interpreter's lock. Importing this module loads numba and LLVM, and raises where they are missing
or broken; `kernels` decides which of the two modules is used. All indices are unsigned: numba then leaves out the test
for negative ones, without which loads become gathers.
"""

# ruff: noqa: ANN001, ANN202, C901, PLR0912, PLR0915, PLR0917 - a kernel is one loop nest over what it is given, typed
# when it is compiled; a call or an object in it costs as much as what it computes
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, no-check-untyped-defs, disable-error-code="call-arg"

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from haechi.adapters.index.arrays import Asked, Kept, Planes, Tables, Withdrawals, Words
from haechi.adapters.index.plan import Probes

U = np.uint64
_BLOCK = 1024
"""Hashes compared with every query before the next ones: 16 kB, which stay in the first-level cache."""

_compiled: Any = njit(nogil=True, cache=True, error_model="numpy")
_inlined: Any = njit(nogil=True, cache=True, error_model="numpy", inline="always")


@intrinsic
def _ones(_context, _word):
    """Count the set bits of a word: one instruction, on eight words at once where the processor can."""

    def code(_context, builder, _signature, arguments):
        word = ir.IntType(64)
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(word, [word]), "llvm.ctpop.i64")
        return builder.call(function, arguments)

    return types.uint64(types.uint64), code


@intrinsic
def _fetch(_context, array, _place):
    """Ask for the memory around a place of a flat array, without waiting."""

    def code(context, builder, signature, arguments):
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole]), "llvm.prefetch.p0"
        )
        builder.call(function, [place, ir.Constant(whole, 0), ir.Constant(whole, 3), ir.Constant(whole, 1)])
        return context.get_dummy_value()

    return types.void(array, types.uint64), code


@_inlined
def _chunk(words, at, position, width):
    """Return `width` bits of a hash whose words start at `at`, from bit `position` on."""
    word, bit = position >> U(6), position & U(63)
    value = words[at + word] >> bit
    if bit + width > U(64):
        value |= words[at + word + U(1)] << (U(64) - bit)
    return value & ((U(1) << width) - U(1))


@_compiled
def _withdrawn_at(withdrawals, content):
    last = U(withdrawals.contents.shape[0] - 1)
    place = ((content * U(0x9E3779B97F4A7C15)) >> U(32)) & last
    while withdrawals.numbers[place] != U(0):
        if withdrawals.contents[place] == content:
            return withdrawals.numbers[place]
        place = (place + U(1)) & last
    return U(0)


@_compiled
def _compare(kept, query, place, row):
    """Return -1, 0 or 1: how `row` stands to the kept row at `place`."""
    for field in range(7):
        one, other = row[field], kept.rows[query, place, field]
        if one != other:
            return -1 if one < other else 1
    return 0


@_compiled
def _keep(kept, query, row):
    """Put a row where it belongs, unless it is there. Return False when it comes after all and there is no room."""
    count = kept.counts[query]
    most = kept.order.shape[1]
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        found = _compare(kept, query, kept.order[query, middle], row)
        if found == 0:
            return True
        if found > 0:
            low = middle + 1
        else:
            high = middle
    if count == most:
        kept.more[query] = 1
        if low == count:
            return False
        place = kept.order[query, count - 1]
    else:
        place = count
        count += 1
        kept.counts[query] = count
    for at in range(count - 1, low, -1):
        kept.order[query, at] = kept.order[query, at - 1]
    kept.order[query, low] = place
    for field in range(7):
        kept.rows[query, place, field] = row[field]
    return True


@_compiled
def _offer(planes, at, distance, asked, query, withdrawals, number, kept, row):
    """Keep the rows of the hash at `at` that were asked for and are not withdrawn.

    Rows of one hash are in the order of the answer, so the first that has no room ends it.
    """
    row[0] = distance
    row[3], row[4] = planes.near[at, 0], planes.near[at, 1]
    row[5], row[6] = planes.far[at, 0], planes.far[at, 1]
    for one in range(U(planes.first[at]), min(U(planes.first[at + U(1)]), U(planes.content.shape[0]))):
        bank = planes.bank[one]
        if asked.radius_of[bank] < np.int64(distance):
            continue
        if planes.dead.shape[0] > 0 and planes.dead[one] != 0:
            continue
        content = planes.content[one]
        if _withdrawn_at(withdrawals, content) > number:
            continue
        row[1] = content
        row[2] = (U(bank) << U(8)) | U(planes.quality[one])
        if not _keep(kept, query, row):
            return


@_inlined
def _reach(kept, query, radius):
    """Return how far a row may be to change the answer: no farther than the last one, once it is known to be cut."""
    count = kept.counts[query]
    if kept.more[query] == 0 or count < kept.order.shape[1]:
        return radius
    return min(radius, kept.rows[query, kept.order[query, count - 1], 0])


@_compiled
def _least(near, one, other):
    """Return the smallest distance over 128 bits. The array is flat: with two dimensions numba makes it seven times slower."""
    least = U(999)
    for at in range(near.shape[0] // 2):
        least = min(least, _ones(near[2 * at] ^ one) + _ones(near[2 * at + 1] ^ other))
    return least


@_compiled
def _scan(planes, count, asked, which, withdrawals, number, kept):
    queries, radius = asked.queries, U(asked.radius)
    near = planes.near.reshape(-1)
    row = np.empty(7, np.uint64)
    for start in range(0, count, _BLOCK):
        block = near[2 * start : 2 * min(count, start + _BLOCK)]
        for query in which:
            one, other, third, fourth = queries[query, 0], queries[query, 1], queries[query, 2], queries[query, 3]
            reach = _reach(kept, query, radius)
            if _least(block, one, other) > reach:
                continue
            for at in range(block.shape[0] // 2):
                distance = _ones(block[2 * at] ^ one) + _ones(block[2 * at + 1] ^ other)
                if distance <= reach:
                    place = U(start + at)
                    distance += _ones(planes.far[place, 0] ^ third) + _ones(planes.far[place, 1] ^ fourth)
                    if distance <= reach:
                        _offer(planes, place, distance, asked, query, withdrawals, number, kept, row)
                        reach = _reach(kept, query, radius)


@_compiled
def _look_up(
    planes,
    hashes,
    tables,
    masks,
    mask_at,
    most,
    asked,
    withdrawals,
    number,
    kept,
    heavy,
):
    """Answer the queries by the tables; mark those that would have to look at more than `most` candidates as heavy.

    Table by table, so that a table stays in the cache for all queries. Each step asks for what the next ones need: while the
    buckets of one query are found, the hash numbers of the one before arrive, and the hashes of the one before that.
    """
    queries, radius = asked.queries.reshape(-1), U(asked.radius)
    near = planes.near.reshape(-1)
    n, most, count = U(hashes), U(most), U(asked.queries.shape[0])
    widest = U(0)
    for table in range(tables.width.shape[0]):
        widest = max(widest, mask_at[table + 1] - mask_at[table])
    begin = np.empty((2, widest + U(1)), np.uint64)
    end = np.empty((2, widest + U(1)), np.uint64)
    opened = np.zeros(2, np.uint64)
    candidates = np.empty((2, most + U(1)), np.uint32)
    found = np.zeros(2, np.uint64)
    totals = np.zeros(count, np.uint64)
    row = np.empty(7, np.uint64)
    steps = U(tables.width.shape[0]) * count
    for step in range(U(0), steps + U(2)):
        mine, other = step & U(1), (step + U(1)) & U(1)
        if step >= U(2):
            query = (step - U(2)) % count
            one, two = asked.queries[query, 0], asked.queries[query, 1]
            reach = _reach(kept, query, radius)
            for at in range(U(0), found[mine]):
                place = U(candidates[mine, at])
                if place >= n:
                    continue
                distance = _ones(near[place * U(2)] ^ one) + _ones(near[place * U(2) + U(1)] ^ two)
                if distance <= reach:
                    distance += _ones(planes.far[place, 0] ^ asked.queries[query, 2])
                    distance += _ones(planes.far[place, 1] ^ asked.queries[query, 3])
                    if distance <= reach:
                        _offer(planes, place, distance, asked, query, withdrawals, number, kept, row)
                        reach = _reach(kept, query, radius)
        filled = U(0)
        if step < steps:
            query, table = step % count, step // count
            value = _chunk(queries, query * U(4), tables.position[table], tables.width[table])
            ids_at, bucket_at, block_at = table * n, tables.bucket_at[table], tables.block_at[table]
            total = U(0)
            first, last = mask_at[table], mask_at[table + U(1)]
            if heavy[query] != 0:
                last = first
            for mask in range(first, last):
                bucket = value ^ U(masks[mask])
                block = block_at + (bucket >> U(6))
                base = U(tables.bases[block])
                size = U(tables.bases[block + U(1)]) - base
                inside = bucket & U(63)
                # No branch on whether a bucket is empty: half are, and a wrong guess costs as much as a probe.
                start = U(tables.starts[bucket_at + bucket])
                stop = U(tables.starts[bucket_at + bucket + U(1)])
                stop = size if inside == U(63) else stop
                if size > U(255):
                    wide = U(np.searchsorted(tables.wide_blocks, np.uint32(block)))
                    start = U(tables.wide_starts[wide, inside])
                    stop = U(tables.wide_starts[wide, inside + U(1)])
                begin[mine, filled] = ids_at + base + start
                end[mine, filled] = ids_at + base + stop
                _fetch(tables.ids, ids_at + base + start)
                filled += U(stop > start)
                total += stop - start
            totals[query] += total
            if totals[query] > most:
                heavy[query] = 1
                filled = U(0)
        opened[mine] = filled
        got = U(0)
        if step >= U(1) and step <= steps:
            for at in range(U(0), opened[other]):
                for place in range(begin[other, at], min(end[other, at], U(tables.ids.shape[0]))):
                    candidate = U(tables.ids[place])
                    _fetch(near, candidate * U(2))
                    candidates[other, got] = np.uint32(candidate)
                    got += U(1)
        found[other] = got


def scan(
    planes: Planes,
    count: int,
    asked: Asked,
    which: npt.NDArray[np.int64],
    withdrawals: Withdrawals,
    number: int,
    kept: Kept,
) -> None:
    """See `plain.scan`."""
    _scan(planes, count, asked, which, withdrawals, U(number), kept)


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
    """See `plain.look_up`."""
    heavy = np.zeros(len(asked.queries), np.uint8)
    _look_up(
        planes, len(planes.near), tables, probes.masks, probes.first, most, asked, withdrawals, U(number), kept, heavy
    )
    return np.flatnonzero(heavy)


@_compiled
def _count_values(words, position, width, counts):
    for at in range(U(words[0].shape[0])):
        counts[_value(words, at, position, width)] += np.uint32(1)


@_inlined
def _value(words, at, position, width):
    """Return the chunk of the hash at `at`, of (near, far)."""
    word, bit = position >> U(6), position & U(63)
    value = (words[0][at, word] if word < U(2) else words[1][at, word - U(2)]) >> bit
    if bit + width > U(64):
        word += U(1)
        value |= (words[0][at, word] if word < U(2) else words[1][at, word - U(2)]) << (U(64) - bit)
    return value & ((U(1) << width) - U(1))


@_compiled
def _place_values(words, position, width, cursor, ids):
    for at in range(U(words[0].shape[0])):
        value = _value(words, at, position, width)
        ids[U(cursor[value])] = np.uint32(at)
        cursor[value] += np.uint32(1)


def fill_table(
    near: Words, far: Words, position: int, width: int, cursor: npt.NDArray[np.uint32], ids: npt.NDArray[np.uint32]
) -> None:
    """See `plain.fill_table`."""
    _count_values((near, far), U(position), U(width), cursor[1:])
    np.cumsum(cursor, out=cursor, dtype=np.uint32)
    _place_values((near, far), U(position), U(width), cursor.copy(), ids)
