"""Find which of her own photos a questioned picture was made from. Nothing is written: the answer is told, not kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.errors import SelectionUnknownError, TraceRefusedError
from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind, Role, Sha256
from haechi.domain.likelihood import Against, Model, share_of
from haechi.domain.trace import (
    GROUP_COHERENCE,
    Answer,
    FaceAnswer,
    FaceFit,
    Gallery,
    Scene,
    SeenFace,
    WholeFit,
    conclude,
    grouped,
    pair_gates,
    taken_together,
)
from haechi.flows.photos_at_hand import PhotosAtHand
from haechi.ports.progress import Progress
from haechi.ports.tracer import Compared, FacePair, Finding, Looked, Still, Tracer

SHOWN = 6
"""Groups and scenes that are told at most; as many photos are all compared with each other for groups."""
LED = 24
"""Photos of one face that may belong to the first one's group: a burst is long."""
_WORTH_TELLING = 0.0
_MOST_RANK = 6.0
"""Powers of ten beyond which a ratio is no longer told from others when odds are shared out."""
_BATCH = 32
"""Questioned stills that are held in memory and compared with each photo at once."""


@dataclass(frozen=True, slots=True)
class Method:
    """What compared and what weighed: versions, digests of the coefficients, and the record of how often it was wrong."""

    tracer: str
    models: Mapping[Against, Sha256]
    validation: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Traced:
    """All answers. `unread` are items whose bytes were not at hand or not readable, with a code that says why."""

    answers: tuple[Answer, ...]
    photos: int
    unread: tuple[tuple[ItemId, str], ...]
    method: Method


@dataclass(frozen=True, slots=True)
class _Questioned:
    item: EvidenceItem
    still: Still
    findings: tuple[Finding, ...] = ()


class _Scores:
    """What each photo's comparison gave, for each questioned still, and the stills of the photos that lead."""

    def __init__(self, questioned: Sequence[_Questioned], rank: Callable[[Mapping[str, float]], float]) -> None:
        self._rank = rank
        self.faces: list[list[list[tuple[float, ItemId, SeenFace, FacePair]]]] = [
            [[] for _ in one.still.faces] for one in questioned
        ]
        self.scenes: list[list[WholeFit]] = [[] for _ in questioned]
        self.stills: dict[ItemId, Still] = {}
        self._room = LED

    def add(self, photo: ItemId, still: Still, compared: Sequence[Compared]) -> None:
        """Keep what one photo's comparison with each still gave; of several faces in it, the one that fits best."""
        for at, found in enumerate(compared):
            best: dict[int, tuple[float, ItemId, SeenFace, FacePair]] = {}
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


def trace(
    case: Case,
    chosen: Sequence[ItemId],
    *,
    items: Iterable[EvidenceItem],
    hand: PhotosAtHand,
    tracer: Tracer,
    models: Mapping[Against, Model],
    validation: Mapping[str, Json],
    progress: Progress,
) -> Traced:
    """Compare the chosen pictures and videos, or all that were found, with the person's own photos.

    Raises `TraceRefusedError` (no own photo, nothing to trace, an own photo chosen) and `SelectionUnknownError`.
    """
    known = {item.item_id: item for item in items}
    gallery = Gallery.of(one for one in known.values() if _is_own_picture(one))
    asked = _asked(known, chosen)
    unread: list[tuple[ItemId, str]] = []
    answers: list[Answer] = []
    questioned = list(_looked(case, asked, hand=hand, tracer=tracer, unread=unread, progress=progress))
    for start in range(0, len(questioned), _BATCH):
        batch = questioned[start : start + _BATCH]
        scores = _Scores(batch, models[Against.OTHER_OCCASION].exact)
        _compare(case, gallery, batch, scores, hand=hand, tracer=tracer, unread=unread, progress=progress)
        for at, one in enumerate(batch):
            faces = tuple(
                _answer(face, scores.faces[at][place], scores.stills, gallery, tracer=tracer, models=models)
                for place, face in enumerate(one.still.faces)
            )
            answers.append(_told(one, faces, scores.scenes[at]))
    digests = {against: model.digest for against, model in models.items()}
    return Traced(
        tuple(answers), len(gallery.items), tuple(dict.fromkeys(unread)), Method(tracer.method, digests, validation)
    )


def _reason(looked: Looked) -> str:
    """Return why there is no still: the last finding, since what the file says of itself comes before."""
    return looked.findings[-1][0] if looked.findings else "undecodable"


def _is_own_picture(item: EvidenceItem) -> bool:
    return item.role is Role.OWN_PHOTO and item.examined.kind is MediaKind.IMAGE


def _asked(known: Mapping[ItemId, EvidenceItem], chosen: Sequence[ItemId]) -> tuple[EvidenceItem, ...]:
    seen = (MediaKind.IMAGE, MediaKind.VIDEO)
    if not chosen:
        every = {one.digest: one for one in known.values() if one.role is Role.FOUND and one.examined.kind in seen}
        if not every:
            raise TraceRefusedError(reason="nothing-to-trace")
        return tuple(every.values())
    missing = [one for one in chosen if one not in known]
    if missing:
        raise SelectionUnknownError(names=", ".join(missing))
    for one in chosen:
        if known[one].role is Role.OWN_PHOTO:
            raise TraceRefusedError(reason="own-photo", item=one)
        if known[one].examined.kind not in seen:
            raise TraceRefusedError(reason="nothing-to-trace", item=one)
    return tuple(known[one] for one in dict.fromkeys(chosen))


def _looked(
    case: Case,
    asked: Sequence[EvidenceItem],
    *,
    hand: PhotosAtHand,
    tracer: Tracer,
    unread: list[tuple[ItemId, str]],
    progress: Progress,
) -> Iterator[_Questioned]:
    """Yield every still of the questioned files."""
    by_digest = {item.digest: item for item in asked}
    rows = hand.pictures(case, asked, unread)
    for done, (digest, looked) in enumerate(tracer.look(rows), 1):
        item = by_digest[digest]
        if not looked.stills:
            unread.append((item.item_id, _reason(looked)))
        for still in looked.stills:
            yield _Questioned(item, still, looked.findings)
        progress("tracing-looking", done, len(asked))


def _compare(
    case: Case,
    gallery: Gallery,
    batch: Sequence[_Questioned],
    scores: _Scores,
    *,
    hand: PhotosAtHand,
    tracer: Tracer,
    unread: list[tuple[ItemId, str]],
    progress: Progress,
) -> None:
    """Compare every photo of the gallery with every still of the batch, photo by photo."""
    by_digest: dict[Sha256, EvidenceItem] = {item.digest: item for item in gallery.items}
    stills = [one.still for one in batch]

    def rows() -> Iterator[tuple[tuple[ItemId, Still], Still, Sequence[Still]]]:
        for digest, looked in tracer.look(hand.pictures(case, gallery.items, unread)):
            photo = by_digest[digest].item_id
            if not looked.stills:
                unread.append((photo, _reason(looked)))
                continue
            yield (photo, looked.stills[0]), looked.stills[0], stills

    for done, ((photo, still), found) in enumerate(tracer.compare(rows()), 1):
        if found and isinstance(found[0], str):
            unread.append((photo, found[0]))
        else:
            scores.add(photo, still, [one for one in found if isinstance(one, Compared)])
        progress("tracing", done, len(gallery.items))


def _answer(
    face: SeenFace,
    rows: Sequence[tuple[float, ItemId, SeenFace, FacePair]],
    stills: Mapping[ItemId, Still],
    gallery: Gallery,
    *,
    tracer: Tracer,
    models: Mapping[Against, Model],
) -> FaceAnswer:
    """Put together what the gallery's photos gave for one face."""
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
    first = {fit.photo for fit in groups[0].fits} if groups else set()
    others = [row[0] for row in rows if row[1] not in first]
    # One photo stands for a group: near-identical shots are one answer, not several that take odds from each other.
    ranks = [min(rank, _MOST_RANK) for rank in (groups[0].best.rank, *others)] if groups else []
    return conclude(
        face,
        groups[:SHOWN],
        compared=len(rows),
        runner_up=max(others, default=None),
        share=share_of(ranks, 0) if ranks else None,
    )


def _leading(
    rows: Sequence[tuple[float, ItemId, SeenFace, FacePair]],
) -> list[tuple[float, ItemId, SeenFace, FacePair]]:
    """Return the rows worth telling, best first."""
    return sorted((row for row in rows if row[0] > _WORTH_TELLING), key=lambda row: (-row[0], row[1]))[:LED]


def _alike(
    fits: Sequence[FaceFit], stills: Mapping[ItemId, Still], gallery: Gallery, *, tracer: Tracer
) -> Iterator[tuple[ItemId, ItemId]]:
    """Yield pairs of photos that are one donor group: taken together, or coherent with each other."""
    by_id = {item.item_id: item for item in gallery.items}
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


def _told(one: _Questioned, faces: tuple[FaceAnswer, ...], scenes: Sequence[WholeFit]) -> Answer:
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
