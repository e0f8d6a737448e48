"""Let another person open the vault, with a passphrase of their own and a key that signs what they approve."""

from collections.abc import Sequence
from dataclasses import replace

from haechi.domain.errors import PersonExistsError, SlotRefusedError
from haechi.domain.person import Person, active
from haechi.flows.change_keys import intact_slots, note_keys, require_unused
from haechi.flows.open_vault import OpenVault
from haechi.ports.keys import GivenKey, PersonKey
from haechi.ports.vault import Slot

_ID_BYTES = 16
_SEED_BYTES = 32


def add_person(vault: OpenVault, name: str, passphrase: str, *, own_passphrase: str, own_name: str = "") -> Person:
    """Return the person who may open the vault from now on.

    Whoever asks gives their own passphrase once more. The first time, they become a person too, under `own_name`.
    Raises `PersonExistsError`, `WrongKeyError`, `WeakPassphraseError`, `SlotRefusedError`.
    """
    if not vault.key.is_typed or vault.key.slot is None:
        raise SlotRefusedError(reason="not-typed")
    keys, vault_id = vault.tools.keys, vault.header.vault_id
    slots: list[Slot] = list(intact_slots(vault))
    own = keys.person_key(slots[vault.key.slot], own_passphrase, vault_id=vault_id)
    added: list[Person] = []
    _require_free(vault, name)
    require_unused(vault, slots, passphrase)
    if own is None:
        # The passphrase has to be the slot's own: another one would lock its owner out.
        keys.unlock([slots[vault.key.slot]], GivenKey(own_passphrase), vault_id=vault_id)
        _require_free(vault, own_name)
        if own_name == name:
            raise PersonExistsError(name=name)
        owner, own = _new(vault, own_name)
        added.append(owner)
        slots[vault.key.slot] = keys.passphrase_slot(
            vault.master, vault_id=vault_id, passphrase=own_passphrase, person=own
        )
    person, key = _new(vault, name)
    added.append(person)
    slots.append(keys.passphrase_slot(vault.master, vault_id=vault_id, passphrase=passphrase, person=key))
    with vault.ledger.begin() as writer:
        people = len(active(vault.ledger.people()))
        for count, one in enumerate(added, people + 1):
            vault.set_role(writer, one, people=count)
        note_keys(vault, writer, slots)
    try:
        vault.folder.replace_slots(slots)
    except BaseException:
        _take_back(vault, added)
        raise
    vault.checkpoint()
    return person


def _take_back(vault: OpenVault, added: Sequence[Person]) -> None:
    """Record that these people have no passphrase after all; cut off before this, the next opening does it."""
    with vault.ledger.begin() as writer:
        people = len(active(vault.ledger.people()))
        for count, one in enumerate(added, 1):
            vault.set_role(writer, replace(one, is_active=False), people=people - count)


def _require_free(vault: OpenVault, name: str) -> None:
    if not name.strip() or any(one.name == name for one in active(vault.ledger.people())):
        raise PersonExistsError(name=name)


def _new(vault: OpenVault, name: str) -> tuple[Person, PersonKey]:
    seed = vault.tools.randomness(_SEED_BYTES)
    person = Person(vault.tools.randomness(_ID_BYTES).hex(), name, vault.tools.signer(seed).public)
    return person, PersonKey(person.person_id, seed)
