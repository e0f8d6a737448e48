"""Findings keep their order, name each thing once, and stay few enough to be read."""

import pytest

from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import ItemId
from haechi.flows.verify_findings import Findings


def test_nothing_wrong_raises_nothing():
    Findings().raise_any()


def test_the_first_is_the_errors_own_and_all_stand_beside_it():
    findings = Findings()
    findings.add("blob", "blobs/aa/aa.age", item=ItemId("ff"))
    findings.add("item", "ee")
    with pytest.raises(CustodyBrokenError) as caught:
        findings.raise_any()
    assert (caught.value.facts["kind"], caught.value.facts["place"]) == ("blob", "blobs/aa/aa.age")
    assert caught.value.facts["findings"] == (
        {"kind": "blob", "place": "blobs/aa/aa.age", "item": "ff"},
        {"kind": "item", "place": "ee", "item": None},
    )


def test_the_same_is_told_once():
    findings = Findings()
    for _ in range(3):
        findings.add("item", "ee")
    findings.take(CustodyBrokenError(kind="item", place="ee"))
    assert [(one.kind, one.place) for one in findings] == [("item", "ee")]
    assert findings.count == 1


def test_a_million_are_counted_and_not_kept():
    findings = Findings()
    for number in range(5_000):
        findings.add("opening-missing", number)
    assert findings.count == 5_000
    assert len(list(findings)) == 1_000


def test_one_list_goes_behind_another():
    first, second = Findings(), Findings()
    first.add("rollback", 3)
    second.add("item", "ee")
    first.extend(second)
    assert [one.kind for one in first] == ["rollback", "item"]
