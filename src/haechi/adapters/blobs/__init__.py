"""Sealed bytes as age files in a vault's folder."""

from haechi.adapters.blobs.age import AgeBlobs, new_identity, recipient_of

__all__ = ["AgeBlobs", "new_identity", "recipient_of"]
