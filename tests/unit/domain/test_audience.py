"""An audience is known for some time only; the rest is a gap, never filled in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.audience import (
    Access,
    Audience,
    Circle,
    Interval,
    Place,
    Post,
    Viewer,
    ViewerList,
    Word,
    audience_of,
    list_digest,
    place_of,
    post_digest,
    without,
)
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
    return Post(ItemId("a"), "telegram", "1", Interval(10, 11), 50, circle, Word.TYPED)


def test_the_list_is_told_only_while_it_is_known():
    viewer = Viewer("2", Interval(10, 30), Word.EXPORT)
    audience = Audience(post(), (viewer,), (Interval(10, 40),))
    assert audience.at(20) == ("2",)
    assert audience.at(35) == ()
    assert audience.at(45) is None
    assert audience.gaps == (Interval(40, 50),)


def test_a_public_post_has_no_list():
    assert Audience(post(Circle.PUBLIC), (), (Interval(None, None),)).at(20) is None


def viewers(*rows):
    return tuple(Viewer(account, Interval(start, end), Word.EXPORT) for account, start, end in rows)


def test_a_list_of_another_place_tells_nothing_of_a_post():
    own = ViewerList(post().place, viewers(("2", 10, 30)), (), Word.EXPORT)
    other = ViewerList(Place("telegram", "9", Circle.CHAT), viewers(("3", 10, 30)), (Interval(0, 60),), Word.EXPORT)
    audience = audience_of(post(), [other, own])
    assert audience.at_least(20) == ("2",)
    assert audience.at(20) is None


def test_viewers_come_by_name_and_date_whatever_the_order_of_the_lists():
    lists = [ViewerList(post().place, viewers(row), (), Word.EXPORT) for row in (("b", 5, 9), ("a", 7, 9), ("a", 2, 4))]
    told = audience_of(post(), lists)
    assert told.viewers == audience_of(post(), reversed(lists)).viewers
    assert [(one.account, one.during.start) for one in told.viewers] == [("a", 2), ("a", 7), ("b", 5)]


@given(st.lists(st.tuples(st.sampled_from("abc"), INTERVALS), max_size=6), st.lists(INTERVALS, max_size=3))
def test_a_whole_list_is_never_longer_than_what_is_known_at_least(rows, known):
    told = Audience(post(), tuple(Viewer(account, during, Word.TYPED) for account, during in rows), tuple(known))
    for moment in MOMENTS:
        assert told.at(moment) in (None, told.at_least(moment))
        assert (told.at(moment) is None) == (not any(holds(one, moment) for one in known))


WITHIN = st.builds(lambda start, length: Interval(start, start + length), st.integers(0, END - 2), st.integers(1, 20))


@given(WITHIN, st.lists(st.tuples(st.sampled_from("abc"), INTERVALS), max_size=6), st.lists(INTERVALS, max_size=3))
def test_an_account_is_told_to_have_seen_it_or_not_only_if_that_holds_whenever_it_was_posted(posted, rows, known):
    told = Audience(
        Post(ItemId("a"), "telegram", "1", posted, None, Circle.CHAT, Word.TYPED),
        tuple(Viewer(account, during, Word.TYPED) for account, during in rows),
        tuple(known),
    )
    moments = range(posted.start, posted.end)
    for account, access in told.accesses().items():
        could = [account in told.at_least(moment) for moment in moments]
        whole = all(told.at(moment) is not None for moment in moments)
        assert (access is Access.COULD) == all(could)
        assert (access is Access.MAY_HAVE) == (any(could) and not all(could))
        assert (access is Access.COULD_NOT) == (whole and not any(could))
        assert (access is Access.UNKNOWN) == (not whole and not any(could))


def test_nobody_is_excluded_where_the_time_of_the_post_is_not_known():
    unknown = Post(ItemId("a"), "telegram", "1", None, None, Circle.CHAT, Word.TYPED)
    told = Audience(unknown, viewers(("2", 10, 30)), (Interval(None, None),))
    assert told.accesses() == {"2": Access.UNKNOWN}
    assert not told.is_whole_at_posting


def test_a_time_of_posting_is_closed_on_both_sides():
    with pytest.raises(ValueError, match="Post"):
        Post(ItemId("a"), "telegram", "1", Interval(None, 5), None, Circle.CHAT, Word.TYPED)


def test_what_is_committed_to_changes_with_every_part():
    other = Post(ItemId("a"), "telegram", "1", Interval(10, 12), 50, Circle.CHAT, Word.TYPED)
    assert len({post_digest("p", b"s", post()), post_digest("p", b"t", post()), post_digest("p", b"s", other)}) == 3
    one = ViewerList(post().place, viewers(("2", 10, 30)), (), Word.EXPORT)
    whole = ViewerList(post().place, viewers(("2", 10, 30)), (Interval(10, 30),), Word.EXPORT)
    assert list_digest("l", b"s", one) != list_digest("l", b"s", whole)


def test_an_instagram_account_is_kept_in_small_letters_without_its_sign():
    assert place_of("Instagram", " @Drawn_Name ", Circle.FOLLOWERS) == Place(
        "instagram", "drawn_name", Circle.FOLLOWERS
    )
    with pytest.raises(ValueError, match="followers"):
        place_of("instagram", "@", Circle.FOLLOWERS)
