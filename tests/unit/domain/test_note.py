"""Signed notes against the example of the C2SP signed-note text and the Ed25519 vectors of RFC 8032."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.note import NoteError, NoteKey, open_note, sign_note

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = NoteKey("log.example", SECRET.public_key().public_bytes_raw())
OTHER_SECRET = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = NoteKey("log.example", OTHER_SECRET.public_key().public_bytes_raw())
TEXT = "첫 줄\n\n둘째 줄\n"
NOTE = sign_note(TEXT, KEY, SECRET.sign)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def line(key: NoteKey, signature: bytes) -> str:
    return f"\u2014 {key.name} {base64.b64encode(key.key_id + signature).decode()}\n"


def test_a_note_opens_to_the_text_that_was_signed_even_when_it_has_empty_lines():
    assert open_note(NOTE, KEY, verify) == TEXT


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=60))
def test_signing_and_opening_are_inverse(text):
    assert open_note(sign_note(f"{text}\n", KEY, SECRET.sign), KEY, verify) == f"{text}\n"


@given(st.integers(0, len(NOTE) - 1), st.characters(exclude_categories=["Cs"]))
def test_a_note_with_one_other_character_never_opens_to_another_text(at, character):
    changed = NOTE[:at] + character + NOTE[at + 1 :]
    try:
        assert open_note(changed, KEY, verify) == TEXT
    except NoteError:
        assert changed != NOTE


def test_the_key_in_one_line_of_text_comes_back():
    assert NoteKey.parse(KEY.vkey) == KEY


def test_the_key_of_the_go_sum_database_has_the_id_that_its_text_states():
    # The one vkey that every Go installation carries (cmd/go, GOSUMDB).
    vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert NoteKey.parse(vkey).vkey == vkey


def test_the_key_of_the_specifications_example_has_the_id_that_its_text_states():
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = NoteKey.parse(vkey)
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, key, verify) == note.partition("\n\n")[0] + "\n"


@pytest.mark.parametrize(
    "vkey",
    [
        "", "name", "name+00000000+", "name+00000000+AAAA", KEY.vkey.replace("log", "lug"), KEY.vkey[:-4], f" {KEY.vkey}",
        f"a b{KEY.vkey}", KEY.vkey + "\n", "x+" + KEY.key_id.hex() + "+*",
    ],
)  # fmt: skip
def test_a_line_that_is_no_key_is_refused(vkey):
    with pytest.raises(NoteError):
        NoteKey.parse(vkey)


def test_lines_of_unknown_keys_are_passed_over():
    stranger = NoteKey("witness.example", OTHER.public)
    note = NOTE + "".join(line(stranger, bytes(64)) for _ in range(20))
    assert open_note(note, KEY, verify) == TEXT


def test_one_wrong_line_of_a_known_key_condemns_the_note():
    with pytest.raises(NoteError):
        open_note(NOTE + line(KEY, bytes(64)), KEY, verify)


def test_a_key_of_the_same_name_does_not_speak_for_the_known_one():
    with pytest.raises(NoteError):
        open_note(sign_note(TEXT, OTHER, OTHER_SECRET.sign), KEY, verify)


@pytest.mark.parametrize(
    "note",
    [
        "", "\n", "text\n", "text\n\n", NOTE[:-1], NOTE.replace("\u2014", "-"), NOTE.replace("첫", "\t"), NOTE + "\n",
        NOTE + "rest\n", TEXT + "\n" + line(KEY, b"") * 65, NOTE.replace("log.example ", "log.example  "),
        NOTE[:-2] + "*\n",
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_a_note_is_refused(note):
    with pytest.raises(NoteError):
        open_note(note, KEY, verify)


@pytest.mark.parametrize("text", ["no line end", "tab\t\n", "return\r\n", "\0\n", ""])
def test_a_text_that_a_note_cannot_hold_is_not_signed(text):
    with pytest.raises(NoteError):
        sign_note(text, KEY, SECRET.sign)
