"""What was traced enters a plan: drawn where it may be, told without a drawing where not, and never drawn of other numbers."""

from dataclasses import replace

import pytest

from drawn.packet_plan import make_plan
from haechi.domain.case import Age, Case, CaseId, CustodyMode
from haechi.domain.evidence import ItemId, Role, Sha256
from haechi.domain.likelihood import Ratio
from haechi.domain.trace import Answer, DonorGroup, FaceAnswer, FaceFit, Outcome, SeenFace, WholeFit
from haechi.domain.trace_drawing import Drawing, FaceDrawing, Picture, Pictures, grid_of
from haechi.domain.trace_record import ComparedGallery, KeptTrace, TraceNumber, TraceRecord
from haechi.domain.trace_tiles import Cell, Tile
from haechi.flows.show_traces import show_traces
from haechi.ports.tracer import Looked, Still
from integration.imports.vaults import quiet

NUMBERS = {"third": 0.9, "coherence": 0.95}
PHOTO = ItemId("photo")
TILES = (Tile(0, 0, Cell.KEPT, 990, 3),)


class Ledger:
    def __init__(self, plan, record):
        self.kept = [KeptTrace(TraceNumber(1), CaseId("case"), 1, record)] if record else []
        own = replace(plan.exhibits[0].item, item_id=PHOTO, role=Role.OWN_PHOTO)
        self.rows = [*(one.item for one in plan.exhibits), own]

    def traces(self, _case):
        return iter(self.kept)

    def items(self, _case):
        return iter(self.rows)

    def opening(self, _entry):
        return None


class Hand:
    def pictures(self, _case, items, _unread):
        yield from ((item.digest, object()) for item in items)


class Drawer:
    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def look(self, rows):
        for key, _ in rows:
            yield key, Looked((Still(None, 10, 10, (), b""),))

    def draw(self, rows):
        for key, wanted in rows:
            self.asked.append(wanted)
            yield key, self.answer


def case(mode=CustodyMode.SEALED, age=Age.ADULT):
    return Case(CaseId("case"), "사건", mode, age, "yes")


@pytest.fixture(scope="module")
def plan():
    return make_plan().plan


def record_of(plan, scenes=()):
    item = plan.exhibits[0].item
    fit = FaceFit(
        PHOTO, is_mirrored=False, rank=3, other_occasion=Ratio(3), same_sitting=Ratio(2), gates=(), numbers=NUMBERS
    )
    face = FaceAnswer(
        SeenFace(100, 1, 0), Outcome.MADE_FROM, (), (DonorGroup((fit,)),), compared=2, needed=100, tiles=TILES
    )
    answer = Answer(item.item_id, item.digest, None, 10, 10, (face,), scenes)
    gallery = ComparedGallery(2, Sha256("c" * 64), 2, {})
    return TraceRecord(item.item_id, item.digest, "m", {}, gallery, (answer,), {PHOTO: Sha256("b" * 64)}, {})


def with_photo(plan):
    """The plan with her photo among its exhibits."""
    photo = replace(plan.exhibits[0].item, item_id=PHOTO, digest=Sha256("b" * 64), role=Role.OWN_PHOTO)
    return replace(plan, exhibits=(*plan.exhibits, replace(plan.exhibits[0], number="E-9999", item=photo)))


def shown(plan, drawer, *, of=None, record=True, scenes=()):
    return show_traces(
        plan,
        of or case(),
        ledger=Ledger(plan, record_of(plan, scenes) if record else None),
        hand=Hand(),
        drawer=drawer,
        with_pictures=True,
        tells_all=False,
        progress=quiet,
    )


def page_of(plan):
    [trace] = plan.traces
    [page] = trace.pages
    return page


PICTURE = Picture(1, 1, b"png")
FACE = FaceDrawing(NUMBERS, Pictures(PICTURE, PICTURE, PICTURE))
DRAWN = Drawing(FACE, None)
SCENE = WholeFit(PHOTO, is_mirrored=False, inliers=50, spread=0.5, kept=0.8, replaced=0.1, unknown=0.1)


def test_a_plan_of_which_nothing_was_traced_is_the_same_plan(plan):
    assert shown(plan, Drawer(DRAWN), record=False) is plan


def test_what_was_drawn_is_on_the_page_and_names_the_packet_anew(plan):
    found = shown(with_photo(plan), Drawer(DRAWN))
    assert page_of(found).drawing == DRAWN
    assert found.packet_id != plan.packet_id


def test_nothing_is_drawn_of_a_photo_that_is_no_exhibit(plan):
    drawer = Drawer(DRAWN)
    assert page_of(shown(plan, drawer)).drawing is None
    assert drawer.asked == []


def test_the_map_of_the_whole_needs_no_pictures(plan):
    drawer = Drawer(Drawing(None, grid_of(["KR"])))
    assert page_of(shown(plan, drawer, scenes=(SCENE,))).drawing.scene == grid_of(["KR"])
    assert [(one.face, one.with_scene) for one in drawer.asked] == [(None, True)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (("worker-crashed", {}), "worker-crashed"),
        (Drawing(None, None), "measures-otherwise"),
        (Drawing(replace(FACE, numbers={**NUMBERS, "third": 0.5}), None), "measures-otherwise"),
    ],
)
def test_without_the_recorded_numbers_there_is_no_drawing(plan, answer, why):
    page = page_of(shown(with_photo(plan), Drawer(answer)))
    assert (page.drawing, page.undrawn) == (None, why)


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (case(CustodyMode.REFERENCE_ONLY, Age.UNKNOWN), "mode"),
        (case(CustodyMode.AUTHORITY, Age.UNKNOWN), "age"),
        (case(CustodyMode.AUTHORITY, Age.MINOR), "age"),
    ],
)
def test_nothing_is_drawn_where_it_may_not_be(plan, of, why):
    drawer = Drawer(DRAWN)
    page = page_of(shown(with_photo(plan), drawer, of=of, scenes=(SCENE,)))
    assert (page.undrawn, page.drawing) == (why, None)
    assert page.face_answer.tiles == TILES  # places and letters, as they are recorded
    assert drawer.asked == []


def test_an_exhibit_whose_file_stays_behind_is_not_drawn(plan):
    first, *others = plan.exhibits
    page = page_of(shown(replace(plan, exhibits=(replace(first, file=None), *others)), Drawer(DRAWN)))
    assert (page.drawing, page.undrawn) == (None, "not-enclosed")


def test_the_writer_lets_no_drawing_into_a_reference_only_packet(plan, tmp_path):
    drawn = shown(with_photo(plan), Drawer(DRAWN)).traces
    made = make_plan(mode=CustodyMode.REFERENCE_ONLY)
    made.write(tmp_path / "without")
    with pytest.raises(ValueError, match="reference-only"):
        made.with_plan(traces=drawn).write(tmp_path / "with")
    assert not (tmp_path / "with").exists()
