"""Asking others about the log: each answer is kept at once, each party counts for itself, and nobody is asked for nothing."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drawn.authority import Authority, Fault, drawn_identity, serving
from drawn_vault import make, opened, sealed_case
from haechi.domain.anchor import AnchorKind, RequestState
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import EntryType
from haechi.domain.errors import AuthorityExistsError, AuthorityMissingError, NobodyToAskError, WitnessConflictError
from haechi.domain.merkle import Tree
from haechi.flows.anchor import Because
from haechi.flows.status import status
from haechi.flows.verify import Outside, verify
from integration.anchoring.partners import WITNESS, MemoryWitness, Partners

NOW = datetime.now(UTC)
FIRST, SECOND = drawn_identity("first"), drawn_identity("second")
SOON = drawn_identity("soon", valid=(NOW - timedelta(days=300), NOW + timedelta(days=30)))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "vault"
    make(path)
    return path


@pytest.fixture
def partners(template, tmp_path):
    return Partners(Path(shutil.copytree(template, tmp_path / "vault")))


@pytest.fixture
def first():
    authority = Authority(FIRST)
    with serving(authority):
        yield authority


@pytest.fixture
def second():
    authority = Authority(SECOND)
    with serving(authority):
        yield authority


def anchors(partners):
    with opened(partners.path) as vault:
        return vault.ledger.anchors()


def requests(partners):
    with opened(partners.path) as vault:
        return {(one.anchor, one.name): one.state for one in vault.ledger.requests()}


def entries(partners, kind):
    with opened(partners.path) as vault:
        found = [one for one in vault.ledger.entries() if f'"type":"{kind}"'.encode() in one.raw]
        openings = [vault.ledger.opening(one.index) for one in found]
        return [(one, opening.subject) for one, opening in zip(found, openings, strict=True) if opening]


def verified(partners):
    with opened(partners.path) as vault:
        return verify(vault, progress=lambda *_: None, outside=Outside(check_stamp=lambda *_: None))


def told(partners):
    with opened(partners.path) as vault:
        return status(vault)


def grow(partners, name="사건"):
    with opened(partners.path) as vault:
        sealed_case(vault, name)


def test_nobody_is_asked_when_nobody_is_configured(partners):
    with pytest.raises(NobodyToAskError):
        partners.prepare()


def test_two_authorities_and_a_witness_answer_for_the_newest_checkpoint(partners, first, second):
    partners.add("first", first.url, FIRST)
    partners.add("second", second.url, SECOND)
    partners.add_witness()
    because, done = partners.anchor()
    assert because is Because.NEW
    assert [(one.kind, one.name, one.error) for one in done.outcomes] == [
        (AnchorKind.COSIGNATURE, "partner", None),
        (AnchorKind.STAMP, "first", None),
        (AnchorKind.STAMP, "second", None),
    ]
    (anchor,) = anchors(partners)
    assert {one.authority for one in anchor.stamps} == {"first", "second"}
    assert [one.witness for one in anchor.cosignatures] == ["partner"]
    assert set(requests(partners).values()) == {RequestState.DONE}
    with opened(partners.path) as vault:
        assert vault.note(anchor.size) == anchor.note
    assert partners.check().answered.stamps == 2


def test_what_is_stamped_are_the_bytes_of_the_note(partners, first):
    partners.add("first", first.url, FIRST)
    partners.anchor()
    (anchor,) = anchors(partners)
    assert hashlib.sha256(anchor.note.encode()).digest() in first.asked[0]
    assert hashlib.sha256(anchor.note.encode()).digest() in anchor.stamps[0].reply


def test_what_would_be_sent_is_the_log_s_name_its_size_and_its_root(partners, first):
    partners.add("first", first.url, FIRST)
    shown = partners.prepare()
    checkpoint = Checkpoint.parse("\n".join(shown.note.split("\n")[:3]) + "\n")
    assert checkpoint.text() == f"{shown.origin}\n{shown.size}\n{shown.root}\n"
    assert not first.asked
    assert not anchors(partners)


def test_each_answer_is_named_by_an_entry_of_the_log(partners, first):
    partners.add("first", first.url, FIRST)
    partners.anchor()
    (anchor,) = anchors(partners)
    ((entry, subject),) = entries(partners, EntryType.ANCHOR)
    assert entry.index == anchor.size
    assert f'"counts":{{"size":{anchor.size}}}'.encode() in entry.raw
    (stamp,) = anchor.stamps
    digest = hashlib.sha256(stamp.reply).hexdigest()
    apart = subject["stamps"][0].pop("apart_s")
    assert abs(apart) <= 5
    assert subject == {
        "v": 1,
        "size": anchor.size,
        "stamps": [{"authority": "first", "sha256": digest, "at": stamp.at}],
        "cosignatures": [],
    }
    assert b"first" not in entry.raw


def test_an_answer_does_not_make_another_anchoring_necessary(partners, first):
    partners.add("first", first.url, FIRST)
    partners.anchor()
    assert partners.anchor()[0] is Because.DONE
    assert len(first.asked) == 1
    assert len(anchors(partners)) == 1


def test_a_log_that_grew_is_anchored_anew(partners, first):
    partners.add("first", first.url, FIRST)
    partners.anchor()
    grow(partners)
    assert partners.anchor()[0] is Because.NEW
    assert [len(one.stamps) for one in anchors(partners)] == [1, 1]


def test_a_dead_authority_does_not_hold_back_another(partners, second):
    partners.add("dead", "http://127.0.0.1:1/", FIRST)
    partners.add("second", second.url, SECOND)
    _, done = partners.anchor()
    assert {one.name: one.error and one.error.code for one in done.outcomes} == {
        "dead": "authority-unreachable",
        "second": None,
    }
    assert len(second.asked) == 1
    assert partners.pauses == [2.0, 6.0]


def test_without_a_network_everybody_stays_in_the_outbox(partners):
    partners.add("dead", "http://127.0.0.1:1/", FIRST)
    _, done = partners.anchor()
    assert not done.is_answered
    with opened(partners.path) as vault:
        (request,) = vault.ledger.requests()
    assert (request.state, request.tries, request.problem) == (
        RequestState.WAITING,
        3,
        "authority-unreachable/connect",
    )
    now = told(partners)
    assert (now.waiting_requests, now.anchored_at) == (1, None)
    assert now.unanchored_entries == now.log_size


def test_who_did_not_answer_is_asked_about_the_same_checkpoint_the_next_time(partners, first, second):
    partners.add("first", first.url, FIRST)
    partners.add("second", second.url, SECOND)
    second.faults = {Fault.ERROR_500}
    partners.anchor()
    second.faults = set()
    because, _ = partners.anchor()
    assert because is Because.WAITING
    (anchor,) = anchors(partners)
    assert [one.authority for one in anchor.stamps] == ["first", "second"]
    assert len(first.asked) == 1
    assert told(partners).waiting_requests == 0


def test_who_never_answered_is_asked_about_the_newest_checkpoint_alone(partners, first):
    partners.add("first", first.url, FIRST)
    first.faults = {Fault.ERROR_500}
    partners.anchor()
    grow(partners)
    first.faults = set()
    partners.anchor()
    assert list(requests(partners).values()) == [RequestState.SUPERSEDED, RequestState.DONE]
    assert told(partners).waiting_requests == 0


def test_a_false_answer_is_not_asked_for_again_in_the_same_call(partners, first):
    partners.add("first", first.url, FIRST)
    first.faults = {Fault.ROGUE_ROOT}
    _, done = partners.anchor()
    assert done.outcomes[0].error.facts["reason"] == "certificate"
    assert len(first.asked) == 1
    assert set(requests(partners).values()) == {RequestState.REFUSED}
    assert not anchors(partners)[0].is_anchored
    assert not entries(partners, EntryType.ANCHOR)


def test_two_clocks_that_differ_are_both_kept(partners, first):
    partners.add("first", first.url, FIRST)
    first.now = lambda: datetime.now(UTC) - timedelta(days=400)
    _, done = partners.anchor()
    assert abs(done.outcomes[0].apart_s + 400 * 86_400) < 10
    ((_, subject),) = entries(partners, EntryType.ANCHOR)
    assert subject["stamps"][0]["apart_s"] == done.outcomes[0].apart_s


def test_status_tells_what_is_sealed_and_not_yet_anchored(partners, first):
    partners.add("first", first.url, FIRST)
    partners.anchor()
    now = told(partners)
    assert now.unanchored_entries == 0
    assert abs(now.anchored_at - datetime.now(UTC).timestamp()) < 10
    grow(partners)
    assert told(partners).unanchored_entries == 1
    assert told(partners).dying_stamps == 0
    assert verified(partners).answered.unanchored == 1


def test_a_witness_is_shown_that_the_log_only_grew(partners):
    partners.add_witness()
    partners.anchor()
    for number in range(3):
        grow(partners, f"사건 {number}")
        _, done = partners.anchor()
        assert done.is_answered
    assert partners.witness.asked[0] == 0
    assert partners.witness.asked[1:] == [one.size for one in anchors(partners)[:-1]]


def test_a_witness_that_remembers_another_size_is_asked_from_there(partners):
    partners.add_witness()
    partners.anchor()
    seen = partners.witness.seen
    grow(partners)
    with opened(partners.path) as vault:
        note = vault.note(vault.ledger.log_head().frontier.size)
        proof = Tree(vault.ledger.leaves(vault.ledger.log_head().frontier.size)).consistency(seen.size)
    partners.witness.add_checkpoint(WITNESS, old_size=seen.size, proof=proof, note=note)
    grow(partners, "다른 사건")
    _, done = partners.anchor()
    assert done.is_answered
    assert partners.witness.asked[-2:] == [seen.size, Checkpoint.parse("\n".join(note.split("\n")[:3]) + "\n").size]


def test_a_vault_that_was_put_back_is_told_so_by_its_witness(partners, tmp_path):
    partners.add_witness()
    shutil.copytree(partners.path, tmp_path / "older")
    grow(partners)
    partners.anchor()
    older = Partners(tmp_path / "older", witness=partners.witness)
    _, done = older.anchor()
    error = done.outcomes[0].error
    assert isinstance(error, WitnessConflictError)
    assert error.facts["reason"] == "ahead"
    assert set(requests(older).values()) == {RequestState.REFUSED}


def test_a_forked_log_is_refused_by_its_witness(partners, tmp_path):
    partners.add_witness()
    shutil.copytree(partners.path, tmp_path / "fork")
    grow(partners)
    partners.anchor()
    fork = Partners(tmp_path / "fork", witness=partners.witness)
    for number in range(4):
        grow(fork, f"다른 사건 {number}")
    _, done = fork.anchor()
    assert done.outcomes[0].error.facts["reason"] == "fork"


def test_a_stamp_whose_certificate_dies_soon_is_renewed_once_somebody_can(partners, first):
    soon = Authority(SOON)
    with serving(soon) as url:
        partners.add("soon", url, SOON)
        partners.anchor()
        assert told(partners).dying_stamps == 1
        # Asking the same authority again would give a stamp that dies on the same day.
        assert partners.prepare().because is Because.DONE
    partners.add("first", first.url, FIRST)
    with opened(partners.path) as vault:
        before = vault.ledger.log_head().frontier.size
    because, _ = partners.anchor()
    assert because in (Because.NEW, Because.RENEWAL)
    old, new = anchors(partners)
    assert new.size == before
    # What the new stamp covers commits to the old token.
    ((entry, subject), *_) = entries(partners, EntryType.ANCHOR)
    assert entry.index < new.size
    assert subject["stamps"][0]["sha256"] == hashlib.sha256(old.stamps[0].reply).hexdigest()
    assert told(partners).dying_stamps == 0
    assert partners.anchor()[0] is not Because.RENEWAL


def test_renewal_alone_makes_a_new_anchor(partners, first):
    """The log has nothing new: only the certificate under its newest stamp dies."""
    soon = Authority(SOON)
    with serving(soon) as url:
        partners.add("soon", url, SOON)
        partners.add("first", first.url, FIRST)
        first.faults = {Fault.ERROR_500}
        partners.anchor()
        first.faults = set()
        assert partners.anchor()[0] is Because.RENEWAL
        assert [sorted(s.authority for s in one.stamps) for one in anchors(partners)] == [["soon"], ["first", "soon"]]
        assert partners.anchor()[0] is Because.DONE


def test_whom_to_trust_is_never_replaced_in_passing(partners, first):
    partners.add("first", first.url, FIRST)
    with pytest.raises(AuthorityExistsError):
        partners.add("first", first.url, SECOND)
    partners.anchor()
    partners.remove("first")
    with pytest.raises(AuthorityMissingError):
        partners.remove("first")
    assert len(anchors(partners)[0].stamps) == 1
    subjects = [subject for _, subject in entries(partners, EntryType.KEY)]
    assert [next(iter(one["authority"])) for one in subjects] == ["added", "removed"]


KILLED = """
import sys
from haechi.domain.anchor import AnchorKind
from integration.anchoring.partners import Partners
from haechi.flows import anchor as flow
partners = Partners(__import__("pathlib").Path(sys.argv[1]))
kept = flow._Asking.ask
def ask(self, kind, name):
    outcome = kept(self, kind, name)
    print(name, flush=True)
    sys.stdin.readline()
    return outcome
flow._Asking.ask = ask
partners.anchor()
"""


def test_an_answer_that_was_told_survives_a_kill(partners, first, second):
    partners.add("first", first.url, FIRST)
    partners.add("second", second.url, SECOND)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, _PATHS))}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(partners.path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "first\n"
        child.send_signal(signal.SIGKILL)
    (anchor,) = anchors(partners)
    assert [one.authority for one in anchor.stamps] == ["first"]
    assert len(entries(partners, EntryType.ANCHOR)) == 1
    assert requests(partners) == {(1, "first"): RequestState.DONE, (1, "second"): RequestState.WAITING}
    because, _ = partners.anchor()
    assert because is Because.WAITING
    assert [one.authority for one in anchors(partners)[0].stamps] == ["first", "second"]
    assert len(first.asked) == 1
    assert partners.check().answered.stamps == 2


_PATHS = (Path(__file__).parents[2], Path(__file__).parents[3] / "tools")


def test_a_witness_that_is_away_does_not_hold_back_an_authority(partners, first):
    partners.witness = MemoryWitness(is_away=True)
    partners.add_witness()
    partners.add("first", first.url, FIRST)
    _, done = partners.anchor()
    assert [one.error is None for one in done.outcomes] == [False, True]
    assert len(first.asked) == 1


@pytest.mark.parametrize(
    "change",
    [lambda line: (line, line), lambda line: (replace(line, at=2**62),), lambda _: ()],
    ids=["twice", "far", "none"],
)
def test_an_answer_that_nobody_thought_of_does_not_hold_back_an_authority(partners, first, change):
    class Odd(MemoryWitness):
        def add_checkpoint(self, witness, **asked):
            return change(super().add_checkpoint(witness, **asked)[0])

    partners.witness = Odd()
    partners.add_witness()
    partners.add("first", first.url, FIRST)
    _, done = partners.anchor()
    assert [getattr(one.error, "code", None) for one in done.outcomes] == ["witness-unreachable", None]
    assert [len(one.stamps) for one in anchors(partners)] == [1]
    assert [one.cosignatures for one in anchors(partners)] == [()]
