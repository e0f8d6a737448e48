"""One piece of an index, searched: the tables where they are cheaper, else a scan."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from haechi.adapters.index.arrays import Asked, Kept, Planes, Tables, Withdrawals
from haechi.adapters.index.kernels import kernels
from haechi.adapters.index.plan import probes_for

_SCAN_FROM = 20
"""A query with more candidates than a 20th of the hashes is scanned: it bounds the time whatever was put in."""


class Piece(Protocol):
    """What can be searched."""

    @property
    def planes(self) -> Planes:
        """Its hashes and rows."""
        ...

    @property
    def tables(self) -> Tables | None:
        """Where its hashes are found by chunks."""
        ...

    @property
    def widths(self) -> tuple[int, ...]:
        """The chunks' widths; none when there are no tables."""
        ...

    @property
    def count(self) -> int:
        """How many hashes of `planes` count."""
        ...

    @property
    def number(self) -> int:
        """Which withdrawals it knows of: those up to this record of the log."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """A piece that is in no file."""

    planes: Planes
    tables: Tables
    number: int = 0

    @property
    def widths(self) -> tuple[int, ...]:
        """The chunks' widths."""
        return tuple(self.tables.width.tolist())

    @property
    def count(self) -> int:
        """How many different hashes."""
        return len(self.planes.near)


def search_piece(piece: Piece, asked: Asked, withdrawals: Withdrawals, kept: Kept) -> None:
    """Keep the rows of a piece that are near."""
    count = piece.count
    if not count:
        return
    probes = probes_for(piece.widths, asked.radius, count.bit_length() - 1) if piece.widths else None
    if probes is None or piece.tables is None:
        which = np.arange(len(asked.queries))
    else:
        most = count // _SCAN_FROM
        which = kernels().look_up(piece.planes, piece.tables, probes, most, asked, withdrawals, piece.number, kept)
    if len(which):
        kernels().scan(piece.planes, count, asked, which, withdrawals, piece.number, kept)
