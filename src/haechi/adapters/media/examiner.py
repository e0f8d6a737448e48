"""The examiner: snapshots taken here, looked into by worker processes, with results in the order of the files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar

from haechi.adapters.media import snapshot as snapshots
from haechi.adapters.media.answers import checked_findings, facts, failure, number, text
from haechi.adapters.media.kind import Kind, kind_of, mislabelled
from haechi.adapters.media.snapshot import FileSnapshot
from haechi.domain.canonical import Json
from haechi.domain.evidence import Capture, Examined, MediaKind
from haechi.domain.fingerprint import Fingerprint, Region, Symmetry
from haechi.isolation.limits import Limits, forbid_dumps
from haechi.isolation.pool import Answer, Job, Pool
from haechi.ports.examiner import Snapshot

Key = TypeVar("Key")
Finding = tuple[str, Mapping[str, Json]]

TASK = "haechi.adapters.media.look:look"
LIMITS = Limits(memory=2 << 30, cpu_s=60, files=32, blob=0, has_threads=True)  # libheif decodes in a thread of its own
_IMAGE_S, _VIDEO_S = 60.0, 120.0
_MOST_PRINTS = 200
_SIDE_LIMIT = 1 << 32
_LENGTH_LIMIT = 1 << 50  # ms


class PoolExaminer:
    """Examines files in `workers` processes (as many as there are cores if None), each started when first needed."""

    def __init__(
        self, workers: int | None = None, *, task: str = TASK, limits: Limits = LIMITS, paths: Sequence[str] = ()
    ) -> None:
        forbid_dumps()  # from here on this process reads pictures
        count = workers if workers is not None else len(os.sched_getaffinity(0))
        self._pool = Pool(task, limits, workers=count, paths=paths)

    def snapshot(self, stream: BinaryIO, name: str) -> FileSnapshot:
        """Read `stream` to its end, digesting; `name` is only asked for its extension. Raises `OSError`."""
        return snapshots.take(stream, name)

    def examine(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Snapshot, Examined]]:
        """Yield one result a row, in order. A file that cannot be examined yields its findings, not an error."""
        jobs = (_job(key, snapshot) for key, snapshot in rows)
        for answer in self._pool.map(jobs, timeout_s=_patience):
            key, snapshot, kind = answer.key
            yield key, snapshot, _examined(snapshot, kind, answer)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def _job(key: Key, snapshot: Snapshot) -> Job[tuple[Key, Snapshot, Kind]]:
    kind = kind_of(snapshot.head)
    fd = _descriptor(snapshot)
    request = {"kind": kind.kind, "mime": kind.mime, "size": snapshot.size}
    return Job((key, snapshot, kind), request, fd, needs_worker=_is_seen(kind) and fd is not None)


def _is_seen(kind: Kind) -> bool:
    return kind.kind in (MediaKind.IMAGE, MediaKind.VIDEO)


def _descriptor(snapshot: Snapshot) -> int | None:
    return snapshot.fd if isinstance(snapshot, FileSnapshot) else None


def _patience(job: Job[Any]) -> float:
    return _VIDEO_S if job.request["kind"] == MediaKind.VIDEO else _IMAGE_S


def _examined(snapshot: Snapshot, kind: Kind, answer: Answer[Any]) -> Examined:
    """Put the answer together with what is known without it."""
    findings = list(_seen_from_outside(snapshot, kind))
    if answer.error is not None:
        return Examined(kind.kind, kind.mime, findings=(*findings, failure(answer.error)))
    if not _is_seen(kind) or _descriptor(snapshot) is None:
        return Examined(kind.kind, kind.mime, findings=tuple(findings))
    if isinstance(snapshot, FileSnapshot) and not snapshot.is_unchanged():
        return Examined(kind.kind, kind.mime, findings=(*findings, ("changed-while-read", {})))
    try:
        return _checked(answer.frames[0][0], kind, findings)
    except (AttributeError, LookupError, TypeError, ValueError):  # a worker that was taken over may say anything
        return Examined(kind.kind, kind.mime, findings=(*findings, ("worker-crashed", {"reason": "answer"})))


def _seen_from_outside(snapshot: Snapshot, kind: Kind) -> Iterator[Finding]:
    if not snapshot.size:
        yield "empty", {}
        return
    label = mislabelled(snapshot.name, kind.mime) if isinstance(snapshot, FileSnapshot) else None
    if label is not None:
        yield "mislabelled", label
    if _is_seen(kind) and _descriptor(snapshot) is None:
        yield "too-large-to-examine", {"size": snapshot.size}


def _checked(row: Mapping[str, Any], kind: Kind, findings: list[Finding]) -> Examined:
    """Build the record from a worker's words, each of which is checked. Raises `ValueError`, `TypeError`, ..."""
    return Examined(
        kind.kind,
        kind.mime,
        width=number(row.get("width"), _SIDE_LIMIT),
        height=number(row.get("height"), _SIDE_LIMIT),
        duration_ms=number(row.get("duration_ms"), _LENGTH_LIMIT),
        fingerprints=tuple(_fingerprint(*parts) for parts in row.get("prints", [])[:_MOST_PRINTS]),
        capture=_capture(row.get("capture")),
        findings=(*findings, *checked_findings(row)),
    )


def _fingerprint(value: str, quality: int, symmetry: str, region: str, at_ms: int | None) -> Fingerprint:
    bits = bytes.fromhex(value)
    if len(bits) != 32:  # noqa: PLR2004 -- 256 bits
        raise ValueError(value)
    level = number(quality, 101)
    if level is None:
        raise ValueError(quality)
    return Fingerprint(bits, level, Symmetry(symmetry), Region(region), number(at_ms, _LENGTH_LIMIT))


def _capture(claimed: Mapping[str, Any] | None) -> Capture | None:
    if claimed is None:
        return None
    return Capture(
        taken_at=text(claimed["taken_at"]),
        zone_source={"exif-offset": "exif-offset", "gps": "gps", "none": "none"}[claimed["zone_source"]],
        make=text(claimed["make"]),
        model=text(claimed["model"]),
        software=text(claimed["software"]),
        orientation=number(claimed["orientation"], 9) or 1,
        private=facts(claimed["private"]),
    )
