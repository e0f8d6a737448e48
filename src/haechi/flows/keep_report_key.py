"""Return the key that signs reports; a vault gets one with its first packet."""

from haechi.domain.custody import Draft, EntryType, open_record
from haechi.flows.open_vault import OpenVault
from haechi.ports.document_signer import DocumentSigner, MakeDocumentSigner, NewDocumentKey

REPORT_KEY = "report-key"


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
