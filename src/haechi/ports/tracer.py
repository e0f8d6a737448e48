"""Looks into pictures and compares them, in limited worker processes; nothing of a picture is written or shown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from haechi.domain.canonical import Json
from haechi.domain.trace import Numbers, SeenFace
from haechi.domain.trace_tiles import Tile
from haechi.ports.examiner import Snapshot

Key = TypeVar("Key")
Finding = tuple[str, Mapping[str, Json]]

GLANCE_BYTES = 1 << 15
"""What a glance takes of a still's features is in this many of their first bytes."""


@dataclass(frozen=True, slots=True)
class Still:
    """What comparing needs of one still.

    `features` is for the tracer alone: biometric data, in memory or, of own photos, encrypted (`flows.keep_features`).

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


@dataclass(frozen=True, slots=True)
class Glanced:
    """How promising a photo is for one questioned still: for each of the still's faces, and for the whole picture.

    Greater is better, and only the order counts. `faces` is empty where the photo has no face.
    """

    faces: tuple[float, ...]
    whole: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One photo's face beside a questioned one, by their places in their stills' `faces`, to be looked at in detail.

    `quality` is that of the questioned JPEG, None where it is not known.
    """

    photo: Still
    photo_face: int
    questioned: Still
    face: int
    quality: int | None


@dataclass(frozen=True, slots=True)
class Detailed:
    """What one comparison looks like in detail.

    `possible` is what is measured of a face that was surely made from the photo in the size, turn, softness and quality of
    the questioned one, and compared with the photo's; `tiles` are those of the comparison itself.
    """

    possible: Numbers
    tiles: tuple[Tile, ...]


class Tracer(Protocol):
    """Computes and tells numbers. A crash or hang costs a worker and one picture's answer, never the trace."""

    method: str
    """What compares, with versions, such as `haechi-trace/1; sight 2; opencv 5.0.0; centerface 09189dea`."""

    def look(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Looked]]:
        """Yield what each file holds, in order. A file that cannot be looked into yields its findings, not an error."""

    def compare(
        self, rows: Iterable[tuple[Key, Still, Sequence[Still]]], *, with_whole: bool = True
    ) -> Iterator[tuple[Key, tuple[Compared, ...] | Finding]]:
        """Yield, for each photo, its comparison with each questioned still, in order, or why there is none."""

    def glance(
        self, rows: Iterable[tuple[Key, Still]], questioned: Sequence[Still]
    ) -> Iterator[tuple[Key, tuple[Glanced, ...] | Finding]]:
        """Yield, for each photo, how promising it is for each questioned still, or why that is not known.

        Of a photo's features the first `GLANCE_BYTES` are enough.
        """

    def detail(self, rows: Iterable[tuple[Key, Detail]]) -> Iterator[tuple[Key, Detailed | Finding]]:
        """Yield what each comparison looks like in detail, or why that is not known."""

    def close(self) -> None: ...
