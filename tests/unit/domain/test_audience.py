"""An audience is known for some time only; the rest is a gap, never filled in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.audience import Audience, Circle, Interval, Post, Viewer, Word, without
from haechi.domain.evidence import ItemId

END = 60
MOMENTS = range(END)
INTERVALS = st.builds(
    lambda start, length, opens, closes: Interval(None if opens else start, None if closes else start + length),
    st.integers(0, END - 2), st.integers(1, 20), st.booleans(), st.booleans(),
)  # fmt: skip


def holds(interval, moment):
    return (interval.start is None or interval.start <= moment) and (interval.end is None or moment < interval.end)


@given(INTERVALS, st.lists(INTERVALS, max_size=6))
def test_what_is_left_is_what_no_part_covers(whole, parts):
    left = without(whole, parts)
    for moment in MOMENTS:
        expected = holds(whole, moment) and not any(holds(part, moment) for part in parts)
        assert any(holds(one, moment) for one in left) == expected


@given(INTERVALS, st.lists(INTERVALS, max_size=6))
def test_what_is_left_comes_in_order_and_does_not_overlap(whole, parts):
    left = without(whole, parts)
    for one, later in pairwise(left):
        assert one.end is not None
        assert later.start is not None
        assert one.end < later.start


def test_an_interval_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="Interval"):
        Interval(5, 5)


def post(circle=Circle.CHAT):
    return Post(ItemId("a"), "telegram", "1", 10, 50, circle, Word.TYPED)


def test_the_list_is_told_only_while_it_is_known():
    viewer = Viewer("2", Interval(10, 30), Word.EXPORT)
    audience = Audience(post(), (viewer,), (Interval(10, 40),))
    assert audience.at(20) == ("2",)
    assert audience.at(35) == ()
    assert audience.at(45) is None
    assert audience.gaps == (Interval(40, 50),)


def test_a_public_post_has_no_list():
    assert Audience(post(Circle.PUBLIC), (), (Interval(None, None),)).at(20) is None
