"""Signatures inside PDF documents (PAdES)."""

from haechi.adapters.document_signing.key import new_key
from haechi.adapters.document_signing.pdf_signer import PdfSigner

__all__ = ["PdfSigner", "new_key"]
