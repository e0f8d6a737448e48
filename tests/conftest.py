"""What every test may use. Nothing here reaches a network."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

# In CI the same examples every time, so that a red run means a changed program; elsewhere new ones, to find more.
settings.register_profile("ci", derandomize=True, max_examples=100, deadline=None, print_blob=True)
# A slow laptop is no failure: no example is timed.
settings.register_profile("here", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "here")

REQUIRED = set(filter(None, os.environ.get("HAECHI_REQUIRE", "").split(",")))


@pytest.fixture(scope="session")
def program():
    """Return a function that finds a stock program, or skips the test and says which program is missing.

    A name in `HAECHI_REQUIRE` (comma-separated; set in CI) must be there: its absence fails the test.
    """

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None and name in REQUIRED:
            pytest.fail(f"{name} is required here and missing")
        if path is None:
            pytest.skip(f"needs the program {name}")
        return path

    return find
