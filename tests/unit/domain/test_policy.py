"""Trust policies: the example of the C2SP text, what it forbids with the line it stands in, and what a quorum makes of notes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.signing import Ed25519Signer, MlDsa44Signer, verify_ed25519, verify_mldsa44
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.note import COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, ED25519, NoteError, NoteKey, sign_note
from haechi.domain.policy import PolicyError, evaluate, parse_policy

VERIFIERS = {ED25519: verify_ed25519, COSIGNATURE_ED25519: verify_ed25519, COSIGNATURE_MLDSA44: verify_mldsa44}
LOG = Ed25519Signer(bytes(range(32)))
LOG_KEY = NoteKey("log.example", LOG.public)
NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
SIGNERS = {name: Ed25519Signer(bytes([number]) * 32) for number, name in enumerate(NAMES, 1)}
KEYS = {name: NoteKey(f"{name}.example", signer.public, COSIGNATURE_ED25519) for name, signer in SIGNERS.items()}
VKEYS = {name: key.vkey for name, key in KEYS.items()}
MLDSA = MlDsa44Signer(bytes(32))
MLDSA_KEY = NoteKey("pq.example", MLDSA.public, COSIGNATURE_MLDSA44)
TEXT = Checkpoint("log.example", 7, bytes(32)).text()

# The example of tlog-policy, with keys.
EXAMPLE = f"""
log {LOG_KEY.vkey}

witness X1 {VKEYS["X1"]}
witness X2 {VKEYS["X2"]}
witness X3 {VKEYS["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {VKEYS["Y1"]}
witness Y2 {VKEYS["Y2"]}
witness Y3 {VKEYS["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def note(*cosigners: str, signer=LOG) -> str:
    lines = "".join(cosign(TEXT, KEYS[name], SIGNERS[name].sign, at=5) for name in cosigners)
    return sign_note(TEXT, NoteKey("log.example", signer.public), signer.sign) + lines


def parsed(text: str):
    return parse_policy(text.encode("utf-8", "surrogateescape"))


def test_the_specifications_example_needs_two_of_x_and_one_of_y():
    policy = parsed(EXAMPLE)
    for cosigners in itertools.chain.from_iterable(itertools.combinations(NAMES, n) for n in range(7)):
        xs, ys = (sum(name[0] == letter for name in cosigners) for letter in "XY")
        assert policy.is_reached(cosigners) == (xs >= 2 and ys >= 1)


def test_a_checkpoint_with_the_quorums_cosignatures_is_valid():
    found = evaluate(parsed(EXAMPLE), note("X1", "X3", "Y2"), VERIFIERS)
    assert found.is_valid
    assert found.is_signed
    assert list(found.cosigned) == ["X1", "X3", "Y2"]


def test_one_cosignature_less_is_not_enough():
    found = evaluate(parsed(EXAMPLE), note("X1", "Y2"), VERIFIERS)
    assert found.is_signed
    assert not found.is_reached
    assert not found.is_valid


def test_the_same_witness_twice_counts_once():
    assert not evaluate(parsed(EXAMPLE), note("X1", "X1", "Y2"), VERIFIERS).is_reached


def test_a_wrong_line_of_a_listed_witness_condemns_the_note_and_one_of_an_unlisted_witness_does_not():
    wrong = note("X1", "X2", "Y1").replace("\u2014 X2.example ", "\u2014 X3.example ")
    stranger = NoteKey("X9.example", Ed25519Signer(bytes([77]) * 32).public, COSIGNATURE_ED25519)
    policy = parsed(EXAMPLE)
    assert not evaluate(policy, wrong, VERIFIERS).is_reached  # the ID under the other name is nobody's
    other = Checkpoint("log.example", 8, bytes(32)).text()
    for key, fails in ((KEYS["X3"], True), (stranger, False)):
        line = cosign(other, key, SIGNERS["X3"].sign, at=5)
        if fails:
            with pytest.raises(NoteError):
                evaluate(policy, note("X1", "X2", "Y1") + line, VERIFIERS)
        else:
            assert evaluate(policy, note("X1", "X2", "Y1") + line, VERIFIERS).is_valid


def test_a_checkpoint_of_an_unlisted_log_is_not_valid_however_many_cosigned():
    found = evaluate(parsed(EXAMPLE), note(*NAMES, signer=Ed25519Signer(bytes([99]) * 32)), VERIFIERS)
    assert found.is_signed is False
    assert found.is_reached
    assert not found.is_valid


def test_a_key_of_a_listed_log_does_not_speak_for_another_origin():
    text = Checkpoint("other.example", 7, bytes(32)).text()
    assert evaluate(parsed(EXAMPLE), sign_note(text, LOG_KEY, LOG.sign), VERIFIERS).is_signed is False


def test_a_policy_without_logs_leaves_the_log_to_the_caller():
    found = evaluate(parsed("quorum none\n"), note(), VERIFIERS)
    assert found.is_signed is None
    assert found.is_valid


def test_quorum_none_asks_for_no_cosignature_and_still_for_the_log():
    policy = parsed(f"log {LOG_KEY.vkey}\nquorum none\n")
    assert evaluate(policy, note(), VERIFIERS).is_valid
    assert not evaluate(policy, note(signer=Ed25519Signer(bytes([99]) * 32)), VERIFIERS).is_valid


def test_a_quorum_may_be_a_single_witness_with_an_ml_dsa_key():
    policy = parsed(f"witness pq {MLDSA_KEY.vkey} https://pq.example/\nquorum pq\n")
    assert policy.witnesses[0].url == "https://pq.example/"
    assert evaluate(policy, note() + cosign(TEXT, MLDSA_KEY, MLDSA.sign, at=5), VERIFIERS).is_reached
    assert not evaluate(policy, note(), VERIFIERS).is_reached


def test_what_is_no_checkpoint_is_refused():
    with pytest.raises(NoteError):
        evaluate(parsed("quorum none\n"), sign_note("a letter\n", LOG_KEY, LOG.sign), VERIFIERS)


def test_spaces_tabs_comments_and_empty_lines_mean_nothing():
    policy = parsed(f" \t# a comment, {chr(0xAC00)}\n\n\twitness  X1 \t{VKEYS['X1']} \n   \nquorum\tX1\t\n")
    assert policy.quorum == "X1"


def test_a_number_sign_within_a_line_is_no_comment():
    with pytest.raises(PolicyError, match="form"):
        parsed(f"witness X1 {VKEYS['X1']} # ours\nquorum X1\n")


def test_names_are_octets():
    kelvin = f"witness K {VKEYS['X1']}\nwitness \u212a {VKEYS['X2']}\nwitness \udcff {VKEYS['X3']}\nquorum \udcff\n"
    policy = parsed(kelvin)
    assert policy.is_reached(["\udcff"])
    assert not policy.is_reached(["K", "\u212a"])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "quorum-missing"),
        (f"log {LOG_KEY.vkey}\n", 0, "quorum-missing"),
        ("quorum none", 1, "unterminated"),
        ("quorum none\n# cut", 2, "unterminated"),
        ("quorum none\r\n", 1, "octet"),
        ("\n\x0cquorum none\n", 2, "octet"),
        ("quorum none\x7f\n", 1, "octet"),
        ("\n\nlogs x\n", 3, "form"),
        ("Quorum none\n", 1, "form"),
        ("log\n", 1, "form"),
        (f"log {LOG_KEY.vkey} url more\n", 1, "form"),
        (f"witness X1 {VKEYS['X1']} url more\n", 1, "form"),
        ("witness X1\n", 1, "form"),
        ("group G any\n", 1, "form"),
        ("quorum\n", 1, "form"),
        ("quorum none none\n", 1, "form"),
        ("quorum\u00a0none\n", 1, "form"),
        ("log nonsense\n", 1, "vkey"),
        (f"log {VKEYS['X1']}\n", 1, "vkey"),
        (f"witness X1 {LOG_KEY.vkey}\n", 1, "vkey"),
        (f"log {LOG_KEY.vkey}\nlog {NoteKey('other', LOG.public).vkey}\n", 2, "key-twice"),
        (f"witness a {VKEYS['X1']}\nwitness b {NoteKey('b', KEYS['X1'].public, 4).vkey}\n", 2, "key-twice"),
        (f"witness none {VKEYS['X1']}\n", 1, "name-twice"),
        (f"witness a {VKEYS['X1']}\nwitness a {VKEYS['X2']}\n", 2, "name-twice"),
        (f"witness a {VKEYS['X1']}\ngroup a any a\n", 2, "name-twice"),
        (f"witness a {VKEYS['X1']}\ngroup none any a\n", 2, "name-twice"),
        ("group g any g\n", 1, "name-unknown"),
        (f"group g any a\nwitness a {VKEYS['X1']}\n", 1, "name-unknown"),
        (f"witness a {VKEYS['X1']}\ngroup g any a none\n", 2, "name-unknown"),
        (f"quorum a\nwitness a {VKEYS['X1']}\n", 1, "name-unknown"),
        (f"witness a {VKEYS['X1']}\ngroup g all a a\n", 2, "member-twice"),
        (f"witness a {VKEYS['X1']}\ngroup g all a\ngroup h all a\n", 3, "member-twice"),
        (f"witness a {VKEYS['X1']}\ngroup g 0 a\n", 2, "threshold"),
        (f"witness a {VKEYS['X1']}\ngroup g 2 a\n", 2, "threshold"),
        (f"witness a {VKEYS['X1']}\ngroup g +1 a\n", 2, "threshold"),
        (f"witness a {VKEYS['X1']}\ngroup g \u0661 a\n", 2, "threshold"),
        (f"witness a {VKEYS['X1']}\ngroup g All a\n", 2, "threshold"),
        ("quorum none\nquorum none\n", 2, "quorum-twice"),
        ("#" * (1 << 20) + "\n", 0, "too-large"),
    ],
)  # fmt: skip
def test_what_the_text_forbids_is_refused_with_its_line(text, line, reason):
    with pytest.raises(PolicyError) as refused:
        parsed(text)
    assert (refused.value.reason, refused.value.line) == (reason, line)


def test_more_than_32_logs_witnesses_and_groups_are_taken_and_endless_ones_are_not():
    def policy(count: int) -> str:
        seeds = [Ed25519Signer(number.to_bytes(32)) for number in range(1, count + 1)]
        logs = [f"log {NoteKey(f'l{n}', one.public).vkey}\n" for n, one in enumerate(seeds)]
        witnesses = [
            f"witness w{n} {NoteKey(f'w{n}', one.public, COSIGNATURE_ED25519).vkey}\n" for n, one in enumerate(seeds)
        ]
        groups = [f"group g{n} all w{n}{f' g{n - 1}' if n else ''}\n" for n in range(count)]
        return "".join([*logs, *witnesses, *groups, f"quorum g{count - 1}\n"])

    deep = parsed(policy(40))
    assert deep.is_reached(f"w{n}" for n in range(40))
    assert not deep.is_reached(f"w{n}" for n in range(39))
    with pytest.raises(PolicyError, match="too-many"):
        parsed(policy(400))


@given(st.binary(max_size=300))
def test_any_octets_are_a_policy_or_refused_by_name(octets):
    try:
        policy = parse_policy(octets)
    except PolicyError as refused:
        line = refused.line
    else:
        line = 0
        assert policy.quorum == "none"  # no octets drawn here define a witness
    assert 0 <= line <= octets.count(b"\n") + 1


@given(st.data())
def test_a_further_cosignature_never_unmakes_a_quorum(data):
    policy = parsed(EXAMPLE)
    some = data.draw(st.sets(st.sampled_from(NAMES)))
    more = data.draw(st.sets(st.sampled_from(NAMES)))
    assert not policy.is_reached(some) or policy.is_reached(some | more)
