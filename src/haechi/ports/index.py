"""Nearest neighbours by Hamming distance. Derived data: it can be rebuilt from the records at any time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class FingerprintIndex(Protocol):
    """Finds every pair within a radius. Comparing all with all (`haechi.domain.fingerprint.distance`) is the definition."""

    def pairs(self, left: Sequence[bytes], right: Sequence[bytes], *, within: int) -> Iterable[tuple[int, int, int]]:
        """Yield (position in left, position in right, distance) of all pairs within `within` bits."""


class Row(NamedTuple):
    """One hash of one content: 32 bytes, the content's number, the bank's number (0 to 65,535), quality 0 to 100."""

    value: bytes
    content: int
    bank: int
    quality: int = 100


class Near(NamedTuple):
    """A row near a query, and how many bits away."""

    content: int
    bank: int
    distance: int
    quality: int
    value: bytes


class Neighbours(NamedTuple):
    """What lies near one query, nearest first, then by content number. `is_truncated` when there was more than asked for."""

    rows: tuple[Near, ...]
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index holds: rows that can be found, bytes in memory and on disk, and what is damaged, by file name."""

    rows: int
    generation: int
    segments: int
    in_memory: int
    bytes_on_disk: int
    is_merging: bool
    damaged: tuple[str, ...]


class HashIndex(Protocol):
    """A long-lived set of rows. What `add` and `withdraw` return from is on the disk and in the next answer.

    Searching is safe from any thread and never waits for writing or merging. The definition is the full scan: every row
    of an asked bank within that bank's radius.
    """

    def add(self, rows: Sequence[Row]) -> None:
        """Keep rows. The same row twice is one. Raises `HashRefusedError` for a value that has not 32 bytes."""

    def withdraw(self, contents: Sequence[int]) -> None:
        """Never answer with these contents again, unless they are added anew. Unknown numbers are no error."""

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], *, most: int = 100) -> list[Neighbours]:
        """Return one answer a value: rows of the banks in `radii`, within each bank's radius (0 to 64), at most `most`."""

    def status(self) -> IndexStatus: ...

    def rebuild(self, rows: Iterable[Row]) -> None:
        """Replace everything by `rows`, in bounded memory, while searching goes on with what was there."""

    def close(self) -> None: ...
