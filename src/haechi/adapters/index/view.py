"""What an index holds at one moment, and how it is read from its folder."""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from haechi.adapters.index.arrays import Asked, Kept, room_for
from haechi.adapters.index.durable import put_file
from haechi.adapters.index.log import ADD, Frame
from haechi.adapters.index.manifest import Manifest
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.recent import Recent
from haechi.adapters.index.searching import Piece, search_piece
from haechi.adapters.index.segment import DamagedError, Segment, open_segment
from haechi.adapters.index.withdrawn import Withdrawn
from haechi.ports.index import Near, Neighbours

LARGEST_RADIUS = 64
_AT_ONCE = 256
_ROWS_AT_ONCE = 1 << 17
_BANKS = 1 << 16
_WITHDRAWN = struct.Struct("<8sIIQ")
"""Magic, version, CRC-32 of what follows the header, entries."""
_WITHDRAWN_MAGIC = b"HAECHIWD"
_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What searching goes through: never changed, but replaced, so that nobody who searches waits."""

    segments: tuple[Segment, ...]
    recent: tuple[Recent, ...]
    """Oldest first; the last one takes what is added."""
    withdrawn: Withdrawn

    def apply(self, frame: Frame, permutation: Permutation) -> None:
        """Take in what the log has got: all records of a frame are of one kind."""
        records, recent = frame.records, self.recent[-1]
        last = frame.number + len(records) - 1
        if records["kind"][0] == ADD:
            words = permutation.packed(records["value"].tobytes())
            recent.add(words, records["content"], records["bank"], records["quality"])
        else:
            contents = records["content"].copy()
            self.withdrawn.add(contents, last)
            for one in self.recent:
                one.withdraw(contents)
        recent.last = last


class Searcher:
    """Answers from a view."""

    def __init__(self, permutation: Permutation) -> None:
        self.permutation = permutation
        self._banks: OrderedDict[frozenset[tuple[int, int]], tuple[np.ndarray, int]] = OrderedDict()
        self._lock = Lock()

    def search(self, view: View, values: Sequence[bytes], radii: Mapping[int, int], most: int) -> list[Neighbours]:
        """See `HashIndex.search`."""
        queries = self.permutation.words(values) if len(values) else np.empty((0, 4), np.uint64)
        radius_of, radius = self._radii(radii)
        answers: list[Neighbours] = []
        step = max(1, min(_AT_ONCE, _ROWS_AT_ONCE // max(1, most)))
        for start in range(0, len(queries), step):
            asked = Asked(queries[start : start + step], radius_of, radius)
            kept = room_for(len(asked.queries), max(1, most))
            if radius >= 0:
                pieces: tuple[Piece, ...] = (*view.segments, *view.recent)
                for piece in pieces:
                    search_piece(piece, asked, view.withdrawn.table, kept)
            answers += self._told(kept, most)
        return answers

    def _radii(self, radii: Mapping[int, int]) -> tuple[np.ndarray, int]:
        """Return each bank's radius (-1: not asked for), and the largest. Raises `ValueError`."""
        key = frozenset(radii.items())
        with self._lock:
            if known := self._banks.get(key):
                self._banks.move_to_end(key)
                return known
        if not all(0 <= radius <= LARGEST_RADIUS and 0 <= bank < _BANKS for bank, radius in radii.items()):
            message = "a radius is 0 to 64, a bank's number 0 to 65,535"
            raise ValueError(message)
        radius_of = np.full(_BANKS, -1, np.int16)
        radius_of[list(radii)] = list(radii.values())
        with self._lock:
            self._banks[key] = radius_of, max(radii.values(), default=-1)
            if len(self._banks) > _AT_ONCE:
                self._banks.popitem(last=False)
            return self._banks[key]

    def _told(self, kept: Kept, most: int) -> list[Neighbours]:
        counts = np.minimum(kept.counts, most).tolist()
        places = [kept.rows[query, kept.order[query, :count]] for query, count in enumerate(counts) if count]
        flat = np.concatenate(places) if places else np.empty((0, 7), np.uint64)
        values = self.permutation.values(flat[:, 3:]) if len(flat) else []
        banks = (flat[:, 2] >> np.uint64(8)).tolist()
        qualities = (flat[:, 2] & np.uint64(255)).tolist()
        rows = list(
            map(Near._make, zip(flat[:, 1].tolist(), banks, flat[:, 0].tolist(), qualities, values, strict=True))
        )
        answers, done = [], 0
        for count, found, more in zip(counts, kept.counts.tolist(), kept.more.tolist(), strict=True):
            answers.append(Neighbours(tuple(rows[done : done + count]), bool(more) or found > count))
            done += count
        return answers


def open_segments(
    folder: Path, names: Sequence[str], known: Mapping[str, Segment], order: bytes, *, in_memory: bool
) -> tuple[list[Segment], list[str]]:
    """Return the segments that are whole, and the names of those that are not."""
    segments, damaged = [], []
    for name in names:
        try:
            segments.append(known.get(name) or open_segment(folder / name, order=order, in_memory=in_memory))
        except DamagedError:
            damaged.append(name)
    return segments, damaged


def read_withdrawn(folder: Path, manifest: Manifest) -> tuple[Withdrawn, bool]:
    """Return what was withdrawn before the first log file, and whether that could be read."""
    if manifest.withdrawn is None:
        return Withdrawn(), True
    with suppress(OSError, struct.error):
        content = (folder / manifest.withdrawn).read_bytes()
        magic, version, crc, count = _WITHDRAWN.unpack_from(content)
        both = np.frombuffer(content, "<u8", offset=_WITHDRAWN.size) if len(content) % 8 == 0 else np.empty(0, "<u8")
        is_ours = magic == _WITHDRAWN_MAGIC and version == _VERSION and len(both) == 2 * count
        if is_ours and zlib.crc32(both.tobytes()) == crc:
            return Withdrawn(both[:count], both[count:]), True
    return Withdrawn(), False


def write_withdrawn(folder: Path, name: str, withdrawn: tuple[np.ndarray, np.ndarray]) -> None:
    """Write what was withdrawn: content numbers, ascending, then the records that withdrew them."""
    both = b"".join(one.astype("<u8").tobytes() for one in withdrawn)
    header = _WITHDRAWN.pack(_WITHDRAWN_MAGIC, _VERSION, zlib.crc32(both), len(withdrawn[0]))
    put_file(folder / name, header + both)
