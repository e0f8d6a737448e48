"""Nearest neighbours by Hamming distance. Derived data: it can be rebuilt from the ledger at any time."""

from collections.abc import Iterable, Sequence
from typing import Protocol


class FingerprintIndex(Protocol):
    """Finds every pair within a radius. Comparing all with all (`haechi.domain.fingerprint.distance`) is the definition."""

    def pairs(self, left: Sequence[bytes], right: Sequence[bytes], *, within: int) -> Iterable[tuple[int, int, int]]:
        """Yield (position in left, position in right, distance) of all pairs within `within` bits."""
