"""A number out of a worker is believed within its own range, whatever else it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_faces import person
from haechi.adapters.tracing.checked import (
    FACE_BLUR,
    FACE_NUMBERS,
    FACE_SCORE,
    FACE_WIDTH,
    WHOLE_NUMBERS,
    checked_number,
    checked_numbers,
)
from haechi.adapters.tracing.pair import LEAST_SCALE, MOST_SCALE
from haechi.adapters.tracing.sight import LEAST_FACE, blur_of, see
from haechi.adapters.tracing.whole import compare_whole
from haechi.domain.trace_tiles import MOST_TILES

RANGES = [*FACE_NUMBERS.values(), *WHOLE_NUMBERS.values(), FACE_WIDTH, FACE_SCORE, FACE_BLUR]


@given(st.floats() | st.integers() | st.integers(10**400, 10**401), st.sampled_from(RANGES))
def test_a_number_is_within_its_range_or_refused(value, allowed):
    least, most = allowed
    try:
        found = checked_number(value, allowed)
    except ValueError:
        assert not least <= value <= most
    else:
        assert least - 0.01 < found < most + 0.01


@pytest.mark.parametrize("value", [None, True, "0.5", [0.5], float("nan")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        checked_number(value, (0, 1))


@pytest.mark.parametrize("name", FACE_NUMBERS)
def test_each_number_of_a_face_has_bounds_of_its_own(name):
    least, most = FACE_NUMBERS[name]
    fine = {one: low for one, (low, _) in FACE_NUMBERS.items()}
    assert checked_numbers(fine | {name: most}, FACE_NUMBERS)[name] == most
    for value in (least - 1, most + 1, 2e6):
        with pytest.raises(ValueError, match="float"):
            checked_numbers(fine | {name: float(value)}, FACE_NUMBERS)


def test_the_bounds_are_those_of_what_is_measured():
    assert FACE_NUMBERS["scale"] == (LEAST_SCALE, MOST_SCALE)
    assert FACE_NUMBERS["possible"] == (0, MOST_TILES)
    assert FACE_WIDTH[0] == LEAST_FACE
    sight = see(person(0).rgb)
    numbers = compare_whole(sight.whole, sight.whole).numbers
    assert checked_numbers(numbers, WHOLE_NUMBERS) == numbers
    face = sight.faces[0]
    for value, allowed in ((face.width, FACE_WIDTH), (face.score, FACE_SCORE), (blur_of(face), FACE_BLUR)):
        assert checked_number(value, allowed) == value
