"""Return the key that signs reports; a vault gets one with its first packet."""

import base64
import hashlib
import re

from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.evidence import Sha256
from haechi.flows.open_vault import OpenVault
from haechi.ports.document_signer import DocumentSigner, MakeDocumentSigner, NewDocumentKey

REPORT_KEY = "report-key"
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def keep_report_key(vault: OpenVault, *, new_key: NewDocumentKey, signer: MakeDocumentSigner) -> DocumentSigner:
    """Return the vault's signer of documents. One that is made now is kept, and the log commits to its certificate."""
    kept = vault.ledger.secret(REPORT_KEY)
    if kept is not None:
        return signer(kept)
    key = new_key()
    made = signer(key)
    opening = open_record(vault.tools.randomness(32), {"v": 1, "report_certificate": made.certificate})
    with vault.ledger.begin() as writer:
        writer.set_secret(REPORT_KEY, key)
        writer.append(Draft(EntryType.KEY, vault.actor, vault.tools.now(), opening=opening))
    vault.checkpoint()
    return made


def certificate_of(kept: bytes | None) -> Sha256 | None:
    """Return the SHA-256 of the certificate (DER) in a key that was kept; None when there is none or it has none."""
    found = _CERTIFICATE.search(kept or b"")
    try:
        return Sha256(hashlib.sha256(base64.b64decode(found[1])).hexdigest()) if found else None
    except ValueError:
        return None
