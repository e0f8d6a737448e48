"""Whether a reply is the time stamp that was asked for, by the one authority that this vault was told to trust.

Two programs look, and both have to agree: rfc3161-client, which leaves the signature to OpenSSL, and the rules that
travel with a packet (docs/formats/anchors.md), so that what is accepted here verifies everywhere.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from haechi.adapters.timestamps.chain import Chain, ChainError, read_chain
from haechi.adapters.timestamps.query import Query
from haechi.adapters.timestamps.reply import EssCertificate, RejectedError, Reply, parse_reply
from haechi.domain import der

MOST_REPLY_BYTES = 64 * 1024
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_GRANTED_WITH_MODS = 1
_TEMPORARY_FAILURES = (14, 25)  # timeNotAvailable, systemFailure (RFC 3161, 2.4.2)


class StampError(ValueError):
    """The reply is not the stamp that was asked for; `reason` says what is wrong with it.

    `form`, `rejected`, `busy` (rejected for now), `modified` (granted, but not what was asked), `imprint`, `nonce`, `policy`, `signature`, `certificate`, `time`.
    """

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checked:
    """What a good stamp says: genTime in unix microseconds, its serial, and when its first certificate dies."""

    at_us: int
    serial: str
    expires_at: int


def check_reply(query: bytes, reply: bytes, *, chain: str, certificate: str, note: bytes) -> Checked:
    """Return what the stamp says of `note`. `certificate` is the SHA-256 (hex) of the one that may sign. Raises `StampError`."""
    try:
        trusted = read_chain(chain)
        asked = Query.parse(query)
    except ChainError as error:
        raise StampError(reason="certificate") from error
    except (der.DerError, ValueError, IndexError) as error:
        raise StampError(reason="form") from error
    if trusted.leaf.fingerprint(hashes.SHA256()).hex() != certificate:
        raise StampError(reason="certificate")
    answer = _read(reply)
    if asked.imprint != hashlib.sha256(note).digest():
        raise StampError(reason="imprint")
    _compare(asked, answer)
    _check_signer(answer, trusted)
    _check_signature(answer, trusted)
    try:
        trusted.require_valid_at(datetime.fromtimestamp(answer.info.at_us // 1_000_000, UTC))
    except (ChainError, OverflowError, ValueError, OSError) as error:
        raise StampError(reason="time") from error
    _check_with_client(asked, answer, trusted)
    return Checked(answer.info.at_us, str(answer.info.serial), trusted.expires_at)


def _read(reply: bytes) -> Reply:
    if len(reply) > MOST_REPLY_BYTES:
        raise StampError(reason="form")
    try:
        return parse_reply(reply)
    except RejectedError as error:
        if error.status == _GRANTED_WITH_MODS:
            raise StampError(reason="modified") from error
        raise StampError(reason="busy" if error.failure in _TEMPORARY_FAILURES else "rejected") from error
    except der.DerError as error:
        raise StampError(reason="form") from error


def _compare(asked: Query, answer: Reply) -> None:
    if answer.info.digest != "sha256" or answer.info.imprint != asked.imprint:
        raise StampError(reason="imprint")
    if answer.info.nonce != asked.nonce:
        raise StampError(reason="nonce")
    if asked.policy is not None and answer.info.policy != asked.policy:
        raise StampError(reason="policy")


def _check_signer(answer: Reply, trusted: Chain) -> None:
    """See that the reply names the trusted certificate in every place that names one, and brings it along."""
    leaf = trusted.leaf
    issuer = leaf.issuer.public_bytes()
    if answer.issuer != issuer or answer.serial != leaf.serial_number:
        raise StampError(reason="certificate")
    if leaf.public_bytes(Encoding.DER) not in answer.certificates:
        raise StampError(reason="certificate")
    if not all(_is_harmless(one, trusted) for one in answer.certificates):
        raise StampError(reason="certificate")
    if not answer.ess or not all(_names(one, trusted) for one in answer.ess):
        raise StampError(reason="signature")


def _is_harmless(embedded: bytes, trusted: Chain) -> bool:
    """Say whether a certificate that the reply brings along leads no verifier astray.

    They are not under the signature. One that bears the name of a trusted certificate has to be that certificate, for
    OpenSSL may take it for the issuer; but a root that another root vouches for, as some authorities send it, is one
    that OpenSSL passes over, since it looks among the trusted first.
    """
    try:
        one = x509.load_der_x509_certificate(embedded)
        subject, issuer = one.subject, one.issuer
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return False
    is_cross_certificate = subject == trusted.certificates[-1].subject != issuer
    return is_cross_certificate or one in trusted.certificates or subject not in trusted.subjects


def _names(ess: EssCertificate, trusted: Chain) -> bool:
    leaf = trusted.leaf
    if hashlib.new(ess.digest, leaf.public_bytes(Encoding.DER), usedforsecurity=False).digest() != ess.value:
        return False
    return ess.serial is None or (ess.serial, ess.issuer) == (leaf.serial_number, leaf.issuer.public_bytes())


def _check_signature(answer: Reply, trusted: Chain) -> None:
    if answer.content_type != _TST_INFO:
        raise StampError(reason="signature")
    if hashlib.new(answer.digest, answer.content).digest() != answer.message_digest:
        raise StampError(reason="signature")
    key, digest = trusted.leaf.public_key(), _HASHES[answer.digest]
    try:
        match key:
            case rsa.RSAPublicKey() if answer.scheme == "rsa":
                key.verify(answer.signature, answer.signed, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey() if answer.scheme == "ecdsa":
                key.verify(answer.signature, answer.signed, ec.ECDSA(digest))
            case _:
                raise StampError(reason="signature")
    except InvalidSignature as error:
        raise StampError(reason="signature") from error


def _check_with_client(asked: Query, answer: Reply, trusted: Chain) -> None:
    """Ask the second program."""
    *between, root = trusted.certificates[1:]
    verifier = VerifierBuilder(
        policy_id=None if asked.policy is None else x509.ObjectIdentifier(asked.policy),
        tsa_certificate=trusted.leaf,
        intermediates=between,
        roots=[root],
        nonce=asked.nonce,
    ).build()
    try:
        verifier.verify(decode_timestamp_response(answer.sorted), asked.imprint)
    except Exception as error:  # its errors have no common family: `InvalidVersion` of a certificate is no `ValueError`
        raise StampError(reason="signature") from error
