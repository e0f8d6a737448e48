"""Signatures inside PDF documents: they hold in a stock program, are the same on every run, and change no claim."""

import hashlib
import io
import re
import subprocess
from datetime import UTC, datetime

import pypdf
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from haechi.adapters.document_signing import PdfSigner, new_key
from haechi.adapters.renderer.typesetting import typeset
from haechi.adapters.renderer.words import words
from stock_programs import needed

AT = datetime(2026, 3, 20, 6, 4, 5, 123456, tzinfo=UTC)


@pytest.fixture(scope="module")
def key():
    return new_key()


@pytest.fixture(scope="module")
def document():
    """Return a PDF/A-2a and PDF/UA-1 as our typesetter makes it."""
    sheet = {"words": ["one"], "told": [], "date": (2026, 3, 20, 6, 4, 5)}
    say = words("en")
    told = {"language": "en", "title": say("sheet.title"), "which": "1", "what": ["a"], "date": "2026"}
    return typeset("sheet", {**sheet, "told": [told, {**told, "language": "ko"}]}, made=AT.replace(microsecond=0))


@pytest.fixture(scope="module")
def signed(key, document):
    return PdfSigner(key).sign(document, at=AT)


def shown_by_pdfsig(tmp_path, document):
    (tmp_path / "report.pdf").write_bytes(document)
    done = subprocess.run([needed("pdfsig"), tmp_path / "report.pdf"], capture_output=True, text=True, check=False)
    return done.stdout


def test_pdfsig_says_that_the_signature_holds_and_covers_everything(signed, tmp_path):
    shown = shown_by_pdfsig(tmp_path, signed)
    assert "Signature is Valid" in shown
    assert "Total document signed" in shown
    assert "ETSI.CAdES.detached" in shown


def test_pdfsig_sees_a_changed_byte(signed, document, tmp_path):
    changed = bytearray(signed)
    changed[len(document) // 2] ^= 1
    assert "Signature is Valid" not in shown_by_pdfsig(tmp_path, bytes(changed))


def test_the_same_document_gives_the_same_bytes(key, document, signed):
    assert PdfSigner(key).sign(document, at=AT) == signed


def test_the_signed_document_begins_with_the_unsigned_one(document, signed):
    assert signed.startswith(document)


def test_the_document_still_claims_what_it_claimed(document, signed):
    before, after = (pypdf.PdfReader(io.BytesIO(one)) for one in (document, signed))
    described = after.trailer["/Root"]["/Metadata"].get_data()
    assert described == before.trailer["/Root"]["/Metadata"].get_data()
    assert re.search(rb"<pdfaid:part>2<", described)
    assert re.search(rb"<pdfuaid:part>1<", described)
    assert after.metadata == before.metadata
    assert after.trailer["/Root"]["/MarkInfo"] == before.trailer["/Root"]["/MarkInfo"]


def test_the_signature_field_is_allowed_in_an_archivable_and_accessible_file(signed):
    # ISO 19005-2, 6.3.2: printed and not hidden. ISO 14289-1, 7.18: outside the page it needs no tag, and the
    # page's tab order is that of its structure.
    page = pypdf.PdfReader(io.BytesIO(signed)).pages[0]
    (field,) = (one.get_object() for one in page["/Annots"] if one.get_object()["/Subtype"] == "/Widget")
    flags = field["/F"]
    assert flags & 4
    assert not flags & (1 | 2 | 32)
    left, bottom, right, top = map(float, field["/Rect"])
    assert (left, bottom) == (right, top)
    assert right < float(page.cropbox.left)
    assert page["/Tabs"] == "/S"


def test_the_certificate_names_nobody_and_is_the_one_whose_fingerprint_is_told(key, signed):
    block = key[key.index(b"-----BEGIN CERTIFICATE") :]
    certificate = x509.load_pem_x509_certificate(block)
    assert re.fullmatch(r"CN=haechi report [0-9a-f]{32}", certificate.subject.rfc4514_string())
    der = certificate.public_bytes(Encoding.DER)
    assert PdfSigner(key).certificate == hashlib.sha256(der).hexdigest()
    content = pypdf.PdfReader(io.BytesIO(signed)).get_fields()["Haechi"]["/V"]["/Contents"]
    raw = content.original_bytes if hasattr(content, "original_bytes") else bytes(content)
    (enclosed,) = cms.ContentInfo.load(raw.rstrip(b"\0") + b"\0" * 8)["content"]["certificates"]
    assert enclosed.dump() == der


def test_two_vaults_have_different_keys_of_3072_bits(key):
    other = new_key()
    public = [x509.load_pem_x509_certificate(one[one.index(b"-----BEGIN C") :]).public_key() for one in (key, other)]
    assert all(isinstance(one, rsa.RSAPublicKey) and one.key_size == 3072 for one in public)
    assert PdfSigner(key).certificate != PdfSigner(other).certificate
