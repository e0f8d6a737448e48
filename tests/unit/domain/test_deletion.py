"""A deletion names its entries in the shortest way, and an approval is of one deletion only."""

from dataclasses import fields, replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.canonical import canonical
from haechi.domain.case import CaseId
from haechi.domain.deletion import Approval, Deletion, ranges
from haechi.domain.person import Person, active

ASKED = Deletion(
    "haechi.invalid/1", CaseId("c"), is_whole=False, entries=(3, 4, 9), blobs=2, reason="x", requested_by="p"
)


@given(st.sets(st.integers(0, 400)))
def test_runs_hold_exactly_the_numbers_in_order_and_never_touch(numbers):
    runs = ranges(numbers)
    assert [one for first, last in runs for one in range(first, last + 1)] == sorted(numbers)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))


def test_what_is_approved_is_the_documented_record():
    assert ASKED.approval_bytes() == canonical(
        {
            "v": 1,
            "origin": "haechi.invalid/1",
            "case": "c",
            "whole": False,
            "entries": [[3, 4], [9, 9]],
            "reason": "x",
            "requested_by": "p",
        }
    )


def test_another_deletion_has_other_bytes_to_approve():
    others = {
        "origin": "haechi.invalid/2",
        "case": CaseId("d"),
        "is_whole": True,
        "entries": (3, 4),
        "reason": "y",
        "requested_by": "q",
    }
    assert others.keys() | {"blobs"} == {one.name for one in fields(Deletion)}
    assert len({ASKED.approval_bytes(), *(replace(ASKED, **{k: v}).approval_bytes() for k, v in others.items())}) == 7


def test_the_record_of_a_deletion_carries_its_approval():
    approval = Approval("q", b"\1" * 32, b"\2" * 64)
    assert ASKED.record(None)["approval"] is None
    assert ASKED.record(approval) == {
        "v": 1,
        "case": "c",
        "whole": False,
        "entries": [[3, 4], [9, 9]],
        "blobs": 2,
        "reason": "x",
        "requested_by": "p",
        "approval": {"person": "q", "public": "01" * 32, "signature": "02" * 64},
    }


def test_the_record_of_a_person_holds_no_name():
    person = Person("p", "이름", b"\3" * 32)
    assert person.record() == {"v": 1, "person": "p", "public": "03" * 32, "added": True}
    gone = replace(person, is_active=False)
    assert gone.record()["added"] is False
    assert active([gone, person]) == (person,)
