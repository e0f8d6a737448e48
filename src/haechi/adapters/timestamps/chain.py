"""The certificates of a time-stamping authority: the one that signs, those between, and the root, in this order.

Only what every verifier of a packet can check is accepted: RSA with PKCS#1 v1.5 or ECDSA on P-256 and P-384, with
SHA-256, SHA-384 or SHA-512, on every certificate of the chain, its root among them.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from haechi.domain import der

MOST_CERTIFICATES = 8
MOST_PEM_BYTES = 64 * 1024
_DIGESTS = ("sha256", "sha384", "sha512")
_CURVES = ("secp256r1", "secp384r1")
_RSA_BITS = range(2048, 8193)
_ECDSA = "1.2.840.10045.4.3."
# Basic constraints, key usage, extended key usage, policies, alternative names: another critical one refuses a chain
# in every verifier (RFC 5280, 4.2).
_UNDERSTOOD = ("2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.32", "2.5.29.17")
Kind = TypeVar("Kind", bound=x509.ExtensionType)
_RSA = ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13")


class ChainError(ValueError):
    """The certificates will not do; `reason` is `pem`, `key`, `purpose`, `chain` or `time`."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Chain:
    """Certificates from the signing one to the root, each issued by the next, the root by itself."""

    certificates: tuple[x509.Certificate, ...]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate whose key signs stamps."""
        return self.certificates[0]

    @property
    def subjects(self) -> tuple[x509.Name, ...]:
        """The names of the certificates."""
        return tuple(one.subject for one in self.certificates)

    @property
    def pem(self) -> str:
        """The certificates in PEM, in order."""
        return "".join(one.public_bytes(Encoding.PEM).decode() for one in self.certificates)

    @property
    def expires_at(self) -> int:
        """Return when the first of the certificates dies, in unix seconds: from then on a plain check of a stamp fails."""
        return min(int(one.not_valid_after_utc.timestamp()) for one in self.certificates)

    def require_valid_at(self, moment: datetime) -> None:
        """Raise `ChainError` (`time`) unless every certificate was valid at this moment."""
        if any(not one.not_valid_before_utc <= moment <= one.not_valid_after_utc for one in self.certificates):
            raise ChainError(reason="time")


def read_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates in a PEM text, as they stand. Raises `ChainError` (`pem`)."""
    try:
        found = tuple(x509.load_pem_x509_certificates(pem)) if len(pem) <= MOST_PEM_BYTES else ()
        for one in found:
            der.read_strictly(one.public_bytes(Encoding.DER))
            # Parsed when first asked for: a broken name or time, or a doubled extension, raises here.
            _ = one.issuer, one.subject, one.not_valid_before_utc, one.not_valid_after_utc, one.extensions
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise ChainError(reason="pem") from error
    if not 0 < len(found) <= MOST_CERTIFICATES:
        raise ChainError(reason="pem")
    return found


def build_chain(leaf: x509.Certificate, others: tuple[x509.Certificate, ...]) -> Chain:
    """Return the chain from `leaf` to a root among `others`, which may stand in any order and hold more. Raises `ChainError`."""
    chain = [leaf]
    while chain[-1].issuer != chain[-1].subject:
        issuer = next((one for one in others if _issued(chain[-1], one) and one not in chain), None)
        if issuer is None or len(chain) == MOST_CERTIFICATES:
            raise ChainError(reason="chain")
        chain.append(issuer)
    return _checked(Chain(tuple(chain)))


def read_chain(pem: str) -> Chain:
    """Return the chain in a PEM text that holds it in order and nothing else. Raises `ChainError`."""
    chain = Chain(read_certificates(pem.encode()))
    if any(one.issuer != above.subject for one, above in pairwise(chain.certificates)):
        raise ChainError(reason="chain")
    return _checked(chain)


def _checked(chain: Chain) -> Chain:
    for one in chain.certificates:
        _check_key(one)
    for below, (one, above) in enumerate(pairwise((*chain.certificates, chain.certificates[-1]))):
        if not _issued(one, above):
            raise ChainError(reason="chain")
        if one is not above:
            _check_authority(above, below)
    if len(chain.certificates) < 2:  # noqa: PLR2004 -- a certificate that vouches for itself has no root to be held to
        raise ChainError(reason="chain")
    _check_purpose(chain.leaf)
    return chain


def _check_key(certificate: x509.Certificate) -> None:
    """Raise `ChainError` (`key`) unless key and signature are of the kinds that every verifier knows."""
    try:
        key = certificate.public_key()
        digest = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ChainError(reason="key") from error
    oid = certificate.signature_algorithm_oid.dotted_string
    is_known = (isinstance(key, rsa.RSAPublicKey) and key.key_size in _RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    )
    if not is_known or digest is None or digest.name not in _DIGESTS or not (oid in _RSA or oid.startswith(_ECDSA)):
        raise ChainError(reason="key")
    if any(one.critical and one.oid.dotted_string not in _UNDERSTOOD for one in certificate.extensions):
        raise ChainError(reason="key")


def _issued(one: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_authority(issuer: x509.Certificate, below: int) -> None:
    """Raise `ChainError` unless the certificate may issue others, with `below` authorities between it and the leaf."""
    constraints = _extension(issuer, x509.BasicConstraints)
    usage = _extension(issuer, x509.KeyUsage)
    if constraints is None or not constraints.ca:
        raise ChainError(reason="chain")
    if constraints.path_length is not None and constraints.path_length < below:
        raise ChainError(reason="chain")
    if usage is not None and not usage.key_cert_sign:
        raise ChainError(reason="chain")


def _check_purpose(leaf: x509.Certificate) -> None:
    """Raise `ChainError` (`purpose`) unless time stamping is what the certificate is for, and nothing else.

    RFC 3161, 2.3: the extended key usage is critical and names timeStamping alone. OpenSSL asks besides that a key
    usage, where there is one, allows signatures and nothing else.
    """
    try:
        extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise ChainError(reason="purpose") from error
    if not extended.critical or list(extended.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ChainError(reason="purpose")
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None:
        return
    others = (usage.key_encipherment, usage.data_encipherment, usage.key_agreement, usage.key_cert_sign, usage.crl_sign)
    if any(others) or not (usage.digital_signature or usage.content_commitment):
        raise ChainError(reason="purpose")


def _extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
