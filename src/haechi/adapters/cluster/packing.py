"""Questions and answers as bytes between processes: a flat buffer costs a fraction of thousands of small objects."""

import struct
from collections.abc import Sequence
from itertools import islice

from haechi.ports.index import Near, Neighbours

HASH_BYTES = 32
_ROW = struct.Struct("<QHHB32s")
"""In the order of `Near`: content, bank, distance, quality, value."""
_TRUNCATED = 1 << 31

Packed = tuple[bytes, bytes]
"""For each answer how many rows it has, with the highest bit for one that is truncated; then all rows."""


def split(values: bytes) -> list[bytes]:
    """Return the hashes of 32 bytes that follow each other."""
    return [values[at : at + HASH_BYTES] for at in range(0, len(values), HASH_BYTES)]


def pack(answers: Sequence[Neighbours]) -> Packed:
    """Return answers as bytes."""
    counts = [len(one.rows) | (_TRUNCATED if one.is_truncated else 0) for one in answers]
    return struct.pack(f"<{len(counts)}I", *counts), b"".join(_ROW.pack(*row) for one in answers for row in one.rows)


def unpack(packed: Packed) -> list[Neighbours]:
    """Return the answers that were packed."""
    counts, rows = packed
    told = map(Near._make, _ROW.iter_unpack(rows))
    return [
        Neighbours(tuple(islice(told, count & ~_TRUNCATED)), bool(count & _TRUNCATED))
        for (count,) in struct.iter_unpack("<I", counts)
    ]
