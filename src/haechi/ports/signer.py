"""Ed25519 keys that sign: one for the log, another for packets."""

from typing import Protocol


class Signer(Protocol):
    """A private key. Signing is deterministic (RFC 8032)."""

    public: bytes

    def sign(self, message: bytes) -> bytes: ...


class VerifySignature(Protocol):
    """Says whether an Ed25519 signature is right."""

    def __call__(self, public: bytes, signature: bytes, message: bytes, /) -> bool: ...
