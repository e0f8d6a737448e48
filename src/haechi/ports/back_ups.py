"""A folder of back-ups, on another disk or a stick: copies of one vault, each whole or not there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from haechi.domain.back_up import Manifest
from haechi.domain.evidence import Sha256


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: its number (from 1), its manifest and that manifest's digest."""

    number: int
    manifest: Manifest
    digest: Sha256


@dataclass(frozen=True, slots=True)
class Copies:
    """What a folder holds: copies, oldest first, and by number the manifests (paths in the folder) that cannot be read."""

    readable: Sequence[Copy]
    unreadable: Mapping[int, str]


class BackUps(Protocol):
    """Makes, lists, checks and takes back copies. Paths in errors are those of the back-up's folder."""

    def copies(self, folder: Path) -> Copies:
        """Return what the folder holds. Raises `BackUpMissingError`."""

    def place(self, folder: Path, copy: Copy) -> Path:
        """Return the folder that holds the copy's own files; its header can be read there."""

    def add(
        self,
        folder: Path,
        vault: Path,
        *,
        vault_id: str,
        made_at: str,
        log_size: int,
        erasures: int,
        blobs: Sequence[tuple[str, Sha256 | None]],
        progress: Callable[[int, int], None],
    ) -> Copy:
        """Copy a vault that nobody writes to, read back what was written, and return the copy once it would survive a power cut.

        `blobs` are names with the digest of the age file, None where it was never recorded. The folder is made when it is not there.
        Raises `BackUpForeignError` when it holds copies of another vault, `BackUpPlaceError` when it is a vault or holds other
        files, `VaultDamagedError` for a file that is not what was sealed, `DiskFullError`, `VaultReadOnlyError`, `BackUpDamagedError` when what was written cannot be read back, or
        (`all`) when it holds copies and of none the manifest can be read.
        """

    def check(self, folder: Path, copy: Copy, progress: Callable[[int, int], None]) -> Sequence[str]:
        """Read the whole copy and return the files (paths in the folder) that are missing or not what was written."""

    def remove(self, folder: Path, copies: Sequence[Copy], *, unreadable: Sequence[int] = ()) -> int:
        """Remove copies, and from the pool what no other copy needs; return how many blobs that were.

        `unreadable` are numbers of copies to remove whose manifest cannot be read.
        """

    def check_target(self, target: Path) -> None:
        """Raise what `restore` would raise whatever the copy is: `VaultExistsError`, `PathMissingError`."""

    def restore(self, folder: Path, copy: Copy, target: Path, progress: Callable[[int, int], None]) -> None:
        """Put the copy's vault at `target`, which must not exist: whole or not at all.

        Raises `VaultExistsError`, `PathMissingError`, `BackUpDamagedError` naming the first file that is not what was
        written, `DiskFullError`, `VaultReadOnlyError`.
        """
