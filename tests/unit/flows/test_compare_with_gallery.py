"""What counts beside the best photo of a face: no thumbnail, no rest of a burst, and every photo that was asked about."""

from haechi.adapters.tracing.models import models
from haechi.domain.case import Age, Case, CaseId, CustodyMode
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.trace import Gallery, Gate, Outcome, SeenFace
from haechi.flows import compare_with_gallery as flow
from haechi.flows.compare_with_gallery import LED, LED_CLOSELY, SHOWN, Means, Questioned, compare_with_gallery
from haechi.ports.tracer import Compared, FacePair, Glanced, Still

CASE = Case(CaseId("c"), "n", CustodyMode.SEALED, Age.ADULT, "yes")
USED = {"third": 0.97, "coherence": 0.99, "top": 0.97, "strong": 0.9, "agreement": 0.9, "fine": 0.9, "middle": 0.95}
NEARLY = USED | {"third": 0.96}
OTHER = dict.fromkeys(USED, 0.2)
A_LITTLE = dict.fromkeys(USED, 0.85)
APART = A_LITTLE | {"top": 0.86}
COMMON = {"comparable": 0.9, "tiles": 40.0, "possible": 40.0, "matching": 36.0, "residual": 0.004, "scale": 1.0}


def item(name, role=Role.OWN_PHOTO, taken_at=None):
    digest = Sha256(name.encode().hex().zfill(64))
    capture = Capture(taken_at, make="Camera", model="One") if taken_at else None
    examined = Examined(MediaKind.IMAGE, "image/jpeg", capture=capture)
    return EvidenceItem(ItemId(name), 1, name, digest, 1, role, examined, is_sealed=True)


def still(name, width=120.0):
    return Still(None, 400, 400, (SeenFace(width, 0.9, 0.5),), name.encode())


class Kept:
    """Hands out the stills of photos that are all kept."""

    def __init__(self, widths):
        self._stills = {name: still(name, width) for name, width in widths.items()}

    def of(self, photo, *, most=None):  # noqa: ARG002 - the flow's own signature
        return self._stills[photo.item_id]

    def flush(self):
        pass


class Tracer:
    """Measures what it was told of each photo beside the questioned face; photos of one kind are coherent, but for `OTHER` and `APART`."""

    def __init__(self, found):
        self._found = found

    def compare(self, rows, *, with_whole=True):  # noqa: ARG002 - the port's signature
        for key, photo, questioned in rows:
            yield key, tuple(Compared((self._pair(photo, one),)) for one in questioned)

    def glance(self, rows, questioned):
        for key, photo in rows:
            near = float(self._found[photo.features.decode()] is not OTHER)
            yield key, tuple(Glanced((near,), 0) for _ in questioned)

    def look(self, rows):
        return iter([(key, None) for key, _ in rows])

    def detail(self, rows):
        return iter([(key, ("undecodable", {})) for key, _ in rows])

    def _pair(self, photo, questioned):
        numbers = self._found[photo.features.decode()]
        if questioned.features != b"found" and self._found[questioned.features.decode()] in (OTHER, APART):
            numbers = OTHER
        return FacePair(0, 0, is_mirrored=False, numbers=COMMON | numbers)


class Hand:
    def pictures(self, case, items, unread):  # noqa: ARG002 - the flow's own signature
        return iter(())


def answered(found, widths=None, taken_at=None):
    times = taken_at or {}
    gallery = Gallery.of(item(name, taken_at=times.get(name)) for name in found)
    means = Means(Hand(), Kept(dict.fromkeys(found, 120.0) | (widths or {})), Tracer(found), models())
    batch = [Questioned(item("found", Role.FOUND), still("found"))]
    told = compare_with_gallery(CASE, gallery, batch, means, progress=lambda _: None)
    return told.answers[0].faces[0], told.compared[ItemId("found")]


def test_a_thumbnail_of_the_photo_takes_neither_its_place_nor_its_lead():
    face, _ = answered({"thumbnail": USED, "photo": NEARLY, "other": OTHER}, {"thumbnail": 50.0})
    assert (face.outcome, face.groups[0].best.photo) == (Outcome.MADE_FROM, "photo")
    assert face.margin > 1


def test_a_photo_too_small_to_weigh_is_why_nothing_is_said_however_many_others_fit_a_little():
    others = {f"{at:03}": A_LITTLE for at in range(2 * LED)}
    face, _ = answered({**others, "small": USED}, {"small": 50.0})
    assert (face.outcome, face.gates) == (Outcome.NOT_EVALUATED, (Gate.PHOTO_TOO_SMALL,))
    assert answered({**others, "large": USED})[0].outcome is Outcome.MADE_FROM


def test_a_burst_longer_than_what_is_told_does_not_stand_against_itself():
    burst = {f"{at:03}": NEARLY for at in range(2 * LED)}
    face, _ = answered({**burst, "other": OTHER})
    assert face.outcome is Outcome.MADE_FROM
    assert len(face.groups[0].fits) == 2 * LED
    assert face.compared == 2 * LED + 1


def test_a_burst_by_its_camera_and_time_is_one_answer_however_long():
    burst = [f"{at:03}" for at in range(2 * LED_CLOSELY)]
    found = dict.fromkeys(burst, NEARLY) | {"other": OTHER}
    times = {name: f"2024-05-01T10:00:{at % 5:02}" for at, name in enumerate(burst)}
    assert answered(found, taken_at=times)[0].outcome is Outcome.MADE_FROM
    stranger = times | {burst[-1]: "2024-05-02T10:00:00"}
    assert answered(found, taken_at=stranger)[0].outcome is not Outcome.MADE_FROM


def test_the_photo_that_is_why_nothing_is_said_is_told_behind_many_others():
    others = {f"{at:03}": APART for at in range(2 * SHOWN)}
    face, _ = answered({**others, "small": USED}, {"small": 50.0})
    assert face.outcome is Outcome.NOT_EVALUATED
    assert len(face.groups) == SHOWN
    assert face.groups[-1].best.photo == "small"


def test_photos_that_were_only_glanced_at_count_for_the_share(monkeypatch):
    gallery = {"photo": USED, **{f"{at:03}": OTHER for at in range(120)}}
    whole, compared = answered(gallery)
    monkeypatch.setattr(flow, "LEAST", 1)
    some, few = answered(gallery)
    assert few < compared == len(gallery)
    assert (some.outcome, some.compared) == (whole.outcome, whole.compared) == (Outcome.MADE_FROM, len(gallery))
    assert some.share >= whole.share > some.share * 0.99
