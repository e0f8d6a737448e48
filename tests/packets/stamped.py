"""Packets whose time stamps are not what they must be: one thing wrong in each, made by authorities that are drawn."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import parser
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from drawn.stamps import Authority, authority, new_key, stamp
from packets.files import codes
from packets.parts import AT, Case, edited, flipped, planned, put, removed, rich, signed

STAMP = "seal/anchors/A-0002.1"
TABLE = "meta/anchors.csv"
RSA, P256, P384 = (authority(kind, f"authority {kind}") for kind in ("rsa", "p256", "p384"))
ROGUE = authority("rsa", "rogue")


SHA256_NULL = bytes.fromhex("06096086480165030402010500")
"""SHA-256 and parameters that are NULL, as they stand in an AlgorithmIdentifier."""


def by(made: Authority, **wrong: object):
    """Return what writes a packet whose newer anchor has one stamp, by this authority, with one thing wrong."""

    def make(target: Path) -> None:
        early, late = rich().plan.anchors
        planned(anchors=(early, replace(late, stamps=(stamp(made, late.note.encode(), AT, **wrong),))))(target)

    return make


def chain(change, made: Authority = RSA):
    """Return what writes a packet whose newer anchor has one stamp with another chain of certificates."""
    return by(replace(made, chain=tuple(change(made.chain))))


def without_null(certificates: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """Leave out the NULL behind the algorithm of the signing certificate's RSA key, and sign it again."""
    whole = asn1.Certificate.load(certificates[0].public_bytes(Encoding.DER))
    body, signing = whole["tbs_certificate"], new_key("p256", "authority rsa middle")
    key = body["subject_public_key_info"]
    algorithm = parser.emit(0, 1, 16, key["algorithm"]["algorithm"].dump())
    other = parser.emit(0, 1, 16, algorithm + key["public_key"].dump())
    signed_part = parser.emit(0, 1, 16, body.contents.replace(key.dump(), other))
    signature = signing.sign(signed_part, ec.ECDSA(hashes.SHA384(), deterministic_signing=True))
    der = parser.emit(
        0, 1, 16, signed_part + whole["signature_algorithm"].dump() + parser.emit(0, 0, 3, b"\0" + signature)
    )
    return (x509.load_der_x509_certificate(der), *certificates[1:])


def der(change):
    """Return what changes the bytes of the reply."""

    def put_back(packet: Path) -> None:
        place = packet / f"{STAMP}.tsr"
        place.write_bytes(change(place.read_bytes()))

    return put_back


def indefinite(reply: bytes) -> bytes:
    """Return the reply with an outermost element of indefinite length (BER, not DER)."""
    return b"\x30\x80" + reply[4:] + b"\0\0"


def untyped(reply: bytes) -> bytes:
    """Return the reply with the parameters of its first digest algorithm, NULL before, of no type at all."""
    assert reply.count(SHA256_NULL) >= 1
    return reply.replace(SHA256_NULL, SHA256_NULL[:-2] + b"\0\0", 1)


def token_only(reply: bytes) -> bytes:
    """Return the bare token, less the status that belongs before it."""
    return reply[9:]


def exchanged(packet: Path) -> None:
    one, other = ((packet / f"seal/anchors/A-0002.{number}.tsr").read_bytes() for number in (1, 2))
    (packet / "seal/anchors/A-0002.1.tsr").write_bytes(other)
    (packet / "seal/anchors/A-0002.2.tsr").write_bytes(one)


def early_reply(packet: Path) -> None:
    """Put the stamp of the older checkpoint in the place of the newer one's."""
    for end in ("tsq", "tsr", "pem"):
        put(f"{STAMP}.{end}", (packet / f"seal/anchors/A-0001.1.{end}").read_bytes())(packet)
    edited(TABLE, "A-0002.1.tsr,authority rsa,1795143600", "A-0002.1.tsr,authority rsa,1795136400")(packet)


def by_two(target: Path) -> None:
    """Write a packet whose newer anchor has a good stamp by one authority, and one by another that does not hold."""
    early, late = rich().plan.anchors
    note = late.note.encode()
    stamps = (stamp(RSA, note, AT), stamp(P256, note, AT, digest_over=b"other"))
    planned(anchors=(early, replace(late, stamps=stamps)))(target)


def by_rogue(target: Path) -> None:
    """Write a packet that nobody stamped but an authority of somebody's own."""
    early, late = rich().plan.anchors
    late = replace(late, stamps=(stamp(ROGUE, late.note.encode(), AT),))
    planned(anchors=(replace(early, stamps=()), late))(target)


def other_certificate() -> str:
    return P256.certificate


FORM, IMPRINT, NONCE = codes("stamp-form"), codes("stamp-imprint"), codes("stamp-nonce")
SIGNATURE, CERTIFICATE = codes("stamp-signature"), codes("stamp-certificate")

CASES = (
    Case("stamp-rsa_pass", "A stamp signed with RSA.", by(RSA)),
    Case("stamp-p256_pass", "A stamp signed with ECDSA on P-256.", by(P256)),
    Case("stamp-p384_pass", "A stamp signed with ECDSA on P-384.", by(P384)),
    Case("stamp-sha256_pass", "A stamp whose signature uses SHA-256.", by(RSA, hash="sha256")),
    Case("stamp-sha384_pass", "A stamp whose signature uses SHA-384.", by(P384, hash="sha384")),
    Case("stamp-names-certificate-by-sha1_pass", "The older attribute that names the certificate (RFC 2634).", by(RSA, signer="v1")),
    Case("stamp-names-certificate-twice_pass", "Both attributes that name the certificate.", by(RSA, signer="both")),
    Case("stamp-with-policy_pass", "A request that asks for a policy, and a reply that has it.", by(RSA, query_policy="1.3.6.1.4.1.13762.3")),
    Case("stamp-certificate-died-since_pass", "The certificate died after it stamped: the stamp stands.", by(authority("p256", "short", ends=datetime(2026, 11, 21, tzinfo=UTC)))),
    Case("authority-expected_pass", "The authorities that the checker expects.", planned(), authorities=(RSA.certificate, P384.certificate)),
    Case("authority-one-of-two_pass", "Two authorities stamped, and the checker relies on one: the other's stamp does not count.", planned(), authorities=(P384.certificate,)),
    Case("authority-in-capitals_pass", "The fingerprint as openssl prints it.", planned(), authorities=(":".join(re.findall("..", RSA.certificate.upper())),)),
    Case("authority-of-neither_fail", "Two authorities stamped, and the checker relies on a third.", planned(), codes("authority-other"), authorities=(P256.certificate,)),
    Case("authority-without-stamps_fail", "Nobody stamped, and the checker relies on an authority.", planned(anchors=tuple(replace(one, stamps=()) for one in rich().plan.anchors)), codes("authority-other"), authorities=(RSA.certificate,)),
    Case("authority-whose-stamp-is-wrong_fail", "The one stamp of the authority relied on does not hold; another's does.", by_two, codes("stamp-signature", "authority-other"), authorities=(P256.certificate,)),
    Case("authority-and-wrong-stamp-of-other_fail", "The authority relied on stamped; a stamp that does not count is wrong all the same.", by_two, SIGNATURE, authorities=(RSA.certificate,)),
    Case("authority-mistyped_misused", "A fingerprint that lost a digit.", planned(), authorities=(RSA.certificate[:-1],), misused=True),
    Case("untrusted-authority-with-embedded-root_fail", "An authority of somebody's own, with its own root, where another is expected.", by_rogue, codes("authority-other"), authorities=(RSA.certificate,)),
    Case("untrusted-authority-beside-a-trusted_pass", "An authority of somebody's own stamped the newer anchor, the one relied on the older: only that counts.", by(ROGUE), authorities=(RSA.certificate,)),
    Case("untrusted-authority-with-embedded-root_pass", "The same, where nobody says whom to expect: this is why somebody must.", by(ROGUE)),
    Case("stamp-of-other-checkpoint_fail", "The right stamp of another checkpoint.", signed(early_reply), IMPRINT),
    Case("stamp-imprint-of-reply-other_fail", "A reply over other bytes.", by(RSA, reply_over=b"other"), IMPRINT),
    Case("stamp-imprint-of-query-other_fail", "A request over other bytes.", by(RSA, query_over=b"other"), IMPRINT),
    Case("stamp-imprint-sha512_fail", "An imprint of another kind.", by(RSA, imprint_hash="sha512"), IMPRINT),
    Case("stamp-nonce-other_fail", "A reply to another request.", by(RSA, reply_nonce=5), NONCE),
    Case("stamp-nonce-missing-in-reply_fail", "A reply without nonce.", by(RSA, reply_nonce=None), NONCE),
    Case("stamp-nonce-missing-in-query_fail", "A request without nonce.", by(RSA, query_nonce=None, reply_nonce=None), NONCE),
    Case("stamp-policy-other_fail", "A reply under another policy than was asked for.", by(RSA, query_policy="1.2.3.4"), NONCE),
    Case("stamp-digest-wrong_fail", "A signed digest that is not the token's.", by(RSA, digest_over=b"other"), SIGNATURE),
    Case("stamp-content-type-other_fail", "A signed content type that is not that of a stamp.", by(RSA, content_type="data"), SIGNATURE),
    Case("stamp-names-no-certificate_fail", "No attribute that names the certificate.", by(RSA, signer="none"), SIGNATURE),
    Case("stamp-names-other-certificate_fail", "An attribute that names another certificate.", by(RSA, signer_of=P256.chain[0]), SIGNATURE),
    Case("stamp-signed-by-other-key_fail", "A signature by another key.", by(RSA, key=new_key("rsa", "somebody")), SIGNATURE),
    Case("stamp-signed-by-other-key-p256_fail", "A signature by another key, on P-256.", by(P256, key=new_key("p256", "somebody")), SIGNATURE),
    Case("stamp-signature-bit-flipped_fail", "The last bit of the reply.", signed(flipped(f"{STAMP}.tsr", -1)), SIGNATURE),
    Case("stamp-key-without-null_fail", "An RSA key whose algorithm has no parameters; RFC 3279 wants NULL.", chain(without_null), FORM),
    Case("stamp-refused_fail", "A reply that says no.", by(RSA, status="rejection"), FORM),
    Case("stamp-granted-with-changes_fail", "A reply that grants something else than was asked.", by(RSA, status="granted_with_mods"), FORM),
    Case("stamp-truncated_fail", "A reply that lost its end.", signed(der(lambda reply: reply[:-9])), FORM),
    Case("stamp-with-trailing-byte_fail", "A byte behind the reply.", signed(der(lambda reply: reply + b"\0")), FORM),
    Case("stamp-digest-parameters-of-no-type_fail", "Parameters of the imprint's digest algorithm that are no ASN.1.", signed(der(untyped)), FORM),
    Case("stamp-of-indefinite-length_fail", "A reply in BER.", signed(der(indefinite)), FORM),
    Case("stamp-bare-token_fail", "The token without the reply around it.", signed(der(token_only)), FORM),
    Case("stamp-web-page-as-reply_fail", "A web page in place of the reply.", signed(put(f"{STAMP}.tsr", "<html>portal</html>\n")), FORM),
    Case("stamp-huge-length_fail", "A length of 2 GiB.", signed(put(f"{STAMP}.tsr", b"\x30\x84\x7f\xff\xff\xff\0")), FORM),
    Case("stamp-empty_fail", "Nothing as the reply.", signed(put(f"{STAMP}.tsr", "")), FORM),
    Case("stamp-cms-version-other_fail", "Another version of SignedData.", by(RSA, cms_version="v1"), FORM),
    Case("stamp-two-signers_fail", "Two signers.", by(RSA, signers=2), FORM),
    Case("stamp-query-missing_fail", "No request.", signed(removed(f"{STAMP}.tsq")), FORM),
    Case("stamp-certificates-missing_fail", "No certificates.", signed(removed(f"{STAMP}.pem")), FORM),
    Case("stamp-certificates-garbled_fail", "Certificates that are none.", signed(put(f"{STAMP}.pem", "-----BEGIN CERTIFICATE-----\n" + base64.b64encode(bytes(90)).decode() + "\n-----END CERTIFICATE-----\n")), FORM),
    Case("stamp-time-of-row-edited_fail", "A row with another time than the stamp.", signed(edited(TABLE, "A-0002.1.tsr,authority rsa,1795143600", "A-0002.1.tsr,authority rsa,1795143601")), FORM),
    Case("stamp-key-of-row-edited_fail", "A row with another certificate than the stamp.", signed(edited(TABLE, RSA.certificate, other_certificate(), every=True)), FORM),
    Case("stamps-exchanged_fail", "Two authorities' replies in each other's place.", signed(exchanged), SIGNATURE),
    Case("stamp-purpose-not-critical_fail", "A certificate whose purpose may be passed over.", by(authority("p256", "lax", is_critical=False)), CERTIFICATE),
    Case("stamp-purpose-other_fail", "A certificate for web servers.", by(authority("p256", "web", purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))), CERTIFICATE),
    Case("stamp-purpose-two_fail", "A certificate for stamps and for more.", by(authority("p256", "two", purposes=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING))), CERTIFICATE),
    Case("stamp-purpose-none_fail", "A certificate without purpose.", by(authority("p256", "none", purposes=())), CERTIFICATE),
    Case("stamp-by-certificate-that-is-no-authority_fail", "A certificate between that may not issue others.", by(authority("p256", "minor", is_ca=False)), CERTIFICATE),
    Case("stamp-certificate-dead_fail", "A certificate that had died when it stamped.", by(authority("p256", "dead", ends=datetime(2026, 11, 20, 2, 59, 59, tzinfo=UTC))), CERTIFICATE),
    Case("stamp-certificate-not-yet-valid_fail", "A certificate that was not yet valid when it stamped.", by(authority("p256", "young", begins=datetime(2026, 11, 20, 3, 0, 1, tzinfo=UTC))), CERTIFICATE),
    Case("stamp-without-root_fail", "A chain without its root.", chain(lambda one: one[:-1]), CERTIFICATE),
    Case("stamp-without-middle_fail", "A chain without the certificate between.", chain(lambda one: (one[0], one[2])), CERTIFICATE),
    Case("stamp-chain-upside-down_fail", "A chain of certificates from root to leaf.", signed(put(f"{STAMP}.pem", replace(RSA, chain=RSA.chain[::-1]).pem)), FORM),
    Case("stamp-root-of-rogue_fail", "A chain that ends in somebody else's root.", chain(lambda one: (*one[:2], ROGUE.chain[2])), CERTIFICATE),
)  # fmt: skip
