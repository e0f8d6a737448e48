"""Back-ups and restoring, joined to the disk."""

from collections.abc import Sequence
from pathlib import Path

from haechi.bootstrap import OpenVault, vault_tools
from haechi.domain.errors import PathMissingError, SheetsExistError
from haechi.domain.sheet import require_splittable
from haechi.flows.back_up import BackedUp
from haechi.flows.split_recovery_key import Split
from haechi.ports.back_ups import Copy
from haechi.ports.keys import GivenKey
from haechi.ports.progress import Progress


def back_up(vault: OpenVault, folder: Path, *, keep: int, progress: Progress) -> BackedUp:
    """Make a copy of the open vault in `folder` and keep the newest `keep` copies."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps
    from haechi.flows.back_up import back_up

    return back_up(vault.unlocked, folder, back_ups=DiskBackUps(), keep=keep, progress=progress)


def choose_copy(folder: Path, number: int | None) -> Copy:
    """Return copy `number` in a back-up's folder, None for the newest. Raises `BackUpMissingError`, `BackUpDamagedError`."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps
    from haechi.flows.restore import choose_copy

    return choose_copy(DiskBackUps(), folder, number)


def check_target(target: Path) -> None:
    """Raise what restoring at `target` would raise whatever the copy is: `VaultExistsError`, `PathMissingError`."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps

    DiskBackUps().check_target(target)


def check_copies(folder: Path, *, progress: Progress) -> dict[int, Sequence[str]]:
    """Read every copy whole and return, by copy, the files that are not what was written."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps

    back_ups = DiskBackUps()
    copies = back_ups.copies(folder)
    found: dict[int, Sequence[str]] = {number: (path,) for number, path in copies.unreadable.items()}
    for copy in copies.readable:
        found[copy.number] = back_ups.check(folder, copy, lambda done, total: progress("verifying", done, total))
    return dict(sorted(found.items()))


def restore(folder: Path, target: Path, given: GivenKey, *, number: int | None, progress: Progress) -> Copy:
    """Put a copy back at `target`; the newest when no `number` is given."""
    from haechi.adapters.vault_folder.back_ups import DiskBackUps
    from haechi.flows.restore import restore

    return restore(vault_tools(), folder, target, given, back_ups=DiskBackUps(), number=number, progress=progress)


def check_split(folder: Path, *, needed: int, total: int) -> None:
    """Raise what splitting into `folder` would raise whatever the vault is.

    Raises `SheetsRefusedError`, `SheetsExistError`, `PathMissingError`.
    """
    require_splittable(needed=needed, total=total)
    if folder.exists() or folder.is_symlink():
        raise SheetsExistError(path=str(folder))
    if not folder.absolute().parent.is_dir():
        raise PathMissingError(path=str(folder.absolute().parent))


def split_recovery_key(vault: OpenVault, folder: Path, *, needed: int, total: int) -> Split:
    """Replace the recovery key by one of which only sheets for helpers are made, in `folder`, which must not exist."""
    from haechi.adapters.keys.split import Slip39Splitter
    from haechi.adapters.renderer.sheets import TypstSheets
    from haechi.flows.split_recovery_key import split_recovery_key

    return split_recovery_key(
        vault.unlocked, folder, needed=needed, total=total, splitter=Slip39Splitter(), printer=TypstSheets()
    )


def join_sheets(texts: Sequence[str]) -> str:
    """Return the recovery key that these sheets' words give. Raises `SheetsRefusedError`."""
    from haechi.adapters.keys.split import Slip39Splitter

    return Slip39Splitter().join(texts)
