"""SSH signatures (OpenSSH's PROTOCOL.sshsig) by other people's keys: Ed25519, ECDSA on NIST curves, RSA with SHA-2."""

import base64
import binascii
import hashlib
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from haechi.domain.errors import ReceiptRefusedError
from haechi.domain.sshkey import ssh_string

_MAGIC, _VERSION = b"SSHSIG", 1
_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_MOST_ARMOUR = 16_384  # bytes; an RSA key of 16,384 bits with its signature takes 6,000
_MOST_FIELDS = 8
_HASHES = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA: dict[bytes, type[hashes.SHA256 | hashes.SHA512]] = {
    b"rsa-sha2-256": hashes.SHA256,
    b"rsa-sha2-512": hashes.SHA512,
}
_CURVES: dict[int, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    256: hashes.SHA256,
    384: hashes.SHA384,
    521: hashes.SHA512,
}


def verify_receipt(text: bytes, armour: bytes, *, ssh: str, namespace: str) -> None:
    """Raise `ReceiptRefusedError` unless `armour` is a signature of the SSH key over `text` in this namespace.

    `ssh` is the key's type and base64. Reasons: `signature-form`, `key-other`, `namespace-other`, `signature`.
    """
    try:
        key_blob, named, reserved, hash_name, signed = _fields(_blob(armour))
        algorithm, signature = _strings(signed)
    except ValueError as error:
        raise ReceiptRefusedError(reason="signature-form") from error
    if key_blob != base64.b64decode(ssh.split(" ")[1]):
        raise ReceiptRefusedError(reason="key-other")
    if named != namespace.encode():
        raise ReceiptRefusedError(reason="namespace-other")
    if hash_name not in _HASHES:
        raise ReceiptRefusedError(reason="signature-form")
    digest = _HASHES[hash_name](text).digest()
    message = _MAGIC + b"".join(map(ssh_string, (named, reserved, hash_name, digest)))
    try:
        _verify(ssh, algorithm, signature, message)
    except (InvalidSignature, ValueError) as error:
        raise ReceiptRefusedError(reason="signature") from error


def _blob(armour: bytes) -> bytes:
    """Return what the armour holds. Raises `ValueError`."""
    if len(armour) > _MOST_ARMOUR:
        raise ValueError(len(armour))
    lines = [line.strip(b" \t\r") for line in armour.strip(b" \t\r\n").split(b"\n")]
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:  # noqa: PLR2004 - begin, something, end
        raise ValueError(len(lines))
    text = b"".join(lines[1:-1])
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(len(lines)) from error
    if base64.b64encode(blob) != text:  # the last digit has bits that stand for nothing
        raise ValueError(len(lines))
    return blob


def _fields(blob: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Return public key, namespace, reserved, hash algorithm and signature. Raises `ValueError`."""
    head = _MAGIC + _VERSION.to_bytes(4, "big")
    if not blob.startswith(head):
        raise ValueError(blob[:10])
    public, namespace, reserved, hash_name, signature = _strings(blob[len(head) :])
    return public, namespace, reserved, hash_name, signature


def _strings(data: bytes) -> list[bytes]:
    found = list(_read(data))
    if len(found) > _MOST_FIELDS:
        raise ValueError(len(found))
    return found


def _read(data: bytes) -> Iterator[bytes]:
    """Yield SSH strings (RFC 4251, 5) to the end of the data. Raises `ValueError`."""
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        if at + 4 > len(data) or end > len(data):
            raise ValueError(at)
        yield data[at + 4 : end]
        at = end


def _verify(ssh: str, algorithm: bytes, signature: bytes, message: bytes) -> None:
    """Raise `InvalidSignature` or `ValueError` unless the signature holds."""
    key = load_ssh_public_key(ssh.encode())
    if isinstance(key, ed25519.Ed25519PublicKey) and algorithm == b"ssh-ed25519":
        key.verify(signature, message)
    elif isinstance(key, rsa.RSAPublicKey) and algorithm in _RSA:
        key.verify(signature.rjust(key.key_size // 8, b"\0"), message, padding.PKCS1v15(), _RSA[algorithm]())
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm == f"ecdsa-sha2-nistp{key.curve.key_size}".encode():
        r, s = (int.from_bytes(part, "big", signed=True) for part in _strings(signature))
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(_CURVES[key.curve.key_size]()))
    else:
        raise ValueError(algorithm)
