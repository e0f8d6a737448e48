"""Destroying on request: joins the flows of deletion and its certificate to their adapters."""

from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.domain.case import Case
from haechi.domain.deletion import Approval, Certificate, Deletion
from haechi.domain.evidence import EvidenceItem
from haechi.flows.certify_deletion import certify_deletion
from haechi.flows.erase import Destroyed, Doomed, ask, needs_approval
from haechi.flows.erase import approve as _approve
from haechi.flows.erase import erase as _erase
from haechi.flows.erase import foresee as _foresee
from haechi.flows.erase import left_beside as _left_beside
from haechi.ports.erasure import Erased
from haechi.ports.ledger import ImportRecord

__all__ = ["Approval", "Deletion", "Destroyed", "Doomed", "Erased"]


def imports(vault: OpenVault, case: Case) -> tuple[ImportRecord, ...]:
    """Return the case's imports, oldest first."""
    return tuple(vault.unlocked.ledger.imports(case.case_id))


def items(vault: OpenVault, case: Case) -> tuple[EvidenceItem, ...]:
    """Return the case's items in the order they were captured."""
    return tuple(vault.unlocked.ledger.items(case.case_id))


def foresee(vault: OpenVault, doomed: Doomed) -> Erased:
    """Return exactly what would go. Raises `SelectionUnknownError`."""
    return _foresee(vault.unlocked, doomed)


def left_beside(vault: OpenVault, doomed: Doomed) -> tuple[EvidenceItem, ...]:
    """Return items that would stay and belong with those that would go: the same bytes, or a file of the same message."""
    return _left_beside(vault.unlocked, doomed)


def request(vault: OpenVault, doomed: Doomed, erased: Erased, *, reason: str) -> Deletion:
    """Return the request for this deletion, by whoever opened the vault."""
    return ask(vault.unlocked, doomed, erased, reason=reason)


def is_team(vault: OpenVault) -> bool:
    """Say whether a second person has to agree. Raises `ApprovalMissingError`."""
    return needs_approval(vault.unlocked)


def approve(vault: OpenVault, deletion: Deletion, name: str, passphrase: str) -> Approval:
    """Return a second person's word. Raises `PersonMissingError`, `WrongKeyError`, `ApprovalMissingError`."""
    return _approve(vault.unlocked, deletion, name, passphrase)


def erase(vault: OpenVault, doomed: Doomed, deletion: Deletion, approval: Approval | None) -> Destroyed:
    """Destroy it. Raises `ApprovalMissingError`, `DeletionChangedError`."""
    return _erase(vault.unlocked, doomed, deletion, approval)


def certify(vault: OpenVault, entry: int, target: Path) -> Certificate:
    """Write the certificate of the deletion in this log entry at `target`, which must not exist."""
    from haechi.adapters.packets.deletion_certificate import write_certificate

    return certify_deletion(vault.unlocked, entry, target, write=write_certificate)
