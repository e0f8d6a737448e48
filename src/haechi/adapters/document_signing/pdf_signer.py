"""The signer of a vault's PDF documents."""

import hashlib
from datetime import datetime

from asn1crypto import pem  # type: ignore[import-untyped]

from haechi.domain.evidence import Sha256


class PdfSigner:
    """Signs with the key and certificate that `new_key` made."""

    def __init__(self, key: bytes) -> None:
        blocks = {kind: content for kind, _, content in pem.unarmor(key, multiple=True)}
        self._certificate, self._key = blocks["CERTIFICATE"], blocks["PRIVATE KEY"]
        self.certificate = Sha256(hashlib.sha256(self._certificate).hexdigest())

    def sign(self, document: bytes, *, at: datetime) -> bytes:
        """Return the signed PDF; the same document, key and time give the same bytes."""
        from haechi.adapters.document_signing.pades import signed  # noqa: PLC0415 -- 20 MB, after the typesetting

        return signed(document, certificate=self._certificate, key=self._key, at=at)
