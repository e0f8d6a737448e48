"""The eight ways to turn and mirror a picture, as steps over its rows and columns."""

from typing import NamedTuple

from haechi.domain.fingerprint import Symmetry


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
