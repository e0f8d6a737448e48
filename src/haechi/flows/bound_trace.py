"""Measure how well a picture surely made from the best photo could fit it, for each face where a photo was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from haechi.domain.evidence import ItemId
from haechi.domain.trace import Bound, FaceAnswer, Outcome, SeenFace
from haechi.ports.tracer import FacePair, Finding, Remake, Still, Tracer

Row = tuple[float, ItemId, SeenFace, FacePair]
"""A photo's rank for one questioned face, the photo, its face that fits best, and what was measured."""

_TOLD = (Outcome.MADE_FROM, Outcome.POINTS_TO, Outcome.NOT_ENOUGH)


def bound_trace(
    faces: Sequence[FaceAnswer],
    rows: Sequence[Sequence[Row]],
    *,
    questioned: Still,
    findings: Sequence[Finding],
    stills: Mapping[ItemId, Still],
    tracer: Tracer,
) -> tuple[FaceAnswer, ...]:
    """Return the answers of one still with their bounds; `rows` are every photo's for each face."""
    quality = _quality(findings)
    bounded = list(faces)
    for at, found in tracer.bound(_remakes(faces, rows, questioned, stills, quality)):
        if isinstance(found, Mapping):
            bounded[at] = replace(faces[at], bound=_bound(faces[at], rows[at], found["coherence"], quality))
    return tuple(bounded)


def _remakes(
    faces: Sequence[FaceAnswer],
    rows: Sequence[Sequence[Row]],
    questioned: Still,
    stills: Mapping[ItemId, Still],
    quality: int | None,
) -> Iterator[tuple[int, Remake]]:
    for at, face in enumerate(faces):
        if face.outcome not in _TOLD or not face.groups or face.groups[0].best.photo not in stills:
            continue
        photo = face.groups[0].best.photo
        pair = next(row[3] for row in rows[at] if row[1] == photo)
        yield at, Remake(stills[photo], pair.photo, questioned, at, quality)


def _bound(face: FaceAnswer, rows: Sequence[Row], possible: float, quality: int | None) -> Bound:
    group = {fit.photo for fit in face.groups[0].fits}
    others = [row[3].numbers["coherence"] for row in rows if row[1] not in group]
    reached = face.groups[0].best.numbers["coherence"]
    return Bound(possible, reached, max(others, default=None), quality)


def _quality(findings: Sequence[Finding]) -> int | None:
    """Return the quality of the questioned JPEG, as its tables say."""
    quality = dict(findings).get("jpeg", {}).get("quality")
    return quality if isinstance(quality, int) and 1 <= quality <= 100 else None  # noqa: PLR2004
