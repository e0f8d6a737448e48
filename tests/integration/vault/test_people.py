"""Several people open one vault, each by a passphrase of their own; destroying takes two of them."""

import json
from dataclasses import replace

import pytest

from drawn_vault import PASSPHRASE, TOOLS, check, message, opened, sealed_case, take
from haechi.domain.deletion import Approval
from haechi.domain.errors import (
    ApprovalMissingError,
    DiskFullError,
    PersonExistsError,
    PersonMissingError,
    SlotRefusedError,
    WeakPassphraseError,
    WrongKeyError,
)
from haechi.domain.person import OWNER, active
from haechi.domain.vault import Operation
from haechi.flows.add_person import add_person
from haechi.flows.change_keys import change_passphrase, new_recovery_key
from haechi.flows.erase import Doomed, approve, ask, erase, foresee, needs_approval
from haechi.flows.open_vault import open_vault
from haechi.flows.remove_person import remove_person
from haechi.ports.keys import GivenKey

SECOND, NEW = "둘째 사람의 암호입니다", "새로 정한 암호 열 글자"


@pytest.fixture
def team(path):
    """The drawn vault, opened by two people."""
    with opened(path) as vault:
        add_person(vault, "둘째", SECOND, own_passphrase=PASSPHRASE, own_name="첫째")
    return path


def opens(path, key):
    try:
        with opened(path, key, operation=Operation.READ) as vault:
            return vault.actor
    except WrongKeyError:
        return None


def doom(vault, reason="이유"):
    doomed = Doomed(vault.ledger.cases()[0].case_id)
    return doomed, ask(vault, doomed, foresee(vault, doomed), reason=reason)


def test_a_vault_of_one_person_acts_as_its_owner_and_destroys_alone(path):
    with opened(path) as vault:
        assert (vault.actor, needs_approval(vault)) == (OWNER, False)
        doomed, request = doom(vault)
        erase(vault, doomed, request, None)
    assert check(path).items == 0


def test_each_person_opens_with_their_own_passphrase_and_acts_under_their_own_number(team):
    first, second = opens(team, PASSPHRASE), opens(team, SECOND)
    assert None not in (first, second)
    assert len({first, second, OWNER}) == 3
    with opened(team, SECOND) as vault:
        new_recovery_key(vault)
        assert json.loads(list(vault.ledger.entries())[-1].raw)["actor"] == second
        roles = [json.loads(one.raw) for one in vault.ledger.entries() if b'"type":"role"' in one.raw]
        assert [one["counts"]["people"] for one in roles] == [1, 2]
        subjects = [
            o.subject for _, o in vault.ledger.openings() if isinstance(o.subject, dict) and "added" in o.subject
        ]
        assert [(one["person"], one["public"], one["added"]) for one in subjects] == [
            (one.person_id, one.public.hex(), True) for one in vault.ledger.people()
        ]
        log = b"".join(entry.raw for entry in vault.ledger.entries())
    for name in ("첫째", "둘째"):
        assert name.encode() not in log
        assert name.encode() not in (team / "haechi.vault").read_bytes()
    check(team)


def test_destroying_takes_another_persons_signature_over_exactly_this(team):
    with opened(team) as vault:
        doomed, request = doom(vault)
        with pytest.raises(ApprovalMissingError) as caught:
            erase(vault, doomed, request, None)
        assert caught.value.facts["reason"] == "missing"
        with pytest.raises(ApprovalMissingError) as caught:
            approve(vault, request, "첫째", PASSPHRASE)
        assert caught.value.facts["reason"] == "same"
        with pytest.raises(WrongKeyError):
            approve(vault, request, "둘째", PASSPHRASE)
        with pytest.raises(PersonMissingError):
            approve(vault, request, "셋째", SECOND)
        approval = approve(vault, request, "둘째", SECOND)
        for other in (
            replace(request, reason="다른 이유"),
            replace(request, entries=request.entries[:-1]),
            replace(request, origin="haechi.invalid/other"),
        ):
            with pytest.raises(ApprovalMissingError):
                erase(vault, doomed, other, approval)
        mine = TOOLS.signer(bytes(32))
        forged = Approval(approval.person, mine.public, mine.sign(request.approval_bytes()))
        with pytest.raises(ApprovalMissingError):
            erase(vault, doomed, request, forged)
        assert vault.ledger.cases()
        done = erase(vault, doomed, request, approval)
        assert done.opening.subject["approval"]["person"] == approval.person
        assert done.opening.subject["requested_by"] == vault.actor
    assert check(team).items == 0


def test_the_master_key_alone_asks_for_nothing_and_signs_nothing(team):
    with opened(team) as vault:
        master = vault.master
    given = GivenKey(master=master, person=opens(team, PASSPHRASE))
    vault = open_vault(TOOLS, team, given)
    try:
        with pytest.raises(ApprovalMissingError) as caught:
            needs_approval(vault)
        assert caught.value.facts["reason"] == "not-typed"
        with pytest.raises(SlotRefusedError):
            add_person(vault, "셋째", SECOND, own_passphrase=PASSPHRASE)
        slot = next(one for one in vault.header.slots if one.get("person") != given.person and "person" in one)
        with pytest.raises(WrongKeyError):
            TOOLS.keys.person_key(slot, master.hex(), vault_id=vault.header.vault_id)
    finally:
        vault.close()


def test_who_was_removed_opens_nothing_and_what_they_did_stays(team):
    second = opens(team, SECOND)
    with opened(team) as vault:
        remove_person(vault, "둘째")
        assert not needs_approval(vault)
        assert [one.is_active for one in vault.ledger.people()] == [True, False]
        with pytest.raises(PersonMissingError):
            remove_person(vault, "둘째")
        with pytest.raises(SlotRefusedError) as caught:
            remove_person(vault, "첫째")
        assert caught.value.facts["reason"] == "last"
    assert opens(team, SECOND) is None
    assert second.encode() not in (team / "haechi.vault").read_bytes()
    assert second not in {one.person_id for one in active([])}
    check(team)


def test_a_removal_that_was_cut_off_before_the_header_is_finished_by_the_next_opening(team, child):
    died = child(
        "import os, signal\n"
        "from haechi.adapters.vault_folder.folders import OpenFolder\n"
        "from haechi.flows.remove_person import remove_person\n"
        "OpenFolder.replace_slots = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with opened(Path(sys.argv[1])) as vault: remove_person(vault, '둘째')",
        team,
    )
    assert died.returncode == -9, died.stderr
    with opened(team):
        pass
    assert opens(team, SECOND) is None
    check(team)


def _add(vault):
    return add_person(vault, "둘째", SECOND, own_passphrase=PASSPHRASE, own_name="첫째")


def test_an_addition_that_was_cut_off_before_the_header_is_taken_back_by_the_next_opening(path, child):
    died = child(
        "import os, signal\n"
        "from haechi.adapters.vault_folder.folders import OpenFolder\n"
        "from haechi.flows.add_person import add_person\n"
        "OpenFolder.replace_slots = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with opened(Path(sys.argv[1])) as vault: add_person(vault, '둘째', sys.argv[2], own_passphrase=PASSPHRASE, own_name='첫째')",
        path,
        SECOND,
    )
    assert died.returncode == -9, died.stderr
    with opened(path) as vault:
        assert active(vault.ledger.people()) == ()
        assert not needs_approval(vault)
        _add(vault)
    assert opens(path, SECOND) is not None
    check(path)


def test_an_addition_whose_header_cannot_be_written_is_taken_back(path, monkeypatch):
    with opened(path) as vault:
        with monkeypatch.context() as patch:
            patch.setattr(vault.folder, "replace_slots", no_room)
            with pytest.raises(DiskFullError):
                _add(vault)
        assert active(vault.ledger.people()) == ()
        _add(vault)
    assert opens(path, SECOND) is not None
    check(path)


def test_a_disk_without_room_for_the_checkpoint_does_not_call_undone_what_is_done(path, monkeypatch):
    with monkeypatch.context() as patch:
        with opened(path) as vault:
            patch.setattr(vault.folder, "write_checkpoint", no_room)
            added = _add(vault)
            assert not vault.checkpoint()
        assert opens(path, SECOND) == added.person_id
        with opened(path) as vault:
            patch.setattr(vault.folder, "write_checkpoint", no_room)
            remove_person(vault, "둘째")
    assert opens(path, SECOND) is None
    with opened(path) as vault:
        assert [one.name for one in active(vault.ledger.people())] == ["첫째"]
        assert vault.checkpoint()
    check(path)


def no_room(*_):
    raise DiskFullError(path="haechi.vault")


def test_an_older_header_that_was_put_back_takes_nobodys_say_away(path):
    before = (path / "haechi.vault").read_bytes()
    with opened(path) as vault:
        _add(vault)
    (path / "haechi.vault").write_bytes(before)
    with opened(path) as vault:
        assert [person.name for person in active(vault.ledger.people())] == ["첫째", "둘째"]
        with pytest.raises(ApprovalMissingError):
            needs_approval(vault)


@pytest.mark.parametrize(("name", "passphrase"), [("첫째", NEW), (" ", NEW)])
def test_a_person_needs_a_name_of_their_own(team, name, passphrase):
    with opened(team) as vault, pytest.raises(PersonExistsError):
        add_person(vault, name, passphrase, own_passphrase=PASSPHRASE)
    assert check(team)


def test_adding_takes_the_passphrase_that_opened_the_vault(path):
    with opened(path) as vault:
        with pytest.raises(WrongKeyError):
            add_person(vault, "둘째", SECOND, own_passphrase=NEW, own_name="첫째")
        with pytest.raises(WeakPassphraseError):
            add_person(vault, "둘째", "짧다", own_passphrase=PASSPHRASE, own_name="첫째")
        assert vault.ledger.people() == []
    assert opens(path, PASSPHRASE) == OWNER


def test_no_two_people_have_the_same_passphrase(team):
    with opened(team, SECOND) as vault:
        for passphrase in (PASSPHRASE, SECOND):
            with pytest.raises(SlotRefusedError) as caught:
                add_person(vault, "셋째", passphrase, own_passphrase=SECOND)
            assert caught.value.facts["reason"] == "taken"
        with pytest.raises(SlotRefusedError):
            change_passphrase(vault, SECOND, PASSPHRASE)
        assert len(active(vault.ledger.people())) == 2


def test_a_person_who_changes_their_passphrase_stays_the_same_person(team):
    first, second = opens(team, PASSPHRASE), opens(team, SECOND)
    with opened(team, SECOND) as vault:
        change_passphrase(vault, SECOND, NEW)
    assert (opens(team, PASSPHRASE), opens(team, NEW), opens(team, SECOND)) == (first, second, None)
    with opened(team) as vault:
        doomed, request = doom(vault)
        erase(vault, doomed, request, approve(vault, request, "둘째", NEW))
    check(team)


def test_a_recovery_key_does_not_stand_in_for_one_of_several_people(team):
    with opened(team) as vault:
        recovery = new_recovery_key(vault)
    assert opens(team, recovery) == OWNER
    with opened(team, recovery) as vault:
        with pytest.raises(SlotRefusedError):
            change_passphrase(vault, recovery, NEW)
        with pytest.raises(ApprovalMissingError):
            needs_approval(vault)
        remove_person(vault, "둘째")


def test_what_two_people_do_one_after_the_other_verifies(team):
    with opened(team, SECOND) as vault:
        take(vault, sealed_case(vault, "둘"), [message(1, "글")], files=[("z", b"z")])
        add_person(vault, "셋째", NEW, own_passphrase=SECOND)
    with opened(team, NEW) as vault:
        doomed, request = doom(vault)
        erase(vault, doomed, request, approve(vault, request, "첫째", PASSPHRASE))
    assert check(team).items == 1
