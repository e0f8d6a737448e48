"""Look in detail at the best photo of each face where one was found: its tiles, and how well it could fit at most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from haechi.domain.evidence import ItemId
from haechi.domain.trace import POINTING, Bound, FaceAnswer, Outcome, SeenFace
from haechi.ports.tracer import Detail, Detailed, FacePair, Finding, Still, Tracer

Row = tuple[float, ItemId, SeenFace, FacePair]
"""A photo's rank for one questioned face, the photo, its face that fits best, and what was measured."""

_TOLD = POINTING | {Outcome.NOT_ENOUGH}


def detail_trace(
    faces: Sequence[FaceAnswer],
    rows: Sequence[Sequence[Row]],
    *,
    questioned: Still,
    findings: Sequence[Finding],
    stills: Mapping[ItemId, Still],
    tracer: Tracer,
) -> tuple[FaceAnswer, ...]:
    """Return the answers of one still with their bounds and tiles; `rows` are every photo's for each face."""
    quality = _quality(findings)
    told = list(faces)
    for at, found in tracer.detail(_best_ones(faces, rows, questioned, stills, quality)):
        if isinstance(found, Detailed):
            bound = _bound(faces[at], rows[at], found.possible["coherence"], quality)
            told[at] = replace(faces[at], bound=bound, tiles=found.tiles)
    return tuple(told)


def _best_ones(
    faces: Sequence[FaceAnswer],
    rows: Sequence[Sequence[Row]],
    questioned: Still,
    stills: Mapping[ItemId, Still],
    quality: int | None,
) -> Iterator[tuple[int, Detail]]:
    for at, face in enumerate(faces):
        if face.outcome not in _TOLD or not face.groups or face.groups[0].best.photo not in stills:
            continue
        photo = face.groups[0].best.photo
        pair = next(row[3] for row in rows[at] if row[1] == photo)
        yield at, Detail(stills[photo], pair.photo, questioned, at, quality)


def _bound(face: FaceAnswer, rows: Sequence[Row], possible: float, quality: int | None) -> Bound:
    group = {fit.photo for fit in face.groups[0].fits}
    others = [row[3].numbers["coherence"] for row in rows if row[1] not in group]
    reached = face.groups[0].best.numbers["coherence"]
    return Bound(possible, reached, max(others, default=None), quality)


def _quality(findings: Sequence[Finding]) -> int | None:
    """Return the quality of the questioned JPEG, as its tables say."""
    quality = dict(findings).get("jpeg", {}).get("quality")
    return quality if isinstance(quality, int) and 1 <= quality <= 100 else None  # noqa: PLR2004
