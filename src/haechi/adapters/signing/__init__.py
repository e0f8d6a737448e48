"""Signatures by `cryptography`."""

from haechi.adapters.signing.ed25519 import Ed25519Signer, verify_ed25519

__all__ = ["Ed25519Signer", "verify_ed25519"]
