"""Tracing: which of a person's own photos a questioned picture was made from, as far as that can be shown.

The claim is "the same exposure", never "fake". The gallery holds the person's own photos and nobody else's. An answer
may abstain, and "no photo of yours was found in it" says nothing about whether a picture is genuine: a picture that a
network made anew keeps no pixel of its source, and the photo that was used may not be among those compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from haechi.domain.canonical import Json
from haechi.domain.errors import TraceRefusedError
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.likelihood import Ratio
from haechi.domain.trace_tiles import Tile

Numbers = Mapping[str, float]
"""What one comparison measured, by name; each is defined where it is computed."""

ANSWERS = 2
"""Raised with every change of how answers are concluded from ratios: what was said by other rules is not told again as if it were said by these."""
GROUP_COHERENCE = 0.90
"""Photos whose faces are coherent with each other above this are one donor group."""
GROUP_SECONDS = 2
"""Photos that one camera took within this time are one donor group."""
MARGIN = 1.0
"""How far, in powers of ten, the best group has to lead the next one."""
SHOWS_AT = 100
POINTS_SHARE = 10
"""What shows a photo is this many times what points to one."""
LEAST_WIDTH = 60.0
MOST_BLUR = 2.0
LEAST_COMPARABLE = 0.5
LEAST_TILES = 12
"""The ratio rests on the best third of the tiles: of fewer, chance alone would find a few that fit."""
LEAST_PHOTO_WIDTH = 60.0
SAME_SCENE, LOOK_AT = 40, 15
SCENE_SPREAD = 0.15


class Outcome(StrEnum):
    """What can be said of one face of a questioned picture."""

    MADE_FROM = "made-from"
    """The findings support strongly enough, and far enough before every other photo, that this photo (or group) was used."""
    THIS_OR_SITTING = "this-or-sitting"
    """They support as strongly that this photo (or group), or another shot of the same sitting, was used; which, cannot be told.

    Another shot of a sitting may fit far better than photos of other days do. Where it is more probable than this very
    photo, and the gallery may lack the shot that was used, this photo is not said to be the one.
    """
    POINTS_TO = "points-to"
    """They point to one photo (or group), or to another shot of its sitting, less strongly."""
    NOT_ENOUGH = "not-enough"
    """Something fits, but not enough to say."""
    NONE_FOUND = "none-found"
    """No photo of the gallery was found in it. This is not evidence that the picture is genuine."""
    NOT_EVALUATED = "not-evaluated"
    """Outside the conditions the method was measured under: no ratio is given."""


POINTING = frozenset({Outcome.MADE_FROM, Outcome.THIS_OR_SITTING, Outcome.POINTS_TO})
"""Outcomes that lead to a photo."""


class Scene(StrEnum):
    """What can be said of the picture around the face."""

    SAME_SCENE = "same-scene"
    """Much of the photo lies in the picture, or of another that was taken at the same place: two shots of a place overlap too.

    Nothing weighs this: it has no ratio. Whether it is this very shot is for the face to say.
    """
    LOOK = "look"
    """Some of it may: a person should look."""
    NONE_FOUND = "none-found"


class Gate(StrEnum):
    """A condition without which no ratio is given."""

    FACE_TOO_SMALL = "face-too-small"
    FACE_TOO_SOFT = "face-too-soft"
    PHOTO_TOO_SMALL = "photo-too-small"
    TOO_LITTLE_TO_COMPARE = "too-little-to-compare"


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of a picture: its width in pixels, the detector's score, and its softness (sigma at 120 pixels a face)."""

    width: float
    score: float
    blur: float


@dataclass(frozen=True, slots=True)
class Gallery:
    """The person's own photos, and only those."""

    items: tuple[EvidenceItem, ...]

    @classmethod
    def of(cls, items: Iterable[EvidenceItem]) -> "Gallery":
        """Return the gallery, one item for each different file. Raises `TraceRefusedError` for anybody else's photo."""
        chosen: dict[Sha256, EvidenceItem] = {}
        for item in items:
            if item.role is not Role.OWN_PHOTO:
                raise TraceRefusedError(reason="not-own-photo", item=item.item_id)
            chosen.setdefault(item.digest, item)
        if not chosen:
            raise TraceRefusedError(reason="gallery-empty")
        return cls(tuple(chosen.values()))

    @property
    def by_id(self) -> Mapping[ItemId, EvidenceItem]:
        """The photos by their numbers."""
        return {item.item_id: item for item in self.items}


@dataclass(frozen=True, slots=True)
class FaceFit:
    """How one photo's best face fits one questioned face. `rank` orders photos; `numbers` are what was measured."""

    photo: ItemId
    is_mirrored: bool
    rank: float
    other_occasion: Ratio
    same_sitting: Ratio
    gates: tuple[Gate, ...]
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class WholeFit:
    """How one photo as a whole lies in the picture. Shares are of the picture's area."""

    photo: ItemId
    is_mirrored: bool
    inliers: int
    spread: float
    kept: float
    replaced: float
    unknown: float

    @property
    def scene(self) -> Scene:
        """What the count of agreeing points, and how far they spread, says."""
        if self.inliers >= SAME_SCENE and self.spread > SCENE_SPREAD:
            return Scene.SAME_SCENE
        return Scene.LOOK if self.inliers >= LOOK_AT else Scene.NONE_FOUND


@dataclass(frozen=True, slots=True)
class DonorGroup:
    """Photos too alike to tell apart: one answer, "this photo or one of these". The best fit comes first."""

    fits: tuple[FaceFit, ...]

    @property
    def best(self) -> FaceFit:
        """The photo that fits best."""
        return self.fits[0]


@dataclass(frozen=True, slots=True)
class Bound:
    """What the coherence of this case could be at most, what it is, and what the best photo outside the group has; 0 to 1.

    `possible` is measured: the best photo's face is made again in the size, turn and softness of the questioned one and with its JPEG
    quality (None where that is not known), and compared with itself. It explains the ratios and decides nothing.
    """

    possible: float
    reached: float
    best_other: float | None
    quality: int | None


@dataclass(frozen=True, slots=True)
class FaceAnswer:
    """What was found for one questioned face. Groups are ordered, best first, and only those worth telling.

    `compared` is how many photos of the gallery had a face to compare. `needed` is the ratio that a gallery of that size
    asks for, `runner_up` the best photo outside the first group among those compared in full (decimal logarithm, unbounded),
    `margin` the distance to it in powers of ten. `share` is that of the best photo under even odds that any of the gallery was
    used. `tiles` are those of the face beside the best photo's.
    """

    face: SeenFace
    outcome: Outcome
    gates: tuple[Gate, ...]
    groups: tuple[DonorGroup, ...]
    compared: int
    needed: int
    runner_up: float | None = None
    margin: float | None = None
    share: float | None = None
    bound: Bound | None = None
    tiles: tuple[Tile, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one still: a picture, or the frame of a video at `at_ms`.

    `findings` are what the file says of itself besides its pixels, as (code, facts): its word, or "consistent with".
    """

    item: ItemId
    digest: Sha256
    at_ms: int | None
    width: int
    height: int
    faces: tuple[FaceAnswer, ...]
    scenes: tuple[WholeFit, ...]
    findings: tuple[tuple[str, Mapping[str, Json]], ...] = ()


def needed_ratio(compared: int, *, most: int = 1_000) -> int:
    """Return the ratio above which a photo of a gallery of this size is said to be the one.

    Of n wrong photos at most n / x are expected to reach a ratio of x by chance, so the bar grows with the gallery. A tenth
    of it points to a photo.
    """
    return min(max(SHOWS_AT, compared), most)


def face_gates(face: SeenFace) -> tuple[Gate, ...]:
    """Return what keeps a questioned face from being evaluated."""
    gates = []
    if face.width < LEAST_WIDTH:
        gates.append(Gate.FACE_TOO_SMALL)
    if face.blur > MOST_BLUR:
        gates.append(Gate.FACE_TOO_SOFT)
    return tuple(gates)


def pair_gates(photo: SeenFace, numbers: Numbers) -> tuple[Gate, ...]:
    """Return what keeps the comparison with one photo from being evaluated."""
    gates = []
    if photo.width < LEAST_PHOTO_WIDTH:
        gates.append(Gate.PHOTO_TOO_SMALL)
    if numbers["comparable"] < LEAST_COMPARABLE or numbers["tiles"] < LEAST_TILES:
        gates.append(Gate.TOO_LITTLE_TO_COMPARE)
    return tuple(gates)


def grouped(fits: Sequence[FaceFit], alike: Iterable[tuple[ItemId, ItemId]]) -> tuple[DonorGroup, ...]:
    """Join fits of photos that are alike (directly or through others) into groups, best first.

    What passes no gate comes after all that does: her own thumbnail of a photo must not stand before the photo.
    """
    order = sorted(fits, key=lambda one: (bool(one.gates), -one.rank, one.photo))
    leader = {fit.photo: fit.photo for fit in order}

    def root(photo: ItemId) -> ItemId:
        while leader[photo] != photo:
            photo = leader[photo]
        return photo

    for one, other in alike:
        if one in leader and other in leader:
            leader[root(one)] = root(other)
    groups: dict[ItemId, list[FaceFit]] = {}
    for fit in order:
        groups.setdefault(root(fit.photo), []).append(fit)
    return tuple(DonorGroup(tuple(members)) for members in groups.values())


def taken_together(one: EvidenceItem, other: EvidenceItem) -> bool:
    """Say whether two photos claim to be from one camera within `GROUP_SECONDS`."""
    first, second = one.examined.capture, other.examined.capture
    if first is None or second is None or not first.taken_at or not second.taken_at:
        return False
    if (first.make, first.model) != (second.make, second.model) or first.zone_source != second.zone_source:
        return False
    times = [_seconds(capture.taken_at) for capture in (first, second)]
    return abs(times[0] - times[1]) <= GROUP_SECONDS


def conclude(
    face: SeenFace,
    groups: Sequence[DonorGroup],
    *,
    compared: int,
    runner_up: float | None = None,
    share: float | None = None,
) -> FaceAnswer:
    """Return the answer for one face from its groups, best first.

    `runner_up` is the rank of the best photo outside the first group, where there is one, also of one outside the gates: it is
    given no ratio, but may be the one that was used. Where such a photo fits best, its gates are why nothing is said.
    """
    gates = face_gates(face)
    needed = needed_ratio(compared)
    if gates:
        return FaceAnswer(face, Outcome.NOT_EVALUATED, gates, (), compared, needed)
    if not groups:
        return FaceAnswer(face, Outcome.NONE_FOUND, (), (), compared, needed, runner_up)
    best = groups[0].best
    margin = None if runner_up is None else best.rank - runner_up
    if best.gates:
        return FaceAnswer(face, Outcome.NOT_EVALUATED, best.gates, tuple(groups), compared, needed, runner_up, margin)
    outcome = _outcome(best, needed, leads=margin is None or margin >= MARGIN)
    closer = next((one.best for one in groups if one.best.gates and one.best.rank > best.rank), None)
    if outcome not in POINTING and closer is not None:
        return FaceAnswer(face, Outcome.NOT_EVALUATED, closer.gates, tuple(groups), compared, needed, runner_up, margin)
    return FaceAnswer(face, outcome, (), tuple(groups), compared, needed, runner_up, margin, share)


def _outcome(best: FaceFit, needed: int, *, leads: bool) -> Outcome:
    ratio = best.other_occasion.value * (1 + 1e-9)
    if leads and ratio >= needed:
        return Outcome.MADE_FROM if best.same_sitting.log10 >= 0 else Outcome.THIS_OR_SITTING
    if leads and ratio >= needed / POINTS_SHARE:
        return Outcome.POINTS_TO
    return Outcome.NOT_ENOUGH if ratio >= 1 else Outcome.NONE_FOUND


def _seconds(taken_at: str | None) -> float:
    moment = datetime.fromisoformat(taken_at or "")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
