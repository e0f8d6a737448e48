"""Cosignatures against the C2SP texts' examples and a checkpoint that another implementation signed with ML-DSA-44."""

import base64
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.signing import Ed25519Signer, MlDsa44Signer, verify_ed25519, verify_mldsa44
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import (
    KINDS,
    LATEST,
    LOG_KINDS,
    CosignatureError,
    cosign,
    cosignatures,
    cosigned_message,
    is_signed,
    witness_key,
)
from haechi.domain.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_MLDSA44,
    ED25519,
    NoteError,
    NoteKey,
    sign_note,
    signature_line,
    signature_lines,
    split_note,
)

VERIFIERS = {ED25519: verify_ed25519, COSIGNATURE_ED25519: verify_ed25519, COSIGNATURE_MLDSA44: verify_mldsa44}
SIGNERS = {COSIGNATURE_ED25519: Ed25519Signer(bytes(32)), COSIGNATURE_MLDSA44: MlDsa44Signer(bytes(32))}
KEYS = {kind: NoteKey("witness.example/w1", signer.public, kind) for kind, signer in SIGNERS.items()}
LOG = Ed25519Signer(bytes(range(32)))
LOG_KEY = NoteKey("log.example", LOG.public)
TEXT = Checkpoint("log.example", 7, bytes(32)).text()
AT = 1_679_315_147
VECTORS = Path(__file__).parent / "vectors"

# The example of tlog-cosignature; the texts do not give the keys.
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def line(kind: int, text: str = TEXT, at: int = AT) -> str:
    return cosign(text, KEYS[kind], SIGNERS[kind].sign, at=at)


def found(lines: str, text: str = TEXT, keys=None):
    return cosignatures(text, signature_lines(lines), keys or KEYS.values(), VERIFIERS)


def test_the_message_of_the_specifications_example_is_the_one_that_it_prints():
    text, lines = split_note(EXAMPLE)
    at = int.from_bytes(lines[1].signature[:8])
    assert at == 1_679_315_147
    assert cosigned_message(KEYS[COSIGNATURE_ED25519], text, at) == (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_ml_dsa_message_is_the_structure_of_the_specification():
    message = cosigned_message(KEYS[COSIGNATURE_MLDSA44], TEXT, AT)
    assert message == b"".join(
        [
            b"subtree/v1\n\x00", b"\x12witness.example/w1", struct.pack(">Q", AT), b"\x0blog.example",
            struct.pack(">QQ", 0, 7), bytes(32),
        ]
    )  # fmt: skip


def test_a_checkpoint_that_another_implementation_signed_with_ml_dsa_44_holds():
    # litewitness of FiloSottile/torchwood, cmd/litewitness/testdata/mldsa.txt: the log's key, a blank line, its checkpoint.
    vkey, _blank, note = (VECTORS / "mldsa44-log.txt").read_text("utf-8").partition("\n\n")
    key = NoteKey.parse(vkey, kinds=LOG_KINDS)
    text, lines = split_note(note)
    assert key.vkey == vkey
    assert is_signed(text, lines, [key], VERIFIERS)
    with pytest.raises(NoteError):
        is_signed(text.replace("\n1\n", "\n2\n"), lines, [key], VERIFIERS)
    with pytest.raises(NoteError):  # the signature does not cover such a line
        is_signed(text + "extension\n", lines, [key], VERIFIERS)


def test_a_log_may_leave_the_time_out_and_a_witness_may_not():
    lines = line(COSIGNATURE_MLDSA44, at=0)
    assert is_signed(TEXT, signature_lines(lines), [KEYS[COSIGNATURE_MLDSA44]], VERIFIERS)
    with pytest.raises(CosignatureError):
        found(lines)


def test_keys_of_witnesses_in_use_have_the_ids_that_their_texts_state():
    # A witness of the public network, and a test key of transparency-dev/formats.
    for vkey in (
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    ):
        assert NoteKey.parse(vkey, kinds=(ED25519, *KINDS)).vkey == vkey


@pytest.mark.parametrize("kind", KINDS)
def test_a_cosignature_comes_back_with_its_time(kind):
    (one,) = found(line(kind))
    assert (one.key, one.at, one.line) == (KEYS[kind], AT, line(kind) if kind == COSIGNATURE_ED25519 else one.line)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n7\n", "\n8\n"), TEXT.replace("log.example", "log.exampl"),
        Checkpoint("log.example", 7, bytes(31) + b"\1").text(),
    ],
)  # fmt: skip
def test_a_cosignature_is_of_one_checkpoint_only(kind, text):
    with pytest.raises(CosignatureError):
        found(line(kind), text)


@given(st.sampled_from(KINDS), st.integers(0, 2**12), st.integers(0, 7))
def test_one_flipped_bit_of_time_or_signature_is_noticed(kind, at, bit):
    encoded = line(kind).split(" ")[2].strip()
    blob = bytearray(base64.b64decode(encoded))
    at = 4 + at % (len(blob) - 4)
    blob[at] ^= 1 << bit
    changed = line(kind).replace(encoded, base64.b64encode(blob).decode())
    if changed == line(kind):  # ML-DSA signs anew each time
        return
    with pytest.raises(CosignatureError):
        found(f"\u2014 {KEYS[kind].name} {base64.b64encode(blob).decode()}\n")


def test_an_ed25519_cosignature_covers_extension_lines():
    text = TEXT + "extension\n"
    assert found(line(COSIGNATURE_ED25519, text), text)
    with pytest.raises(CosignatureError):
        found(line(COSIGNATURE_ED25519, text))


def test_the_ml_dsa_cosignature_names_its_witness():
    other = NoteKey("witness.example/w2", KEYS[COSIGNATURE_MLDSA44].public, COSIGNATURE_MLDSA44)
    borrowed = signature_line(other, signature_lines(line(COSIGNATURE_MLDSA44))[0].signature)
    with pytest.raises(CosignatureError):
        found(borrowed, keys=[other])


def test_lines_of_unknown_keys_are_passed_over_even_with_a_known_name_or_id():
    known = KEYS[COSIGNATURE_ED25519]
    stranger = Ed25519Signer(bytes([9]) * 32)
    same_name = NoteKey(known.name, stranger.public, COSIGNATURE_ED25519)
    lines = "".join(signature_line(same_name, bytes(72)) for _ in range(20))
    same_id = f"\u2014 other {base64.b64encode(known.key_id + bytes(72)).decode()}\n"
    assert [one.at for one in found(lines + same_id + line(COSIGNATURE_ED25519))] == [AT]


def test_sixteen_witnesses_with_two_keys_each_are_all_found():
    lines, keys = "", []
    for number in range(16):
        for kind, made in ((COSIGNATURE_ED25519, Ed25519Signer), (COSIGNATURE_MLDSA44, MlDsa44Signer)):
            signer = made(bytes([number]) * 32)
            keys.append(NoteKey(f"w{number}", signer.public, kind))
            lines += cosign(TEXT, keys[-1], signer.sign, at=AT)
    assert [one.key for one in found(lines, keys=keys)] == keys


@pytest.mark.parametrize("kind", KINDS)
def test_one_wrong_line_of_a_known_key_condemns_the_note(kind):
    with pytest.raises(CosignatureError):
        found(line(COSIGNATURE_ED25519) + signature_line(KEYS[kind], bytes(8) + bytes(64)))


@pytest.mark.parametrize("signature", [b"", bytes(1), bytes(7), bytes(8), bytes(71), bytes(73)])
def test_a_known_keys_line_of_another_length_condemns_the_note(signature):
    lines = f"\u2014 {KEYS[COSIGNATURE_ED25519].name} "
    lines += base64.b64encode(KEYS[COSIGNATURE_ED25519].key_id + signature).decode() + "\n"
    with pytest.raises(NoteError):
        found(lines)


def test_a_time_beyond_the_range_is_refused():
    with pytest.raises(CosignatureError):
        line(COSIGNATURE_ED25519, at=LATEST + 1)
    blob = struct.pack(">Q", LATEST + 1) + SIGNERS[COSIGNATURE_ED25519].sign(
        f"cosignature/v1\ntime {LATEST + 1}\n{TEXT}".encode()
    )
    with pytest.raises(CosignatureError):
        found(signature_line(KEYS[COSIGNATURE_ED25519], blob))


@pytest.mark.parametrize(
    "text",
    [
        "", "no checkpoint\n", Checkpoint("o" * 256, 7, bytes(32)).text(), Checkpoint("o", 2**63, bytes(32)).text(),
        TEXT.replace("log.example", "\ud800"),
    ],
)  # fmt: skip
def test_what_the_ml_dsa_message_cannot_name_is_not_cosigned(text):
    with pytest.raises(CosignatureError):
        line(COSIGNATURE_MLDSA44, text)


def test_a_logs_key_is_no_witnesss_key_and_the_other_way_round():
    with pytest.raises(NoteError):
        witness_key(LOG_KEY.vkey)
    with pytest.raises(NoteError):
        NoteKey.parse(KEYS[COSIGNATURE_ED25519].vkey, kinds=LOG_KINDS)


def test_an_ecdsa_key_is_refused():
    key = NoteKey("w", bytes(32), 0x02)
    with pytest.raises(NoteError):
        witness_key(key.vkey)


def test_a_checkpoint_is_signed_when_one_of_the_logs_keys_signed_and_none_is_wrong():
    text, lines = split_note(sign_note(TEXT, LOG_KEY, LOG.sign) + line(COSIGNATURE_ED25519))
    second = NoteKey(LOG_KEY.name, Ed25519Signer(bytes([7]) * 32).public)
    assert is_signed(text, lines, [second, LOG_KEY], VERIFIERS)
    assert not is_signed(text, lines, [second], VERIFIERS)
    with pytest.raises(NoteError):
        is_signed(text, [*lines, *signature_lines(signature_line(second, bytes(64)))], [second, LOG_KEY], VERIFIERS)
