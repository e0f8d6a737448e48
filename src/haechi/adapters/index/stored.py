"""A hash index in a folder: a log that is synced, memory, and segments that are merged in the background."""

import errno
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from haechi.adapters.index.arrays import Withdrawals
from haechi.adapters.index.building import Source
from haechi.adapters.index.committing import Batch, GroupCommit
from haechi.adapters.index.durable import PART, named_errors
from haechi.adapters.index.lock import take_lock
from haechi.adapters.index.log import Frame, LogWriter, additions, frame, log_name, withdrawals
from haechi.adapters.index.manifest import Manifest, read_manifests, write_manifest
from haechi.adapters.index.merging import dead_rows, stale, to_merge
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.recent import Recent
from haechi.adapters.index.replaying import replay
from haechi.adapters.index.segment import DamagedError, Segment, open_segment, write_segment
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.view import Searcher, View, write_withdrawn
from haechi.adapters.index.withdrawn import Withdrawn
from haechi.domain.errors import DiskFullError, IndexClosedError, IndexUnwritableError
from haechi.ports.index import IndexStatus, Neighbours, Row

_RETRY_S = 1.0
_TURN_S = 0.02


class StoredIndex:
    """The only writer of an index. Other processes follow it with `FollowingIndex`."""

    def __init__(self, folder: Path, settings: IndexSettings | None = None) -> None:
        """Open the index in a folder, or make one there.

        Raises `IndexInUseError`, `DiskFullError` or `IndexUnwritableError`. What is damaged is left out and told by `status`.
        """
        self._folder = folder
        self._settings = settings or IndexSettings()
        with named_errors(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = take_lock(folder)
            try:
                self._open()
            except BaseException:
                os.close(self._lock)
                raise
        self._group = GroupCommit(self._write)
        self._writing = threading.Lock()  # the log and the numbers
        self._changing = threading.Lock()  # the view, and what it holds in memory
        self._keeping = threading.Lock()  # segments and the manifest
        self._work = threading.Condition()
        self._is_closed = False
        self._is_merging = False
        self._trouble: OSError | None = None
        self._counted: tuple[object, int] = (None, 0)
        self._keeper = threading.Thread(target=self._keep, name="haechi-index", daemon=True)
        if self._settings.merges:
            self._keeper.start()

    def add(self, rows: Sequence[Row]) -> None:
        """See `HashIndex.add`. Up to `seal_rows` rows at a time are kept whole or not at all.

        Raises also `DiskFullError` and `IndexUnwritableError`: then these rows are not in the index, and searching goes on.
        """
        step = self._settings.seal_rows
        for records in [additions(rows[start : start + step]) for start in range(0, len(rows), step)]:
            self._group.submit(records)

    def withdraw(self, contents: Sequence[int]) -> None:
        """See `HashIndex.withdraw`. Raises as `add` does."""
        records = withdrawals(contents)
        if len(records):
            self._group.submit(records)

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], *, most: int = 100) -> list[Neighbours]:
        """See `HashIndex.search`."""
        return self._searcher.search(self._view, values, radii, most)

    def status(self) -> IndexStatus:
        """See `HashIndex.status`. A row that is both in a segment and added again counts twice until they are merged."""
        view = self._view
        on_disk = 0
        for path in self._folder.iterdir():
            with suppress(OSError):
                on_disk += path.stat().st_size
        return IndexStatus(
            rows=self._alive(view) + sum(one.alive for one in view.recent),
            generation=self._manifest.generation,
            segments=len(view.segments),
            in_memory=sum(one.alive for one in view.recent),
            bytes_on_disk=on_disk,
            is_merging=self._is_merging,
            damaged=self._manifest.damaged,
        )

    def rebuild(self, rows: Iterable[Row]) -> None:
        """See `HashIndex.rebuild`. What is added or withdrawn while it runs counts on top of `rows`."""
        with self._alone(), named_errors(self._folder):
            number, first_log = self._cut, self._view.recent[-1].log
            nothing = Withdrawn().table
            self._clean_up()  # what an attempt that failed left
            pieces = [self._written([one], nothing, number, with_tables=False) for one in self._chunks(rows)]
            sources = [Source(one.planes, one.count, one.number) for one in pieces]
            segments = [self._written(sources, nothing, number)] if sources else []
            with self._changing:
                kept = tuple(one for one in self._view.recent if one.log >= first_log)
            self._publish(segments, kept[0].log, damaged=())

    def settle(self) -> None:
        """Return when everything that was added is in segments and nothing is left to be merged."""
        with self._alone(), named_errors(self._folder):
            self._seal()
            while self._merge():
                pass

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Begin a new log, and keep the background from changing segments. Writing goes on."""
        while True:
            self._keeping.acquire()
            # Whoever writes may be waiting for the background, and that for us.
            if self._writing.acquire(timeout=_TURN_S):
                break
            self._keeping.release()
        try:
            try:
                if self._is_closed:
                    raise IndexClosedError(path=str(self._folder))
                self._cut = self._next - 1
                with named_errors(self._folder):
                    self._rotate(wait=False)
            finally:
                self._writing.release()
            yield
        finally:
            self._keeping.release()

    def close(self) -> None:
        """Let go of the folder. What is only in the log is read from it the next time."""
        with self._work:
            if self._is_closed:
                return
            self._is_closed = True
            self._work.notify_all()
        if self._keeper.is_alive():
            self._keeper.join()
        with self._writing:
            self._log.close()
        os.close(self._lock)

    # Opening

    def _open(self) -> None:
        manifests, damaged = read_manifests(self._folder)
        if manifests:
            # The other copy, if it is damaged, is written next; nothing that this one needs has been removed.
            self._manifest = replace(manifests[0], next_file=max(manifests[0].next_file, self._first_free()))
        else:
            if damaged:  # nothing says any more what belongs to the index
                damaged += sorted(path.name for path in self._folder.glob("segment-*.hash"))
            order = Permutation.by_chance(os.urandom(8 * 256)).order.hex()
            fresh = Manifest(0, order, (), 1, self._first_free(), 0, None, tuple(damaged))
            self._manifest = write_manifest(self._folder, fresh)
        self._referenced = manifests[:2] if manifests else [self._manifest]
        self._permutation = Permutation(bytes.fromhex(self._manifest.permutation))
        self._searcher = Searcher(self._permutation)
        self._load()

    def _first_free(self) -> int:
        names = [path.name for path in self._folder.glob("*-" + "[0-9]" * 12 + ".*")]
        numbers = [int(name.split("-")[1][:12]) for name in names if not name.startswith("log-")]
        return max(numbers, default=0) + 1

    def _load(self) -> None:
        settings = self._settings
        read = replay(
            self._folder, self._manifest, self._permutation, {}, room=settings.seal_rows, in_memory=settings.in_memory
        )
        self._manifest = replace(self._manifest, damaged=read.damaged)
        self._next = read.number + 1
        self._view = read.view
        if read.log:
            self._log = LogWriter(self._folder / log_name(read.log), first=0, size=read.size)
        else:
            log = max([self._manifest.first_log - 1, *(one.log for one in read.view.recent)]) + 1
            self._log = LogWriter(self._folder / log_name(log), first=self._next)
            self._view = replace(read.view, recent=(*read.view.recent, Recent(settings.seal_rows, log=log)))

    # Writing

    def _write(self, group: list[Batch]) -> None:
        with self._writing:
            while group:
                portion: list[Batch] = []
                try:
                    with named_errors(self._folder):
                        portion, group = self._portion(group)
                        self._commit(portion)
                except (IndexClosedError, DiskFullError, IndexUnwritableError) as error:
                    for batch in (*portion, *group):
                        batch.error = error
                    return
                except Exception as error:
                    self._log.is_broken = True
                    for batch in (*portion, *group):
                        batch.error = error
                    raise

    def _portion(self, group: list[Batch]) -> tuple[list[Batch], list[Batch]]:
        """Return what there is room for in memory, and the rest."""
        if self._is_closed:
            raise IndexClosedError(path=str(self._folder))
        if self._log.is_broken or self._view.recent[-1].room < len(group[0].records):
            self._rotate()
        room = self._view.recent[-1].room
        taken = 0
        for batch in group:
            if len(batch.records) > room:
                break
            room -= len(batch.records)
            taken += 1
        return group[:taken], group[taken:]

    def _commit(self, batches: Sequence[Batch]) -> None:
        number, synced = self._next, self._next - 1
        frames = []
        for batch in batches:
            frames.append(Frame(number, batch.records))
            number += len(batch.records)
        self._log.append(b"".join(frame(one.records, one.number, synced) for one in frames))
        with self._changing:
            for one in frames:
                self._view.apply(one, self._permutation)
        self._next = number

    def _rotate(self, *, wait: bool = True) -> None:
        """Begin a new log file and a new piece of memory; the one before becomes a segment in the background."""
        while wait and self._settings.merges and len(self._view.recent) > self._settings.most_unsealed:
            if self._trouble is not None:
                raise self._trouble
            with self._work:
                self._work.wait(_TURN_S)
        log = self._view.recent[-1].log + 1
        with suppress(FileNotFoundError):
            (self._folder / log_name(log)).unlink()  # one whose making failed: nothing in it was acknowledged
        fresh = LogWriter(self._folder / log_name(log), first=self._next)
        self._log.close()
        self._log = fresh
        with self._changing:
            recent = (*self._view.recent, Recent(self._settings.seal_rows, log=log))
            self._view = replace(self._view, recent=recent)
        with self._work:
            self._work.notify_all()

    # Keeping

    def _keep(self) -> None:
        while True:
            with self._work:
                if not self._is_closed and (self._trouble is not None or not self._is_work_left()):
                    self._work.wait(_RETRY_S)
                if self._is_closed:
                    return
            with self._keeping:
                try:
                    self._seal()
                    self._merge()
                except (OSError, MemoryError) as error:  # tried again later; adding tells it when it has to wait
                    self._trouble = error if isinstance(error, OSError) else OSError(errno.ENOMEM, "out of memory")
                else:
                    self._trouble = None

    def _is_work_left(self) -> bool:
        view = self._view
        return len(view.recent) > 1 or to_merge([one.rows for one in view.segments]) is not None

    def _seal(self) -> None:
        """Make a segment of all memory that takes nothing any more."""
        full = self._view.recent[:-1]
        if not full:
            return
        sources = [Source(one.planes, one.count, one.number) for one in full]
        number = max(one.last for one in full)
        segments = list(self._view.segments)
        if sum(one.alive for one in full):
            segments.append(self._written(sources, Withdrawn().table, number))
        self._publish(segments, full[-1].log + 1)

    def _merge(self) -> bool:
        """Merge the segments that are due. Return whether there were any."""
        segments = sorted(self._view.segments, key=lambda one: -one.rows)
        start = to_merge([one.rows for one in segments])
        chosen = segments[start:] if start is not None else stale(segments, self._view.withdrawn)
        if not chosen:
            return False
        self._is_merging = True
        try:
            with self._changing:
                number = max([self._manifest.number, *(one.last for one in self._view.recent)])
                contents, numbers = self._view.withdrawn.entries()
            table = Withdrawn(contents, numbers).table
            merged = self._written([Source(one.planes, one.count, one.number) for one in chosen], table, number)
            left = [one for one in segments if one not in chosen]
            self._publish([*left, *([merged] if merged.rows else [])], self._view.recent[0].log)
        finally:
            self._is_merging = False
        return True

    def _written(
        self, sources: Sequence[Source], table: Withdrawals, number: int, *, with_tables: bool = True
    ) -> Segment:
        path = self._folder / f"segment-{self._manifest.next_file:012}.hash"
        self._manifest = replace(self._manifest, next_file=self._manifest.next_file + 1)
        order = self._permutation.order
        write_segment(path, sources, table, number=number, order=order, with_tables=with_tables)
        try:
            return open_segment(path, order=order, in_memory=self._settings.in_memory and with_tables)
        except DamagedError as error:
            path.unlink()
            raise OSError(errno.EIO, "what was written does not read back", str(path)) from error

    def _publish(self, segments: Sequence[Segment], first_log: int, damaged: tuple[str, ...] | None = None) -> None:
        """Make these segments, and the memory from log `first_log` on, what is searched: on the disk first."""
        oldest = min((one.number for one in segments), default=None)
        with self._changing:
            entries = self._view.withdrawn.entries(oldest) if oldest is not None else (_NONE, _NONE)
            number = max([self._manifest.number, *(one.last for one in self._view.recent)])
        name = None
        if len(entries[0]):
            name = f"withdrawn-{self._manifest.next_file:012}.bin"
            write_withdrawn(self._folder, name, entries)
        following = replace(
            self._manifest,
            segments=tuple(one.name for one in segments),
            first_log=first_log,
            next_file=self._manifest.next_file + 1,
            number=number,
            withdrawn=name,
            damaged=self._manifest.damaged if damaged is None else damaged,
        )
        try:
            self._manifest = write_manifest(self._folder, following)
        except OSError:
            # Tried again and again on a full disk, it must not be filled with segments that nothing names.
            named = {name for manifest in read_manifests(self._folder)[0] for name in manifest.segments}
            for path in {*following.segments} - named:
                with suppress(OSError):
                    (self._folder / path).unlink()
            raise
        with self._changing:
            withdrawn = self._view.withdrawn
            if 2 * len(entries[0]) < len(withdrawn):  # most of it is not needed any more
                withdrawn = Withdrawn(*(withdrawn.entries(oldest) if oldest is not None else (_NONE, _NONE)))
            recent = tuple(one for one in self._view.recent if one.log >= first_log)
            self._view = View(tuple(segments), recent, withdrawn)
        self._referenced = [self._manifest, *self._referenced[:1]]
        self._clean_up()
        with self._work:
            self._work.notify_all()

    def _clean_up(self) -> None:
        """Remove the files that neither copy of the manifest needs; what is damaged stays until `rebuild`."""
        keep: set[str | None] = {*self._manifest.damaged}
        for manifest in self._referenced:
            keep |= {*manifest.segments, manifest.withdrawn}
        first_log = log_name(min(manifest.first_log for manifest in self._referenced))
        for path in self._folder.iterdir():
            name = path.name
            # A log may be begun at this moment: only those that are older than all that is needed go.
            is_over = name.startswith(("segment-", "withdrawn-")) or (name.startswith("log-") and name < first_log)
            if (is_over or name.endswith(PART)) and name not in keep:
                with suppress(OSError):
                    path.unlink()

    def _chunks(self, rows: Iterable[Row]) -> Iterator[Source]:
        remaining = iter(rows)
        while chunk := list(islice(remaining, self._settings.rebuild_rows)):
            records = additions(chunk)
            piece = Recent(len(records), log=0)
            words = self._permutation.packed(records["value"].tobytes())
            piece.add(words, records["content"], records["bank"], records["quality"])
            yield Source(piece.planes, piece.count, piece.number)

    def _alive(self, view: View) -> int:
        state = (view.segments, view.withdrawn, view.withdrawn.changes)
        if self._counted[0] != state:
            self._counted = state, sum(one.rows - dead_rows(one, view.withdrawn) for one in view.segments)
        return self._counted[1]


_NONE = np.empty(0, np.uint64)
