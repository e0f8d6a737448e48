"""Recipients' public keys, as they are sent by mail or read out over the phone."""

import base64
import hashlib
import re

import pyrage  # type: ignore[import-untyped]
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from haechi.domain.errors import RecipientKeyError

_SSH = re.compile(r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]{40,2000}={0,2})(?:[ \t].*)?")
_LEAST_RSA_BITS = 2048
_MOST = 4096  # characters


class PublicKeys:
    """Reads keys and says what is wrong with them."""

    def age(self, text: str) -> str:
        """Return the age X25519 recipient. Raises `RecipientKeyError`."""
        word = text.strip()
        try:
            return str(pyrage.x25519.Recipient.from_str(word))
        except (pyrage.RecipientError, ValueError) as error:
            raise RecipientKeyError(kind="age") from error

    def ssh(self, text: str) -> str:
        """Return type and base64 of the one public key in the text. Raises `RecipientKeyError`."""
        lines = [line for line in text[:_MOST].splitlines() if line.strip()]
        found = _SSH.fullmatch(lines[0].strip()) if len(lines) == 1 else None
        if found is None:
            raise RecipientKeyError(kind="ssh")
        word = f"{found[1]} {found[2]}"
        try:
            key = load_ssh_public_key(word.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise RecipientKeyError(kind="ssh") from error
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
            raise RecipientKeyError(kind="ssh")
        if not isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise RecipientKeyError(kind="ssh")
        return word

    def fingerprint(self, ssh: str) -> str:
        """Return `SHA256:…` of the key."""
        blob = base64.b64decode(ssh.split(" ")[1])
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
