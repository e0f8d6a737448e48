"""The photos that fit best are compared first, and a still is settled only when nothing is left to look for."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.trace import Answer, FaceAnswer, Outcome, SeenFace, WholeFit
from haechi.flows.shortlist import FACES, SCENES, is_settled, shortlist
from haechi.ports.tracer import Glanced, Still

FACE = SeenFace(120.0, 0.9, 0.0)
STILL = Still(None, 400, 400, (FACE,), b"")
SCENE = WholeFit(ItemId("a"), is_mirrored=False, inliers=200, spread=0.6, kept=0.5, replaced=0.2, unknown=0.3)
fits = st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 90)), min_size=1, max_size=200)


def glances_of(rows):
    return {ItemId(f"{at:04}"): [Glanced((fit,), whole)] for at, (fit, whole) in enumerate(rows)}


@given(fits)
def test_no_photo_left_out_fits_better_than_one_chosen_for_its_face_or_its_scene(rows):
    glances = glances_of(rows)
    chosen = shortlist(glances, [STILL])
    left = [glances[photo][0] for photo in glances.keys() - chosen]
    assert len(chosen) >= min(len(rows), FACES)
    for one in left:
        assert sum(row[0].faces[0] >= one.faces[0] for row in glances.values()) >= FACES
        assert sum(row[0].whole >= one.whole for row in glances.values()) >= SCENES


@given(fits)
def test_the_order_in_which_photos_come_changes_nothing(rows):
    glances = glances_of(rows)
    assert shortlist(dict(reversed(glances.items())), [STILL]) == shortlist(glances, [STILL])


def test_a_photo_without_a_face_is_chosen_for_its_scene_only():
    glances = {ItemId(f"{at:04}"): [Glanced((), at)] for at in range(200)}
    assert shortlist(glances, [STILL]) == {ItemId(f"{at:04}") for at in range(200 - SCENES, 200)}


def answer(*outcomes, scenes=(), face=FACE):
    faces = tuple(FaceAnswer(face, outcome, (), (), 1, 10) for outcome in outcomes)
    return Answer(ItemId("q"), Sha256("0" * 64), None, 400, 400, faces, scenes)


def test_every_face_that_can_be_evaluated_has_to_have_its_photo():
    assert is_settled(answer(Outcome.MADE_FROM, Outcome.MADE_FROM))
    for other in (
        Outcome.THIS_OR_SITTING,
        Outcome.POINTS_TO,
        Outcome.NONE_FOUND,
        Outcome.NOT_ENOUGH,
        Outcome.NOT_EVALUATED,
    ):
        assert not is_settled(answer(Outcome.MADE_FROM, other, scenes=(SCENE,)))


def test_where_no_face_can_be_evaluated_the_scene_decides():
    small = replace(FACE, width=20.0)
    assert is_settled(answer(Outcome.NOT_EVALUATED, scenes=(SCENE,), face=small))
    assert not is_settled(answer(Outcome.NOT_EVALUATED, face=small))
    assert is_settled(answer(scenes=(SCENE,)))
    assert not is_settled(answer())
