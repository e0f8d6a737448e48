"""A time-stamping authority for packets that are drawn: real RFC 3161 replies, and ones with one thing wrong."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from haechi.domain.anchor import Stamp
from haechi.domain.evidence import Sha256

POLICY = "1.3.6.1.4.1.13762.3"
NONCE = 0x7A11_0F_5E_A1
_BORN = datetime(2026, 1, 1, tzinfo=UTC)
_LIFE = timedelta(days=3650)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """Keys and certificates, leaf first, root last."""

    name: str
    key: Key
    chain: tuple[x509.Certificate, ...]

    @property
    def pem(self) -> str:
        """The chain as a packet has it."""
        return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in self.chain)

    @property
    def certificate(self) -> Sha256:
        """The SHA-256 of the signing certificate's DER."""
        return Sha256(self.chain[0].fingerprint(hashes.SHA256()).hex())


def _prime(seed: str) -> int:
    dice = random.Random(seed)  # noqa: S311  # keys of drawn packets, which guard nothing
    while True:
        number = dice.getrandbits(1024) | 3 << 1022 | 1
        if all(number % small for small in range(3, 2000, 2)) and _is_prime(number) and (number - 1) % 65_537:
            return number


def _is_prime(number: int) -> bool:
    """Miller and Rabin, with enough bases for numbers that nobody chose."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in range(2, 14):
        value = pow(base, odd, number)
        if value in {1, number - 1}:
            continue
        if not any((value := value * value % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True


@cache
def new_key(kind: str, seed: str) -> Key:
    """Return a key that is the same on every machine, so that drawn packets can be compared; `seed` tells one from another."""
    if kind == "rsa":
        p, q = _prime(f"{seed} p"), _prime(f"{seed} q")
        d = pow(65_537, -1, (p - 1) * (q - 1))
        public = rsa.RSAPublicNumbers(65_537, p * q)
        return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()
    curve = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind]
    order = int.from_bytes(hashlib.sha256(f"{kind} {seed}".encode()).digest(), "big") | 1
    return ec.derive_private_key(order >> 1, curve)


@cache
def authority(
    kind: str = "rsa",
    name: str = "drawn",
    *,
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    is_critical: bool = True,
    is_ca: bool = True,
    ends: datetime = _BORN + _LIFE,
    begins: datetime = _BORN,
) -> Authority:
    """Return an authority with a root, one authority between, and a signing certificate as told."""
    root_key, middle_key, key = new_key("p384", f"{name} root"), new_key("p256", f"{name} middle"), new_key(kind, name)
    root = _certificate(f"{name} root", root_key, f"{name} root", root_key, authority=True)
    middle = _certificate(f"{name} middle", middle_key, f"{name} root", root_key, authority=is_ca)
    leaf = _certificate(
        name, key, f"{name} middle", middle_key, purposes=purposes, critical=is_critical, begins=begins, ends=ends
    )
    return Authority(name, key, (leaf, middle, root))


def _certificate(
    name: str,
    key: Key,
    issuer: str,
    issuer_key: Key,
    *,
    authority: bool = False,
    purposes: tuple[x509.ObjectIdentifier, ...] = (),
    critical: bool = True,
    begins: datetime = _BORN,
    ends: datetime = _BORN + _LIFE,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=critical)
    if isinstance(issuer_key, rsa.RSAPrivateKey):
        return builder.sign(issuer_key, hashes.SHA256())
    return builder.sign(issuer_key, hashes.SHA384(), ecdsa_deterministic=True)


def stamp(authority: Authority, stamped: bytes, at: datetime, **wrong: Any) -> Stamp:  # noqa: ANN401 - each is what one field of a stamp takes
    """Return a stamp over the bytes `stamped`; `wrong` changes one thing of it (see `_said`)."""
    said = _said(stamped, wrong)
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": said["policy"],
            "message_imprint": _imprint(said["reply_over"], said["imprint_hash"]),
            "serial_number": 77,
            "gen_time": at,
            **({} if said["reply_nonce"] is None else {"nonce": said["reply_nonce"]}),
        }
    ).dump()
    leaf = asn1.Certificate.load(authority.chain[0].public_bytes(serialization.Encoding.DER))
    hash_name = said["hash"]
    attributes = [
        {"type": "content_type", "values": [said["content_type"]]},
        {"type": "message_digest", "values": [hashlib.new(hash_name, said["digest_over"] or info).digest()]},
        *_signers(said["signer"], said["signer_of"] or authority.chain[0]),
    ]
    signed = cms.CMSAttributes(attributes)
    content = {
        "version": said["cms_version"],
        "digest_algorithms": [{"algorithm": hash_name}],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "certificates": [cms.CertificateChoices("certificate", leaf)],
        "signer_infos": [
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number", {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                ),
                "digest_algorithm": {"algorithm": hash_name},
                "signed_attrs": signed,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": _algorithm(authority.key, hash_name)}),
                "signature": _signature(said["key"] or authority.key, hash_name, signed.dump()),
            }
        ]
        * said["signers"],
    }
    reply = tsp.TimeStampResp(
        {
            "status": {"status": said["status"]},
            "time_stamp_token": {"content_type": "signed_data", "content": content},
        }
    ).dump()
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": _imprint(said["query_over"], said["imprint_hash"]),
            **({} if said["query_policy"] is None else {"req_policy": said["query_policy"]}),
            **({} if said["query_nonce"] is None else {"nonce": said["query_nonce"]}),
            "cert_req": True,
        }
    ).dump()
    return Stamp(
        authority=authority.name,
        query=query,
        reply=reply,
        chain=authority.pem,
        at=int(at.timestamp() * 1_000_000),
        serial="77",
        certificate=authority.certificate,
        expires_at=int(authority.chain[0].not_valid_after_utc.timestamp()),
    )


def _said(stamped: bytes, wrong: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "reply_over": stamped,
        "query_over": stamped,
        "imprint_hash": "sha256",
        "reply_nonce": NONCE,
        "query_nonce": NONCE,
        "policy": POLICY,
        "query_policy": None,
        "hash": "sha512",
        "content_type": "tst_info",
        "digest_over": None,
        "signer": "v2",
        "signer_of": None,
        "key": None,
        "status": "granted",
        "cms_version": "v3",
        "signers": 1,
    }
    if unknown := wrong.keys() - said.keys():
        raise KeyError(unknown)
    return said | wrong


def _imprint(stamped: bytes, hash_name: str) -> dict[str, Any]:
    return {
        "hash_algorithm": {"algorithm": hash_name},
        "hashed_message": hashlib.new(hash_name, stamped).digest(),
    }


def _signers(form: str, certificate: x509.Certificate) -> list[dict[str, Any]]:
    der = certificate.public_bytes(serialization.Encoding.DER)
    v1 = {"type": "signing_certificate", "values": [{"certs": [{"cert_hash": hashlib.sha1(der).digest()}]}]}  # noqa: S324 - RFC 2634
    v2 = {"type": "signing_certificate_v2", "values": [{"certs": [{"cert_hash": hashlib.sha256(der).digest()}]}]}
    return {"v1": [v1], "v2": [v2], "both": [v1, v2], "none": []}[form]


def _algorithm(key: Key, hash_name: str) -> str:
    return f"{hash_name}_rsa" if isinstance(key, rsa.RSAPrivateKey) else f"{hash_name}_ecdsa"


def _signature(key: Key, hash_name: str, message: bytes) -> bytes:
    algorithm = {
        "sha224": hashes.SHA224(),
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }[hash_name]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), algorithm)
    return key.sign(message, ec.ECDSA(algorithm, deterministic_signing=True))
