"""Signed notes (C2SP signed-note): a text, a blank line, and one signature line for each key.

The signature primitive is passed in: the format must not move when a
cryptography library is upgraded, and every line here can be checked by hand.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Container
from dataclasses import dataclass

ED25519 = 0x01
COSIGNATURE_ED25519 = 0x04
COSIGNATURE_MLDSA44 = 0x06
PUBLIC_BYTES = {ED25519: 32, COSIGNATURE_ED25519: 32, COSIGNATURE_MLDSA44: 1312}
_ID_BYTES = 4
MOST_SIGNATURES = 64  # a verifier must take 16 or more; a limit keeps a hostile note cheap
_EM_DASH = "\u2014 "

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message) -> whether the signature is right."""


class NoteError(ValueError):
    """The text is not a signed note, or a known key's signature on it is wrong."""


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A named public key of one signature type, as a note's signature line refers to it."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key), first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as one line of text: `name+hexid+base64(type || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str, *, kinds: Container[int] = (ED25519,)) -> "NoteKey":
        """Return the key that this line of text names, of one of the `kinds`. Raises `NoteError`."""
        try:
            name, key_id, encoded = vkey.split("+", 2)
            kind, *public = base64.b64decode(encoded, validate=True)
            key = cls(name, bytes(public), kind)
            if not is_key_name(name) or kind not in kinds or len(public) != PUBLIC_BYTES.get(kind):
                raise NoteError(vkey)
            if key.key_id.hex() != key_id:
                raise NoteError(vkey)
        except (ValueError, binascii.Error) as error:  # UnicodeEncodeError too: a name with lone surrogates
            raise NoteError(vkey) from error
        return key


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line of a note: whose it says it is, and `signature` without the key ID. `text` has no LF."""

    text: str
    name: str
    key_id: bytes
    signature: bytes

    def is_by(self, key: NoteKey) -> bool:
        """Whether name and ID are this key's. That alone shows nothing: anybody can write them."""
        return (self.name, self.key_id) == (key.name, key.key_id)


def is_key_name(name: str) -> bool:
    """Say whether a key may be called so: not empty, no space of any kind, no plus, no control character."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def sign_note(text: str, key: NoteKey, sign: Sign) -> str:
    """Return the note that carries `text` (which must end with a line break) and one signature by `key`."""
    if not text.endswith("\n") or _has_control(text):
        raise NoteError(text)
    return f"{text}\n{signature_line(key, sign(text.encode()))}"


def signature_line(key: NoteKey, signature: bytes) -> str:
    """Return the note line, with its LF, that holds this signature by `key`."""
    return f"{_EM_DASH}{key.name} {base64.b64encode(key.key_id + signature).decode()}\n"


def open_note(note: str, key: NoteKey, verify: Verify) -> str:
    """Return the note's text once `key`'s signature on it holds.

    Lines of unknown keys are passed over. Raises `NoteError` when the form is
    wrong, when the key's signature is missing, or when any of its lines is wrong.
    """
    text, lines = split_note(note)
    signed = False
    for line in lines:
        if line.is_by(key):
            if not verify(key.public, line.signature, text.encode()):
                raise NoteError(line.text)
            signed = True
    if not signed:
        raise NoteError(note[:80])
    return text


def split_note(note: str) -> tuple[str, tuple[SignatureLine, ...]]:
    """Return the note's text and its signature lines, none of them verified. Raises `NoteError`."""
    text, found, lines = note.rpartition("\n\n")
    if not found:
        raise NoteError(note[:80])
    text += "\n"
    if _has_control(text):
        raise NoteError(note[:80])
    return text, signature_lines(lines)


def signature_lines(lines: str) -> tuple[SignatureLine, ...]:
    """Return the signature lines in `lines`, each with its LF, at least one. Raises `NoteError`."""
    if not lines.endswith("\n") or _has_control(lines) or lines.count("\n") > MOST_SIGNATURES:
        raise NoteError(lines[:80])
    return tuple(map(_signature, lines[:-1].split("\n")))


def _signature(line: str) -> SignatureLine:
    name, found, encoded = line.removeprefix(_EM_DASH).rpartition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoteError(line) from error
    is_written_once = base64.b64encode(blob).decode() == encoded  # no unused bits, so one signature is one text
    if not line.startswith(_EM_DASH) or not found or not is_key_name(name) or len(blob) <= _ID_BYTES:
        raise NoteError(line)
    if not is_written_once:
        raise NoteError(line)
    return SignatureLine(line, name, blob[:_ID_BYTES], blob[_ID_BYTES:])


def _has_control(text: str) -> bool:
    return any(c < " " and c != "\n" for c in text)
