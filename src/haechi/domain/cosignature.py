"""Cosignatures (C2SP tlog-cosignature): a witness's word that a log only ever grew, as a signature line of a checkpoint.

The Ed25519 form signs the checkpoint's whole text behind a header; the ML-DSA-44 form signs a structure that names
the witness too, and withstands quantum computers. The primitives are passed in, as for notes.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_MLDSA44,
    ED25519,
    NoteError,
    NoteKey,
    Sign,
    SignatureLine,
    Verify,
    signature_line,
)

KINDS = (COSIGNATURE_ED25519, COSIGNATURE_MLDSA44)
LOG_KINDS = (ED25519, COSIGNATURE_MLDSA44)
"""Signature types that a log's own checkpoint signature may have here (C2SP tlog-checkpoint, "Signatures")."""
LATEST = 2**63 - 1
"""The largest timestamp, and the largest tree size that is handled."""
MOST_NAME_BYTES = 255  # `cosigner_name` and `log_origin` have a one-byte length in the ML-DSA-44 message
_LABEL = b"subtree/v1\n\x00"
_TIME = struct.Struct(">Q")
_PLAIN_LINES = 4  # origin, size, root, and nothing after the last line end

Verifiers = Mapping[int, Verify]
"""How to verify a signature of each type."""


class CosignatureError(NoteError):
    """The line is no cosignature of the checkpoint, or a known key's cosignature on it is wrong."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A cosignature that was verified: whose, when (unix seconds, by the witness's clock), and the line with its LF."""

    key: NoteKey
    at: int
    line: str


def witness_key(vkey: str) -> NoteKey:
    """Return the witness key that this line of text names. Raises `NoteError`."""
    return NoteKey.parse(vkey, kinds=KINDS)


def cosigned_message(key: NoteKey, text: str, at: int) -> bytes:
    """Return the bytes that a cosignature by `key` at unix second `at` is over; `text` is the checkpoint's note text.

    Raises `CosignatureError` when there is no such message.
    """
    if not 0 <= at <= LATEST:
        raise CosignatureError(at)
    if key.kind == COSIGNATURE_ED25519:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    if key.kind != COSIGNATURE_MLDSA44:
        raise CosignatureError(key.kind)
    try:
        checkpoint = Checkpoint.parse(text)
        if checkpoint.size > LATEST:
            raise CosignatureError(checkpoint.size)
        ends = struct.pack(">QQ", 0, checkpoint.size)
        name, origin = _short(key.name), _short(checkpoint.origin)
    except (CheckpointError, UnicodeEncodeError) as error:
        raise CosignatureError(text[:80]) from error
    return _LABEL + name + _TIME.pack(at) + origin + ends + checkpoint.root


def cosign(text: str, key: NoteKey, sign: Sign, *, at: int) -> str:
    """Return the signature line, with its LF, by which `key` cosigns the checkpoint `text` at unix second `at`."""
    return signature_line(key, _TIME.pack(at) + sign(cosigned_message(key, text, at)))


def read_cosignature(line: SignatureLine, text: str, key: NoteKey, verifiers: Verifiers) -> Cosigned:
    """Return the cosignature in a line that bears the name and ID of `key`. Raises `CosignatureError` if it is wrong."""
    at = _verified_time(line, text, key, verifiers)
    if at == 0:
        # Without a time it does not say that this is the largest tree that the witness has seen.
        raise CosignatureError(line.text)
    return Cosigned(key, at, f"{line.text}\n")


def cosignatures(
    text: str, lines: Iterable[SignatureLine], keys: Iterable[NoteKey], verifiers: Verifiers
) -> tuple[Cosigned, ...]:
    """Return the cosignatures by these keys, in the order of the lines; lines of other keys are passed over.

    Raises `CosignatureError` when a known key's line is wrong: then the note is not to be believed at all.
    """
    known = {(key.name, key.key_id): key for key in keys}
    return tuple(
        read_cosignature(line, text, key, verifiers)
        for line in lines
        if (key := known.get((line.name, line.key_id))) is not None
    )


def is_signed(text: str, lines: Iterable[SignatureLine], keys: Iterable[NoteKey], verifiers: Verifiers) -> bool:
    """Say whether one of the log keys signed the checkpoint `text`. Raises `NoteError` when any of their lines is wrong."""
    known = {(key.name, key.key_id): key for key in keys}
    signed = False
    for line in lines:
        if (key := known.get((line.name, line.key_id))) is None:
            continue
        if key.kind != ED25519:
            if len(text.split("\n")) != _PLAIN_LINES:
                # Lines after the root are not part of what this type signs: anybody could have put them there.
                raise NoteError(line.text)
            _verified_time(line, text, key, verifiers)  # a log may leave the time out
        elif not verifiers[ED25519](key.public, line.signature, text.encode()):
            raise NoteError(line.text)
        signed = True
    return signed


def _verified_time(line: SignatureLine, text: str, key: NoteKey, verifiers: Verifiers) -> int:
    if len(line.signature) <= _TIME.size:
        raise CosignatureError(line.text)
    (at,) = _TIME.unpack_from(line.signature)
    if not verifiers[key.kind](key.public, line.signature[_TIME.size :], cosigned_message(key, text, at)):
        raise CosignatureError(line.text)
    return int(at)


def _short(text: str) -> bytes:
    """Return text as a string with a one-byte length (RFC 8446, 3.4). Raises `CosignatureError` when it does not fit."""
    value = text.encode()
    if not 0 < len(value) <= MOST_NAME_BYTES:
        raise CosignatureError(text[:80])
    return bytes([len(value)]) + value
