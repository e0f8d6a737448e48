"""Who opens a vault, and with what: joins the flows about keys and people to their adapters."""

from haechi.bootstrap import OpenVault
from haechi.domain.person import Person
from haechi.flows.add_person import add_person as _add
from haechi.flows.change_keys import change_passphrase as _change
from haechi.flows.change_keys import new_recovery_key as _recovery
from haechi.flows.remove_person import find_person as _find
from haechi.flows.remove_person import remove_person as _remove


def people(vault: OpenVault) -> tuple[Person, ...]:
    """Return everybody who was ever added, in that order."""
    return tuple(vault.unlocked.ledger.people())


def find_person(vault: OpenVault, name: str) -> Person:
    """Return the person of this name or identifier who may open the vault. Raises `PersonMissingError`."""
    return _find(vault.unlocked, name)


def me(vault: OpenVault) -> str:
    """Return whose passphrase opened the vault: a person's identifier, or `owner`."""
    return vault.unlocked.actor


def is_typed(vault: OpenVault) -> bool:
    """Say whether a passphrase opened the vault, and no recovery key or kept key."""
    return vault.unlocked.key.is_typed


def change_passphrase(vault: OpenVault, given: str, new: str) -> None:
    """Let `new` open the vault and `given` no more. Raises `WrongKeyError`, `WeakPassphraseError`, `SlotRefusedError`."""
    _change(vault.unlocked, given, new)


def new_recovery_key(vault: OpenVault) -> str:
    """Return a new recovery key; the one before opens the vault no more."""
    return _recovery(vault.unlocked)


def add_person(vault: OpenVault, name: str, passphrase: str, *, own_passphrase: str, own_name: str = "") -> Person:
    """Let another person open the vault. Raises `PersonExistsError`, `WrongKeyError`, `WeakPassphraseError`, `SlotRefusedError`."""
    return _add(vault.unlocked, name, passphrase, own_passphrase=own_passphrase, own_name=own_name)


def remove_person(vault: OpenVault, name: str) -> Person:
    """Take a person's way into the vault away. Raises `PersonMissingError`, `SlotRefusedError`."""
    return _remove(vault.unlocked, name)
