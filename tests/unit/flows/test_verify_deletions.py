"""Which entries may lack their opening: exactly those that runs of deletions name, whatever their order."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.custody import EntryType, open_record
from haechi.domain.deletion import ranges
from haechi.flows.verify_deletions import Deletions, Erased
from haechi.flows.verify_findings import Findings

NUMBERS = st.sets(st.integers(0, 60))


@given(NUMBERS)
def test_a_number_is_in_the_runs_that_it_was_put_into(numbers):
    erased = Erased(ranges(numbers))
    assert {number for number in range(62) if erased.has(number)} == numbers


def log(deletions, missing, left):
    """Show a log of a hundred entries to the check, then the deletions; return what it finds."""
    findings = Findings()
    check = Deletions("origin", lambda *_: False, findings)
    for index in range(100):
        check.take(
            index,
            {"commit": "00", "type": "match", "case": "c"},
            None if index in missing else open_record(bytes(32), {}),
        )
    for index, numbers in enumerate(deletions, 100):
        record = {"case": "c", "whole": False, "entries": [list(run) for run in ranges(numbers)], "approval": None}
        check.take(index, {"commit": "00", "type": EntryType.DELETE, "case": "c"}, open_record(bytes(32), record))
    erased = check.finish(lambda: iter(sorted(left)))
    return {(one.kind, one.place) for one in findings}, erased.count


@given(st.lists(NUMBERS, max_size=4), NUMBERS)
def test_what_is_missing_and_what_is_left_is_named_exactly(deletions, missing):
    named = set().union(*deletions)
    left = set(range(100)) - missing
    found, count = log(deletions, missing, left)
    expected = {("opening-missing", number) for number in missing - named}
    expected |= {("not-erased", number) for number in named - missing}
    assert found == expected
    assert count == len(missing & named)
