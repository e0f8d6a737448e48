"""The recipient directory: whose key is whose, written down once it was checked, with each change in the log."""

from dataclasses import replace

from haechi.domain.canonical import Json
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import RecipientKeyError, RecipientMissingError
from haechi.domain.recipient import Recipient
from haechi.flows.open_vault import OpenVault
from haechi.ports.envelope import RecipientKeys


def add_recipient(
    vault: OpenVault, name: str, *, age: str | None, ssh: str | None, note: str, keys: RecipientKeys, actor: str
) -> Recipient:
    """Add a recipient, or give one who is there other keys; what is not given stays as it was.

    Raises `RecipientKeyError` for a key that is none, and when there would be no key at all.
    """
    known = next((one for one in vault.ledger.recipients() if one.name == name), Recipient(name, None, None))
    changed = replace(
        known,
        age=known.age if age is None else keys.age(age),
        ssh=known.ssh if ssh is None else keys.ssh(ssh),
        note=note or known.note,
    )
    if changed.age is None and changed.ssh is None:
        raise RecipientKeyError(kind="missing")
    subject: Json = {
        "v": 1,
        "recipient": changed.name,
        "age": changed.age,
        "ssh": changed.ssh,
        "note": changed.note,
    }
    with vault.ledger.begin() as writer:
        writer.set_recipient(changed)
        writer.append(_entry(vault, subject, actor))
    vault.checkpoint()
    return changed


def remove_recipient(vault: OpenVault, name: str, *, actor: str) -> None:
    """Take a recipient out of the directory; what was handed over stays on record. Raises `RecipientMissingError`."""
    find_recipient(vault, name)
    with vault.ledger.begin() as writer:
        writer.remove_recipient(name)
        writer.append(_entry(vault, {"v": 1, "recipient": name, "removed": True}, actor))
    vault.checkpoint()


def find_recipient(vault: OpenVault, name: str) -> Recipient:
    """Return the recipient of this name. Raises `RecipientMissingError`."""
    for one in vault.ledger.recipients():
        if one.name == name:
            return one
    raise RecipientMissingError(name=name)


def _entry(vault: OpenVault, subject: Json, actor: str) -> Draft:
    # Whoever swaps a recipient's key for another gets the next packet: a change must show in the log.
    return Draft(EntryType.KEY, actor, vault.tools.now(), opening=open_record(vault.tools.randomness(32), subject))
