"""The bound of a case: the donor photo made again as the questioned face is, and compared with itself."""

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, face_of, person
from haechi.adapters.tracing.bound import bound, remade
from haechi.adapters.tracing.face_view import FaceView
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import blur_of


@pytest.fixture(scope="module")
def photo() -> FaceView:
    return face_of(person(0).rgb)


@pytest.fixture(scope="module")
def questioned() -> FaceView:
    return face_of(composite(0, 22, Treatment(width=150)).rgb)


def test_the_bound_lies_above_what_a_composite_reaches_and_far_above_another_photo(photo, questioned):
    most = bound(questioned, photo, 75)["coherence"]
    other = face_of(person(1).rgb)
    reached, others = (compare(questioned, one).numbers["coherence"] for one in (photo, other))
    assert others + 0.2 < reached < most <= 1


def test_a_worse_jpeg_lowers_the_bound(photo, questioned):
    bounds = [bound(questioned, photo, quality)["coherence"] for quality in (5, 30, None)]
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1]


def test_a_remade_face_has_the_size_and_softness_of_the_questioned_one(photo, questioned):
    made = remade(questioned, photo, 90)
    assert made.width == pytest.approx(questioned.width, rel=0.02)
    blurred = remade(face_of(composite(0, 22, Treatment(width=150, blur=2.0)).rgb), photo, 90)
    assert blur_of(blurred) > blur_of(made) + 0.5


def test_the_bound_is_the_same_from_run_to_run(photo, questioned):
    assert bound(questioned, photo, 75) == bound(questioned, photo, 75)
