"""The key that signs a vault's reports: RSA-3072 with a certificate by itself that names nobody.

RSA, because every PDF reader checks it, and with PKCS #1 v1.5 signing is deterministic.
"""

import secrets
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

BITS = 3072
_NAME_BYTES = 16
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_TO = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""RFC 5280, 4.1.2.5: no end that is known. The dates say nothing: a report is dated by the log it tells of, which may be
older than the key, and whoever relies on the certificate compares its fingerprint."""


def new_key() -> bytes:
    """Return a new private key and its certificate, as two blocks of PEM."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=BITS)
    # A random identifier: the certificate is in every report, and a name would tell which vault's.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"haechi report {secrets.token_hex(_NAME_BYTES)}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_only_signing(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def _only_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,  # what PDF readers want of a key that signs documents
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
