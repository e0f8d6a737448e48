"""Ed25519 public keys as SSH writes them: the form in which people compare and pin the key that signs packets."""

import base64
import hashlib

_TYPE = b"ssh-ed25519"
_PUBLIC = 32


def ssh_string(value: bytes) -> bytes:
    """Return SSH's `string`: a 32-bit big-endian length and the bytes (RFC 4251, 5)."""
    return len(value).to_bytes(4, "big") + value


def public_blob(public: bytes) -> bytes:
    """Return the key blob of a 32-byte Ed25519 public key (RFC 8709, 4)."""
    if len(public) != _PUBLIC:
        raise ValueError(len(public))
    return ssh_string(_TYPE) + ssh_string(public)


def key_fingerprint(public: bytes) -> str:
    """Return what `ssh-keygen -l` prints for the key: `SHA256:` and 43 characters of unpadded base64."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(public_blob(public)).digest()).decode().rstrip("=")
