"""SSH signatures (OpenSSH's PROTOCOL.sshsig) by Ed25519 keys: written, taken apart, and compared to the byte."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from haechi.domain.packet import NAMESPACE
from haechi.domain.sshkey import public_blob, ssh_string

PRINCIPAL = "haechi-packet"
_MAGIC = b"SSHSIG"
_HASH = b"sha512"
_KEY_TYPE = b"ssh-ed25519"
_COLUMNS = 70
_ALLOWED = re.compile(rf'{PRINCIPAL} namespaces="{NAMESPACE}" ssh-ed25519 ([A-Za-z0-9+/]{{68}})\n')
_BLOB_START = public_blob(bytes(32))[:-32]


class SignatureFormError(ValueError):
    """The text is not what haechi writes in this place."""


@dataclass(frozen=True, slots=True)
class SshSignature:
    """What an armoured signature says: 32-byte public key, and the 64-byte signature over `signed_bytes`."""

    public: bytes
    signature: bytes


def allowed_signers(public: bytes) -> str:
    """Return the `allowed_signers` file (ssh-keygen(1)): this one key, for packets and nothing else."""
    return f'{PRINCIPAL} namespaces="{NAMESPACE}" ssh-ed25519 {base64.b64encode(public_blob(public)).decode()}\n'


def allowed_public(text: str) -> bytes:
    """Return the key in an `allowed_signers` file as haechi writes it. Raises `SignatureFormError`."""
    found = _ALLOWED.fullmatch(text)
    blob = base64.b64decode(found[1]) if found else b""
    if not blob.startswith(_BLOB_START):
        raise SignatureFormError(text[:80])
    return blob[len(_BLOB_START) :]


def signed_bytes(message_sha512: bytes) -> bytes:
    """Return the bytes that an SSH signature in this namespace is made over, for a message with this SHA-512."""
    fields = (NAMESPACE.encode(), b"", _HASH, message_sha512)
    return _MAGIC + b"".join(map(ssh_string, fields))


def sign(message: bytes, public: bytes, signing: Callable[[bytes], bytes]) -> str:
    """Return the armoured signature over `message` by the key whose public half is `public`."""
    return _armour(_blob(public, signing(signed_bytes(hashlib.sha512(message).digest()))))


def parse(armour: str) -> SshSignature:
    """Return what the armoured signature holds.

    Only the one form that `sign` writes is taken, to the byte: a signature that could be written in
    two ways could be changed without being noticed. Raises `SignatureFormError`.
    """
    lines = armour.split("\n")
    try:
        blob = base64.b64decode("".join(lines[1:-2]), validate=True)
    except (ValueError, binascii.Error) as error:
        raise SignatureFormError(armour[:80]) from error
    frame = len(_blob(bytes(32), bytes(64)))
    key_at = len(_MAGIC) + 4 + 4 + len(_BLOB_START)
    public, signature = blob[key_at : key_at + 32], blob[-64:]
    if len(blob) != frame or _armour(_blob(public, signature)) != armour:
        raise SignatureFormError(armour[:80])
    return SshSignature(public, signature)


def _blob(public: bytes, signature: bytes) -> bytes:
    signed = ssh_string(_KEY_TYPE) + ssh_string(signature)
    fields = (public_blob(public), NAMESPACE.encode(), b"", _HASH, signed)
    return _MAGIC + (1).to_bytes(4, "big") + b"".join(map(ssh_string, fields))


def _armour(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])
