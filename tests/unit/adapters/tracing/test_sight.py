"""A sight is the same after being packed; other bytes are refused by name, whatever they are."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_faces import person
from haechi.adapters.tracing.sight import Sight, SightBrokenError, packed, see, unpacked, unpacked_gist
from haechi.ports.tracer import GLANCE_BYTES


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


def test_a_face_that_is_not_as_wide_as_its_place_says_is_refused(sight):
    first = sight.faces[0]
    for change in ({"width": 2 * first.width}, {"width": float("inf")}, {"score": 1.5}, {"score": float("nan")}):
        with pytest.raises(SightBrokenError):
            unpacked(packed(replace(sight, faces=(replace(first, **change),))))


@pytest.mark.parametrize("change", [{"width": 0}, {"height": -1}, {"width": 1 << 40}])
def test_a_picture_of_an_impossible_size_is_refused(sight, change):
    with pytest.raises(SightBrokenError):
        unpacked(packed(replace(sight, **change)))


def test_bytes_after_the_end_are_refused(sight):
    with pytest.raises(SightBrokenError):
        unpacked(packed(sight) + b"\0")


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, 700), value=st.binary(min_size=1, max_size=6))
def test_what_is_glanced_at_is_refused_or_read_never_worse(sight, at, value):
    content = bytearray(packed(sight)[:GLANCE_BYTES])
    content[at : at + len(value)] = value
    with suppress(SightBrokenError):
        unpacked_gist(bytes(content))


@given(st.binary(max_size=200))
def test_of_any_bytes_nothing_is_glanced_at(content):
    with pytest.raises(SightBrokenError):
        unpacked_gist(content)


def test_what_is_glanced_at_of_eight_faces_is_in_the_beginning(sight):
    many = replace(sight, faces=sight.faces[:1] * 8)
    assert len(unpacked_gist(packed(many)[:GLANCE_BYTES]).tiles) == 8
