"""A sight is the same after being packed; other bytes are refused by name, whatever they are."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_faces import person
from haechi.adapters.tracing.sight import Sight, SightBrokenError, packed, see, unpacked


@pytest.fixture(scope="module")
def sight() -> Sight:
    return see(person(0).rgb)


def test_a_sight_is_the_same_after_being_packed(sight):
    again = unpacked(packed(sight))
    assert packed(again) == packed(sight)
    assert (again.width, again.height, len(again.faces)) == (sight.width, sight.height, len(sight.faces))
    assert np.array_equal(again.faces[0].grey, sight.faces[0].grey)


def test_a_sight_without_a_face_is_one_too():
    blank = see(np.zeros((40, 50, 3), np.uint8))
    assert packed(unpacked(packed(blank))) == packed(blank)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 700), value=st.binary(min_size=1, max_size=6))
def test_a_changed_header_is_refused_or_read_never_worse(sight, at, value):
    content = bytearray(packed(sight))
    content[at : at + len(value)] = value
    with suppress(SightBrokenError):
        unpacked(bytes(content))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_by_name(content):
    with pytest.raises(SightBrokenError):
        unpacked(content)


@pytest.mark.parametrize("cut", [1, 100, 10_000])
def test_a_sight_that_ends_too_soon_is_refused(sight, cut):
    with pytest.raises(SightBrokenError):
        unpacked(packed(sight)[:-cut])


def test_bytes_after_the_end_are_refused(sight):
    with pytest.raises(SightBrokenError):
        unpacked(packed(sight) + b"\0")
