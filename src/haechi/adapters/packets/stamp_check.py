"""Checks one RFC 3161 stamp against the bytes it is over, its query, and the certificates that came with it.

Written over signature primitives alone and not over a library for stamps, so that each finding has one meaning, which
the verifiers that travel in a packet share.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from haechi.adapters.packets.certificates import (
    DIGESTS,
    RSA_ENCRYPTION,
    Certificate,
    is_chain,
    is_signed,
    no_parameters,
    read_pem,
    signature_algorithm,
)
from haechi.domain.der import (
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    DerError,
    Parts,
    Value,
    read,
)

MOST_BYTES = 1 << 16  # of a query, a reply or a PEM file; real replies have 2 to 12 KB
_GRANTED = 0
_CMS_VERSION = 3
_SHA256 = bytes.fromhex("608648016503040201")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910020c")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: imprint (algorithm, digest), policy and nonce, None where none was asked."""

    imprint: tuple[bytes, bytes]
    policy: bytes | None
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered, and the signed attributes by OID, each as the lists of values it was given."""

    info: bytes
    imprint: tuple[bytes, bytes]
    policy: bytes
    nonce: int | None
    at: int
    attributes: dict[bytes, list[tuple[Value, ...]]]
    signed: bytes
    signer: tuple[bytes, bytes]
    """Issuer and serial number that the signer says its certificate has."""
    digest: hashes.HashAlgorithm
    kind: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class ReadStamp:
    """A stamp whose three files could be read. `certificate` is the SHA-256 (hex) of the signing certificate."""

    query: Query
    reply: Reply
    chain: Sequence[Certificate]

    @property
    def certificate(self) -> str:
        """The SHA-256 (hex) of the signing certificate's DER."""
        return hashlib.sha256(self.chain[0].der).hexdigest()


def read_stamp(query: bytes, reply: bytes, pem: bytes) -> ReadStamp:
    """Return the stamp that these files hold. Raises `DerError`."""
    if max(len(query), len(reply), len(pem)) > MOST_BYTES:
        raise DerError(MOST_BYTES)
    return ReadStamp(_query(query), _reply(reply), read_pem(pem))


def stamp_fault(stamp: ReadStamp, stamped: bytes) -> str | None:
    """Return the code of the first thing that is wrong with a stamp over the bytes `stamped`, None when it holds."""
    query, reply, leaf = stamp.query, stamp.reply, stamp.chain[0]
    if {query.imprint, reply.imprint} != {(_SHA256, hashlib.sha256(stamped).digest())}:
        return "stamp-imprint"
    if query.nonce is None or query.nonce != reply.nonce or query.policy not in (None, reply.policy):
        return "stamp-nonce"
    if not (
        reply.signer == (leaf.issuer, leaf.serial)
        and _says(reply, _CONTENT_TYPE, OID, _TST_INFO)
        and _says(reply, _MESSAGE_DIGEST, OCTET_STRING, _digest(reply.digest, reply.info))
        and _is_by(reply, leaf)
        and is_signed(leaf.key, (reply.kind, reply.digest), reply.signature, reply.signed)
    ):
        return "stamp-signature"
    if not leaf.may_stamp or not is_chain(stamp.chain, at=reply.at):
        return "stamp-certificate"
    return None


def _query(octets: bytes) -> Query:
    parts = read(octets).sequence()
    if parts.take().integer() != 1:
        raise DerError(INTEGER)
    imprint = _imprint(parts.take().sequence())
    policy, nonce, wants = parts.take_if(OID), parts.take_if(INTEGER), parts.take_if(BOOLEAN)
    if wants is not None:
        wants.boolean()
    parts.take_if(0xA0)
    parts.end()
    return Query(imprint, policy.content if policy else None, nonce.integer() if nonce else None)


def _reply(octets: bytes) -> Reply:
    parts = read(octets).sequence()
    if parts.take().sequence().take().integer() != _GRANTED:
        raise DerError(INTEGER)
    token = parts.take().sequence()
    parts.end()
    if token.take(OID).content != _SIGNED_DATA:
        raise DerError(OID)
    data = _only(token.take(0xA0)).sequence()
    token.end()
    if data.take().integer() != _CMS_VERSION:
        raise DerError(INTEGER)
    digests = [_digest_name(one.sequence()) for one in data.take(SET).parts]
    content = data.take().sequence()
    data.take_if(0xA0)
    data.take_if(0xA1)
    signer = _only(data.take(SET)).sequence()
    data.end()
    if content.take(OID).content != _TST_INFO:
        raise DerError(OID)
    info = _only(content.take(0xA0)).of(OCTET_STRING).content
    content.end()
    return _signed(signer, info, digests)


def _signed(signer: Parts, info: bytes, digests: Sequence[bytes]) -> Reply:
    if signer.take().integer() != 1:
        raise DerError(INTEGER)
    named = signer.take().sequence()
    issuer, serial = named.take(SEQUENCE), named.take(INTEGER)
    named.end()
    digest_name = _digest_name(signer.take().sequence())
    digest = DIGESTS.get(digest_name)
    held = signer.take(0xA0)
    algorithm = signer.take().sequence()
    signature = signer.take(OCTET_STRING).content
    signer.take_if(0xA1)
    signer.end()
    if digest is None or digest_name not in digests:
        raise DerError(OID)
    kind, said = _signature_algorithm(algorithm, digest)
    if said.name != digest.name:
        raise DerError(OID)
    attributes: dict[bytes, list[tuple[Value, ...]]] = {}
    for one in held.parts:
        attribute = one.sequence()
        name, values = attribute.take(OID).content, attribute.take(SET).parts
        attribute.end()
        attributes.setdefault(name, []).append(values)
    said_info = read(info).sequence()
    if said_info.take().integer() != 1:
        raise DerError(INTEGER)
    policy, imprint = said_info.take(OID).content, _imprint(said_info.take().sequence())
    said_info.take().integer()
    at = said_info.take(GENERALIZED_TIME).seconds()
    said_info.take_if(SEQUENCE)  # accuracy
    if (ordering := said_info.take_if(BOOLEAN)) is not None:
        ordering.boolean()
    nonce = said_info.take_if(INTEGER)
    said_info.take_if(0xA0)
    said_info.take_if(0xA1)
    said_info.end()
    return Reply(
        info=info,
        imprint=imprint,
        policy=policy,
        nonce=nonce.integer() if nonce else None,
        at=at,
        attributes=attributes,
        signed=bytes((SET,)) + held.raw[1:],  # RFC 5652, 5.4: signed as the SET that they are
        signer=(issuer.raw, serial.raw),
        digest=digest,
        kind=kind,
        signature=signature,
    )


def _signature_algorithm(parts: Parts, digest: hashes.HashAlgorithm) -> tuple[str, hashes.HashAlgorithm]:
    """Return kind and digest; plain rsaEncryption goes with the digest that the signer names beside it."""
    plain = parts.take_if_oid(RSA_ENCRYPTION)
    if plain:
        no_parameters(parts)
        return "rsa", digest
    return signature_algorithm(parts)


def _digest_name(parts: Parts) -> bytes:
    name = parts.take(OID).content
    no_parameters(parts)
    return name


def _imprint(parts: Parts) -> tuple[bytes, bytes]:
    algorithm, digest = _digest_name(parts.take().sequence()), parts.take(OCTET_STRING).content
    parts.end()
    return algorithm, digest


def _only(held: Value) -> Value:
    if len(held.parts) != 1:
        raise DerError(held.tag)
    return held.parts[0]


def _says(reply: Reply, name: bytes, tag: int, expected: bytes) -> bool:
    """Say whether the attribute is there once, with this one value."""
    values = reply.attributes.get(name, [])
    return len(values) == 1 and [(one.tag, one.content) for one in values[0]] == [(tag, expected)]


def _is_by(reply: Reply, leaf: Certificate) -> bool:
    """Say whether what is signed names this certificate: by SHA-1 (RFC 2634), by another digest (RFC 5816), or both."""
    older, newer = (reply.attributes.get(name, []) for name in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2))
    named = [*((one, False) for one in older), *((one, True) for one in newer)]
    if not named or len(older) > 1 or len(newer) > 1:
        return False
    try:
        return all(len(values) == 1 and _names(values[0], leaf, is_newer=is_newer) for values, is_newer in named)
    except DerError:
        return False


def _names(value: Value, leaf: Certificate, *, is_newer: bool) -> bool:
    first = value.sequence().take().sequence().take().sequence()
    algorithm = first.take_if(SEQUENCE) if is_newer else None
    said = first.take(OCTET_STRING).content
    if not is_newer:
        return said == hashlib.sha1(leaf.der, usedforsecurity=False).digest()
    name = _SHA256 if algorithm is None else _digest_name(algorithm.sequence())
    return name in DIGESTS and said == _digest(DIGESTS[name], leaf.der)


def _digest(algorithm: hashes.HashAlgorithm, octets: bytes) -> bytes:
    return hashlib.new(algorithm.name, octets).digest()
