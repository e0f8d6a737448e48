"""The arrays that a search reads and fills. Named tuples, because compiled code takes them apart."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


class Planes(NamedTuple):
    """Unique hashes, and the rows that have them: those of hash *i* are rows `first[i]` to `first[i + 1]`.

    A row's place says its hash, so that a list that is forged a hundred thousand times costs one comparison.
    """

    near: Words
    """(n, 2): the first 128 of the permuted bits. Nearly every stranger is seen to be one by these."""
    far: Words
    """(n, 2): the other 128."""
    first: npt.NDArray[np.uint32]
    content: Words
    bank: npt.NDArray[np.uint16]
    quality: npt.NDArray[np.uint8]
    dead: npt.NDArray[np.uint8]
    """Rows that are not to be found any more; empty when there are none."""


class Tables(NamedTuple):
    """For each chunk: hash numbers by the chunk's value. Table *t* has `ids[t * n:(t + 1) * n]`.

    The bucket of value *v* starts at `bases[block_at[t] + v // 64] + starts[bucket_at[t] + v]`. A block of 64 buckets with
    more than 255 hashes has its starts in `wide_starts` instead, in the row where its number is in `wide_blocks`.
    """

    width: Words
    position: Words
    bucket_at: Words
    block_at: Words
    starts: npt.NDArray[np.uint8]
    bases: npt.NDArray[np.uint32]
    ids: npt.NDArray[np.uint32]
    wide_blocks: npt.NDArray[np.uint32]
    wide_starts: npt.NDArray[np.uint32]
    """(blocks, 65)."""


class Withdrawals(NamedTuple):
    """Which content was withdrawn at which record of the log: an open-addressed table; number 0 is an empty place."""

    contents: Words
    numbers: Words


class Asked(NamedTuple):
    """What is searched for."""

    queries: Words
    """(q, 4): permuted."""
    radius_of: npt.NDArray[np.int16]
    """Each bank's radius; -1 for a bank that was not asked for."""
    radius: int
    """The largest of them."""


class Kept(NamedTuple):
    """The nearest rows of each query so far, in order."""

    rows: Words
    """(q, most, 7): distance, content, bank << 8 | quality, four words."""
    order: npt.NDArray[np.int32]
    """(q, most): places in `rows`, nearest first."""
    counts: npt.NDArray[np.int64]
    more: npt.NDArray[np.uint8]
    """Whether a row was found that there was no room for."""


def room_for(queries: int, most: int) -> Kept:
    """Return room for the answers to so many queries."""
    return Kept(
        np.empty((queries, most, 7), np.uint64),
        np.empty((queries, most), np.int32),
        np.zeros(queries, np.int64),
        np.zeros(queries, np.uint8),
    )
