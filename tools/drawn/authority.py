"""A time-stamping authority for tests and the demo: it answers on this machine only, and misbehaves as told.

Keys come from numbers, signatures have no randomness, and the time can be given: the same question gets the same answer.
Nothing here is of use as an authority: everybody has its keys.
"""

import hashlib
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.3.6.1.4.1.13762.3"
OTHER_POLICY = "1.3.6.1.4.1.13762.99"
_ORDER = int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Fault(StrEnum):
    """How the authority misbehaves."""

    ROGUE_ROOT = "rogue-root"
    """Signs with a certificate of the same names under a root of its own, and brings both along."""
    WRONG_IMPRINT = "wrong-imprint"
    WRONG_HASH = "wrong-hash"
    WRONG_NONCE = "wrong-nonce"
    NO_NONCE = "no-nonce"
    WRONG_POLICY = "wrong-policy"
    BEFORE_ITS_TIME = "before-its-time"
    """Signs for a time at which its certificate was not valid yet."""
    AFTER_ITS_TIME = "after-its-time"
    NO_CERTIFICATE = "no-certificate"
    NO_ESS = "no-ess"
    WRONG_ESS = "wrong-ess"
    WRONG_DIGEST = "wrong-digest"
    """Signs attributes whose messageDigest is of something else."""
    WRONG_SIGNATURE = "wrong-signature"
    TWO_SIGNERS = "two-signers"
    UNSORTED = "unsorted"
    """Brings its certificates in an order that DER does not allow, as `openssl ts -reply` does. Not wrong otherwise."""
    REJECTION = "rejection"
    BUSY = "busy"
    WITH_MODS = "with-mods"
    BARE = "bare"
    """Sends the token without the response around it."""
    TRUNCATED = "truncated"
    TRAILING = "trailing"
    EMPTY = "empty"
    NOISE = "noise"
    HTML = "html"
    HUGE_LENGTH = "huge-length"
    ENDLESS = "endless"
    CHUNKED_FLOOD = "chunked-flood"
    DRIP = "drip"
    DRIP_HEADERS = "drip-headers"
    SILENT = "silent"
    CUT = "cut"
    REDIRECT = "redirect"
    ERROR_500 = "error-500"
    COMPRESSED = "compressed"
    NO_HTTP = "no-http"


@dataclass(frozen=True, slots=True)
class Identity:
    """A signing key with its certificates, the signing one first and the root last."""

    key: Key
    certificates: tuple[x509.Certificate, ...]

    @property
    def certificate_pem(self) -> bytes:
        """The signing certificate."""
        return self.certificates[0].public_bytes(Encoding.PEM)

    @property
    def chain_pem(self) -> bytes:
        """What leads from it to the root."""
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.certificates[1:])

    @property
    def pin(self) -> str:
        """The SHA-256 of the signing certificate."""
        return self.certificates[0].fingerprint(hashes.SHA256()).hex()


def drawn_key(seed: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key that a word gives."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def drawn_identity(
    seed: str,
    *,
    valid: tuple[datetime, datetime] | None = None,
    key: Key | None = None,
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    is_critical: bool = True,
    with_intermediate: bool = True,
    names: str | None = None,
) -> Identity:
    """Return an authority's certificates: root, intermediate, and one that signs in `valid` (default 2020 to 2040).

    `names` are the word in the subjects when it is not `seed`: two identities may have the same names and other keys.
    """
    names = names or seed
    whole = datetime(2015, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
    valid = valid or (datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))
    root_key, between_key = drawn_key(f"{seed} root"), drawn_key(f"{seed} between")
    key = key or drawn_key(f"{seed} leaf")
    root_name, between_name, leaf_name = (_name(f"{names} {part}") for part in ("root", "between", "stamps"))
    root = _certificate(root_name, root_name, root_key, root_key, whole, serial=1, is_authority=True)
    between = _certificate(between_name, root_name, between_key, root_key, whole, serial=2, is_authority=True)
    issuer, issuer_key = (between_name, between_key) if with_intermediate else (root_name, root_key)
    leaf = _certificate(leaf_name, issuer, key, issuer_key, valid, serial=3, usages=usages, is_critical=is_critical)
    return Identity(key, (leaf, between, root) if with_intermediate else (leaf, root))


@dataclass(slots=True)
class Authority:
    """Answers questions. `now` is its clock; `faults` say how it misbehaves, and may be changed while it serves."""

    identity: Identity
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    faults: set[Fault] = field(default_factory=set)
    policy: str = POLICY
    serial: int = 1000
    asked: list[bytes] = field(default_factory=list)
    """The questions that came, in order."""
    url: str = ""
    """Where it answers, while it is served."""

    def reply(self, query: bytes) -> bytes:
        """Return the TimeStampResp to a TimeStampReq, both DER."""
        if Fault.REJECTION in self.faults:
            return _rejection("unaccepted_policy")
        if Fault.BUSY in self.faults:
            return _rejection("time_not_available")
        asked = tsp.TimeStampReq.load(query)
        token = self._token(asked)
        if Fault.BARE in self.faults:
            return token.dump()
        status = "granted_with_mods" if Fault.WITH_MODS in self.faults else "granted"
        answer: bytes = tsp.TimeStampResp({"status": {"status": status}, "time_stamp_token": token}).dump()
        if Fault.TRUNCATED in self.faults:
            return answer[: len(answer) // 2]
        return answer + b"\0" if Fault.TRAILING in self.faults else answer

    def _token(self, asked: tsp.TimeStampReq) -> cms.ContentInfo:
        identity = self._signing()
        info = self._info(asked)
        certificates = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in identity.certificates]
        certificates.sort(key=lambda one: one.dump(), reverse=Fault.UNSORTED in self.faults)
        signer = self._signer(identity, info.dump())
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info.dump())},
                "signer_infos": [signer] * (2 if Fault.TWO_SIGNERS in self.faults else 1),
            }
        )
        if Fault.NO_CERTIFICATE not in self.faults:
            # Built by hand: asn1crypto sorts a SET OF when it writes one.
            content = b"".join(one.dump() for one in certificates)
            signed["certificates"] = cms.CertificateSet.load(_tagged(0x31, content))
            dumped = signed.dump()
            ordered = b"".join(sorted(one.dump() for one in certificates))
            signed = cms.SignedData.load(dumped.replace(ordered, content))
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    def _signing(self) -> Identity:
        if Fault.ROGUE_ROOT not in self.faults:
            return self.identity
        common = self.identity.certificates[-1].subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        return drawn_identity(f"rogue {common}", names=str(common).removesuffix(" root"))

    def _info(self, asked: tsp.TimeStampReq) -> tsp.TSTInfo:
        imprint = asked["message_imprint"].copy()
        if Fault.WRONG_IMPRINT in self.faults:
            imprint["hashed_message"] = hashlib.sha256(b"another checkpoint").digest()
        if Fault.WRONG_HASH in self.faults:
            imprint = tsp.MessageImprint(
                {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": hashlib.sha512(b"x").digest()}
            )
        at = self.now()
        valid = self.identity.certificates[0]
        if Fault.BEFORE_ITS_TIME in self.faults:
            at = valid.not_valid_before_utc - timedelta(seconds=1)
        if Fault.AFTER_ITS_TIME in self.faults:
            at = valid.not_valid_after_utc + timedelta(seconds=1)
        policy = asked["req_policy"].native or self.policy
        self.serial += 1
        parts = {
            "version": "v1",
            "policy": OTHER_POLICY if Fault.WRONG_POLICY in self.faults else policy,
            "message_imprint": imprint,
            "serial_number": self.serial,
            "gen_time": at,
        }
        nonce = asked["nonce"].native
        if nonce is not None and Fault.NO_NONCE not in self.faults:
            parts["nonce"] = nonce + (Fault.WRONG_NONCE in self.faults)
        return tsp.TSTInfo(parts)

    def _signer(self, identity: Identity, content: bytes) -> cms.SignerInfo:
        leaf = asn1_x509.Certificate.load(identity.certificates[0].public_bytes(Encoding.DER))
        named = b"another certificate" if Fault.WRONG_ESS in self.faults else leaf.dump()
        ess = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(named).digest()})]})
        digested = b"another content" if Fault.WRONG_DIGEST in self.faults else content
        attributes = [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(digested).digest()]}),
        ]
        if Fault.NO_ESS not in self.faults:
            attributes.append(cms.CMSAttribute({"type": "signing_certificate_v2", "values": [ess]}))
        signed = cms.CMSAttributes(attributes)
        signed = cms.CMSAttributes(sorted(signed, key=lambda one: one.dump()))
        signature = _signature(identity.key, signed.dump())
        if Fault.WRONG_SIGNATURE in self.faults:
            signature = _signature(identity.key, signed.dump() + b" ")
        scheme = "sha256_rsa" if isinstance(identity.key, rsa.RSAPrivateKey) else "sha256_ecdsa"
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": signed,
                "signature_algorithm": {"algorithm": scheme},
                "signature": signature,
            }
        )


def good(authority: Authority) -> Authority:
    """Return the same authority without its faults."""
    return replace(authority, faults=set())


@contextmanager
def serving(authority: Authority, *, tls: ssl.SSLContext | None = None):  # noqa: ANN201 -- gives the address
    """Serve the authority on a port of this machine for the length of a block, and give its address."""

    class Handler(_Handler):
        tsa = authority

    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    authority.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}/tsa"
    try:
        yield authority.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asks may hang up, and does, when it is misled."""


class _Handler(BaseHTTPRequestHandler):
    tsa: Authority

    def do_POST(self) -> None:
        """Answer, or misbehave."""
        query = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.tsa.asked.append(query)
        faults = self.tsa.faults
        try:
            if faults & {Fault.SILENT, Fault.DRIP, Fault.DRIP_HEADERS, Fault.NO_HTTP, Fault.CUT, Fault.CHUNKED_FLOOD}:
                self._stall(query)
            elif Fault.REDIRECT in faults:
                self._send(302, b"", Location="http://127.0.0.1:9/elsewhere")
            elif Fault.ERROR_500 in faults:
                self._send(500, b"broken")
            else:
                self._answer(query)
        except (BrokenPipeError, ConnectionResetError):
            return

    def _answer(self, query: bytes) -> None:
        faults, more = self.tsa.faults, {}
        kind, length, body = "application/timestamp-reply", None, self.tsa.reply(query)
        if Fault.HTML in faults:
            kind, body = "text/html", b"<html>Please log in to the guest network</html>"
        if Fault.HUGE_LENGTH in faults:
            length = 2 * 2**30
        if Fault.EMPTY in faults:
            body = b""
        if Fault.NOISE in faults:
            body = hashlib.sha512(query).digest() * 20
        if Fault.ENDLESS in faults:
            body = bytes(200_000)
            length = -1
        if Fault.COMPRESSED in faults:
            more = {"Content-Encoding": "gzip"}
        self._send(200, body, length=length, kind=kind, **more)

    def _send(
        self, status: int, body: bytes, *, length: int | None = None, kind: str = "text/plain", **more: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stall(self, query: bytes) -> None:
        faults = self.tsa.faults
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"
        if Fault.NO_HTTP in faults:
            self.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        elif Fault.CUT in faults:
            answer = self.tsa.reply(query)
            self.wfile.write(head + f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer[:100])
        elif Fault.CHUNKED_FLOOD in faults:
            self.wfile.write(head + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(2000):
                self.wfile.write(b"400\r\n" + bytes(1024) + b"\r\n")
        elif Fault.SILENT in faults:
            time.sleep(30)
        else:
            answer = self.tsa.reply(query)
            whole = head + f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer
            at = 0 if Fault.DRIP_HEADERS in faults else len(whole) - len(answer)
            self.wfile.write(whole[:at])
            for byte in whole[at:]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing."""


def _rejection(failure: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["not today"], "fail_info": {failure}}).dump()
    return _tagged(0x30, status)  # asn1crypto's response cannot be without a token


def _signature(key: Key, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(4, "big").lstrip(b"\0")
    length = size if len(content) < 128 else bytes([0x80 | len(size)]) + size  # noqa: PLR2004 -- X.690, 8.1.3.4
    return bytes([tag]) + length + content


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Drawn"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    issuer_key: Key,
    valid: tuple[datetime, datetime],
    *,
    serial: int,
    is_authority: bool = False,
    usages: tuple[x509.ObjectIdentifier, ...] = (),
    is_critical: bool = True,
) -> x509.Certificate:
    usage = {
        name: name in (("key_cert_sign", "crl_sign") if is_authority else ("digital_signature",))
        for name in (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        )
    }  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=is_critical)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    ).add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True)
