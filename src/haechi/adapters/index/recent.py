"""The rows that are only in the log so far, in memory: compared one by one, at some 10 µs for 65,536."""

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Planes, Tables, Words

_NEVER = (1 << 64) - 1


class Recent:
    """Room for so many rows. One thread changes it at a time; others may search meanwhile.

    A row is there once it is counted.
    """

    tables: Tables | None = None
    widths: tuple[int, ...] = ()
    number: int = _NEVER
    """No withdrawal is looked up: rows are marked dead at once."""

    def __init__(self, room: int, *, log: int) -> None:
        self.log = log
        """The number of the log file that has these rows."""
        self.last = 0
        """The number of the last record that changed something here."""
        self.count = 0
        self._near = np.zeros((room, 2), np.uint64)
        self._far = np.zeros((room, 2), np.uint64)
        self._content = np.zeros(room, np.uint64)
        self._bank = np.zeros(room, np.uint16)
        self._quality = np.zeros(room, np.uint8)
        self._dead = np.zeros(room, np.uint8)
        arrays = (
            self._near.view(),
            self._far.view(),
            np.arange(room + 1, dtype=np.uint32),
            self._content.view(),
            self._bank.view(),
            self._quality.view(),
            self._dead.view(),
        )
        for array in arrays:
            array.flags.writeable = False  # compiled code is then the same as for a mapped file
        self.planes = Planes(*arrays)

    @property
    def room(self) -> int:
        """How many more rows there is room for."""
        return len(self._content) - self.count

    @property
    def alive(self) -> int:
        """How many rows can be found."""
        return self.count - int(np.count_nonzero(self._dead[: self.count]))

    def add(
        self,
        words: Words,
        content: npt.NDArray[np.uint64],
        bank: npt.NDArray[np.uint16],
        quality: npt.NDArray[np.uint8],
    ) -> None:
        """Put rows behind the others."""
        start, stop = self.count, self.count + len(content)
        self._near[start:stop], self._far[start:stop] = words[:, :2], words[:, 2:]
        self._content[start:stop], self._bank[start:stop], self._quality[start:stop] = content, bank, quality
        self.count = stop

    def withdraw(self, contents: npt.NDArray[np.uint64]) -> None:
        """Mark the rows of contents as dead."""
        gone = np.isin(self._content[: self.count], contents)
        self._dead[: self.count][gone] = 1
