"""Compare stills with the person's own photos, photo by photo, and put the answers together.

The gallery is read once for a whole batch of stills. What was computed of a photo is taken from where it was kept, or
computed and kept; of photos that lead nowhere nothing stays in memory.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from haechi.domain.case import Case
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.likelihood import Against, Model, share_of
from haechi.domain.trace import (
    GROUP_COHERENCE,
    MARGIN,
    Answer,
    DonorGroup,
    FaceAnswer,
    FaceFit,
    Gallery,
    Gate,
    Scene,
    SeenFace,
    WholeFit,
    conclude,
    grouped,
    pair_gates,
    taken_together,
)
from haechi.flows.detail_trace import detail_trace
from haechi.flows.keep_features import KeptFeatures
from haechi.flows.photos_at_hand import PhotosAtHand
from haechi.flows.shortlist import LEAST, is_settled, shortlist
from haechi.ports.tracer import GLANCE_BYTES, Compared, FacePair, Finding, Glanced, Looked, Still, Tracer

SHOWN = 6
"""Groups and scenes that are told at most; as many photos are all compared with each other for groups."""
LED = 24
"""Photos of one face that may belong to the first one's group: a burst is long."""
LED_CLOSELY = 96
"""The same where more fit nearly as well as the first: those would stand beside it as if they were other photos."""
_WORTH_TELLING, _WORTH_LEADING = 0.0, 1.0
_MOST_RANK = 6.0
"""Powers of ten beyond which a ratio is no longer told from others when odds are shared out."""
_Row: TypeAlias = tuple[float, ItemId, SeenFace, FacePair]


@dataclass(frozen=True, slots=True)
class Questioned:
    """One still of an item, with what the item's file says of itself."""

    item: EvidenceItem
    still: Still
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What comparing takes: where photos' bytes and features come from, what compares, and what weighs."""

    hand: PhotosAtHand
    kept: KeptFeatures
    tracer: Tracer
    models: Mapping[Against, Model]


@dataclass(frozen=True, slots=True)
class BatchAnswers:
    """The answers for a batch, in its order; the `unread` photos have a code.

    `compared` is for each item how many photos were compared in full with all of its stills; the others were glanced at.
    `unread_codes` is for each item how many of each code there are among the photos that it was to be compared with.
    """

    answers: tuple[Answer, ...]
    compared: Mapping[ItemId, int]
    unread: tuple[tuple[ItemId, str], ...]
    unread_codes: Mapping[ItemId, Mapping[str, int]]


def compare_with_gallery(
    case: Case, gallery: Gallery, batch: Sequence[Questioned], means: Means, *, progress: Callable[[int], None]
) -> BatchAnswers:
    """Return what the gallery's photos say of each still. `progress` is told how many photos are through."""
    scores = _Scores(batch, means.models[Against.OTHER_OCCASION].exact)
    first, glances = photos_to_compare(gallery, batch, means)
    everyone = range(len(batch))
    compared, unread = _compare(case, first, batch, scores, means, places=everyone, progress=progress)
    answers = [_answered(one, at, scores, gallery, means, glances=glances) for at, one in enumerate(batch)]
    chosen = {item.item_id for item in first}
    rest = [item for item in gallery.items if item.item_id not in chosen]
    open_ones = [at for at in everyone if not is_settled(answers[at])] if rest else []
    more, others = 0, list[tuple[ItemId, str]]()
    if open_ones:
        more, others = _compare(
            case, rest, batch, scores, means, places=open_ones, progress=lambda done: progress(len(first) + done)
        )
        for at in open_ones:
            answers[at] = _answered(batch[at], at, scores, gallery, means, glances={})
    progress(len(gallery.items))
    counts: dict[ItemId, int] = {}
    for at, one in enumerate(batch):
        count = compared + (more if at in open_ones else 0)
        counts[one.item.item_id] = min(count, counts.get(one.item.item_id, count))
    still_open = {batch[at].item.item_id for at in open_ones}
    codes = {one: Counter(code for _, code in [*unread, *(others if one in still_open else ())]) for one in counts}
    return BatchAnswers(tuple(answers), counts, tuple(dict.fromkeys([*unread, *others])), codes)


def photos_to_compare(
    gallery: Gallery, batch: Sequence[Questioned], means: Means
) -> tuple[Sequence[EvidenceItem], Mapping[ItemId, Sequence[Glanced]]]:
    """Return the photos that are compared in full first, and what a glance at the others gave.

    All of a small gallery. Of a larger one what a glance puts first; and what nothing was kept of, since computing that
    costs more than comparing it.
    """
    if len(gallery.items) <= LEAST:
        return gallery.items, {}
    stills = [one.still for one in batch]
    heads = ((one.item_id, means.kept.of(one, most=GLANCE_BYTES)) for one in gallery.items)
    found = dict(means.tracer.glance(((photo, head) for photo, head in heads if head is not None), stills))
    glances = {
        photo: [one for one in row if isinstance(one, Glanced)]
        for photo, row in found.items()
        if not (row and isinstance(row[0], str))
    }
    chosen = shortlist(glances, stills)
    first = [item for item in gallery.items if item.item_id in chosen or item.item_id not in glances]
    others = {photo: row for photo, row in glances.items() if photo not in chosen}
    return first, others


def _answered(
    one: Questioned,
    at: int,
    scores: "_Scores",
    gallery: Gallery,
    means: Means,
    *,
    glances: Mapping[ItemId, Sequence[Glanced]],
) -> Answer:
    """Put one still's answer together. `glances` are of the photos that it was not compared with in full."""
    unseen = sum(bool(row[at].faces) for row in glances.values())
    faces = tuple(
        _answer(
            face,
            scores.faces[at][place],
            scores.stills,
            gallery,
            tracer=means.tracer,
            models=means.models,
            unseen=unseen,
        )
        for place, face in enumerate(one.still.faces)
    )
    faces = detail_trace(
        faces, scores.faces[at], questioned=one.still, findings=one.findings, stills=scores.stills, tracer=means.tracer
    )
    return _told(one, faces, scores.scenes[at])


def why_unread(looked: Looked) -> str:
    """Return why there is no still: the last finding, since what the file says of itself comes before."""
    return looked.findings[-1][0] if looked.findings else "undecodable"


class _Scores:
    """What each photo's comparison gave, for each questioned still, and the stills of the photos that lead."""

    def __init__(self, questioned: Sequence[Questioned], rank: Callable[[Mapping[str, float]], float]) -> None:
        self._rank = rank
        self.faces: list[list[list[_Row]]] = [[[] for _ in one.still.faces] for one in questioned]
        self.scenes: list[list[WholeFit]] = [[] for _ in questioned]
        self.stills: dict[ItemId, Still] = {}
        self._room = LED

    def add(self, photo: ItemId, still: Still, places: Sequence[int], compared: Sequence[Compared]) -> None:
        """Keep what one photo's comparison with the stills at `places` gave; of several faces in it, the best fit."""
        for at, found in zip(places, compared, strict=True):
            best: dict[int, _Row] = {}
            for pair in found.faces:
                row = (self._rank(pair.numbers), photo, still.faces[pair.photo], pair)
                if pair.questioned not in best or row[0] > best[pair.questioned][0]:
                    best[pair.questioned] = row
            for face, row in best.items():
                self.faces[at][face].append(row)
            if found.whole is not None:
                self.scenes[at].append(_scene(photo, found))
        self.stills[photo] = still
        self._forget()

    def _forget(self) -> None:
        """Let go of the stills of photos that lead nowhere: a gallery's features do not fit into memory."""
        if len(self.stills) < self._room:
            return
        kept = {row[1] for still in self.faces for rows in still for row in _leading(rows)}
        self.stills = {photo: still for photo, still in self.stills.items() if photo in kept}
        self._room = 2 * len(self.stills) + LED


def _compare(
    case: Case,
    photos: Sequence[EvidenceItem],
    batch: Sequence[Questioned],
    scores: _Scores,
    means: Means,
    *,
    places: Sequence[int],
    progress: Callable[[int], None],
) -> tuple[int, list[tuple[ItemId, str]]]:
    """Compare photos with the batch's stills at `places`; return how many were, and which could not be looked into."""
    by_digest: dict[Sha256, EvidenceItem] = {item.digest: item for item in photos}
    stills = [batch[at].still for at in places]
    unread: list[tuple[ItemId, str]] = []

    def rows() -> Iterator[tuple[tuple[ItemId, Still], Still, Sequence[Still]]]:
        missing = []
        for item in photos:
            still = means.kept.of(item)
            if still is None:
                missing.append(item)
            else:
                yield (item.item_id, still), still, stills
        for digest, looked in means.tracer.look(means.hand.pictures(case, missing, unread)):
            item = by_digest[digest]
            if not looked.stills:
                unread.append((item.item_id, why_unread(looked)))
                continue
            means.kept.keep(item, looked.stills[0])
            yield (item.item_id, looked.stills[0]), looked.stills[0], stills

    compared = 0
    try:
        for (photo, still), found in means.tracer.compare(rows()):
            if found and isinstance(found[0], str):
                unread.append((photo, found[0]))
            else:
                compared += 1
                scores.add(photo, still, places, [one for one in found if isinstance(one, Compared)])
            progress(compared + len(unread))
    finally:
        means.kept.flush()  # also when the person interrupts it: what was looked into need not be decoded again
    return compared, unread


def _answer(
    face: SeenFace,
    rows: Sequence[_Row],
    stills: Mapping[ItemId, Still],
    gallery: Gallery,
    *,
    tracer: Tracer,
    models: Mapping[Against, Model],
    unseen: int,
) -> FaceAnswer:
    """Put together what the gallery's photos gave for one face; `unseen` ones with a face were only glanced at.

    Those count for the size of the gallery: the answer is the best of them all.
    """
    fits = [
        FaceFit(
            photo=photo,
            is_mirrored=pair.is_mirrored,
            rank=rank,
            other_occasion=models[Against.OTHER_OCCASION].ratio(pair.numbers),
            same_sitting=models[Against.SAME_SITTING].ratio(pair.numbers),
            gates=pair_gates(seen, pair.numbers),
            numbers=pair.numbers,
        )
        for rank, photo, seen, pair in _leading(rows)
    ]
    groups = grouped(fits, _alike(fits, stills, gallery, tracer=tracer))
    rest = _beside(groups[0], rows, gallery) if groups else rows
    others = [row[0] for row in rest]
    # One photo stands for a group: near-identical shots are one answer, not several that take odds from each other.
    ranks = [min(rank, _MOST_RANK) for rank in (groups[0].best.rank, *others)] if groups else []
    told = conclude(
        face,
        groups,
        compared=len(rows) + unseen,
        runner_up=max(others, default=None),
        share=share_of(ranks, 0, 1 + len(rest) + unseen) if ranks else None,
    )
    return replace(told, groups=_shown(told.groups))


def _shown(groups: Sequence[DonorGroup]) -> tuple[DonorGroup, ...]:
    """Return the groups that are told; among them always the best outside the gates: it may be why nothing is said."""
    silent = next((group for group in groups[SHOWN:] if group.best.gates), None)
    if silent is None or any(group.best.gates for group in groups[:SHOWN]):
        return tuple(groups[:SHOWN])
    return (*groups[: SHOWN - 1], silent)


def _beside(group: DonorGroup, rows: Sequence[_Row], gallery: Gallery) -> list[_Row]:
    """Return the rows of photos outside the group; what was taken together with a member is no other photo.

    A burst may hold more shots than `LED_CLOSELY`, and those beyond must not stand against their own group.
    """
    by_id = gallery.by_id
    members = {fit.photo for fit in group.fits}
    inside = [by_id[photo] for photo in members]
    return [
        row
        for row in rows
        if row[1] not in members
        and not (row[0] > _WORTH_TELLING and any(taken_together(by_id[row[1]], member) for member in inside))
    ]


def _leading(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows worth telling, best first, and what passes no gate after all others."""
    order = [(bool(_gates(row)), -row[0], row[1], row) for row in rows if row[0] > _WORTH_TELLING]
    order.sort(key=lambda one: one[:3])
    told = [row for *_, row in order]
    chosen = told[:LED]
    if told and told[0][0] >= _WORTH_LEADING:
        chosen += [row for row in told[LED:LED_CLOSELY] if row[0] >= told[0][0] - MARGIN]
    # The best of those outside the gates may be why nothing is said.
    silent = next((row for is_outside, *_, row in order if is_outside), None)
    return chosen if silent is None or silent in chosen else [*chosen, silent]


def _gates(row: _Row) -> tuple[Gate, ...]:
    _, _, seen, pair = row
    return pair_gates(seen, pair.numbers)


def _alike(
    fits: Sequence[FaceFit], stills: Mapping[ItemId, Still], gallery: Gallery, *, tracer: Tracer
) -> Iterator[tuple[ItemId, ItemId]]:
    """Yield pairs of photos that are one donor group: taken together, or coherent with each other."""
    by_id = gallery.by_id
    photos = [fit.photo for fit in fits if fit.photo in stills]
    for at, one in enumerate(photos):
        for other in photos[at + 1 :]:
            if taken_together(by_id[one], by_id[other]):
                yield one, other
    # The first with every other one; beyond that, all with all only among those that are told anyway.
    after = {one: photos[at + 1 : None if at == 0 else SHOWN] for at, one in enumerate(photos[:SHOWN])}
    rows = [(one, stills[one], [stills[other] for other in others]) for one, others in after.items() if others]
    for one, found in tracer.compare(rows, with_whole=False):
        for other, compared in zip(after[one], found, strict=False):
            if isinstance(compared, Compared) and any(
                pair.numbers["coherence"] > GROUP_COHERENCE for pair in compared.faces
            ):
                yield one, other


def _scene(photo: ItemId, found: Compared) -> WholeFit:
    numbers = found.whole or {}
    return WholeFit(
        photo=photo,
        is_mirrored=found.whole_is_mirrored,
        inliers=int(numbers["inliers"]),
        spread=numbers["spread"],
        kept=numbers["kept"],
        replaced=numbers["replaced"],
        unknown=numbers["unknown"],
    )


def _told(one: Questioned, faces: tuple[FaceAnswer, ...], scenes: Sequence[WholeFit]) -> Answer:
    found = [fit for fit in scenes if fit.scene is not Scene.NONE_FOUND]
    found.sort(key=lambda fit: (-fit.inliers, fit.photo))
    return Answer(
        item=one.item.item_id,
        digest=one.item.digest,
        at_ms=one.still.at_ms,
        width=one.still.width,
        height=one.still.height,
        faces=faces,
        scenes=tuple(found[:SHOWN]),
        findings=one.findings,
    )
