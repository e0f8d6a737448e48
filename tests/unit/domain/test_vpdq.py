"""Films are exchanged as python-threatexchange exchanges them, and match by vPDQ's rule."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.fingerprint import Region
from haechi.domain.hashed import Print, Transform
from haechi.domain.vpdq import FRAMES_MATCHED, read_vpdq, share_of_frames, vpdq_text

frames = st.builds(
    lambda value, quality, at_ms: Print(value, quality, Transform(Region.FRAME, at_ms=at_ms)),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 100),
    st.integers(0, 10**8),
)


def frame(number, quality=100):
    """Return a frame far from that of any other number."""
    return Print((bytes([number]) * 32), quality, Transform(Region.FRAME, at_ms=1000 * number))


@given(st.lists(frames, max_size=5))
def test_what_is_written_reads_as_the_same_frames(film):
    assert read_vpdq(vpdq_text(film)) == tuple(film)


def test_the_text_is_a_list_of_hash_quality_and_seconds():
    one = Print(bytes(range(32)), 87, Transform(Region.FRAME, at_ms=61_250))
    assert json.loads(vpdq_text([one])) == [f"{bytes(range(32)).hex()},87,61.250"]


HASH = "ab" * 32


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[1]", "null", '["x"]', f'["{HASH}"]', f'["{HASH},1"]', f'["{HASH},101,0"]', f'["{HASH},-1,0"]',
        f'["{HASH},1,-1"]', f'["{HASH},1,nan"]', f'["{HASH},1,inf"]', f'["{HASH[:-1]},1,1"]', f'["{HASH}ab,1,1"]',
        f'["{" ".join(["ab"] * 21)}a,1,1"]', "[" * 100_000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 -- a bare one is what the function promises
        read_vpdq(text)


def test_seconds_may_be_written_in_any_way_that_python_threatexchange_writes():
    """Its `.3` are three digits, not three decimals."""
    found = read_vpdq(f'["{HASH},100,0.0", "{HASH},100,1.23e+03"]')
    assert [one.transform.at_ms for one in found] == [0, 1_230_000]


def test_films_match_when_four_of_five_frames_do():
    known = [frame(number) for number in (1, 2, 4, 8)]
    assert share_of_frames([*known, frame(16)], known) == FRAMES_MATCHED
    assert share_of_frames([*known, frame(16), frame(32)], known) < FRAMES_MATCHED


def test_a_short_part_of_a_long_film_matches_it():
    assert share_of_frames([frame(1)], [frame(number) for number in (1, 2, 4, 8)]) == 100


def test_a_frame_that_stands_still_counts_once():
    known = [frame(1)]
    assert share_of_frames([frame(1)] * 98 + [frame(2), frame(4)], known) == pytest.approx(100 / 3)


def test_frames_that_show_too_little_are_not_compared():
    assert share_of_frames([frame(1, 49), frame(2)], [frame(2)]) == 100
    assert share_of_frames([frame(1)], [frame(1, 49)]) == 0
    assert share_of_frames([frame(1, 49)], [frame(1)]) == 0
