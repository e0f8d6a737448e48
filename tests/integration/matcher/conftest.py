"""A matcher in a folder, with a clock that stands still and an index that compares all with all."""

import pytest

from brute_index import BruteIndex
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted
from haechi.domain.custody import RecordedTime


class Clock:
    """Says what it was told to."""

    def __init__(self):
        self.at = "2026-11-22T10:00:00.000000Z"

    def __call__(self):
        return RecordedTime(self.at, "UTC", 0, "drawn")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def index():
    return BruteIndex()


@pytest.fixture
def matcher(tmp_path, index, clock):
    with open_matcher(tmp_path / "matcher", index=index, now=clock) as opened:
        opened.add_bank("ADULTS", Depicted.ADULT, by="me")
        opened.add_bank("MINORS", Depicted.MINOR, by="me")
        opened.add_bank("INNOCENT", Depicted.ADULT, is_negative=True, by="me")
        yield opened
