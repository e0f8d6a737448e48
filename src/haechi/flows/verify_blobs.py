"""Compare every sealed file with what was sealed; go on after a damaged one, so that all of them are named."""

import hashlib

from haechi.domain.case import CaseId
from haechi.domain.errors import SealedForOthersError, VaultDamagedError
from haechi.domain.evidence import ItemId, Sha256
from haechi.flows.open_vault import OpenVault
from haechi.flows.verify_findings import Findings
from haechi.flows.verify_trust import Trust
from haechi.ports.blobs import Blob
from haechi.ports.progress import Progress

_PIECE = 2**20  # bytes


def check_blobs(vault: OpenVault, trust: Trust | None, findings: Findings, progress: Progress) -> tuple[int, int]:
    """Return how many sealed files were decrypted and found right, and how many could only be compared as they lie there.

    The latter were sealed for others: this vault holds no key to them, but the digest of the encrypted file. The log has to
    say (`trust`, None when it could not be read) that this vault was no reader then: else its key was taken away.
    """
    known = list(vault.ledger.blob_names())
    missing = _compare_names(vault, known, findings)
    opened = elsewhere = 0
    for done, (name, (case, digest)) in enumerate(zip(known, vault.ledger.blob_digests(), strict=True), 1):
        progress("verifying", done, len(known))
        blob = vault.ledger.blob(case, digest)
        if name in missing or blob is None or blob.name != vault.blobs.name(case, digest):
            findings.add("blob", _file(name), item=_item(vault, case, digest))
            continue
        wrong = None
        try:
            if _digest_of(vault, blob) != digest:
                wrong = "exhibit"
            opened += wrong is None
        except SealedForOthersError:
            if trust is not None and not trust.was_for_others(case, vault.ledger.sealing_entry(case, digest)):
                wrong = "readers"
            elif _lies_as_sealed(vault, blob):
                elsewhere += 1
            else:
                wrong = "blob"
        except VaultDamagedError:
            wrong = "blob"
        if wrong is not None:
            findings.add(wrong, _file(name), item=_item(vault, case, digest))
    return opened, elsewhere


def _compare_names(vault: OpenVault, known: list[str], findings: Findings) -> set[str]:
    """Name files that nobody knows; return the names that are not on the disk."""
    missing = set(known)
    for name in vault.blobs.names():
        if name in missing:
            missing.discard(name)
        else:
            findings.add("blob-unknown", _file(name))
    return missing


def _digest_of(vault: OpenVault, blob: Blob) -> Sha256:
    total = hashlib.sha256()
    with vault.blobs.open(blob, identity=vault.reader_identity) as stream:
        while piece := stream.read(_PIECE):
            total.update(piece)
    return Sha256(total.hexdigest())


def _lies_as_sealed(vault: OpenVault, blob: Blob) -> bool:
    """Say whether the encrypted file is the one that was written: all that can be said without its key."""
    try:
        return blob.sealed_digest is not None and vault.blobs.sealed_digest(blob.name) == blob.sealed_digest
    except VaultDamagedError:
        return False


def _item(vault: OpenVault, case: CaseId, digest: Sha256) -> ItemId | None:
    """Return an item with these bytes; there is none for an export's message file or a derivative."""
    item = vault.ledger.examined(case, digest)
    return None if item is None else item.item_id


def _file(name: str) -> str:
    return f"blobs/{name}" if "/" in name else f"blobs/{name[:2]}/{name}.age"
