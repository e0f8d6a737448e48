"""What a packet tells of traces: which answer gets a page, what the page may show, and the same as data.

"Nothing found" and "not evaluated" get a line and no page. A page is for what points to one of her own photos.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from haechi.domain.canonical import Json
from haechi.domain.custody import Opening
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.trace import POINTING, Answer, FaceAnswer, FaceFit, Scene, WholeFit
from haechi.domain.trace_drawing import Drawing
from haechi.domain.trace_record import KeptTrace, TraceRecord

MOST_PAGES = 40
"""Pages in one packet at most; the answers of the rest stand in the list and in the data."""
_PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class TracePage:
    """One answer as a page: a still, the place of its face (None: the whole picture), and the photo it points to.

    `undrawn` is a code that says why there is no drawing where one would be.
    """

    answer: Answer
    face: int | None
    photo: ItemId
    drawing: Drawing | None = None
    undrawn: str | None = None

    @property
    def face_answer(self) -> FaceAnswer | None:
        """What was found for the face."""
        return None if self.face is None else self.answer.faces[self.face]

    @property
    def fit(self) -> FaceFit | None:
        """How the photo's face fits."""
        return None if self.face_answer is None else self.face_answer.groups[0].best

    @property
    def scene(self) -> WholeFit | None:
        """How the whole photo lies in the picture, where it does."""
        return next((one for one in self.answer.scenes if one.photo == self.photo), None)

    @property
    def has_pictures(self) -> bool:
        """Whether pixels of pictures are on the page."""
        return self.drawing is not None and self.drawing.face is not None


@dataclass(frozen=True, slots=True)
class ShownTrace:
    """The newest answer for one exhibit.

    `numbers` are the exhibit numbers of her own photos that the packet tells of. `opening` opens the log entry that commits
    to the record; it is None where the packet may not tell all of it.
    """

    exhibit: str
    kept: KeptTrace
    numbers: Mapping[ItemId, str]
    opening: Opening | None
    pages: tuple[TracePage, ...]

    @property
    def record(self) -> TraceRecord:
        """The record as far as it may be told: without an opening, digests only of photos that are exhibits here."""
        kept = self.kept.record
        if self.opening is not None:
            return kept
        photos = {photo: digest for photo, digest in kept.photos.items() if photo in self.numbers}
        answers = tuple(replace(answer, findings=()) for answer in kept.answers)
        return replace(kept, photos=photos, answers=answers)

    def to_json(self) -> Json:
        """Return the answer and what was drawn of it as data. Without an opening what may not be told is left out."""
        return {
            "exhibit": self.exhibit,
            "entry": self.kept.entry,
            "opened": self.opening is not None,
            "record": self.record.to_json(),
            "own_photos": {photo: number for photo, number in self.numbers.items() if photo in self.kept.record.photos},
            "pages": [_page_told(page) for page in self.pages],
        }


def newest(kept: Iterator[KeptTrace] | Sequence[KeptTrace]) -> Mapping[Sha256, KeptTrace]:
    """Return the last trace of each file; `kept` is in the order they were made."""
    return {one.record.digest: one for one in kept}


def pages_of(record: TraceRecord) -> tuple[TracePage, ...]:
    """Return a page for each of her photos that the record points to: of several frames or faces, where it fits best.

    A photo that only lies in the picture as a whole gets one too, without a face.
    """
    best: dict[ItemId, tuple[float, TracePage]] = {}
    for answer in record.answers:
        for place, face in enumerate(answer.faces):
            if face.outcome in POINTING:
                fit = face.groups[0].best
                if fit.photo not in best or fit.rank > best[fit.photo][0]:
                    best[fit.photo] = (fit.rank, TracePage(answer, place, fit.photo))
    told = photos_on([page for _, page in best.values()])
    scenes: dict[ItemId, tuple[float, TracePage]] = {}
    for answer in record.answers:
        for whole in answer.scenes[:1]:
            found = float(whole.inliers)
            is_better = whole.photo not in scenes or found > scenes[whole.photo][0]
            if whole.scene is not Scene.NONE_FOUND and whole.photo not in told and is_better:
                scenes[whole.photo] = (found, TracePage(answer, None, whole.photo))
    ordered = [sorted(one.values(), key=lambda row: (-row[0], row[1].photo)) for one in (best, scenes)]
    return tuple(page for rows in ordered for _, page in rows)


def photos_on(pages: Sequence[TracePage]) -> set[ItemId]:
    """Return her photos that these pages name: each with those that are too alike to tell from it."""
    named = {page.photo for page in pages}
    for page in pages:
        if page.face_answer is not None:
            named |= {fit.photo for fit in page.face_answer.groups[0].fits}
    return named


def traces_json(packet_id: str, traces: Sequence[ShownTrace]) -> Json:
    """Return all traces of a packet as data."""
    return {"v": 1, "packet": packet_id, "traces": [one.to_json() for one in traces]}


def _page_told(page: TracePage) -> Json:
    drawing = page.drawing
    face = None if drawing is None else drawing.face
    return {
        "at_ms": page.answer.at_ms,
        "face": page.face,
        "photo": page.photo,
        "undrawn": page.undrawn,
        "measured_when_drawn": None
        if face is None
        else {name: round(value * _PARTS) for name, value in face.numbers.items()},
        "map": None if drawing is None or drawing.scene is None else list(drawing.scene.rows),
        "pictures": page.has_pictures,
    }
