"""Signed notes (C2SP signed-note): a text, a blank line, and one signature line for each key.

The signature primitive is passed in: the format must not move when a
cryptography library is upgraded, and every line here can be checked by hand.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

ED25519 = 0x01
_PUBLIC_BYTES = 32
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
    """A named Ed25519 public key, as a note's signature line refers to it."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key), first four bytes."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one line of text: `name+hexid+base64(type || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([ED25519]) + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> "NoteKey":
        """Return the key that this line of text names. Raises `NoteError`."""
        try:
            name, key_id, encoded = vkey.split("+", 2)
            kind, *public = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise NoteError(vkey) from error
        key = cls(name, bytes(public))
        if kind != ED25519 or len(public) != _PUBLIC_BYTES or not name or any(c.isspace() for c in name):
            raise NoteError(vkey)
        if key.key_id.hex() != key_id:
            raise NoteError(vkey)
        return key


def sign_note(text: str, key: NoteKey, sign: Sign) -> str:
    """Return the note that carries `text` (which must end with a line break) and one signature by `key`."""
    if not text.endswith("\n") or _has_control(text):
        raise NoteError(text)
    blob = key.key_id + sign(text.encode())
    return f"{text}\n{_EM_DASH}{key.name} {base64.b64encode(blob).decode()}\n"


def open_note(note: str, key: NoteKey, verify: Verify) -> str:
    """Return the note's text once `key`'s signature on it holds.

    Lines of unknown keys are passed over. Raises `NoteError` when the form is
    wrong, when the key's signature is missing, or when any of its lines is wrong.
    """
    text, found, lines = note.rpartition("\n\n")
    text += "\n"
    if not found or not lines.endswith("\n") or _has_control(note):
        raise NoteError(note[:80])
    signatures = lines[:-1].split("\n")
    if len(signatures) > MOST_SIGNATURES:
        raise NoteError(note[:80])
    signed = False
    for line in signatures:
        name, blob = _signature(line)
        if name == key.name and blob[:4] == key.key_id:
            if not verify(key.public, blob[4:], text.encode()):
                raise NoteError(line)
            signed = True
    if not signed:
        raise NoteError(note[:80])
    return text


def _signature(line: str) -> tuple[str, bytes]:
    name, found, encoded = line.removeprefix(_EM_DASH).rpartition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error) as error:
        raise NoteError(line) from error
    is_written_once = base64.b64encode(blob).decode() == encoded  # no unused bits, so one signature is one text
    if not line.startswith(_EM_DASH) or not found or not name or len(blob) <= _ID_BYTES or not is_written_once:
        raise NoteError(line)
    return name, blob


def _has_control(text: str) -> bool:
    return any(c < " " and c != "\n" for c in text)
