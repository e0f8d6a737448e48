"""Hashes with their bits in another order, chosen by chance when an index is made.

Distances stay what they are. But neighbouring bits of PDQ depend on each other, above all on screens of text: cut into chunks as
they are, the fullest bucket of 600,000 real hashes had 1,245 of them, permuted 42. And nobody who sends hashes can aim at a bucket.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Words
from haechi.adapters.index.plan import BITS
from haechi.domain.errors import HashRefusedError

HASH_BYTES = BITS // 8
_AT_ONCE = 1 << 14


class Permutation:
    """Bit *i* of a permuted hash is bit `order[i]` of the hash. Bit 8·k + j has the weight 2**j in byte k."""

    def __init__(self, order: bytes) -> None:
        """Take the order. Raises `ValueError` for one that is no permutation of 256."""
        if sorted(order) != list(range(BITS)):
            message = "not a permutation"
            raise ValueError(message)
        self.order = order
        self._there = np.frombuffer(order, np.uint8).astype(np.intp)
        self._back = np.argsort(self._there)

    @classmethod
    def by_chance(cls, randomness: bytes) -> "Permutation":
        """Return the permutation that sorts 256 random 8-byte numbers."""
        return cls(np.argsort(np.frombuffer(randomness, "<u8"), kind="stable").astype(np.uint8).tobytes())

    def words(self, values: Sequence[bytes]) -> Words:
        """Return (n, 4) permuted words. Raises `HashRefusedError` for a value that has not 32 bytes."""
        for value in values:
            if len(value) != HASH_BYTES:
                raise HashRefusedError(type="pdq", problem="length", place=None)
        return self.packed(b"".join(values))

    def packed(self, values: bytes) -> Words:
        """Return (n, 4) permuted words of hashes that follow each other."""
        return _moved(np.frombuffer(values, np.uint8).reshape(-1, HASH_BYTES), self._there).view("<u8")

    def values(self, words: Words) -> list[bytes]:
        """Return the hashes of (n, 4) permuted words."""
        plain = _moved(np.ascontiguousarray(words, "<u8").view(np.uint8).reshape(-1, HASH_BYTES), self._back).tobytes()
        return [plain[at : at + HASH_BYTES] for at in range(0, len(plain), HASH_BYTES)]


def _moved(hashes: npt.NDArray[np.uint8], order: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    moved = np.empty_like(hashes)
    for start in range(0, len(hashes), _AT_ONCE):
        bits = np.unpackbits(hashes[start : start + _AT_ONCE], axis=1, bitorder="little")
        moved[start : start + _AT_ONCE] = np.packbits(bits[:, order], axis=1, bitorder="little")
    return moved
