"""ML-DSA-44 (FIPS 204), a signature that quantum computers do not break: a witness's second line."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey


class MlDsa44Signer:
    """A private key, made from its 32-byte seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return a signature, 2,420 bytes, with an empty context; another one each time, as FIPS 204 recommends."""
        return self._key.sign(message)


def verify_mldsa44(public: bytes, signature: bytes, message: bytes, /) -> bool:
    """Say whether the signature is right; what is no key or no signature at all is not."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
