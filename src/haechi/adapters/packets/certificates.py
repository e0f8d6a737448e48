"""The certificates of a time-stamping authority, as far as a stamp needs them (RFC 5280), and signatures by their keys."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from haechi.domain.der import (
    BIT_STRING,
    BOOLEAN,
    INTEGER,
    NULL,
    OCTET_STRING,
    OID,
    SEQUENCE,
    DerError,
    Parts,
    Value,
    read,
)

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
_MOST_CERTIFICATES = 10
_PEM = re.compile(
    rb"(?:-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END CERTIFICATE-----\r?\n){1,%d}"
    % _MOST_CERTIFICATES
)
_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\r?\n")
_RSA_KEY = bytes.fromhex("2a864886f70d010101")
_EC_KEY = bytes.fromhex("2a8648ce3d0201")
_CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("2a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("2b81040022"): ec.SECP384R1(),
}
DIGESTS: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
RSA_ENCRYPTION = _RSA_KEY
SIGNATURES: dict[bytes, tuple[str, hashes.HashAlgorithm]] = {
    bytes.fromhex("2a864886f70d01010b"): ("rsa", hashes.SHA256()),
    bytes.fromhex("2a864886f70d01010c"): ("rsa", hashes.SHA384()),
    bytes.fromhex("2a864886f70d01010d"): ("rsa", hashes.SHA512()),
    bytes.fromhex("2a8648ce3d040302"): ("ec", hashes.SHA256()),
    bytes.fromhex("2a8648ce3d040303"): ("ec", hashes.SHA384()),
    bytes.fromhex("2a8648ce3d040304"): ("ec", hashes.SHA512()),
}
_RSA_BITS = range(2048, 8193)
_FEWEST_EXPONENT, _MOST_EXPONENT = 3, (1 << 32) - 1
_EXTENDED_KEY_USAGE = bytes.fromhex("551d25")
_BASIC_CONSTRAINTS = bytes.fromhex("551d13")
_KEY_USAGE = bytes.fromhex("551d0f")
_UNDERSTOOD = frozenset(
    # beside these three: certificate policies and alternative names of the subject, which change nothing here
    {_EXTENDED_KEY_USAGE, _BASIC_CONSTRAINTS, _KEY_USAGE, bytes.fromhex("551d20"), bytes.fromhex("551d11")}
)
_DIGITAL_SIGNATURE, _NON_REPUDIATION, _CERTIFICATE_SIGN = 0, 1, 5  # RFC 5280, 4.2.1.3
_VERSIONS = range(3)
_MOST_UNUSED = 7
_TIME_STAMPING = bytes.fromhex("2b06010505070308")
_UNCOMPRESSED = b"\x04"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says. Times are unix seconds, `issuer` and `subject` DER names."""

    der: bytes
    signed: bytes
    """The part that the signature is over."""
    algorithm: tuple[str, hashes.HashAlgorithm]
    signature: bytes
    is_one_algorithm: bool
    """Whether the two places that name the signature's algorithm agree."""
    issuer: bytes
    serial: bytes
    subject: bytes
    begins: int
    ends: int
    key: PublicKey
    may_stamp: bool
    """Whether its only purpose, and a critical one, is time-stamping, and its key is for signing nothing else."""
    is_authority: bool
    path_length: int | None
    """How many authorities may stand between it and the first certificate, None for any number."""
    is_understood: bool
    """Whether no extension is there twice, and none is critical that is not understood here."""


def read_pem(text: bytes) -> Sequence[Certificate]:
    """Return the certificates in a packet's PEM file, the signing one first. Raises `DerError`."""
    if not _PEM.fullmatch(text):
        raise DerError(len(text))
    return [_certificate(_unbase64(b"".join(found[1].split()))) for found in _BLOCK.finditer(text)]


def is_chain(chain: Sequence[Certificate], *, at: int) -> bool:
    """Say whether each certificate is signed by the next, the last by itself, and all were valid at unix time `at`."""
    issuers = [*chain[1:], chain[-1]]
    return (
        all(one.is_authority for one in chain[1:])
        and all(one.path_length is None or between <= one.path_length for between, one in enumerate(chain[1:]))
        and all(one.is_understood and one.is_one_algorithm for one in chain)
        and all(one.begins <= at <= one.ends for one in chain)
        and all(
            one.issuer == issuer.subject and is_signed(issuer.key, one.algorithm, one.signature, one.signed)
            for one, issuer in zip(chain, issuers, strict=True)
        )
    )


def is_signed(key: PublicKey, algorithm: tuple[str, hashes.HashAlgorithm], signature: bytes, message: bytes) -> bool:
    """Say whether the signature over `message` is by this key and of this kind."""
    kind, digest = algorithm
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif kind == "ec" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _certificate(der: bytes) -> Certificate:
    whole = read(der).sequence()
    signed, algorithm, signature = whole.take(SEQUENCE), whole.take(SEQUENCE), whole.take().whole_bytes()
    whole.end()
    body = signed.sequence()
    if (version := body.take_if(0xA0)) is not None:
        held = Parts(version.parts)
        if held.take().integer() not in _VERSIONS:
            raise DerError(INTEGER)
        held.end()
    serial = body.take(INTEGER)
    serial.integer()
    again = body.take(SEQUENCE)
    issuer = body.take(SEQUENCE)
    validity = body.take().sequence()
    begins, ends = validity.take().seconds(), validity.take().seconds()
    validity.end()
    subject = body.take(SEQUENCE)
    key = _key(body.take().sequence())
    for tag in (0x81, 0xA1, 0x82, 0xA2):  # unique identifiers
        body.take_if(tag)
    extensions = _extensions(body.take_if(0xA3))
    body.end()
    # Of one that is there twice the last is looked at: such a certificate is refused, but all have to be of their form.
    uses = next(reversed([_uses(value) for _, value in extensions.get(_KEY_USAGE, ())]), None)
    limits = [_constraints(value) for _, value in extensions.get(_BASIC_CONSTRAINTS, ())]
    flag, length = next(reversed(limits), (False, None))
    purposes = [(critical, _purposes(value)) for critical, value in extensions.get(_EXTENDED_KEY_USAGE, ())]
    is_for_stamps = purposes == [(True, [_TIME_STAMPING])]
    return Certificate(
        der=der,
        signed=signed.raw,
        algorithm=signature_algorithm(algorithm.sequence()),
        signature=signature,
        is_one_algorithm=again.raw == algorithm.raw,
        issuer=issuer.raw,
        serial=serial.raw,
        subject=subject.raw,
        begins=begins,
        ends=ends,
        key=key,
        may_stamp=is_for_stamps and (uses is None or uses <= {_DIGITAL_SIGNATURE, _NON_REPUDIATION}),
        is_authority=flag and (uses is None or _CERTIFICATE_SIGN in uses),
        path_length=length,
        is_understood=all(
            len(values) == 1 and (name in _UNDERSTOOD or not values[0][0]) for name, values in extensions.items()
        ),
    )


def signature_algorithm(parts: Parts) -> tuple[str, hashes.HashAlgorithm]:
    """Return kind and digest of a signature algorithm that names both. Raises `DerError`."""
    name = parts.take(OID).content
    if name not in SIGNATURES:
        raise DerError(name)
    no_parameters(parts, may_be_null=SIGNATURES[name][0] == "rsa")
    return SIGNATURES[name]


def no_parameters(parts: Parts, *, may_be_null: bool = True) -> None:
    """Make sure that an algorithm has no parameters, or NULL where that may stand. Raises `DerError`."""
    if may_be_null and (null := parts.take_if(NULL)) is not None and null.content:
        raise DerError(NULL)
    parts.end()


def _extensions(held: Value | None) -> dict[bytes, list[tuple[bool, bytes]]]:
    """Return criticality and value of each extension, by OID; one may be there twice."""
    found: dict[bytes, list[tuple[bool, bytes]]] = {}
    if held is None:
        return found
    outer = Parts(held.parts)
    for one in outer.take().sequence():
        extension = one.sequence()
        name = extension.take(OID).content
        critical = extension.take_if(BOOLEAN)
        value = extension.take(OCTET_STRING).content
        extension.end()
        found.setdefault(name, []).append((critical is not None and critical.boolean(), value))
    outer.end()
    return found


def _purposes(value: bytes) -> list[bytes]:
    return [one.of(OID).content for one in read(value).sequence()]


def _constraints(value: bytes) -> tuple[bool, int | None]:
    constraints = read(value).sequence()
    flag, length = constraints.take_if(BOOLEAN), constraints.take_if(INTEGER)
    constraints.end()
    return flag is not None and flag.boolean(), length.integer() if length is not None else None


def _uses(value: bytes) -> set[int]:
    bits = read(value).of(BIT_STRING).content
    if not bits or bits[0] > _MOST_UNUSED or (len(bits) == 1 and bits[0]):
        raise DerError(BIT_STRING)
    return {8 * at + bit for at, octet in enumerate(bits[1:]) for bit in range(8) if octet & (0x80 >> bit)}


def _key(information: Parts) -> PublicKey:
    algorithm, octets = information.take().sequence(), information.take().whole_bytes()
    information.end()
    name = algorithm.take(OID).content
    if name == _RSA_KEY:
        if algorithm.take(NULL).content:
            raise DerError(NULL)
        algorithm.end()
        numbers = read(octets).sequence()
        modulus, exponent = numbers.take().integer(), numbers.take().integer()
        numbers.end()
        is_fit = modulus.bit_length() in _RSA_BITS and modulus > 0 and modulus & 1
        if not is_fit or not _FEWEST_EXPONENT <= exponent <= _MOST_EXPONENT or not exponent & 1:
            raise DerError(name)
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    curve = _CURVES.get(algorithm.take(OID).content) if name == _EC_KEY else None
    algorithm.end()
    if curve is None or octets[:1] != _UNCOMPRESSED:
        raise DerError(name)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DerError(name) from error


def _unbase64(text: bytes) -> bytes:
    try:
        der = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise DerError(len(text)) from error
    if base64.b64encode(der) != text:
        raise DerError(len(text))
    return der
