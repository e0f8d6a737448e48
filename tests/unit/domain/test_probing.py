"""How often a key may ask, and what looks like feeling for a list's edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.bank import ContentNumber
from haechi.domain.probing import VARIANTS, WINDOW_S, Allowance, Watch

ONE = ContentNumber(1)


def test_a_bucket_fills_with_time_and_never_over_a_minutes_worth():
    allowance = Allowance.full(60, 0.0)
    assert allowance.take(60, 0.0) == 0
    assert allowance.take(10, 5.0) == pytest.approx(5.0)
    assert allowance.take(10, 10.0) == 0
    assert allowance.take(60, 10_000.0) == 0
    assert allowance.take(1, 10_000.0) > 0


@given(st.integers(1, 1_000), st.lists(st.tuples(st.integers(1, 50), st.floats(0, 30)), max_size=60))
def test_no_more_is_taken_than_a_minutes_worth_and_what_time_brought(per_minute, asked):
    allowance, now, taken = Allowance.full(per_minute, 0.0), 0.0, 0
    for count, later in asked:
        now += later
        if allowance.take(count, now) == 0:
            taken += count
    assert taken <= per_minute * (1 + now / 60) + 1e-6


@given(st.integers(1, 1_000), st.integers(1, 50))
def test_after_the_time_that_was_told_there_is_enough(per_minute, count):
    allowance = Allowance.full(per_minute, 0.0)
    allowance.take(per_minute, 0.0)
    wait_s = allowance.take(min(count, per_minute), 0.0)
    assert allowance.take(min(count, per_minute), wait_s + 1e-6) == 0


def test_a_content_is_told_once_when_many_different_hashes_were_asked_around_it():
    watch = Watch(0.0)
    told = [watch.saw([(ONE, asked)]) for asked in range(2 * VARIANTS)]
    assert [number for number, probed in enumerate(told) if probed] == [VARIANTS - 1]
    assert (watch.lookups, watch.found) == (2 * VARIANTS, 2 * VARIANTS)


def test_the_same_hash_again_and_again_is_a_busy_platform_and_no_probing():
    watch = Watch(0.0)
    assert not any(watch.saw([(ONE, 7)]) for _ in range(10 * VARIANTS))


def test_a_window_ends():
    assert not Watch(0.0).is_over(WINDOW_S - 1)
    assert Watch(0.0).is_over(WINDOW_S)
