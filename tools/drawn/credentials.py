"""Draws Content Credentials: a picture signed by a certificate of nobody's, as C2PA asks for them."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ISSUER = "Drawn Camera Works"


@cache
def signer() -> tuple[str, str]:
    """Return a certificate chain and its first key, both as PEM."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, leaf_name = _name("Drawn Root"), _name("Drawn Signer")
    root_id = x509.SubjectKeyIdentifier.from_public_key(root.public_key())
    above = (
        _certificate(root_name, root_name, root)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(root_id, critical=False)
        .sign(root, hashes.SHA256())
    )
    below = (
        _certificate(leaf_name, root_name, leaf)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(leaf.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        .sign(root, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (below.public_bytes(pem) + above.public_bytes(pem)).decode(), key.decode()


def signed(picture: bytes, mime: str, *, program: str = "Drawn Program", source: str = GENERATED) -> bytes:
    """Return the picture with Content Credentials that say which program made it, and how."""
    import c2pa  # noqa: PLC0415 -- its library is large

    chain, key = signer()
    manifest = {
        "claim_generator_info": [{"name": program, "version": "1.0"}],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]},
            }
        ],
    }
    settings = {"verify": {"verify_after_sign": False}, "builder": {"thumbnail": {"enabled": False}}}
    made = io.BytesIO()
    info = c2pa.C2paSignerInfo(b"es256", chain.encode(), key.encode(), None)
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Signer.from_info(info) as pen,
        c2pa.Builder(json.dumps(manifest), context=context) as builder,
    ):
        builder.sign(pen, mime, io.BytesIO(picture), made)
    return made.getvalue()


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, ISSUER), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    today = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=30))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
