"""A deadline leaves some seconds, or none and is over."""

import pytest

from haechi.network.deadline import deadline_in, left


def test_what_is_left_is_never_more_than_there_was():
    assert 0 < left(deadline_in(60)) <= 60


@pytest.mark.parametrize("seconds", [0, -1])
def test_after_the_deadline_nothing_is_left(seconds):
    with pytest.raises(TimeoutError):
        left(deadline_in(seconds))
