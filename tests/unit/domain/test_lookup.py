"""Rules of lookups that hold for every input: nearest wins, one answer a content, four fifths of a film."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.bank import Content, Hit, SignalType, Tier, judged
from haechi.domain.lookup import nearest_each, shared_frames


def content(number):
    return Content(number, "A", (), Tier.POLICE, "", "")


def hit(number, distance, queried=b"q", kind=SignalType.PDQ, suppressed_by=None):
    return Hit(content(number), kind, distance, queried, b"f", 100, suppressed_by=suppressed_by)


HITS = st.lists(
    st.builds(hit, st.integers(1, 5), st.integers(0, 64), st.sampled_from([b"a", b"b", b"c"]), st.just(SignalType.PDQ))
)


@given(HITS, HITS)
def test_what_an_innocent_picture_is_as_near_to_is_suppressed_and_nothing_else(hits, innocent):
    found = judged(hits, innocent)
    assert sorted((one.distance, one.queried) for one in found) == sorted((one.distance, one.queried) for one in hits)
    for one in found:
        nearest = min((rival.distance for rival in innocent if rival.queried == one.queried), default=None)
        assert (one.suppressed_by is not None) == (nearest is not None and nearest <= one.distance)


@given(HITS)
def test_each_content_is_told_once_by_its_nearest_hash(hits):
    found = nearest_each(hits)
    assert {one.content.number: one.distance for one in found} == {
        number: min(one.distance for one in hits if one.content.number == number)
        for number in {one.content.number for one in hits}
    }
    assert [one.distance for one in found] == sorted(one.distance for one in found)


def test_a_hit_that_stands_goes_before_a_nearer_one_that_is_suppressed():
    (one,) = nearest_each([hit(1, 3, suppressed_by=9), hit(1, 20, b"other")])
    assert (one.distance, one.suppressed_by) == (20, None)


@given(st.integers(1, 40), st.integers(0, 40))
def test_a_film_is_the_same_from_four_fifths_of_its_frames_on(asked, shared):
    frames = [bytes([number]) for number in range(asked)]
    hits = [hit(1, number, frame, SignalType.VPDQ) for number, frame in enumerate(frames[:shared])]
    found = shared_frames(frames, hits)
    assert bool(found) == (min(shared, asked) * 5 >= 4 * asked)


def test_a_film_s_distance_is_that_of_its_middle_frame():
    frames = [b"a", b"b", b"c"]
    (one,) = shared_frames(frames, [hit(1, bits, frame) for bits, frame in zip((30, 2, 9), frames, strict=True)])
    assert (one.distance, one.queried) == (9, b"c")
