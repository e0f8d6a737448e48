"""Cases: the custody mode is asked before anything is read, unknown age is a minor, and every change is on record."""

import json

import pytest

from drawn_vault import check, make, opened, take
from haechi.adapters.blobs import recipient_of
from haechi.domain.case import Age, CustodyMode
from haechi.domain.errors import CaseMissingError, ModeChangeRefusedError, ModeRefusedError
from haechi.flows.open_case import change_mode, open_case

SEALED = {"mode": CustodyMode.SEALED, "age": Age.ADULT, "consent": "동의합니다"}


@pytest.fixture
def vault(tmp_path):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        yield vault


def open_(vault, name="사건", **asked):
    return open_case(vault, name, actor="person", reader=recipient_of(vault.reader_identity), **asked)


def change(vault, name="사건", **asked):
    return change_mode(vault, name, actor="person", reader=recipient_of(vault.reader_identity), **asked)


def case_entries(vault):
    return [
        vault.ledger.opening(entry.index).subject
        for entry in vault.ledger.entries()
        if json.loads(entry.raw)["type"] == "case"
    ]


def test_a_case_keeps_no_bytes_unless_that_is_asked(vault):
    case = open_(vault)
    assert (case.mode, case.age) == (CustodyMode.REFERENCE_ONLY, Age.UNKNOWN)
    assert vault.ledger.readers(case.case_id) == []
    take(vault, case, files=[("a.png", b"drawn")])
    assert vault.blobs.names() == []


@pytest.mark.parametrize(
    ("age", "consent", "reason"),
    [(Age.UNKNOWN, "yes", "age-unknown"), (Age.MINOR, "yes", "minor"), (Age.ADULT, " ", "consent-missing")],
)
def test_bytes_are_kept_of_a_consenting_adult_only(vault, age, consent, reason):
    with pytest.raises(ModeRefusedError) as caught:
        open_(vault, mode=CustodyMode.SEALED, age=age, consent=consent)
    assert caught.value.facts["reason"] == reason
    assert vault.ledger.cases() == []
    assert case_entries(vault) == []


def test_opening_a_case_is_on_record_without_its_name_in_the_log(vault):
    case = open_(vault, **SEALED)
    assert case_entries(vault) == [
        {"name": "사건", "mode": "sealed", "age": "adult", "consent": "동의합니다", "reason": ""}
    ]
    assert all("사건".encode() not in entry.raw for entry in vault.ledger.entries())
    assert open_(vault, **SEALED) == case
    assert len(case_entries(vault)) == 1


def test_another_mode_needs_a_reason(vault):
    open_(vault)
    with pytest.raises(ModeChangeRefusedError):
        open_(vault, **SEALED)
    with pytest.raises(ModeChangeRefusedError):
        change(vault, reason=" ", **SEALED)
    with pytest.raises(CaseMissingError):
        change(vault, "다른 사건", reason="그녀의 뜻", **SEALED)
    changed = change(vault, reason="그녀의 뜻", **SEALED)
    assert vault.ledger.cases() == [changed]
    assert vault.ledger.readers(changed.case_id) == [recipient_of(vault.reader_identity)]
    assert case_entries(vault)[-1]["reason"] == "그녀의 뜻"


def test_a_sealed_case_does_not_go_on_once_she_is_known_to_be_a_minor(vault):
    open_(vault, **SEALED)
    with pytest.raises(ModeRefusedError):
        open_(vault, mode=CustodyMode.SEALED, age=Age.MINOR, consent="동의합니다")
    case = change(vault, mode=CustodyMode.REFERENCE_ONLY, age=Age.MINOR, consent="", reason="나이를 알게 됨")
    assert vault.ledger.readers(case.case_id) == []
    take(vault, case, files=[("a.png", b"drawn")])
    assert vault.blobs.names() == []


def test_what_was_kept_before_a_change_still_verifies(vault, tmp_path):
    take(vault, open_(vault, **SEALED), files=[("a.png", b"drawn one")])
    case = change(vault, mode=CustodyMode.REFERENCE_ONLY, age=Age.ADULT, consent="", reason="그녀의 뜻")
    take(vault, case, files=[("a.png", b"drawn one"), ("b.png", b"drawn two")])
    vault.close()
    assert check(tmp_path / "v").blobs == 1
