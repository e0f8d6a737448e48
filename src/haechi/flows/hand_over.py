"""Hand a packet over: check it, say exactly what leaves, close it for its recipient, and note it in the custody log.

Nothing is sent. The file lies where it was asked for; how it travels is the person's business.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import (
    DiskFullError,
    PacketBrokenError,
    PacketExistsError,
    PacketOtherError,
    VaultReadOnlyError,
)
from haechi.domain.evidence import Sha256
from haechi.domain.receipt import Receipt
from haechi.domain.recipient import Recipient, Transfer
from haechi.flows.open_vault import OpenVault
from haechi.flows.verify_packet import PacketVerdict
from haechi.ports.envelope import Closed, Envelope, EnvelopeFile, PacketContents, ReadsPackets
from haechi.ports.progress import Progress

_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What lies ready: the closed file with its digest, and the receipt that the receiver is asked to sign."""

    path: Path
    receipt_path: Path
    transfer: Transfer
    closed: Closed


class Leaving(Protocol):
    """What is to leave: a packet, or sealed files with their manifest; `digest` is that of what names all the files."""

    @property
    def packet_id(self) -> str:
        """The name of the whole, and of the folder that holds the files."""

    @property
    def digest(self) -> Sha256:
        """SHA-256 of the packet's tag manifest, or of the sealed files' manifest."""

    @property
    def files(self) -> Sequence[EnvelopeFile]:
        """Every file, in the order in which they are written."""


def look_into(
    vault: OpenVault, packet: Path, *, verify: Callable[[Path], PacketVerdict], read: ReadsPackets
) -> PacketContents:
    """Return what the packet holds, after it was found to be as it was made and signed.

    Raises `PacketUnreadableError`, `PacketBrokenError`, `PacketOtherError` for a packet of another vault.
    """
    verdict = verify(packet)
    if not verdict.holds and verdict.is_intact:
        raise PacketOtherError(reason="vault", findings=len(verdict.findings))
    if not verdict.holds:
        raise PacketBrokenError(findings=len(verdict.findings))
    # A packet does not say of which message a copy was made: the copy may have been made to hide just that.
    return read(packet, redacted=_redacted_messages(vault))


def handed_over(vault: OpenVault) -> list[Transfer]:
    """Return what was handed over, oldest first, without what was withdrawn because its file never got its name."""
    withdrawn: set[str] = set()
    for entry in vault.ledger.entries():
        if b'"type":"transfer"' in entry.raw and b'"files":0' in entry.raw:
            opening = vault.ledger.opening(entry.index)
            subject = None if opening is None else opening.subject
            if isinstance(subject, Mapping) and subject.get("withdrawn") is True:
                withdrawn.add(str(subject.get("transfer")))
    return [one for one in vault.ledger.transfers() if one.transfer_id not in withdrawn]


def _redacted_messages(vault: OpenVault) -> Mapping[Sha256, tuple[str, str]]:
    """Return the message (room key, message id) that each redacted copy of one was made of, by the copy's digest."""
    derivatives = (one for case in vault.ledger.cases() for one in vault.ledger.derivatives(case.case_id))
    return {one.digest: one.message for one in derivatives if one.message is not None}


def hand_over(
    vault: OpenVault,
    leaving: Leaving,
    target: Path,
    *,
    recipient: Recipient,
    envelope: Envelope,
    actor: str,
    progress: Progress,
    case: CaseId | None = None,
) -> HandedOver:
    """Close what leaves for the recipient at `target`, which must not exist, and put the receipt's text beside it.

    The closed file gets its name last, after the log has its entry: so there is no file ready to leave that the log does
    not know of. `case` is that of sealed files; a packet's is known by its own entry. Raises as `Envelope.write` does.
    """
    receipt_path = target.with_name(f"{target.name}.receipt.txt")
    if os.path.lexists(receipt_path):
        raise PacketExistsError(path=str(receipt_path), kind="file")
    total = sum(file.size for file in leaving.files)
    transfer_id = vault.tools.randomness(_ID_BYTES).hex()
    receipt = Receipt(leaving.packet_id, leaving.digest, transfer_id).text()
    noted: list[Transfer] = []
    is_asked = False

    def record(closed: Closed) -> None:
        nonlocal is_asked
        with receipt_path.open("x", encoding="utf-8", newline="\n") as file:
            is_asked = True
            file.write(receipt)
        packet, digest = leaving.packet_id, leaving.digest
        transfer = Transfer(transfer_id, packet, digest, recipient.name, envelope.form, at="", entry=0)
        files = len(leaving.files)
        noted.append(_note(vault, transfer, closed, recipient, case=case, files=files, size=total, actor=actor))

    try:
        closed = envelope.write(
            leaving.packet_id,
            leaving.files,
            target,
            progress=lambda done: progress("packing", done, total),
            record=record,
        )
    except BaseException:
        if is_asked:
            receipt_path.unlink(missing_ok=True)
        for transfer in noted:
            _take_back(vault, transfer, case=case, actor=actor)
        raise
    return HandedOver(target, receipt_path, noted[0], closed)


def _note(
    vault: OpenVault,
    transfer: Transfer,
    closed: Closed,
    recipient: Recipient,
    *,
    case: CaseId | None,
    files: int,
    size: int,
    actor: str,
) -> Transfer:
    """Record the hand-over, and return it with its entry."""
    subject: Json = {
        "v": 1,
        "transfer": transfer.transfer_id,
        "packet": transfer.packet_id,
        "digest": transfer.digest,
        "to": recipient.name,
        "age": recipient.age,
        "ssh": recipient.ssh,
        "form": transfer.form.value,
        "sha256": closed.digest,
        "size": closed.size,
    }
    recorded = vault.tools.now()
    with vault.ledger.begin() as writer:
        entry = writer.append(
            Draft(
                EntryType.TRANSFER,
                actor,
                recorded,
                case=case,
                opening=open_record(vault.tools.randomness(32), subject),
                counts={"files": files, "bytes": size},
            )
        )
        done = replace(transfer, at=recorded.at, entry=entry.index)
        writer.add_transfer(done)
    vault.checkpoint()
    return done


def _take_back(vault: OpenVault, transfer: Transfer, *, case: CaseId | None, actor: str) -> None:
    """Record that the file of a hand-over that is in the log never got its name.

    Its row stays, for `handed_over` to pass over: through it the deletion of a case finds the entry that names the recipient.
    """
    subject: Json = {"v": 1, "transfer": transfer.transfer_id, "withdrawn": True}
    with suppress(DiskFullError, VaultReadOnlyError), vault.ledger.begin() as writer:
        writer.append(
            Draft(
                EntryType.TRANSFER,
                actor,
                vault.tools.now(),
                case=case,
                opening=open_record(vault.tools.randomness(32), subject),
                counts={"files": 0, "bytes": 0},
            )
        )
