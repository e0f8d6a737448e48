"""A witness's answers, rule by rule of C2SP tlog-witness, over the store that it really uses."""

import base64
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn_witness import AT, VERIFIERS, DrawnLog, make_witness, request, tools_of
from haechi.domain.cosignature import cosignatures
from haechi.domain.merkle import EMPTY_ROOT, Tree, leaf_hash
from haechi.domain.note import NoteKey, sign_note, signature_line, signature_lines, split_note
from haechi.flows.witness_checkpoint import witness_checkpoint
from haechi.ports.witness import MOST_PROOF_HASHES, Refusal

LOG = DrawnLog()
FORK = DrawnLog(salt=b"fork")


@pytest.fixture
def tools(tmp_path):
    return tools_of(make_witness(tmp_path / "witness", LOG))


@pytest.fixture
def at_five(tools):
    assert ask(tools, LOG.request(0, 5)).refusal is None
    return tools


def ask(tools, body: bytes):
    return witness_checkpoint(body, tools)


def refusal(tools, body: bytes):
    """Return why; and see that nothing was cosigned and nothing forgotten."""
    before = tools.store.latest(LOG.key.name)
    answer = ask(tools, body)
    assert not answer.lines
    assert tools.store.latest(LOG.key.name) == before
    return answer.refusal


def test_a_first_checkpoint_is_cosigned_with_both_keys_ed25519_first(tools):
    answer = ask(tools, LOG.request(0, 5))
    keys = [key for key, _sign in tools.signers]
    text, _lines = split_note(LOG.note(5))
    found = cosignatures(text, signature_lines(answer.lines), keys, VERIFIERS)
    assert [(one.key, one.at) for one in found] == [(key, AT) for key in keys]
    assert [key.kind for key in keys] == [4, 6]


def test_what_was_cosigned_is_kept_with_the_logs_line_and_the_witnesss(tools):
    stranger = signature_line(NoteKey("stranger", bytes(32)), bytes(64))
    own = LOG.note(5).rpartition("\n\n")[2]
    answer = ask(tools, request(0, (), LOG.note(5) + stranger + own))
    assert tools.store.latest(LOG.key.name).note == LOG.note(5) + answer.lines


def test_a_log_that_grew_is_cosigned_from_any_size_to_any_other(tmp_path):
    for old in range(1, 12):
        tools = tools_of(make_witness(tmp_path / str(old), LOG))
        assert ask(tools, LOG.request(0, old)).lines
        for size in range(old, 12):
            assert ask(tools, LOG.request(tools.store.latest(LOG.key.name).size, size)).lines


def test_the_same_checkpoint_is_cosigned_again(at_five):
    assert ask(at_five, LOG.request(5, 5)).lines


def test_the_other_log_of_the_same_size_is_inconsistent(at_five):
    assert refusal(at_five, FORK.request(5, 5)) is Refusal.INCONSISTENT


def test_a_fork_that_is_signed_with_the_logs_own_key_is_inconsistent(at_five):
    assert refusal(at_five, FORK.request(5, 9)) is Refusal.INCONSISTENT


def test_a_shorter_log_learns_what_size_was_seen(at_five):
    answer = ask(at_five, LOG.request(3, 4))
    assert (answer.refusal, answer.size) == (Refusal.OTHER_SIZE, 5)
    assert ask(at_five, LOG.request(0, 9)).size == 5


def test_an_old_size_before_anything_was_seen_is_answered_with_zero(tools):
    answer = ask(tools, LOG.request(3, 4))
    assert (answer.refusal, answer.size) == (Refusal.OTHER_SIZE, 0)


def test_an_old_size_beyond_the_checkpoint_is_malformed(at_five):
    assert refusal(at_five, request(5, (), LOG.note(3))) is Refusal.MALFORMED


def test_a_log_that_is_not_served_is_unknown(at_five):
    assert refusal(at_five, DrawnLog("other.example").request(0, 5)) is Refusal.UNKNOWN_LOG


def test_a_checkpoint_by_another_key_of_the_same_name_is_unsigned(at_five):
    assert refusal(at_five, DrawnLog(seed=2).request(5, 7)) is Refusal.UNSIGNED


def test_a_wrong_signature_by_a_trusted_key_is_unsigned_beside_a_right_one_too(at_five):
    wrong = signature_line(LOG.key, bytes(64))
    assert refusal(at_five, LOG.request(5, 7) + wrong.encode()) is Refusal.UNSIGNED


def test_two_trusted_keys_of_one_log_are_both_taken(at_five):
    second = DrawnLog(seed=2)
    at_five.store.trust(second.key)
    assert ask(at_five, second.request(5, 7)).lines
    assert ask(at_five, LOG.request(7, 8)).lines


def test_a_proof_for_nothing_is_inconsistent(tools):
    assert refusal(tools, request(0, (bytes(32),), LOG.note(5))) is Refusal.INCONSISTENT


def test_every_changed_proof_is_inconsistent(at_five):
    proof = LOG.proof(5, 13)
    for at in range(len(proof)):
        flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        for other in ((*proof[:at], flipped, *proof[at + 1 :]), (*proof[:at], *proof[at + 1 :]), (*proof, bytes(32))):
            assert refusal(at_five, request(5, other, LOG.note(13))) is Refusal.INCONSISTENT


def test_an_empty_tree_has_the_root_of_nothing(tools):
    assert refusal(tools, LOG.request(0, 0, root=leaf_hash(b""))) is Refusal.INCONSISTENT
    assert refusal(tools, request(0, (bytes(32),), LOG.note(0))) is Refusal.INCONSISTENT
    assert LOG.note(0).split("\n")[2] == base64.b64encode(EMPTY_ROOT).decode()
    assert ask(tools, LOG.request(0, 0)).lines
    assert ask(tools, LOG.request(0, 0)).lines
    assert ask(tools, LOG.request(0, 4)).lines


def test_63_hashes_are_read_and_64_are_not(at_five):
    assert refusal(at_five, request(5, [bytes(32)] * MOST_PROOF_HASHES, LOG.note(7))) is Refusal.INCONSISTENT
    assert refusal(at_five, request(5, [bytes(32)] * (MOST_PROOF_HASHES + 1), LOG.note(7))) is Refusal.MALFORMED


def test_extension_lines_are_cosigned_with_the_rest(at_five):
    answer = ask(at_five, LOG.request(5, 7, extra="extension\n"))
    text = LOG.note(7, extra="extension\n").partition("\n\n")[0] + "\n"
    assert cosignatures(text, signature_lines(answer.lines), [at_five.signers[0][0]], VERIFIERS)


def test_a_note_with_16_and_more_signatures_is_taken(at_five):
    others = "".join(signature_line(NoteKey(f"s{n}", bytes(32)), bytes(2420)) for n in range(40))
    assert ask(at_five, LOG.request(5, 7) + others.encode()).lines


ROOT = base64.b64encode(Tree(LOG.hashes[:7]).root()).decode()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"\n\n", b"old 5", b"old 5\n\n", b"\xff", LOG.request(5, 7)[1:], LOG.request(5, 7)[:-1],
        LOG.request(5, 7).replace(b"old 5", b"old 05"), LOG.request(5, 7).replace(b"old 5", b"old +5"),
        LOG.request(5, 7).replace(b"old 5", b"old 5 "), LOG.request(5, 7).replace(b"old 5", b"old  5"),
        LOG.request(5, 7).replace(b"old 5", b"old -1"), LOG.request(5, 7).replace(b"old 5", b"Old 5"),
        LOG.request(5, 7).replace(b"old 5\n", b"old 5\r\n"), LOG.request(5, 7).replace(b"=\n\n", b"= \n\n", 1),
        LOG.request(5, 7).replace(b"=\n\n", b"\n\n", 1), b"old 5\nAAAA\n\n" + LOG.note(7).encode(),
        b"old 5\n" + b"A" * 42 + b"B=\n\n" + LOG.note(7).encode(),
        b"old 9223372036854775808\n\n" + LOG.note(7).encode(),
        request(5, (), sign_note(f"log.example\n9223372036854775808\n{ROOT}\n", LOG.key, LOG.signer.sign)),
        request(5, (), sign_note(f"log.example\n07\n{ROOT}\n", LOG.key, LOG.signer.sign)),
        request(5, (), sign_note(f"log.example\n7\n{ROOT[:-2]}B=\n", LOG.key, LOG.signer.sign)),
        request(5, (), sign_note(f"log.example\n7\n{ROOT}\n\nmore\n", LOG.key, LOG.signer.sign)),
        request(5, (), sign_note(f"\n7\n{ROOT}\n", LOG.key, LOG.signer.sign)),
        request(5, (), sign_note("log.example\n7\n", LOG.key, LOG.signer.sign)),
        LOG.request(5, 7) + b"\n", LOG.request(5, 7).replace(b"\xe2\x80\x94", b"-"),
    ],
)  # fmt: skip
def test_what_is_not_a_request_is_malformed(at_five, body):
    assert refusal(at_five, body) is Refusal.MALFORMED


# A log of sigsum, its own hashes and signatures: TestRace and TestTooManyProofs of FiloSottile/torchwood, internal/witness.
SIGSUM = NoteKey(
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562",
    bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"),
)
SIGSUM_NOTES = {
    size: f"{SIGSUM.name}\n{size}\n{root}\n\n\u2014 {SIGSUM.name} {signature}\n"
    for size, root, signature in (
        (
            1, "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
        ),
        (
            3, "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
            "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
        ),
        (
            5, "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
            "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
        ),
    )
}  # fmt: skip
SIGSUM_PROOFS = {
    3: ["KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    5: [
        "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=",
        "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ],
}  # fmt: skip


@pytest.mark.parametrize("size", [3, 5])
def test_the_requests_of_another_implementations_log_are_cosigned(tools, size):
    tools.store.trust(SIGSUM)
    assert ask(tools, f"old 0\n\n{SIGSUM_NOTES[1]}".encode()).lines
    hashes = "\n".join(SIGSUM_PROOFS[size])
    assert ask(tools, f"old 1\n{hashes}\n\n{SIGSUM_NOTES[size]}".encode()).lines
    assert tools.store.latest(SIGSUM.name).size == size


def test_a_request_that_another_one_overtakes_does_not_roll_the_log_back(at_five):
    """The race that the specification describes, at the one moment where it could happen."""
    overtaken = []

    def now() -> int:
        if not overtaken:  # the first request was found consistent and is about to be kept
            overtaken.append(ask(at_five, LOG.request(5, 9)))
        return AT

    answer = ask(replace(at_five, now=now), LOG.request(5, 7))
    assert overtaken[0].lines
    assert (answer.lines, answer.refusal, answer.size) == ("", Refusal.OTHER_SIZE, 9)
    assert at_five.store.latest(LOG.key.name).size == 9


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_no_change_of_a_request_by_a_few_bytes_makes_the_witness_sign_another_log(at_five, data):
    body = bytearray(LOG.request(5, 7))
    for _change in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
    ask(at_five, bytes(body))
    seen = at_five.store.latest(LOG.key.name)
    assert seen.root == Tree(LOG.hashes[: seen.size]).root()
