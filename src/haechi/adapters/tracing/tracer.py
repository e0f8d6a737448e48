"""The tracer: requests to worker processes, and their answers checked; one that was taken over may say anything."""

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import islice, pairwise
from typing import Any, TypeVar

from haechi.adapters.tracing.checked import (
    FACE_BLUR,
    FACE_NUMBERS,
    FACE_SCORE,
    FACE_WIDTH,
    GLANCE,
    WHOLE_NUMBERS,
    checked_count,
    checked_number,
    checked_numbers,
)
from haechi.adapters.tracing.drawing import checked_drawing
from haechi.adapters.tracing.faces import WEIGHTS, weights
from haechi.adapters.tracing.sight import VERSION
from haechi.domain.canonical import Json
from haechi.domain.trace import SeenFace
from haechi.domain.trace_drawing import Drawing
from haechi.domain.trace_tiles import tiles_of
from haechi.isolation.limits import Limits, forbid_dumps
from haechi.isolation.pool import Answer, Job, Pool
from haechi.ports.examiner import Snapshot
from haechi.ports.exhibit_drawer import ToDraw
from haechi.ports.tracer import GLANCE_BYTES, Compared, Detail, Detailed, FacePair, Finding, Glanced, Looked, Still

Key = TypeVar("Key")

NAME = "haechi-trace/1"
LIMITS = Limits(memory=4 << 30, cpu_s=120, files=32, blob=16 << 20, has_threads=True)
"""Photos of 100 million pixels are decoded (300 MB), and the detector's library reserves far more than it uses."""
_PATIENCE_S = 120.0
_MOST_BYTES = 256 << 20
"""Longer files are not held in memory, and nothing is written."""
_BLOCK = 1 << 20
_GLANCED = 64
"""Photos that are glanced at in one request."""
_MOST_STILLS, _MOST_FACES, _MOST_PAIRS, _MOST_FINDINGS = 32, 8, 64, 16
_SIDE_LIMIT, _TIME_LIMIT = 1 << 32, 1 << 50


class PoolTracer:
    """Looks and compares in `workers` processes (as many as there are cores if None), each started when first needed.

    `task` names a function that serves requests with a decoder: `task.serve`, completed where adapters are joined.
    """

    def __init__(
        self, task: str, workers: int | None = None, *, limits: Limits = LIMITS, paths: Sequence[str] = ()
    ) -> None:
        """Raise `TracerUnavailableError` when the detector's weights are missing or others."""
        forbid_dumps()  # from here on this process reads pictures
        weights()
        opencv = version("opencv-python-headless")
        self.method = f"{NAME}; sight {VERSION}; opencv {opencv}; centerface {WEIGHTS[:16]}"
        count = workers if workers is not None else len(os.sched_getaffinity(0))
        self._pool = Pool(task, limits, workers=count, paths=paths)

    def look(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Looked]]:
        """Yield what each file holds, in order."""
        jobs = (_looking(key, snapshot) for key, snapshot in rows)
        for answer in self._pool.map(jobs, timeout_s=lambda _: _PATIENCE_S):
            key, fd = answer.key
            if fd is not None:
                os.close(fd)
            yield key, _looked(answer, is_held=fd is not None)

    def compare(
        self, rows: Iterable[tuple[Key, Still, Sequence[Still]]], *, with_whole: bool = True
    ) -> Iterator[tuple[Key, tuple[Compared, ...] | Finding]]:
        """Yield the comparisons of each photo with the questioned stills."""
        jobs = (_comparing(key, photo, questioned, with_whole=with_whole) for key, photo, questioned in rows)
        for answer in self._pool.map(jobs, timeout_s=lambda _: _PATIENCE_S):
            key, fd, faces = answer.key
            os.close(fd)
            yield key, _compared(answer, faces, with_whole=with_whole)

    def draw(self, rows: Iterable[tuple[Key, ToDraw]]) -> Iterator[tuple[Key, Drawing | Finding]]:
        """Yield each drawing, in order, or why there is none."""
        jobs = (_drawing(key, wanted) for key, wanted in rows)
        for answer in self._pool.map(jobs, timeout_s=lambda _: _PATIENCE_S):
            key, fd, with_pictures = answer.key
            os.close(fd)
            yield key, _drawn(answer, with_pictures=with_pictures)

    def glance(
        self, rows: Iterable[tuple[Key, Still]], questioned: Sequence[Still]
    ) -> Iterator[tuple[Key, tuple[Glanced, ...] | Finding]]:
        """Yield how promising each photo is for the questioned stills."""
        for answer in self._pool.map(_glancing(rows, questioned), timeout_s=lambda _: _PATIENCE_S):
            keys, fd = answer.key
            os.close(fd)
            yield from zip(keys, _glanced(answer, len(keys), questioned), strict=True)

    def detail(self, rows: Iterable[tuple[Key, Detail]]) -> Iterator[tuple[Key, Detailed | Finding]]:
        """Yield what each comparison looks like in detail."""
        for answer in self._pool.map((_detailing(key, one) for key, one in rows), timeout_s=lambda _: _PATIENCE_S):
            key, fd = answer.key
            os.close(fd)
            yield key, _detailed(answer)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


def _looking(key: Key, snapshot: Snapshot) -> Job[tuple[Key, int | None]]:
    try:
        with snapshot.open() as file:
            fd = _memory(iter(lambda: file.read(_BLOCK), b"")) if snapshot.size <= _MOST_BYTES else None
    except OSError:
        fd = None
    return Job((key, fd), {"do": "look", "turned": True}, fd, needs_worker=fd is not None)


def _comparing(
    key: Key, photo: Still, questioned: Sequence[Still], *, with_whole: bool
) -> Job[tuple[Key, int, list[tuple[int, int]]]]:
    stills = (photo, *questioned)
    ends = [0]
    for one in stills:
        ends.append(ends[-1] + len(one.features))
    parts = [[start, end - start] for start, end in pairwise(ends)]
    fd = _memory(one.features for one in stills)
    faces = [(len(one.faces), len(photo.faces)) for one in questioned]
    return Job((key, fd, faces), {"do": "compare", "parts": parts, "whole": with_whole}, fd)


def _glancing(
    rows: Iterable[tuple[Key, Still]], questioned: Sequence[Still]
) -> Iterator[Job[tuple[tuple[Key, ...], int]]]:
    left = iter(rows)
    while photos := tuple(islice(left, _GLANCED)):
        blocks = [*(still.features[:GLANCE_BYTES] for _, still in photos), *(one.features for one in questioned)]
        ends = [0]
        for one in blocks:
            ends.append(ends[-1] + len(one))
        request = {
            "do": "glance",
            "parts": [[start, end - start] for start, end in pairwise(ends)],
            "photos": len(photos),
        }
        fd = _memory(blocks)
        yield Job((tuple(key for key, _ in photos), fd), request, fd)


def _drawing(key: Key, wanted: ToDraw) -> Job[tuple[Key, int, bool]]:
    stills = (wanted.photo, wanted.questioned)
    first, second = (len(one.features) for one in stills)
    request = {
        "do": "draw",
        "parts": [[0, first], [first, second]],
        "face": wanted.face,
        "numbers": dict(wanted.numbers),
        "map": wanted.with_scene,
    }
    fd = _memory(one.features for one in stills)
    return Job((key, fd, wanted.face is not None), request, fd)


def _detailing(key: Key, one: Detail) -> Job[tuple[Key, int]]:
    photo, questioned = one.photo.features, one.questioned.features
    request = {
        "do": "detail",
        "parts": [[0, len(photo)], [len(photo), len(questioned)]],
        "faces": [one.photo_face, one.face],
        "quality": one.quality,
    }
    fd = _memory((photo, questioned))
    return Job((key, fd), request, fd)


def _memory(blocks: Iterable[bytes]) -> int:
    """Return a descriptor of memory that holds these bytes and cannot be changed any more."""
    fd = os.memfd_create("trace", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for block in blocks:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(fd, rest) :]
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _looked(answer: Answer[Any], *, is_held: bool) -> Looked:
    if not is_held:
        return Looked((), (("too-large-to-examine", {}),))
    if answer.error is not None:
        facts = answer.error.facts
        code = "too-much-memory" if facts.get("error") == "MemoryError" else answer.error.code
        return Looked((), ((code, {}),))
    try:
        return _checked_look(answer.frames)
    except (AttributeError, LookupError, TypeError, ValueError):
        return Looked((), (("worker-crashed", {"reason": "answer"}),))


def _checked_look(frames: Sequence[tuple[Mapping[str, Any], bytes]]) -> Looked:
    stills: list[Still] = []
    findings: list[Finding] = []
    for row, features in frames[: _MOST_STILLS + _MOST_FINDINGS]:
        if "finding" in row:
            findings.append((_code(row["finding"]), _facts(row.get("facts") or {})))
            continue
        faces = tuple(
            SeenFace(
                checked_number(one["width"], FACE_WIDTH),
                checked_number(one["score"], FACE_SCORE),
                checked_number(one["blur"], FACE_BLUR),
            )
            for one in row["faces"][:_MOST_FACES]
        )
        at_ms = None if row["at_ms"] is None else checked_count(row["at_ms"], _TIME_LIMIT)
        stills.append(
            Still(
                at_ms,
                checked_count(row["width"], _SIDE_LIMIT),
                checked_count(row["height"], _SIDE_LIMIT),
                faces,
                features,
            )
        )
    return Looked(tuple(stills), tuple(findings))


def _drawn(answer: Answer[Any], *, with_pictures: bool) -> Drawing | Finding:
    if answer.error is not None:
        return answer.error.code, {}
    try:
        return checked_drawing(answer.frames, with_pictures=with_pictures)
    except (AttributeError, LookupError, TypeError, ValueError):
        return "worker-crashed", {"reason": "answer"}


def _compared(
    answer: Answer[Any], faces: Sequence[tuple[int, int]], *, with_whole: bool
) -> tuple[Compared, ...] | Finding:
    """Return the comparisons; `faces` is, for each, how many the questioned still and the photo have."""
    if answer.error is not None:
        return answer.error.code, {}
    try:
        return tuple(
            _checked_comparison(row, counts, with_whole=with_whole)
            for (row, _), counts in zip(answer.frames, faces, strict=True)
        )
    except (AttributeError, LookupError, TypeError, ValueError):
        return "worker-crashed", {"reason": "answer"}


def _checked_comparison(row: Mapping[str, Any], counts: tuple[int, int], *, with_whole: bool) -> Compared:
    questioned, photo = counts
    pairs = tuple(
        FacePair(
            checked_count(at, questioned),
            checked_count(to, photo),
            bool(mirrored),
            checked_numbers(numbers, FACE_NUMBERS),
        )
        for at, to, mirrored, numbers in row["faces"][:_MOST_PAIRS]
    )
    if not with_whole:
        return Compared(pairs)
    mirrored, numbers = row["whole"]
    return Compared(pairs, bool(mirrored), checked_numbers(numbers, WHOLE_NUMBERS))


def _glanced(answer: Answer[Any], count: int, questioned: Sequence[Still]) -> list[tuple[Glanced, ...] | Finding]:
    if answer.error is not None:
        return [(answer.error.code, {})] * count
    try:
        return [_checked_glances(row, questioned) for (row, _), _ in zip(answer.frames, range(count), strict=True)]
    except (AttributeError, LookupError, TypeError, ValueError):
        return [("worker-crashed", {"reason": "answer"})] * count


def _checked_glances(row: Mapping[str, Any], questioned: Sequence[Still]) -> tuple[Glanced, ...]:
    found = []
    for (faces, whole), still in zip(row["glances"], questioned, strict=True):
        fits = tuple(checked_number(one, GLANCE) for one in faces if one is not None)
        if fits and len(fits) != len(still.faces):
            raise ValueError(len(fits))
        found.append(Glanced(fits, checked_count(whole, _SIDE_LIMIT)))
    return tuple(found)


def _detailed(answer: Answer[Any]) -> Detailed | Finding:
    if answer.error is not None:
        return answer.error.code, {}
    try:
        row = answer.frames[0][0]
        return Detailed(checked_numbers(row["possible"], FACE_NUMBERS), tiles_of(row["tiles"]))
    except (AttributeError, LookupError, TypeError, ValueError):
        return "worker-crashed", {"reason": "answer"}


def _facts(told: Mapping[str, Any]) -> dict[str, Json]:
    facts: dict[str, Json] = {}
    for name, value in list(told.items())[:8]:
        if isinstance(value, str):
            if len(value) > 100 or not value.isprintable():  # noqa: PLR2004
                raise ValueError(value)
            facts[_code(name)] = value
        else:
            facts[_code(name)] = (
                value if isinstance(value, bool) or value is None else checked_count(value, _SIDE_LIMIT)
            )
    return facts


def _code(value: str) -> str:
    if not value.replace("-", "").replace("_", "").isalnum() or not value.isascii() or len(value) > 40:  # noqa: PLR2004
        raise ValueError(value)
    return value
