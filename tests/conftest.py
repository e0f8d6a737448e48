"""What every test may use. Nothing here reaches a network."""

import os

import pytest
from hypothesis import HealthCheck, settings

from stock_programs import needed

# In CI the same examples every time, so that a red run means a changed program; elsewhere new ones, to find more.
settings.register_profile("ci", derandomize=True, max_examples=100, deadline=None, print_blob=True)
# A slow laptop is no failure: no example is timed.
settings.register_profile("here", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def program():
    """Return the function that finds a stock program, or skips the test."""
    return needed
