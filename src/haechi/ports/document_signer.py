"""Signs PDF documents, so that a PDF reader shows by itself that a report is as it was made."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from haechi.domain.evidence import Sha256


class DocumentSigner(Protocol):
    """A key with its own certificate. Signing is deterministic: the same document and time give the same bytes."""

    certificate: Sha256
    """SHA-256 of the certificate (DER): what a reader compares."""

    def sign(self, document: bytes, *, at: datetime) -> bytes:
        """Return the PDF with a signature over all of it, dated `at`."""


NewDocumentKey = Callable[[], bytes]
"""Makes a private key with its certificate, both as blocks of PEM."""
MakeDocumentSigner = Callable[[bytes], DocumentSigner]
"""Makes a signer of what `NewDocumentKey` made."""
