"""A vault's folder: its header, its lock, and the note that its log signed last."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from haechi.domain.canonical import Json
from haechi.domain.vault import Operation

Slot = Mapping[str, Json]
"""The master key, wrapped by one way to open the vault; `kind` is `passphrase` or `recovery`.

A passphrase slot of a vault of several people names its `person`."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in `haechi.vault`, readable without a key.

    `vault_id` is random. `is_intact` is False when the header's own sum does not fit it: bytes
    of it changed on the disk, though it may still open.
    """

    vault_id: str
    features: Mapping[Operation, tuple[str, ...]]
    slots: tuple[Slot, ...]
    is_intact: bool = True


class NewVault(Protocol):
    """A vault that is being made, out of sight."""

    path: Path

    def write_header(self, vault_id: str, slots: Sequence[Slot]) -> None: ...
    def write_checkpoint(self, note: str) -> None: ...


class VaultFolder(Protocol):
    """A vault's folder, locked until it is closed."""

    path: Path
    header: Header

    def checkpoint(self) -> str | None:
        """Return the note that the log signed last, None when it is missing. Raises `VaultDamagedError`."""

    def write_checkpoint(self, note: str) -> None:
        """Replace the note in one step. Raises `DiskFullError`, `VaultReadOnlyError`."""

    def replace_slots(self, slots: Sequence[Slot]) -> None:
        """Replace the header's slots in one durable step: whoever opens it finds the old ones or the new ones.

        Raises `DiskFullError`, `VaultReadOnlyError`.
        """

    def sweep(self) -> int:
        """Remove what an interrupted run left in `tmp`; return how many files that were."""

    def close(self) -> None: ...


class VaultFolders(Protocol):
    """Makes and finds vault folders."""

    def build(self, path: Path) -> AbstractContextManager[NewVault]:
        """Make a vault that appears at `path` whole when the block ends, or not at all.

        Raises `VaultExistsError`, `PathMissingError`, `DiskFullError`, `VaultReadOnlyError`.
        """

    def open(self, path: Path, operation: Operation) -> VaultFolder:
        """Lock the vault at `path`: alone for writing, together with other readers otherwise.

        Raises `VaultMissingError`, `VaultNewerError`, `VaultDamagedError`, `VaultInUseError`, `VaultReadOnlyError`.
        """

    def header(self, path: Path, operation: Operation) -> Header:
        """Return the header without locking anything. Raises as `open` does."""
