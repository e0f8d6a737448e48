"""The tile table of one comparison: what can be said of each small part of a face, in letters and numbers.

No pixel of any picture is in it, so it is recorded with the answer and told in every custody mode.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.canonical import Json

MOST_TILES = 400
"""Tiles of one face at most."""
MOST_SIDE = 26
"""Columns and rows of tiles at most: a letter for each column."""
_MOST_CORRELATION = 1_000
_MOST_APART = 10_000


class Cell(StrEnum):
    """What can be said of one place. The letters stand in the drawing beside the colours."""

    KEPT = "K"
    """Her photo is there."""
    REPLACED = "R"
    """Something else is there."""
    UNKNOWN = "U"
    """Too plain, or outside one of the two pictures: nothing can be said."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the face, by its place in the grid of tiles (from 0, left to right and top to bottom).

    `correlation` is in thousandths, `apart` how far it lies from where the whole face puts it, in hundredths of a percent
    of the face's width; both are None where nothing can be said.
    """

    column: int
    row: int
    cell: Cell
    correlation: int | None = None
    apart: int | None = None

    def record(self) -> list[Json]:
        """Return the tile as data: column, row, letter, correlation, distance."""
        return [self.column, self.row, self.cell.value, self.correlation, self.apart]


def count(tiles: Iterable[Tile], cell: Cell) -> int:
    """Return how many tiles have this letter."""
    return sum(tile.cell is cell for tile in tiles)


def tiles_of(rows: object) -> tuple[Tile, ...]:
    """Return the tiles that `Tile.record` gave. Raises `ValueError` or `TypeError` for anything else."""
    if not isinstance(rows, list | tuple) or len(rows) > MOST_TILES:
        raise ValueError(rows)
    tiles = tuple(_tile(*row) for row in rows)
    if len({(tile.column, tile.row) for tile in tiles}) != len(tiles):
        raise ValueError(rows)
    return tiles


def _tile(column: object, row: object, letter: object, correlation: object, apart: object) -> Tile:
    cell, place = Cell(str(letter)), (_whole(column, 0, MOST_SIDE - 1), _whole(row, 0, MOST_SIDE - 1))
    if cell is Cell.UNKNOWN:
        if correlation is not None or apart is not None:
            raise ValueError(letter)
        return Tile(*place, cell)
    return Tile(*place, cell, _whole(correlation, -_MOST_CORRELATION, _MOST_CORRELATION), _whole(apart, 0, _MOST_APART))


def _whole(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(value)
    return value
