"""Looks into pictures and compares them, in limited worker processes; nothing of a picture is written or shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from haechi.domain.canonical import Json
from haechi.domain.trace import Numbers, SeenFace
from haechi.ports.examiner import Snapshot

Key = TypeVar("Key")
Finding = tuple[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Still:
    """What comparing needs of one still. `features` is for the tracer alone: biometric data, held in memory only.

    `at_ms` is the time of a video's frame; `width` and `height` are pixels as shown.
    """

    at_ms: int | None
    width: int
    height: int
    faces: tuple[SeenFace, ...]
    features: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Looked:
    """The stills of one file, or why there are none."""

    stills: tuple[Still, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FacePair:
    """Two faces compared: their places in their stills' `faces`, whether one is mirrored, and what was measured."""

    questioned: int
    photo: int
    is_mirrored: bool
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Compared:
    """One questioned still beside one photo. `whole` is None where the whole picture was not asked for."""

    faces: tuple[FacePair, ...]
    whole_is_mirrored: bool = False
    whole: Numbers | None = None


class Tracer(Protocol):
    """Computes and tells numbers. A crash or hang costs a worker and one picture's answer, never the trace."""

    method: str
    """What compares, with versions, such as `haechi-trace/1; opencv 5.0.0; centerface 09189dea`."""

    def look(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Looked]]:
        """Yield what each file holds, in order. A file that cannot be looked into yields its findings, not an error."""

    def compare(
        self, rows: Iterable[tuple[Key, Still, Sequence[Still]]], *, with_whole: bool = True
    ) -> Iterator[tuple[Key, tuple[Compared, ...] | Finding]]:
        """Yield, for each photo, its comparison with each questioned still, in order, or why there is none."""

    def close(self) -> None: ...
