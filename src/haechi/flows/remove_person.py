"""Take a person's way into the vault away. Who knew the master key, or has an older copy of the folder, is not stopped by it."""

from dataclasses import replace

from haechi.domain.errors import PersonMissingError, SlotRefusedError
from haechi.domain.person import Person, active
from haechi.flows.change_keys import intact_slots, note_keys
from haechi.flows.open_vault import OpenVault


def find_person(vault: OpenVault, name: str) -> Person:
    """Return the active person of this name or identifier. Raises `PersonMissingError`."""
    for person in active(vault.ledger.people()):
        if name in (person.name, person.person_id):
            return person
    raise PersonMissingError(name=name)


def remove_person(vault: OpenVault, name: str) -> Person:
    """Take away the slot of the person of this name; what they did stays in the log.

    Raises `PersonMissingError`, and `SlotRefusedError` when no passphrase would open the vault any more.
    """
    person = find_person(vault, name)
    slots = [slot for slot in intact_slots(vault) if slot.get("person") != person.person_id]
    if not any(slot["kind"] == "passphrase" for slot in slots):
        raise SlotRefusedError(reason="last")
    gone = replace(person, is_active=False)
    with vault.ledger.begin() as writer:
        vault.set_role(writer, gone, people=len(active(vault.ledger.people())) - 1)
        note_keys(vault, writer, slots)
    vault.folder.replace_slots(slots)
    vault.checkpoint()
    return gone
