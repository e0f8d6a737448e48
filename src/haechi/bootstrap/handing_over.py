"""Joins the recipient directory, hand-over, receipts and the readers of a case to the vault."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from haechi.bootstrap import OpenVault, verify_packet
from haechi.domain.case import Case
from haechi.domain.errors import HandOverRefusedError
from haechi.domain.recipient import Recipient, Transfer
from haechi.domain.sshkey import key_fingerprint
from haechi.flows.gather_sealed import SealedContents
from haechi.flows.hand_over import HandedOver
from haechi.ports.envelope import PacketContents
from haechi.ports.progress import Progress

__all__ = ["HandedOver", "PacketContents", "SealedContents"]


def recipients(vault: OpenVault) -> Sequence[Recipient]:
    """Return the directory by name."""
    return vault.unlocked.ledger.recipients()


def recipient(vault: OpenVault, name: str) -> Recipient:
    """Return the recipient of this name. Raises `RecipientMissingError`."""
    from haechi.flows.manage_recipients import find_recipient

    return find_recipient(vault.unlocked, name)


def transfers(vault: OpenVault) -> Sequence[Transfer]:
    """Return what was handed over, oldest first; what was withdrawn is not among it."""
    from haechi.flows.hand_over import handed_over

    return handed_over(vault.unlocked)


def add_recipient(vault: OpenVault, name: str, *, age: str | None, ssh: str | None, note: str) -> Recipient:
    """Add a recipient, or change one. Raises `RecipientKeyError`."""
    from haechi.adapters.envelopes import PublicKeys
    from haechi.flows.manage_recipients import add_recipient as add

    return add(vault.unlocked, name, age=age, ssh=ssh, note=note, keys=PublicKeys(), actor=vault.unlocked.actor)


def remove_recipient(vault: OpenVault, name: str) -> None:
    """Take a recipient out of the directory. Raises `RecipientMissingError`."""
    from haechi.flows.manage_recipients import remove_recipient as remove

    remove(vault.unlocked, name, actor=vault.unlocked.actor)


def fingerprint(ssh: str) -> str:
    """Return `SHA256:…` of a recipient's SSH key."""
    from haechi.adapters.envelopes import PublicKeys

    return PublicKeys().fingerprint(ssh)


def look_into(vault: OpenVault, packet: Path) -> PacketContents:
    """Return what a packet of this vault holds, once it is verified. Raises `PacketUnreadableError`, `PacketBrokenError`."""
    from haechi.adapters.envelopes import packet_contents
    from haechi.flows.hand_over import look_into as look

    signer = key_fingerprint(vault.unlocked.packet_signer.public)
    return look(vault.unlocked, packet, verify=partial(verify_packet, signer=signer), read=packet_contents)


def hand_over(
    vault: OpenVault,
    contents: PacketContents,
    target: Path,
    *,
    to: Recipient,
    passphrase: str | None,
    progress: Progress,
) -> HandedOver:
    """Close the packet at `target`: with a passphrase as an AES zip, without one to the recipient's age key."""
    from haechi.adapters.envelopes import AesZipEnvelope, AgeEnvelope
    from haechi.flows.hand_over import hand_over as close

    if passphrase is None and to.age is None:
        raise HandOverRefusedError(reason="age-missing")
    return close(
        vault.unlocked,
        contents,
        target,
        recipient=to,
        envelope=AesZipEnvelope(passphrase) if passphrase is not None else AgeEnvelope(str(to.age)),
        actor=vault.unlocked.actor,
        progress=progress,
    )


def gather_sealed(vault: OpenVault, case: Case, to: Recipient) -> SealedContents:
    """Return the case's sealed files with their keys for the recipient. Raises `HandOverRefusedError`."""
    from haechi.adapters.envelopes import encrypt_for
    from haechi.flows.gather_sealed import gather_sealed as gather

    return gather(vault.unlocked, case, to, encrypt=encrypt_for)


def hand_over_sealed(
    vault: OpenVault, case: Case, contents: SealedContents, target: Path, *, to: Recipient, progress: Progress
) -> HandedOver:
    """Put what was gathered into a zip at `target`."""
    from haechi.adapters.envelopes import PlainZipEnvelope
    from haechi.flows.hand_over import hand_over as close

    return close(
        vault.unlocked,
        contents,
        target,
        recipient=to,
        envelope=PlainZipEnvelope(),
        actor=vault.unlocked.actor,
        progress=progress,
        case=case.case_id,
    )


def record_receipt(vault: OpenVault, text: bytes, armour: bytes) -> Transfer:
    """Record a signed receipt and return the hand-over it is of. Raises `ReceiptRefusedError`."""
    from haechi.adapters.envelopes import PublicKeys, verify_receipt
    from haechi.flows.record_receipt import record_receipt as record

    return record(vault.unlocked, text, armour, verify=verify_receipt, keys=PublicKeys(), actor=vault.unlocked.actor)


def readers(vault: OpenVault, case: Case) -> Sequence[str]:
    """Return who can open what is sealed from now on: names of the directory, or keys that it does not have.

    This vault itself is the empty string.
    """
    from haechi.adapters.blobs.age import recipient_of

    names = {one.age: one.name for one in recipients(vault)} | {recipient_of(vault.unlocked.reader_identity): ""}
    return [names.get(one, one) for one in vault.unlocked.ledger.readers(case.case_id)]


def set_readers(vault: OpenVault, case: Case, others: Sequence[str], *, write_only: bool) -> None:
    """Name who can open what is sealed from now on: names of the directory, or age recipients.

    Raises `RecipientMissingError`, `RecipientKeyError`, `HandOverRefusedError` for a name without an age key, and as
    `flows.set_readers` does.
    """
    from haechi.adapters.blobs.age import recipient_of
    from haechi.flows.set_readers import set_readers as name_readers

    name_readers(
        vault.unlocked,
        case,
        others=[_age_of(vault, one) for one in others],
        own=recipient_of(vault.unlocked.reader_identity),
        write_only=write_only,
        actor=vault.unlocked.actor,
    )


def _age_of(vault: OpenVault, word: str) -> str:
    from haechi.adapters.envelopes import PublicKeys

    if word.lower().startswith("age1"):
        return PublicKeys().age(word)
    found = recipient(vault, word).age
    if found is None:
        raise HandOverRefusedError(reason="age-missing")
    return found
