"""After a deletion the vault verifies; a deletion that says too much, too little or lacks a second person's word does not."""

from dataclasses import replace

import pytest

from drawn_vault import PASSPHRASE, TOOLS, check, message, opened, sealed_case, take
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.deletion import Approval, Deletion
from haechi.domain.errors import CustodyBrokenError
from haechi.flows.add_person import add_person
from haechi.flows.erase import Doomed, approve, ask, erase, foresee
from haechi.flows.remove_person import remove_person

OTHER = "다른 사람의 긴 암호"


def wrong(path):
    """Return all that is found as (kind, place)."""
    try:
        check(path)
    except CustodyBrokenError as error:
        return [(one["kind"], one["place"]) for one in error.facts["findings"]]
    return []


def destroy(vault, doomed, *, approved_by=None):
    deletion = ask(vault, doomed, foresee(vault, doomed), reason="본인이 원함")
    approval = approve(vault, deletion, approved_by, OTHER) if approved_by else None
    return erase(vault, doomed, deletion, approval)


def first_case(vault):
    return vault.ledger.cases()[0].case_id


def doomed_items(vault, count=1):
    case = first_case(vault)
    return Doomed(case, items=tuple(one.item_id for one in list(vault.ledger.items(case))[:count]))


def test_a_destroyed_item_is_missed_nowhere_and_the_others_of_its_seal_still_count(path):
    with opened(path) as vault:
        destroyed = destroy(vault, doomed_items(vault))
    found = check(path)
    assert (found.items, found.messages, found.erased) == (2, 13, len(destroyed.erased.entries))
    assert found.erased >= 2  # the capture and the seal record, which has the file's name


def test_a_destroyed_import_and_then_its_case_are_missed_nowhere(path):
    with opened(path) as vault:
        destroy(vault, doomed_items(vault))
        destroy(vault, Doomed(first_case(vault), import_id=2))
    assert check(path).messages == 10
    with opened(path) as vault:
        destroy(vault, Doomed(first_case(vault)))
    found = check(path)
    assert (found.items, found.messages, found.blobs) == (0, 0, 0)
    assert found.erased > 5


def test_another_case_stays_as_it_was(path):
    with opened(path) as vault:
        take(vault, sealed_case(vault, "다른 사건"), [message(1)], files=[("d.png", b"drawn picture four")])
        destroy(vault, Doomed(first_case(vault)))
    found = check(path)
    assert (found.items, found.messages, found.blobs) == (1, 1, 1)


def test_what_comes_after_a_deletion_is_checked_as_ever(path):
    with opened(path) as vault:
        destroy(vault, doomed_items(vault))
        take(vault, sealed_case(vault), [message(70)], files=[("e.png", b"drawn picture five")])
    assert (check(path).items, wrong(path)) == (3, [])


def sql(path, statement, *values):
    """Change the ledger behind the vault's back, as somebody who has the key can."""
    with (
        opened(path) as vault,
        vault.ledger._engine.connect().execution_options(haechi_write=True) as connection,  # noqa: SLF001
        connection.begin(),
    ):
        connection.exec_driver_sql(statement, values)


def test_an_opening_that_is_back_after_its_deletion_is_named(path):
    with opened(path) as vault:
        doomed = doomed_items(vault)
        entry = vault.ledger.item_entry(doomed.items[0])
        kept = vault.ledger.opening(entry)
        destroy(vault, doomed)
    salt, digest = kept.salt, bytes.fromhex(kept.digest)
    sql(path, "INSERT INTO openings (number, salt, digest) VALUES (?, ?, ?)", entry, salt, digest)
    assert ("not-erased", entry) in wrong(path)


def test_one_more_opening_gone_than_the_deletion_names_is_missed(path):
    with opened(path) as vault:
        doomed = doomed_items(vault)
        destroy(vault, doomed)
        left = vault.ledger.item_entry(next(vault.ledger.items(doomed.case)).item_id)
    sql(path, "DELETE FROM openings WHERE number = ?", left)
    assert wrong(path)[0] == ("opening-missing", left)


def claim(path, entries, *, approval=None, said=None):
    """Append a delete entry that says what it likes (`said` instead of what it should), and return its index."""
    with opened(path) as vault:
        deletion = Deletion(vault.origin, None, False, tuple(entries), 0, "이유", "owner")  # noqa: FBT003
        record = {**deletion.record(approval(deletion) if approval else None), **(said or {})}
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), record)
            return writer.append(Draft(EntryType.DELETE, "owner", TOOLS.now(), opening=opening)).index


def test_a_deletion_that_names_what_is_still_there_is_named(path):
    claim(path, [3])
    assert wrong(path) == [("not-erased", 3)]


def test_a_deletion_of_what_comes_after_it_covers_nothing(path):
    with opened(path) as vault:
        entry = vault.ledger.item_entry(doomed_items(vault).items[0])
        size = vault.ledger.log_head().frontier.size
    index = claim(path, [size, size + 1, size + 2])
    assert wrong(path) == [("deletion", index)]
    sql(path, "DELETE FROM openings WHERE number = ?", entry)
    assert ("opening-missing", entry) in wrong(path)


@pytest.mark.parametrize(
    "entries", [[[2, 1]], [[5, 6], [3, 4]], [[-1, 0]], [["1", "2"]], [3], {}, None, [[1, 2, 3]], [[0, True]]]
)
def test_a_deletion_that_cannot_be_read_is_named(path, entries):
    index = claim(path, [], said={"entries": entries})
    assert wrong(path) == [("deletion", index)]


@pytest.fixture
def team(path):
    """The drawn vault with two people who may open it: whoever made it, and `이웃`."""
    with opened(path) as vault:
        add_person(vault, "이웃", OTHER, own_passphrase=PASSPHRASE, own_name="나")
    return path


def test_a_deletion_by_two_people_verifies(team):
    with opened(team) as vault:
        destroy(vault, doomed_items(vault), approved_by="이웃")
    assert check(team).items == 2


def signed_by_nobody(deletion):
    signer = TOOLS.signer(bytes(32))
    return Approval("00" * 16, signer.public, signer.sign(deletion.approval_bytes()))


def flipped(approval):
    return replace(approval, signature=bytes([approval.signature[0] ^ 1]) + approval.signature[1:])


def with_another_key(approval):
    return replace(approval, public=TOOLS.signer(bytes(32)).public)


def test_the_word_of_the_second_person_has_to_be_there_and_theirs(team):
    good = claim_in(team, None)
    assert wrong(team) == []
    bad = [claim(team, []), claim(team, [], approval=signed_by_nobody)]
    bad += [claim_in(team, change) for change in (flipped, with_another_key)]
    assert good not in bad
    assert wrong(team) == [("approval", index) for index in bad]


def claim_in(team, change):
    """Append an approved deletion of nothing whose approval was changed afterwards (None: it was not)."""
    with opened(team) as vault:
        deletion = Deletion(vault.origin, None, False, (), 0, "이유", vault.actor)  # noqa: FBT003
        approval = approve(vault, deletion, "이웃", OTHER)
        record = deletion.record(approval if change is None else change(approval))
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), record)
            return writer.append(Draft(EntryType.DELETE, vault.actor, TOOLS.now(), opening=opening)).index


def test_an_approval_for_another_deletion_does_not_serve(team):
    with opened(team) as vault:
        asked = Deletion(vault.origin, None, False, (), 0, "이유", vault.actor)  # noqa: FBT003
        approval = approve(vault, asked, "이웃", OTHER)
        other = replace(asked, reason="다른 이유")
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), other.record(approval))
            index = writer.append(Draft(EntryType.DELETE, vault.actor, TOOLS.now(), opening=opening)).index
    assert wrong(team) == [("approval", index)]


def test_nobody_approves_their_own_request(team):
    with opened(team) as vault:
        person = next(one for one in vault.ledger.people() if one.name == "이웃")
        asked = Deletion(vault.origin, None, False, (), 0, "이유", vault.actor)  # noqa: FBT003
        by_themselves = replace(asked, requested_by=person.person_id)
        honest = approve(vault, asked, "이웃", OTHER)
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), by_themselves.record(honest))
            index = writer.append(Draft(EntryType.DELETE, vault.actor, TOOLS.now(), opening=opening)).index
    assert wrong(team) == [("approval", index)]


def test_the_word_of_somebody_who_was_taken_away_counts_before_and_not_after(team):
    with opened(team) as vault:
        add_person(vault, "셋째", OTHER + "3", own_passphrase=PASSPHRASE)
    before = claim_in(team, None)
    with opened(team) as vault:
        asked = Deletion(vault.origin, None, False, (), 0, "이유", vault.actor)  # noqa: FBT003
        approval = approve(vault, asked, "이웃", OTHER)
        remove_person(vault, "이웃")
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), asked.record(approval))
            after = writer.append(Draft(EntryType.DELETE, vault.actor, TOOLS.now(), opening=opening)).index
    assert before < after
    assert wrong(team) == [("approval", after)]


def test_people_who_are_not_those_of_the_log_are_found(team):
    sql(team, "UPDATE people SET is_active = 0 WHERE number = 2")
    assert wrong(team) == [("role", "people")]
