"""A vault and its witnesses: what a rolled back and a rewritten log meet, and what is managed how."""

import shutil

import pytest

from drawn_vault import make as make_vault
from drawn_vault import message, opened, quiet, sealed_case, take
from drawn_witness import SIGNERS, VERIFIERS, DrawnLog, make_witness, served
from haechi.adapters.signing import Ed25519Signer
from haechi.adapters.witness import HttpWitnesses
from haechi.adapters.witness.folder import open_folder
from haechi.domain.anchor import Witness
from haechi.domain.custody import Draft, EntryType
from haechi.domain.errors import (
    PolicyUnreadableError,
    WitnessConflictError,
    WitnessKeyError,
    WitnessMissingError,
)
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey
from haechi.domain.policy import evaluate
from haechi.flows.anchor import anchor, prepare_anchor
from haechi.flows.ask_witnesses import WitnessSays, ask_witnesses
from haechi.flows.manage_witnesses import add_witness, policy, remove_witness, set_policy, witnesses
from haechi.flows.verify import Outside, verify
from haechi.language.errors import tell

CLIENT = HttpWitnesses(VERIFIERS, seconds=20)
VKEY = NoteKey("w.example", Ed25519Signer(bytes([5]) * 32).public, COSIGNATURE_ED25519).vkey


class Setting:
    """A vault, a witness that serves its log, and the address it answers at."""

    def __init__(self, folder, witness_folder, witness) -> None:
        self.path = folder
        self.witness_folder = witness_folder
        self.witness = witness

    def work(self, count: int = 1) -> None:
        with opened(self.path) as vault, vault.ledger.begin() as writer:
            for _entry in range(count):
                writer.append(Draft(EntryType.MATCH, "person", vault.tools.now()))

    def anchored(self):
        """Ask the witness; return the one outcome's error, None when it cosigned."""
        with opened(self.path) as vault:
            outgoing = prepare_anchor(vault, stamps=None)
            done = anchor(vault, outgoing, stamps=None, witnesses=CLIENT, actor="person", pause=lambda _seconds: None)
            return done.outcomes[0].error

    def asked(self):
        with opened(self.path) as vault:
            (found,) = ask_witnesses(vault, CLIENT)
            return found


@pytest.fixture
def setting(tmp_path):
    path = tmp_path / "vault"
    make_vault(path)
    folder = make_witness(tmp_path / "witness")
    with opened(path) as vault:
        take(vault, sealed_case(vault), [message(number) for number in range(3)])
        open_folder(folder, SIGNERS).store.trust(vault.log_key)
    with served(folder) as witness:
        with opened(path) as vault:
            add_witness(vault, witness, actor="person")
        yield Setting(path, folder, witness)


def test_a_vault_that_only_grows_is_cosigned_again_and_again(setting):
    for _time in range(3):
        assert setting.anchored() is None
        found = setting.asked()
        assert (found.says, found.is_alarm) == (WitnessSays.CONTINUED, False)
        assert found.at is not None
        setting.work()
    with opened(setting.path) as vault:
        anchors = vault.ledger.anchors()
    assert len(anchors) == 3
    assert all(len(one.cosignatures) == 2 for one in anchors)


def test_the_cosigned_checkpoint_reaches_the_vaults_own_quorum(setting):
    setting.anchored()
    with opened(setting.path) as vault:
        text = f"log {vault.log_key.vkey}\nwitness partner {setting.witness.vkeys[0]}\nquorum partner\n"
        kept = set_policy(vault, text.encode(), actor="person")
        newest = vault.ledger.anchors()[-1]
        lines = "".join(one.line for one in newest.cosignatures)
        assert evaluate(kept, newest.note + lines, VERIFIERS).is_valid
        assert not evaluate(kept, newest.note, VERIFIERS).is_valid


def test_an_old_copy_of_the_vault_is_refused_and_found(setting, tmp_path):
    setting.anchored()
    shutil.copytree(setting.path, tmp_path / "copy")
    setting.work(5)
    assert setting.anchored() is None
    shutil.rmtree(setting.path)
    shutil.move(tmp_path / "copy", setting.path)
    found = setting.asked()
    assert (found.says, found.is_alarm) == (WitnessSays.LONGER, True)
    setting.work()
    error = setting.anchored()
    assert isinstance(error, WitnessConflictError)
    assert error.facts == {"witness": "partner", "size": found.size, "reason": "ahead"}
    assert f"{found.size}" in tell(error)[0]


def test_an_old_copy_that_was_worked_on_is_a_fork_and_refused_and_found(setting, tmp_path):
    setting.anchored()
    shutil.copytree(setting.path, tmp_path / "copy")
    setting.work(5)
    assert setting.anchored() is None
    shutil.rmtree(setting.path)
    shutil.move(tmp_path / "copy", setting.path)
    setting.work(30)
    found = setting.asked()
    assert (found.says, found.is_alarm) == (WitnessSays.OTHER, True)
    error = setting.anchored()
    assert isinstance(error, WitnessConflictError)
    assert error.facts["reason"] == "fork"


def test_a_fork_of_the_same_size_signed_with_the_vaults_own_key_is_refused(setting):
    setting.anchored()
    with opened(setting.path) as vault:
        newest = vault.ledger.anchors()[-1]
        forged = DrawnLog(vault.origin)
        forged.signer, forged.key = vault.log_signer, vault.log_key
    with pytest.raises(WitnessConflictError) as refused:
        CLIENT.add_checkpoint(setting.witness, old_size=newest.size, proof=(), note=forged.note(newest.size))
    assert refused.value.facts["reason"] == "fork"


def test_a_shortened_log_learns_that_the_witness_is_ahead(setting):
    setting.anchored()
    with opened(setting.path) as vault:
        size = vault.ledger.anchors()[-1].size
        with pytest.raises(WitnessConflictError) as refused:
            CLIENT.add_checkpoint(setting.witness, old_size=0, proof=(), note=vault.note(size - 1))
    assert (refused.value.facts["reason"], refused.value.facts["size"]) == ("size", size)


def test_a_witness_that_never_saw_the_log_says_so(setting):
    assert setting.asked().says is WitnessSays.NOTHING


def test_a_witness_that_forgot_is_told_apart_from_one_that_never_saw(setting, tmp_path):
    setting.anchored()
    with opened(setting.path) as vault:
        fresh = make_witness(tmp_path / "fresh")
        open_folder(fresh, SIGNERS).store.trust(vault.log_key)
    with served(fresh) as emptied:
        with opened(setting.path) as vault:
            add_witness(vault, emptied, actor="person")
        found = setting.asked()
    assert (found.says, found.is_alarm) == (WitnessSays.FORGOT, False)


def test_a_witness_that_does_not_answer_is_a_finding_and_no_alarm(setting):
    with opened(setting.path) as vault:
        away = Witness("partner", "http://127.0.0.1:1", setting.witness.vkeys)
        add_witness(vault, away, actor="person")
    found = setting.asked()
    assert (found.says, found.is_alarm) == (WitnessSays.UNREACHABLE, False)


class Saying:
    """A client that has this note from everybody."""

    verifiers = VERIFIERS

    def __init__(self, note: str | None) -> None:
        self.note = note

    def latest(self, _witness, _origin):
        return self.note

    def add_checkpoint(self, *_anything, **_more):
        raise NotImplementedError


def test_what_a_witness_cannot_prove_is_not_believed(setting):
    with opened(setting.path) as vault:
        another_key, another_log = DrawnLog(vault.origin).note(79), DrawnLog().note(79)
        for note in ("", "nonsense\n", another_key, another_log, vault.note()):
            (found,) = ask_witnesses(vault, Saying(note))
            assert (found.says, found.is_alarm) == (WitnessSays.UNPROVEN, False)


def test_witnesses_come_and_go_and_each_change_is_in_the_log(setting):
    with opened(setting.path) as vault:
        size = vault.ledger.log_head().frontier.size
        add_witness(vault, Witness("second", "https://w.example/x", (VKEY,)), actor="person")
        assert [one.name for one in witnesses(vault)] == ["partner", "second"]
        remove_witness(vault, "second", actor="person")
        assert [one.name for one in witnesses(vault)] == ["partner"]
        told = [vault.ledger.opening(index).subject for index in (size, size + 1)]
    assert told == [
        {"witness": {"added": "second", "url": "https://w.example/x", "vkeys": [VKEY]}},
        {"witness": {"removed": "second"}},
    ]


def test_a_vault_whose_witnesses_changed_still_verifies(setting):
    setting.anchored()
    with opened(setting.path) as vault:
        remove_witness(vault, "partner", actor="person")
        set_policy(vault, b"quorum none\n", actor="person")
        assert verify(vault, quiet, outside=Outside(verifiers=VERIFIERS)).entries


def test_a_witness_nobody_knows_is_not_removed(setting):
    with opened(setting.path) as vault, pytest.raises(WitnessMissingError):
        remove_witness(vault, "nobody", actor="person")


def test_keys_that_are_none_or_another_witnesss_are_refused(setting):
    log_key = NoteKey("log", Ed25519Signer(bytes(32)).public).vkey
    renamed = NoteKey("x", NoteKey.parse(setting.witness.vkeys[0], kinds=(4,)).public, COSIGNATURE_ED25519).vkey
    korean = NoteKey("증인", Ed25519Signer(bytes([6]) * 32).public, COSIGNATURE_ED25519).vkey
    with opened(setting.path) as vault:
        for vkeys, reason in (
            ((), "witness"), (("x",), "witness"), ((log_key,), "witness"), ((renamed,), "twice"), ((VKEY, VKEY), "twice"),
            ((korean,), "name"),
        ):  # fmt: skip
            with pytest.raises(WitnessKeyError) as refused:
                add_witness(vault, Witness("second", "https://w.example", vkeys), actor="person")
            assert refused.value.facts["reason"] == reason
        for name in ("", "a b", "a+b", "a" * 81):
            with pytest.raises(WitnessKeyError):
                add_witness(vault, Witness(name, "https://w.example", (VKEY,)), actor="person")
        assert [one.name for one in witnesses(vault)] == ["partner"]


def test_a_policy_that_cannot_be_read_leaves_the_old_one(setting):
    with opened(setting.path) as vault:
        assert policy(vault) is None
        set_policy(vault, b"quorum none\n", actor="person")
        with pytest.raises(PolicyUnreadableError) as refused:
            set_policy(vault, b"\nquorum X\n", actor="person")
        assert policy(vault).quorum == "none"
    assert refused.value.facts == {"line": 2, "reason": "name-unknown"}
