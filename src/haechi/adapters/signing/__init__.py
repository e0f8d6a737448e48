"""Signatures by `cryptography`."""

from haechi.adapters.signing.ed25519 import Ed25519Signer, verify_ed25519
from haechi.adapters.signing.mldsa44 import MlDsa44Signer, verify_mldsa44

__all__ = ["Ed25519Signer", "MlDsa44Signer", "verify_ed25519", "verify_mldsa44"]
