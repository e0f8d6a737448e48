"""The hasher: bytes in, all digests and hashes out, each with what it is the hash of; decoded in limited worker processes.

Processes and not threads: the files are strangers' and have to be decoded in limited ones anyway. The caller's interpreter is
not kept busy: it digests (without the lock) and checks some kilobytes a file, 0.4 ms at 640 x 480 and 6 ms for 2.5 MB of JPEG.
"""

import contextlib
import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from haechi.adapters.media import engine
from haechi.adapters.media import snapshot as snapshots
from haechi.adapters.media.answers import Finding, checked_findings, failure, number
from haechi.adapters.media.kind import Kind, kind_of
from haechi.adapters.media.snapshot import FileSnapshot
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import Expansion, Reading, Region, Symmetry
from haechi.domain.hashed import Box, Hashed, Print, Transform
from haechi.isolation import kernel_cache
from haechi.isolation.limits import Limits, forbid_dumps
from haechi.isolation.pool import Answer, Job, Pool

Key = TypeVar("Key")
Source = bytes | Path | BinaryIO

TASK = "haechi.adapters.media.hashing:hash_file"
LIMITS = Limits(memory=3 << 30, cpu_s=240, files=32, blob=0, has_threads=True)  # libheif decodes in a thread of its own
_IMAGE_S, _VIDEO_S = 60.0, 240.0
_MOST_PRINTS = 8000  # two hours of film
_SIDE_LIMIT = 1 << 32
_LENGTH_LIMIT = 1 << 50  # ms
_HASH = 32  # bytes


class PoolHasher:
    """Hashes files in `workers` processes (as many as there are cores if None), each started when first needed.

    Safe to use from several threads at once. The first one of an installation compiles the kernels, which takes some seconds.
    """

    def __init__(
        self, workers: int | None = None, *, task: str = TASK, limits: Limits = LIMITS, paths: Sequence[str] = ()
    ) -> None:
        forbid_dumps()  # from here on this process reads pictures
        engine.load()
        count = workers if workers is not None else len(os.sched_getaffinity(0))
        self._pool = Pool(task, limits, workers=count, paths=paths)

    def hash(
        self, content: bytes | BinaryIO, *, expansion: Expansion = Expansion.TURNS, is_grey_enough: bool = False
    ) -> Hashed:
        """Return all hashes of one file. A file without a picture yields its digests and findings, not an error.

        What the bytes are, they say themselves. Raises `OSError` if a stream cannot be read.
        """
        snapshot = _taken(content)
        try:
            jobs = [_job(snapshot, expansion, is_grey_enough=is_grey_enough)]
            (answer,) = self._pool.map(jobs, timeout_s=_patience)
            return _hashed(answer)
        finally:
            snapshot.close()

    def hash_many(
        self,
        files: Iterable[tuple[Key, Source]],
        *,
        expansion: Expansion = Expansion.TURNS,
        is_grey_enough: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[Key, Hashed | None]]:
        """Yield one result a file, in order; None for a file that cannot be read.

        Twice as many files as there are workers are held at a time. `progress` is told files and bytes done so far. Whoever stops
        taking results (or closes the iterator) stops the work; what is under way then is given up.
        """
        done = size = 0
        under_way: deque[tuple[Key, FileSnapshot | None]] = deque()

        def jobs() -> Iterator[Job[FileSnapshot | None]]:
            for key, source in files:
                snapshot: FileSnapshot | None = None
                with contextlib.suppress(OSError):
                    snapshot = _taken(source)
                under_way.append((key, snapshot))
                if snapshot is None:
                    yield Job(None, {}, needs_worker=False)
                else:
                    yield _job(snapshot, expansion, is_grey_enough=is_grey_enough)

        try:
            for answer in self._pool.map(jobs(), timeout_s=_patience):
                key, snapshot = under_way[0]
                hashed = None if snapshot is None else _hashed(answer)
                under_way.popleft()
                if snapshot is not None:
                    snapshot.close()
                done, size = done + 1, size + (hashed.size if hashed else 0)
                if progress is not None:
                    progress(done, size)
                yield key, hashed
        finally:
            for _, snapshot in under_way:
                if snapshot is not None:
                    snapshot.close()

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def _taken(source: Source) -> FileSnapshot:
    if isinstance(source, bytes):
        return snapshots.take(io.BytesIO(source), with_md5=True)
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return snapshots.take(stream, with_md5=True)
    return snapshots.take(source, with_md5=True)


def _job(snapshot: FileSnapshot, expansion: Expansion, *, is_grey_enough: bool) -> Job[FileSnapshot | None]:
    kind = kind_of(snapshot.head)
    request = {
        "kind": kind.kind,
        "mime": kind.mime,
        "size": snapshot.size,
        "expansion": expansion,
        "is_grey_enough": is_grey_enough,
        "kernels": kernel_cache.own_folder(),
    }
    return Job(snapshot, request, snapshot.fd, needs_worker=_is_seen(kind) and snapshot.fd is not None)


def _is_seen(kind: Kind) -> bool:
    return kind.kind in (MediaKind.IMAGE, MediaKind.VIDEO)


def _patience(job: Job[Any]) -> float:
    return _VIDEO_S if job.request["kind"] == MediaKind.VIDEO else _IMAGE_S


def _hashed(answer: Answer[FileSnapshot | None]) -> Hashed:
    """Put the answer together with what is known without it."""
    snapshot = answer.key
    if snapshot is None:
        raise TypeError
    kind = kind_of(snapshot.head)
    known = (snapshot.digest, snapshot.md5 or "", snapshot.size, kind.kind, kind.mime)
    obstacle = _obstacle(snapshot, kind, answer)
    if obstacle is not None:
        return Hashed(*known, findings=(obstacle,))
    try:
        row = answer.frames[0][0]
        return Hashed(
            *known,
            width=number(row.get("width"), _SIDE_LIMIT),
            height=number(row.get("height"), _SIDE_LIMIT),
            duration_ms=number(row.get("duration_ms"), _LENGTH_LIMIT),
            prints=tuple(_print(one) for one in row.get("prints", [])[:_MOST_PRINTS]),
            findings=checked_findings(row),
        )
    except (AttributeError, LookupError, TypeError, ValueError):  # a worker that was taken over may say anything
        return Hashed(*known, findings=(("worker-crashed", {"reason": "answer"}),))


def _obstacle(snapshot: FileSnapshot, kind: Kind, answer: Answer[Any]) -> Finding | None:
    """Return why there are no hashes, as far as that is known without the worker's answer."""
    if not snapshot.size:
        return "empty", {}
    if not _is_seen(kind):
        return "not-a-picture", {}
    if snapshot.fd is None:
        return "too-large-to-examine", {"size": snapshot.size}
    if answer.error is not None:
        return failure(answer.error)
    return None if snapshot.is_unchanged() else ("changed-while-read", {})


def _print(row: list[Any]) -> Print:
    value, quality, region, symmetry, reading, box, at_ms = row
    bits, level = bytes.fromhex(value), number(quality, 101)
    if len(bits) != _HASH or level is None:
        raise ValueError(value)
    sides = None if box is None else [number(side, _SIDE_LIMIT) or 0 for side in box]
    where = None if sides is None else Box(*sides)
    made_by = Transform(Region(region), Symmetry(symmetry), Reading(reading), where, number(at_ms, _LENGTH_LIMIT))
    return Print(bits, level, made_by)
