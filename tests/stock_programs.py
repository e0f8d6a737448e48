"""Programs that some tests run because the people who check packets have them."""

import os
import shutil

import pytest

REQUIRED = set(filter(None, os.environ.get("HAECHI_REQUIRE", "").split(",")))


def needed(name: str) -> str:
    """Return the program's path, or skip the test and say which program is missing.

    A name in `HAECHI_REQUIRE` (comma-separated; set in CI) must be there: its absence fails the test.
    """
    path = shutil.which(name)
    if path is None and name in REQUIRED:
        pytest.fail(f"{name} is required here and missing")
    if path is None:
        pytest.skip(f"needs the program {name}")
    return path
