"""All pairs within a radius, by an index made for the purpose in memory and thrown away."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Asked, Planes, Withdrawals, Words, room_for
from haechi.adapters.index.building import Source, build, in_memory
from haechi.adapters.index.kernels import has_to_compile
from haechi.adapters.index.memory import MemoryIndex
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.searching import InMemory, search_piece

_FEW = 1 << 26  # a third of a second's work
_AT_ONCE = 256
_ROOM = 64
_LARGEST_RADIUS = 64
_SEED = 20261122  # the order of the answers depends on it, and must not change from run to run


class PairIndex:
    """`FingerprintIndex` for many hashes: `MemoryIndex` is its definition, and does the work when there are few.

    `few` is how many pairs are compared one by one, 200 million a second, before compiled code is loaded, which takes
    a second or two and 130 MB that stay taken. `on_compile` is called before it has to be compiled: once for an installation.
    """

    def __init__(self, *, few: int = _FEW, on_compile: Callable[[], object] = lambda: None) -> None:
        self._few = few
        self._on_compile = on_compile

    def pairs(self, left: Sequence[bytes], right: Sequence[bytes], *, within: int) -> Iterator[tuple[int, int, int]]:
        """Yield (position in left, position in right, distance) of all pairs within `within` bits, left first."""
        if len(left) * len(right) <= self._few or within > _LARGEST_RADIUS:
            yield from MemoryIndex().pairs(left, right, within=within)
            return
        if has_to_compile():
            self._on_compile()
        permutation = Permutation(bytes(np.random.default_rng(_SEED).permutation(256).astype(np.uint8)))
        piece = _indexed(permutation.words(right))
        radius_of = np.full(1 << 16, -1, np.int16)
        radius_of[0] = within
        for start in range(0, len(left), _AT_ONCE):
            queries = permutation.words(left[start : start + _AT_ONCE])
            yield from _near(piece, queries, radius_of, within, first=start, most=len(right))


def _indexed(words: Words) -> InMemory:
    count = len(words)
    rows = Planes(
        words[:, :2],
        words[:, 2:],
        np.arange(count + 1, dtype=np.uint32),
        np.arange(count, dtype=np.uint64),
        np.zeros(count, np.uint16),
        np.zeros(count, np.uint8),
        np.empty(0, np.uint8),
    )
    planes, tables = build([Source(rows, count, 0)], _NOTHING, in_memory)
    for array in (*planes, *tables):
        array.flags.writeable = False  # compiled code is then the same as for a mapped file
    return InMemory(planes, tables)


def _near(
    piece: InMemory, queries: Words, radius_of: npt.NDArray[np.int16], within: int, *, first: int, most: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs of these queries, whose first one is number `first`; those with many are asked again with more room."""
    which, room = np.arange(len(queries)), _ROOM
    found: dict[int, list[tuple[int, int]]] = {}
    while len(which):
        kept = room_for(len(which), min(room, most))
        search_piece(piece, Asked(queries[which], radius_of, within), _NOTHING, kept)
        for at, query in enumerate(which.tolist()):
            if not kept.more[at]:
                rows = kept.rows[at, kept.order[at, : kept.counts[at]]]
                found[query] = sorted(zip(rows[:, 1].tolist(), rows[:, 0].tolist(), strict=True))
        which, room = which[kept.more > 0], room * 16
    for query in range(len(queries)):
        for position, distance in found[query]:
            yield first + query, position, distance


_NOTHING = Withdrawals(np.zeros(1, np.uint64), np.zeros(1, np.uint64))
