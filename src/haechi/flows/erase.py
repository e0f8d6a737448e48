"""Destroy items, an import, an audience or a whole case so that nobody can bring them back, and leave a log that still verifies.

First it is shown what would go: the very erasure, undone. Then reason and, where several people may open the vault, another
person's signature over exactly that. Records, openings and wraps go in one commit with the entry that says so; sealed files after it;
last the ledger is rewritten, so that no page holds them. What was cut off is finished when the vault is opened for writing the next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from haechi.domain.case import CaseId
from haechi.domain.custody import Draft, Entry, EntryType, Opening, open_record
from haechi.domain.deletion import Approval, Deletion
from haechi.domain.errors import (
    ApprovalMissingError,
    DeletionChangedError,
    DiskFullError,
    SelectionEmptyError,
    SelectionUnknownError,
    VaultInUseError,
    VaultReadOnlyError,
    WrongKeyError,
)
from haechi.domain.evidence import EvidenceItem, ItemId
from haechi.domain.person import active
from haechi.flows.change_keys import intact_slots
from haechi.flows.find_audience import find_audience
from haechi.flows.open_vault import UNSCRUBBED, OpenVault, finish_erasing
from haechi.flows.remove_person import find_person
from haechi.ports.blobs import Blobs
from haechi.ports.erasure import Erased, Eraser


@dataclass(frozen=True, slots=True)
class Doomed:
    """What is to be destroyed of one case: some items, one import, one post or list of viewers, or, with none of them, all.

    `audience` is the identifier of the post or the list.
    """

    case: CaseId
    items: tuple[ItemId, ...] = ()
    import_id: int | None = None
    audience: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the whole case goes."""
        return not self.items and self.import_id is None and self.audience is None


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A deletion that was done: its entry in the log, what opens that, and what went.

    `is_scrubbed` is False when there was no room to do all of the rest: records and keys are gone and overwritten in their place,
    so nothing opens a file that still lies there; files and older copies of pages go when the vault is opened for writing with room to spare.
    """

    deletion: Deletion
    approval: Approval | None
    entry: Entry
    opening: Opening
    erased: Erased
    is_scrubbed: bool


def foresee(vault: OpenVault, doomed: Doomed) -> Erased:
    """Return exactly what would go: it is erased and at once undone.

    Raises `SelectionUnknownError`, `AudienceMissingError`.
    """
    _require_there(vault, doomed)
    try:
        with vault.ledger.begin() as writer:
            _undo(_erase(writer, doomed))
    except _UndoneError as undone:
        return undone.erased


def left_beside(vault: OpenVault, doomed: Doomed) -> tuple[EvidenceItem, ...]:
    """Return items that are not asked for and belong with those that are: the same bytes, or a file of the same message.

    A messenger's small preview of a picture is a file of its own: who wants the picture gone wants to know of it.
    """
    asked = set(doomed.items)
    if not asked:
        return ()
    items = {item.item_id: item for item in vault.ledger.items(doomed.case)}
    digests = {items[one].digest for one in asked if one in items}
    near = {one for one, item in items.items() if item.digest in digests}
    for stored in vault.ledger.messages(doomed.case):
        own = {item for _, item in stored.media if item is not None}
        if own & asked:
            near |= own
    return tuple(item for one, item in items.items() if one in near - asked)


def ask(vault: OpenVault, doomed: Doomed, erased: Erased, *, reason: str) -> Deletion:
    """Return the request for this deletion, by whoever opened the vault."""
    return Deletion(
        origin=vault.origin,
        case=doomed.case,
        is_whole=doomed.is_whole,
        entries=erased.entries,
        blobs=len(erased.blobs),
        reason=reason,
        requested_by=vault.actor,
    )


def needs_approval(vault: OpenVault) -> bool:
    """Say whether a second person has to agree. Raises `ApprovalMissingError` when it is not known who the first one is."""
    people = active(vault.ledger.people())
    if len(people) < 2:  # noqa: PLR2004 - two people are a team
        return False
    if not vault.key.is_typed or vault.actor not in {person.person_id for person in people}:
        raise ApprovalMissingError(reason="not-typed")
    return True


def approve(vault: OpenVault, deletion: Deletion, name: str, passphrase: str) -> Approval:
    """Return a second person's word for this deletion and no other, signed with the key that only their passphrase gives.

    Raises `PersonMissingError`, `WrongKeyError`, `ApprovalMissingError`.
    """
    person = find_person(vault, name)
    if person.person_id == deletion.requested_by:
        raise ApprovalMissingError(reason="same")
    for slot in intact_slots(vault):
        if slot.get("person") == person.person_id:
            try:
                key = vault.tools.keys.person_key(slot, passphrase, vault_id=vault.header.vault_id)
            except WrongKeyError as error:
                raise WrongKeyError(reason="approver", name=name) from error
            if key is not None:
                signer = vault.tools.signer(key.seed)
                return Approval(person.person_id, signer.public, signer.sign(deletion.approval_bytes()))
    raise WrongKeyError(reason="approver", name=name)


def erase(vault: OpenVault, doomed: Doomed, deletion: Deletion, approval: Approval | None) -> Destroyed:
    """Destroy it. Nothing happens unless all of it can: raises `ApprovalMissingError`, `DeletionChangedError`."""
    _require_there(vault, doomed)
    _require_approved(vault, deletion, approval)
    opening = open_record(vault.tools.randomness(32), deletion.record(approval))
    with vault.ledger.begin() as writer:
        erased = _erase(writer, doomed)
        if (erased.entries, len(erased.blobs)) != (deletion.entries, deletion.blobs):
            raise DeletionChangedError
        writer.set_secret(UNSCRUBBED, b"1")
        entry = writer.append(
            Draft(
                EntryType.DELETE,
                vault.actor,
                vault.tools.now(),
                case=doomed.case,
                opening=opening,
                counts={"entries": len(erased.entries), "blobs": len(erased.blobs)},
            )
        )
    return Destroyed(deletion, approval, entry, opening, erased, is_scrubbed=_finish(vault, erased))


class _UndoneError(Exception):
    """Undoes the transaction that it is raised in, and carries what that had erased."""

    def __init__(self, erased: Erased) -> None:
        super().__init__()
        self.erased = erased


def _undo(erased: Erased) -> NoReturn:
    raise _UndoneError(erased)


def _erase(writer: Eraser, doomed: Doomed) -> Erased:
    if doomed.items:
        return writer.erase_items(doomed.items)
    if doomed.import_id is not None:
        return writer.erase_import(doomed.import_id)
    if doomed.audience is not None:
        return writer.erase_audience(doomed.case, doomed.audience)
    return writer.erase_case(doomed.case)


def _finish(vault: OpenVault, erased: Erased) -> bool:
    """Do what is left after the commit, files first, which gives room; say whether all of it is done.

    Nothing is raised for a disk that is full or cannot be written, nor for Ctrl-C: what was asked for has happened and
    cannot be asked for again, and the next opening for writing does the rest.
    """
    try:
        _remove(vault.blobs, erased.blobs)
        _remove(vault.features, erased.features)
        return vault.checkpoint() and finish_erasing(vault.ledger)
    except (DiskFullError, VaultReadOnlyError, VaultInUseError, KeyboardInterrupt):
        return False


def _remove(blobs: Blobs, names: Sequence[str]) -> None:
    for name in names:
        blobs.remove(name)


def _require_there(vault: OpenVault, doomed: Doomed) -> None:
    if doomed.case not in {case.case_id for case in vault.ledger.cases()}:
        raise SelectionEmptyError
    if doomed.items:
        known = {item.item_id for item in vault.ledger.items(doomed.case)}
        if missing := sorted(set(doomed.items) - known):
            raise SelectionUnknownError(names=", ".join(missing), reason="deletion")
    if doomed.import_id is not None and doomed.import_id not in {
        one.import_id for one in vault.ledger.imports(doomed.case)
    }:
        raise SelectionUnknownError(names=str(doomed.import_id), reason="deletion")
    if doomed.audience is not None:
        find_audience(vault, doomed.case, doomed.audience)


def _require_approved(vault: OpenVault, deletion: Deletion, approval: Approval | None) -> None:
    if approval is None:
        if needs_approval(vault):
            raise ApprovalMissingError(reason="missing")
        return
    known = {person.person_id: person.public for person in active(vault.ledger.people())}
    is_theirs = known.get(approval.person) == approval.public and approval.person != deletion.requested_by
    if not is_theirs or not vault.tools.verify(approval.public, approval.signature, deletion.approval_bytes()):
        raise ApprovalMissingError(reason="wrong")
