"""Joins what the match server works with besides the matcher: fetching files, and hashing them in limited processes."""

import io
import os
import threading
from collections.abc import Collection, Iterator

from haechi.adapters.fetching import GuardedFetcher
from haechi.adapters.media.hasher import PoolHasher
from haechi.domain.bank import Signal, SignalType
from haechi.domain.errors import HashRefusedError
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import Expansion, Reading, Region, Symmetry
from haechi.domain.hashed import Hashed, Print
from haechi.domain.lookup import Asked, Query

WHOLE = "whole"


def fetcher(trusted: Collection[str] = ()) -> GuardedFetcher:
    """Return what fetches strangers' files; `trusted` hosts may have private addresses."""
    return GuardedFetcher(trusted=trusted)


class FileHasher:
    """Hashes files that are held behind a descriptor, from any thread.

    The first file, or `warm`, has the kernels compiled if this installation has not done so yet.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers
        self._making = threading.Lock()
        self._made: PoolHasher | None = None

    def warm(self) -> None:
        """Be ready for the first file: some 5 s at an installation's first time."""
        self._pool()

    def hash_file(self, fd: int, kind: str, expansion: Expansion) -> Query:
        """Return all hashes of a file that was sent as `photo` or `video`, the file's own ones first.

        Raises `HashRefusedError` for a photo that is none or cannot be decoded; its `problem` says why.
        """
        with io.BufferedReader(io.FileIO(os.dup(fd))) as stream:
            stream.seek(0)
            hashed = self._pool().hash(stream, expansion=expansion)
        exact = _exact(hashed, kind)
        if kind == "video":
            return Query((*exact, *_frames(hashed)))
        prints = _pictures(hashed)
        if not prints:
            problem = hashed.findings[0][0] if hashed.findings else "not-a-picture"
            raise HashRefusedError(type=SignalType.PDQ.value, problem=problem, place=None)
        return Query((*prints, *exact))

    def close(self) -> None:
        """End the workers."""
        with self._making:
            if self._made is not None:
                self._made.close()

    def _pool(self) -> PoolHasher:
        with self._making:
            if self._made is None:
                self._made = PoolHasher(self._workers)
            return self._made


def file_hasher(workers: int | None = None) -> FileHasher:
    """Return what hashes files in `workers` processes, as many as there are cores if None."""
    return FileHasher(workers)


def warm_index() -> None:
    """Have what searches and merges compiled: 5 to 18 s at an installation's first time, else under a second."""
    from haechi.adapters.index.warming import warm

    warm()


def _exact(hashed: Hashed, kind: str) -> Iterator[Asked]:
    md5 = SignalType.VIDEO_MD5 if kind == "video" else SignalType.MD5
    yield Asked(Signal(md5, bytes.fromhex(hashed.md5)))
    yield Asked(Signal(SignalType.SHA256, bytes.fromhex(hashed.sha256)))


def _pictures(hashed: Hashed) -> list[Asked]:
    """Return a picture's prints; the one of the whole picture as a viewer shows it is first."""
    if hashed.kind is not MediaKind.IMAGE:
        return []
    asked = [Asked(Signal(SignalType.PDQ, one.value, one.quality), _told(one)) for one in hashed.prints]
    return sorted(asked, key=lambda one: one.transform != WHOLE)


def _frames(hashed: Hashed) -> Iterator[Asked]:
    for one in hashed.prints:
        if one.transform.region is Region.FRAME:
            at_s = (one.transform.at_ms or 0) / 1000
            yield Asked(Signal(SignalType.VPDQ, one.value, one.quality, at_s))


def _told(one: Print) -> str:
    """Return in words what was done to the picture: `whole`, `mirror`, `rectangle rotate-90`, `stored`."""
    made_by = one.transform
    words = [
        made_by.region.value if made_by.region is not Region.WHOLE else "",
        made_by.symmetry.value if made_by.symmetry is not Symmetry.UPRIGHT else "",
        made_by.reading.value if made_by.reading is not Reading.SHOWN else "",
    ]
    return " ".join(word for word in words if word) or WHOLE
