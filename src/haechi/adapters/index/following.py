"""An index that another process writes, read: its segments are mapped, its log is read on as it grows."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from haechi.adapters.index.log import log_name, read_log
from haechi.adapters.index.manifest import NAMES, read_manifests
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.recent import Recent
from haechi.adapters.index.replaying import Replayed, replay
from haechi.adapters.index.view import Searcher
from haechi.domain.errors import IndexClosedError, IndexMissingError
from haechi.ports.index import IndexStatus, Neighbours, Row

_TRIES = 20
_ROOM = 1 << 16


class FollowingIndex:
    """Searches an index that another process has opened as `StoredIndex`; any number of them may.

    A search sees what was acknowledged up to `every_s` before it. Loading a new generation happens in the calling thread that
    notices it, and others go on with the one before.
    """

    def __init__(self, folder: Path, *, every_s: float = 0.005, in_memory: bool = False) -> None:
        """Open the index in a folder. Raises `IndexMissingError` when there is none that can be read."""
        self._folder = folder
        self._every_s = every_s
        self._in_memory = in_memory
        self._refreshing = threading.Lock()
        self._stamps: tuple[object, ...] = ()
        self._read = self._reload()
        self._looked_at = time.monotonic()

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], *, most: int = 100) -> list[Neighbours]:
        """See `HashIndex.search`."""
        if time.monotonic() - self._looked_at >= self._every_s:
            self.refresh()
        return self._searcher.search(self._read.view, values, radii, most)

    def refresh(self) -> None:
        """Take in what was written since; when another thread is doing so, go on with what there is."""
        if not self._refreshing.acquire(blocking=False):
            return
        try:
            if self._stamped() != self._stamps or not self._read.log:
                self._read = self._reload()
            else:
                self._read_on()
            self._looked_at = time.monotonic()
        finally:
            self._refreshing.release()

    def status(self) -> IndexStatus:
        """See `HashIndex.status`; `rows` are counted with those withdrawn from segments that are not yet written anew."""
        view = self._read.view
        in_memory = sum(one.alive for one in view.recent)
        return IndexStatus(
            rows=sum(one.rows for one in view.segments) + in_memory,
            generation=self._generation,
            segments=len(view.segments),
            in_memory=in_memory,
            bytes_on_disk=sum(one.size for one in view.segments),
            is_merging=False,
            damaged=self._read.damaged,
        )

    def add(self, rows: Sequence[Row]) -> None:  # noqa: ARG002 - the port's
        """Raise `IndexClosedError`: this is for reading."""
        raise IndexClosedError(path=str(self._folder))

    def withdraw(self, contents: Sequence[int]) -> None:  # noqa: ARG002 - the port's
        """Raise `IndexClosedError`: this is for reading."""
        raise IndexClosedError(path=str(self._folder))

    def rebuild(self, rows: Iterable[Row]) -> None:  # noqa: ARG002 - the port's
        """Raise `IndexClosedError`: this is for reading."""
        raise IndexClosedError(path=str(self._folder))

    def close(self) -> None:
        """Nothing is held but memory."""

    def _reload(self) -> Replayed:
        for _ in range(_TRIES):
            stamps = self._stamped()
            manifests, _ = read_manifests(self._folder)
            if not manifests:
                break
            permutation = Permutation(bytes.fromhex(manifests[0].permutation))
            known = {one.name: one for one in self._read.view.segments} if self._stamps else {}
            with suppress(FileNotFoundError):  # the writer went on and removed it
                read = replay(self._folder, manifests[0], permutation, known, room=_ROOM, in_memory=self._in_memory)
                if self._stamped() == stamps or not set(read.damaged) - set(manifests[0].damaged):
                    self._searcher = Searcher(permutation)
                    self._stamps, self._generation = stamps, manifests[0].generation
                    return read
        raise IndexMissingError(path=str(self._folder))

    def _read_on(self) -> None:
        """Take in what the log got since, and log files that were begun."""
        read = self._read
        while True:
            found = read_log(self._folder / log_name(read.log), start=read.size, number=read.number + 1)
            for frame in found.frames:
                view = read.view
                if view.recent[-1].room < len(frame.records):
                    fresh = Recent(max(_ROOM, len(frame.records)), log=read.log)
                    view = replace(view, recent=(*view.recent, fresh))
                    read = replace(read, view=view)
                view.apply(frame, self._searcher.permutation)
                read = replace(read, number=frame.number + len(frame.records) - 1)
            read = replace(read, size=found.size)
            self._read = read
            following = self._folder / log_name(read.log + 1)
            if not following.exists():
                return
            begun = read_log(following)
            if not begun.size:
                return
            if begun.first != read.number + 1:  # a writing failed in between: begin anew
                self._stamps = ()
                return
            read = replace(read, log=read.log + 1, size=0, number=begun.first - 1)

    def _stamped(self) -> tuple[object, ...]:
        stamps: list[object] = []
        for name in NAMES:
            with suppress(FileNotFoundError):
                found = (self._folder / name).stat()
                stamps.append((found.st_ino, found.st_mtime_ns, found.st_size))
        return tuple(stamps)
