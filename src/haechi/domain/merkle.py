"""The Merkle tree of RFC 6962: hashes, roots, inclusion and consistency proofs.

A tree over n > 1 leaves splits at the largest power of two below n, which is
the same as pairing each level from the left and letting a last, lone node rise
unchanged. `Frontier` grows a tree a leaf at a time and keeps only the roots of
its complete subtrees; `Tree` keeps every level, so a proof costs a look-up a level.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete subtrees of a growing tree, widest first: all that is needed to go on appending."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def append(self, hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after these leaf hashes (as `leaf_hash` makes them)."""
        size, roots = self.size, list(self.roots)
        for value in hashes:
            roots.append(value)
            size += 1
            carry = size
            while not carry & 1:
                right = roots.pop()
                roots.append(node_hash(roots.pop(), right))
                carry >>= 1
        return Frontier(size, tuple(roots))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.roots:
            return EMPTY_ROOT
        value = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            value = node_hash(left, value)
        return value

    def packed(self) -> bytes:
        """Return the subtree roots as one run of 32-byte values; `unpacked` is the inverse."""
        return b"".join(self.roots)

    @classmethod
    def unpacked(cls, size: int, packed: bytes) -> "Frontier":
        """Return the frontier whose `packed` form this is. Raises `ValueError` when the two do not fit each other."""
        if len(packed) != 32 * size.bit_count():
            raise ValueError(size)
        return cls(size, tuple(packed[at : at + 32] for at in range(0, len(packed), 32)))


class Tree:
    """A whole tree over given leaf hashes."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self._levels: list[list[bytes]] = [list(hashes)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            level = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            if len(below) & 1:
                level.append(below[-1])
            self._levels.append(level)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self._levels[0])

    def root(self) -> bytes:
        """Return the tree's root."""
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the proof that leaf `index` is in this tree: sibling hashes from leaf to root."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        proof = []
        for level in self._levels[:-1]:
            if (sibling := index ^ 1) < len(level):
                proof.append(level[sibling])
            index >>= 1
        return tuple(proof)

    def consistency(self, size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of the first `size` leaves is a beginning of this one (RFC 9162, 2.1.4.1)."""
        if not 0 < size <= self.size:
            raise IndexError(size)
        return tuple(self._subproof(size, 0, self.size, whole=True))

    def _subproof(self, size: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        width = end - start
        if size == width:
            return [] if whole else [self._subtree(start, end)]
        split = 1 << ((width - 1).bit_length() - 1)
        if size <= split:
            return [*self._subproof(size, start, start + split, whole=whole), self._subtree(start + split, end)]
        return [
            *self._subproof(size - split, start + split, end, whole=False),
            self._subtree(start, start + split),
        ]

    def _subtree(self, start: int, end: int) -> bytes:
        """Return the root over leaves [start, end), where start is a multiple of the split that made it."""
        height = (end - start - 1).bit_length()
        return self._levels[height][start >> height]


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether `proof` shows leaf hash `leaf` at `index` in the tree of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and value == root


def extends(old_root: bytes, old_size: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Say whether `proof` shows that the old tree is a beginning of the new one (RFC 9162, 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    path = list(proof)
    if not old_size & (old_size - 1):
        path.insert(0, old_root)
    if not path:
        return False
    node, last = old_size - 1, size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old_value = value = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old_value = node_hash(sibling, old_value)
            value = node_hash(sibling, value)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            value = node_hash(value, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and old_value == old_root and value == root
