"""Signs a PDF as PAdES B-B (ETSI EN 319 142-1; SubFilter `ETSI.CAdES.detached`) without changing what it shows or claims.

The signature is an incremental update behind the document. Its field is invisible and lies outside the page, which is the
one form that PDF/A-2 (no hidden annotation) and PDF/UA-1 (no untagged one on the page) both allow.
"""

import asyncio
import hashlib
from datetime import datetime
from io import BytesIO

from asn1crypto import keys, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD = "Haechi"
_DIGEST = "sha256"
_RESERVED = 8_192
"""Digits kept for the signature, written in hexadecimal: with RSA-3072 and its one certificate it has some 4,200."""


def signed(document: bytes, *, certificate: bytes, key: bytes, at: datetime) -> bytes:
    """Return the signed PDF; `certificate` (X.509) and `key` (PKCS #8) are DER."""
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    writer = _Unchanging(BytesIO(document))
    page, _ = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    page.get_object()["/Tabs"] = pdf_name("/S")  # PDF/UA-1, 7.18.3: of every page with an annotation
    field = SigFieldSpec(
        _FIELD, readable_field_name="Haechi", invis_sig_settings=InvisSigSettings(box_out_of_bounds=True)
    )
    embedding = PdfCMSEmbedder(field).write_cms(_FIELD, writer)
    next(embedding)
    place = SignatureObject(timestamp=at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=_RESERVED)
    embedding.send(SigObjSetup(place))
    digested, output = embedding.send(SigIOSetup(_DIGEST))
    signature = asyncio.run(signer.async_sign(digested.document_digest, _DIGEST, use_pades=True, is_pdf_sig=True))
    embedding.send(signature)
    return bytes(output.getvalue())


class _Unchanging(IncrementalPdfFileWriter):
    """An update that is the same on every run: pyHanko by itself draws a random identifier, and dates the metadata."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> ArrayObject:
        prev.stream.seek(0)
        this = hashlib.sha256(prev.stream.read()).digest()[:16]
        return ArrayObject([ByteStringObject(prev.trailer["/ID"][0].original_bytes), ByteStringObject(this)])

    def _update_meta(self) -> None:
        """Leave title, dates and the claim to be PDF/A and PDF/UA as the typesetter wrote them."""
