"""Which contents were withdrawn, and when: looked up only for rows that are near a query."""

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Withdrawals, Words

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_LEAST = 1 << 10
_NONE: Words = np.empty(0, np.uint64)


class Withdrawn:
    """Content numbers with the number of the log's record that withdrew them last.

    One thread changes it at a time; others may read `table` meanwhile. A place counts from when its number is set.
    """

    def __init__(self, contents: Words = _NONE, numbers: Words = _NONE, *, room: int = 0) -> None:
        """Take over what was withdrawn already, with room for `room` contents in all."""
        self._count = 0
        self.changes = 0
        self.table = _empty(max(room, len(contents)))
        self._put(contents, numbers)

    def __len__(self) -> int:
        return self._count

    def add(self, contents: npt.ArrayLike, number: int) -> None:
        """Note that contents were withdrawn at record `number`, which is higher than any before."""
        unique = np.unique(np.asarray(contents, np.uint64))
        if 2 * (self._count + len(unique)) > len(self.table.contents):
            larger = Withdrawn(*self.entries(), room=self._count + len(unique))
            self.table = larger.table
        self._put(unique, np.full(len(unique), number, np.uint64))
        self.changes += 1

    def entries(self, after: int = 0) -> tuple[Words, Words]:
        """Return the contents withdrawn after record `after`, in order, and by which record."""
        held = np.flatnonzero(self.table.numbers > np.uint64(after))
        contents, numbers = self.table.contents[held], self.table.numbers[held]
        order = np.argsort(contents)
        return contents[order], numbers[order]

    def _put(self, contents: Words, numbers: Words) -> None:
        table = self.table
        last = np.uint64(len(table.contents) - 1)
        places = ((contents * _GOLDEN) >> np.uint64(32)) & last
        while len(contents):
            empty = table.numbers[places] == 0
            known = ~empty & (table.contents[places] == contents)
            table.contents[places[empty]] = contents[empty]  # of several for one place the last one gets it
            mine = known | (empty & (table.contents[places] == contents))
            table.numbers[places[mine]] = numbers[mine]
            self._count += int(np.count_nonzero(mine & empty))
            contents, numbers, places = contents[~mine], numbers[~mine], (places[~mine] + np.uint64(1)) & last


def _empty(held: int) -> Withdrawals:
    places = max(_LEAST, 1 << (4 * held).bit_length())
    return Withdrawals(np.zeros(places, np.uint64), np.zeros(places, np.uint64))
