"""Keys to a vault: what a person types, what the machine keeps for her, and what they unlock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.ports.vault import Slot


@dataclass(frozen=True, slots=True)
class GivenKey:
    """What was given to open a vault: a text that is a passphrase or a recovery key, or the master key itself.

    `person` is whose passphrase had opened the vault when the machine was told to keep the master key; it is this machine's word.
    """

    text: str = ""
    master: bytes | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The master key, and what gave it.

    `slot` is the position of the slot that opened, None when the master key itself was given; `kind` is the slot's kind, or `kept`.
    `person` is whose slot it is (random identifier), None where no person is named.
    """

    master: bytes
    kind: str
    slot: int | None = None
    person: str | None = None

    @property
    def is_typed(self) -> bool:
        """Whether somebody gave a passphrase just now, which a recovery key or a kept key does not show."""
        return self.kind == "passphrase"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Whose slot it is, and the seed (32 bytes) of their Ed25519 key, which only their passphrase gives back."""

    person: str
    seed: bytes


class KeySlots(Protocol):
    """Wraps and unwraps a vault's master key (32 bytes) and derives the keys below it."""

    def new_recovery_key(self) -> str:
        """Return a random recovery key, grouped for printing, with a check against typing errors."""

    def passphrase_slot(
        self, master: bytes, *, vault_id: str, passphrase: str, person: PersonKey | None = None
    ) -> Slot:
        """Wrap the master key by a passphrase, and a person's own seed beside it. Raises `WeakPassphraseError`."""

    def recovery_slot(self, master: bytes, *, vault_id: str, recovery_key: str) -> Slot:
        """Wrap the master key by a recovery key."""

    def open(self, slots: Sequence[Slot], given: GivenKey, *, vault_id: str) -> bytes:
        """Return the master key. Raises as `unlock` does."""

    def unlock(self, slots: Sequence[Slot], given: GivenKey, *, vault_id: str) -> Unlocked:
        """Return the master key and which slot gave it.

        Raises `WrongKeyError`, `VaultDamagedError` when a slot cannot be understood.
        The error's `reason` is `recovery-typo` when the text has the form of a recovery key and its check does not fit.
        """

    def person_key(self, slot: Slot, passphrase: str, *, vault_id: str) -> PersonKey | None:
        """Return the person's key in a slot, None when the slot is nobody's. Raises as `unlock` does."""

    def database_key(self, master: bytes) -> bytes: ...
    def blob_name_key(self, master: bytes) -> bytes: ...
