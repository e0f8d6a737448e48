"""What is drawn of one comparison: a map of the whole picture, and, only when asked for, three pictures of the face.

Of a questioned picture nothing is ever drawn but the oval of the face that was laid on her own photo. The map is places
and letters; no pixel of any picture is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from haechi.domain.case import Age, Case
from haechi.domain.errors import PicturesRefusedError
from haechi.domain.trace import Numbers
from haechi.domain.trace_tiles import Cell

LONGEST_SIDE = 480
"""Pixels of the longer side of a drawn picture at most."""
OUTSIDE = 236
"""The grey of what is not shown."""
MOST_CELLS = 24
"""Squares along the longer side of a map at most: coarse enough that it tells parts, and draws no outline."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A coarse map: one string of `Cell` letters a row."""

    rows: tuple[str, ...]

    def share(self, cell: Cell) -> int:
        """Return the share of the map that has this letter, in percent."""
        every = "".join(self.rows)
        return round(100 * every.count(cell.value) / max(1, len(every)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A small grey picture as a PNG file that this process wrote itself."""

    width: int
    height: int
    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The compared oval of her photo's face, that of the questioned face, and both in squares by turns."""

    photo: Picture
    questioned: Picture
    overlay: Picture


@dataclass(frozen=True, slots=True)
class FaceDrawing:
    """One questioned face beside one photo's. `numbers` are what the drawn comparison measured."""

    numbers: Numbers
    pictures: Pictures


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was drawn of one questioned still beside one photo."""

    face: FaceDrawing | None
    scene: Grid | None


def may_draw(case: Case) -> bool:
    """Whether anything may be drawn at all: only where the case keeps bytes, and the person is an adult."""
    return case.mode.keeps_bytes and case.age is Age.ADULT


def check_pictures(case: Case, *, reason: str, redacted_only: bool) -> None:
    """Raise `PicturesRefusedError` unless pictures may be drawn in this case and packet, and a reason was given."""
    if not may_draw(case):
        raise PicturesRefusedError(reason="mode" if not case.mode.keeps_bytes else "age")
    if redacted_only:
        raise PicturesRefusedError(reason="redacted-only")
    if not reason.strip():
        raise PicturesRefusedError(reason="no-reason")


def grid_of(rows: Sequence[str]) -> Grid:
    """Return the map. Raises `ValueError` for rows that are none of ours."""
    letters = {cell.value for cell in Cell}
    lengths = {len(row) for row in rows}
    if not 1 <= len(rows) <= MOST_CELLS or len(lengths) != 1 or not 1 <= lengths.pop() <= MOST_CELLS:
        raise ValueError(len(rows))
    if not letters.issuperset("".join(rows)):
        raise ValueError(rows[0])
    return Grid(tuple(rows))
