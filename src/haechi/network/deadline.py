"""A deadline: the moment, by a clock that nobody sets, when all of a conversation together has to be over."""

import time


def deadline_in(seconds: float) -> float:
    """Return the deadline that many seconds from now."""
    return time.monotonic() + seconds


def left(deadline: float) -> float:
    """Return how many seconds are left, more than none. Raises `TimeoutError`."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
