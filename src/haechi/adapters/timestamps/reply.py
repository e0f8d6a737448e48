"""The answer of a time-stamping authority, taken apart: TimeStampResp (RFC 3161, 2.4.2) around a CMS SignedData (RFC 5652).

Nothing is believed here; `checking` compares. What may stand in several forms has to stand in the one that every
verifier of a packet reads (docs/formats/anchors.md).
"""

from dataclasses import dataclass

from haechi.domain import der
from haechi.domain.der import DerError, Value

GRANTED = 0
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_ESS_V1 = "1.2.840.113549.1.9.16.2.12"
_ESS_V2 = "1.2.840.113549.1.9.16.2.47"
_DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SIGNATURES = {
    "1.2.840.113549.1.1.1": ("rsa", None),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
}
_CONTEXT_0, _CONTEXT_1 = 0xA0, 0xA1
_EXPLICIT_NAME = 0xA4  # GeneralName: directoryName
_STATUS_PARTS, _EXTENSION_PARTS, _SIGNED_DATA_VERSION = 3, 3, 3


class RejectedError(Exception):
    """The authority said no: `status` is its PKIStatus, `failure` the number of the first failure bit that it set, if any."""

    def __init__(self, status: int, failure: int | None) -> None:
        super().__init__(status, failure)
        self.status = status
        self.failure = failure


@dataclass(frozen=True, slots=True)
class TstInfo:
    """What the authority signed: its time in unix microseconds, and what it says that time is of."""

    policy: str
    digest: str
    imprint: bytes
    serial: int
    at_us: int
    nonce: int | None


@dataclass(frozen=True, slots=True)
class EssCertificate:
    """The signed attribute that names the signing certificate: a digest of it and, where given, its issuer and serial."""

    digest: str
    value: bytes
    issuer: bytes | None
    serial: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A granted reply. Names of digests are hashlib's; `scheme` is `rsa` (PKCS#1 v1.5) or `ecdsa`.

    `signed` are the bytes under the signature, `issuer` and `serial` say by whose certificate.
    """

    info: TstInfo
    content: bytes
    content_type: str
    message_digest: bytes
    ess: tuple[EssCertificate, ...]
    issuer: bytes
    serial: int
    digest: str
    scheme: str
    signed: bytes
    signature: bytes
    certificates: tuple[bytes, ...]
    sorted: bytes
    """The whole reply with the certificates in the order of DER (see `_sorted`)."""


def parse_reply(encoded: bytes) -> Reply:
    """Return what the reply says. Raises `DerError`, or `RejectedError` when nothing was granted."""
    try:
        return _reply(encoded)
    except (IndexError, ValueError) as error:  # too few or too many values where a number of them is fixed
        raise DerError(len(encoded)) from error


def _reply(encoded: bytes) -> Reply:
    status, *token = der.read_strictly(encoded).inside(der.SEQUENCE)
    _check_status(status)
    kind, wrapped = _only(token).inside(der.SEQUENCE)
    if kind.oid() != _SIGNED_DATA:
        raise DerError(kind.start)
    version, digests, content, *rest = _only(wrapped.inside(_CONTEXT_0)).inside(der.SEQUENCE)
    if version.integer() != _SIGNED_DATA_VERSION:
        raise DerError(version.start)
    certificates = rest.pop(0) if rest[0].tag == _CONTEXT_0 else None
    if rest[0].tag == _CONTEXT_1:
        rest.pop(0)  # revocation lists: of the hour of stamping, kept with the reply, not looked at
    signer = _only(_only(rest).inside(der.SET))
    kind, wrapped = content.inside(der.SEQUENCE)
    if kind.oid() != _TST_INFO:
        raise DerError(kind.start)
    inner = _only(wrapped.inside(_CONTEXT_0)).expect(der.OCTET_STRING)
    embedded = () if certificates is None else certificates.inside(_CONTEXT_0)
    if any(one.tag != der.SEQUENCE for one in embedded):
        raise DerError(encoded.find(inner))
    reply = _signer(signer, _tst_info(inner), inner, embedded, _sorted(encoded, certificates))
    if _digest(_only(digests.inside(der.SET))) != reply.digest:
        raise DerError(digests.start)
    return reply


def _check_status(info: Value) -> None:
    number, *more = info.inside(der.SEQUENCE)
    status = number.integer()
    if status != GRANTED:
        bits = next((one.expect(der.BIT_STRING) for one in more if one.tag == der.BIT_STRING), b"\0")
        text = "".join(f"{byte:08b}" for byte in bits[1:])
        raise RejectedError(status, text.find("1") if "1" in text else None)
    if len(more) >= _STATUS_PARTS:
        raise DerError(info.start)


def _tst_info(content: bytes) -> TstInfo:
    version, policy, imprint, serial, at, *more = der.read_strictly(content).inside(der.SEQUENCE)
    algorithm, value = imprint.inside(der.SEQUENCE)
    if version.integer() != 1 or serial.integer() < 0:
        raise DerError(version.start)
    if more and more[0].tag == der.SEQUENCE:
        more.pop(0)  # accuracy
    if more and more[0].tag == der.BOOLEAN:
        more.pop(0)  # ordering
    nonce = more.pop(0).integer() if more and more[0].tag == der.INTEGER else None
    if more and more[0].tag == _CONTEXT_0:
        more.pop(0)  # the authority's name
    if more and more[0].tag == _CONTEXT_1:
        for extension in more.pop(0).inside():
            if len(extension.inside(der.SEQUENCE)) >= _EXTENSION_PARTS:  # critical, and unknown like all of them
                raise DerError(extension.start)
    if more:
        raise DerError(more[0].start)
    return TstInfo(
        policy.oid(), _digest(algorithm), value.expect(der.OCTET_STRING), serial.integer(), at.time_us(), nonce
    )


def _signer(signer: Value, info: TstInfo, content: bytes, certificates: tuple[Value, ...], in_order: bytes) -> Reply:
    version, sid, algorithm, attributes, scheme, signature, *unsigned = signer.inside(der.SEQUENCE)
    if version.integer() != 1 or len(unsigned) > 1 or any(one.tag != _CONTEXT_1 for one in unsigned):
        raise DerError(signer.start)
    issuer, serial = sid.inside(der.SEQUENCE)
    parts = attributes.inside(_CONTEXT_0)
    if [one.raw for one in parts] != sorted(one.raw for one in parts):
        raise DerError(attributes.start)  # verifiers differ in which bytes they take for signed then
    values = _attributes(parts)
    digest = _digest(algorithm)
    kind, of = _signature_scheme(scheme)
    if of not in (None, digest):
        raise DerError(scheme.start)
    return Reply(
        info=info,
        content=content,
        content_type=values[_CONTENT_TYPE].oid(),
        message_digest=values[_MESSAGE_DIGEST].expect(der.OCTET_STRING),
        ess=tuple(_ess(values[oid], oid) for oid in (_ESS_V1, _ESS_V2) if oid in values),
        issuer=issuer.raw,
        serial=serial.integer(),
        digest=digest,
        scheme=kind,
        # RFC 5652, 5.4: signed as a SET OF, not with the tag that it has inside the SignerInfo.
        signed=der.write(der.SET, attributes.content),
        signature=signature.expect(der.OCTET_STRING),
        certificates=tuple(one.raw for one in certificates),
        sorted=in_order,
    )


def _attributes(parts: tuple[Value, ...]) -> dict[str, Value]:
    """Return the one value of each attribute. Raises `DerError` for an attribute that stands twice, or one that is missing."""
    values: dict[str, Value] = {}
    for attribute in parts:
        kind, value = attribute.inside(der.SEQUENCE)
        if kind.oid() in values:
            raise DerError(attribute.start)
        if kind.oid() in (_CONTENT_TYPE, _MESSAGE_DIGEST, _ESS_V1, _ESS_V2):
            values[kind.oid()] = _only(value.inside(der.SET))
    if not {_CONTENT_TYPE, _MESSAGE_DIGEST} <= values.keys():
        raise DerError(0)
    return values


def _ess(value: Value, kind: str) -> EssCertificate:
    """Read SigningCertificate (RFC 2634, SHA-1) or SigningCertificateV2 (RFC 5035): its first name is the signer's."""
    parts = list(value.inside(der.SEQUENCE)[0].inside(der.SEQUENCE)[0].inside(der.SEQUENCE))
    digest = "sha1" if kind == _ESS_V1 else "sha256"
    if kind == _ESS_V2 and parts[0].tag == der.SEQUENCE:
        digest = _digest(parts.pop(0))
    hashed = parts.pop(0).expect(der.OCTET_STRING)
    if not parts:
        return EssCertificate(digest, hashed, None, None)
    names, serial = _only(parts).inside(der.SEQUENCE)
    name = _only(names.inside(der.SEQUENCE))
    return EssCertificate(digest, hashed, _only(name.inside(_EXPLICIT_NAME)).raw, serial.integer())


def _digest(algorithm: Value) -> str:
    """Return hashlib's name of a digest. Raises `DerError` for another digest, or parameters where there are none."""
    kind, *parameters = algorithm.inside(der.SEQUENCE)
    if kind.oid() not in _DIGESTS or any(one.tag != der.NULL for one in parameters) or len(parameters) > 1:
        raise DerError(algorithm.start)
    return _DIGESTS[kind.oid()]


def _signature_scheme(algorithm: Value) -> tuple[str, str | None]:
    kind, *parameters = algorithm.inside(der.SEQUENCE)
    if kind.oid() not in _SIGNATURES:
        raise DerError(algorithm.start)
    scheme, digest = _SIGNATURES[kind.oid()]
    if any(one.tag != der.NULL for one in parameters) or len(parameters) > (1 if scheme == "rsa" else 0):
        raise DerError(algorithm.start)
    return scheme, digest


def _sorted(encoded: bytes, certificates: Value | None) -> bytes:
    """Return the reply with its certificates sorted as DER wants a SET OF to be.

    `openssl ts -reply` writes them as they come, and rfc3161-client reads nothing else than DER. They are not under
    the signature, and sorting changes no length: what is kept is the reply as it came, and this copy is only read.
    """
    if certificates is None:
        return encoded
    inner = b"".join(sorted(one.raw for one in certificates.inside()))
    return encoded[: certificates.inner] + inner + encoded[certificates.end :]


def _only(values: tuple[Value, ...] | list[Value]) -> Value:
    (value,) = values
    return value
