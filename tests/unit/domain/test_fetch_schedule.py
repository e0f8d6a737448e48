"""When a partner is asked again."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.fetch_schedule import MOST_BACK_OFF_S, is_due, wait_s

NOON = "2026-11-23T12:00:00.000000Z"


@given(st.integers(60, 604_800), st.integers(0, 10_000))
def test_each_failure_makes_the_wait_longer_up_to_a_bound(every, failures):
    assert wait_s(every, 0) == every
    assert every <= wait_s(every, failures) <= wait_s(every, failures + 1) <= max(every, MOST_BACK_OFF_S)
    assert wait_s(every, 1) == min(2 * every, max(every, MOST_BACK_OFF_S))


def test_what_was_never_read_is_due_and_what_was_read_once_its_time_has_come():
    assert is_due(NOON, None, every_s=900)
    assert not is_due(NOON, "2026-11-23T11:45:01.000000Z", every_s=900)
    assert is_due(NOON, "2026-11-23T11:45:00.000000Z", every_s=900)
    assert not is_due(NOON, "2026-11-23T11:45:00.000000Z", every_s=900, failures=1)


def test_a_clock_that_was_set_back_holds_nothing_up():
    assert is_due(NOON, "2031-01-01T00:00:00.000000Z", every_s=900)
