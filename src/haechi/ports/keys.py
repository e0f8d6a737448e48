"""Keys to a vault: what a person types, what the machine keeps for her, and what they unlock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.ports.vault import Slot


@dataclass(frozen=True, slots=True)
class GivenKey:
    """What was given to open a vault: a text that is a passphrase or a recovery key, or the master key itself."""

    text: str = ""
    master: bytes | None = None


class KeySlots(Protocol):
    """Wraps and unwraps a vault's master key (32 bytes) and derives the keys below it."""

    def new_recovery_key(self) -> str:
        """Return a random recovery key, grouped for printing, with a check against typing errors."""

    def passphrase_slot(self, master: bytes, *, vault_id: str, passphrase: str) -> Slot:
        """Wrap the master key by a passphrase. Raises `WeakPassphraseError`."""

    def recovery_slot(self, master: bytes, *, vault_id: str, recovery_key: str) -> Slot:
        """Wrap the master key by a recovery key."""

    def open(self, slots: Sequence[Slot], given: GivenKey, *, vault_id: str) -> bytes:
        """Return the master key. Raises `WrongKeyError`, `VaultDamagedError` when a slot cannot be understood.

        The error's `reason` is `recovery-typo` when the text has the form of a recovery key and its check does not fit.
        """

    def database_key(self, master: bytes) -> bytes: ...
    def blob_name_key(self, master: bytes) -> bytes: ...
