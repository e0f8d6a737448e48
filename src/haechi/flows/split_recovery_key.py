"""Replace a vault's recovery key by one that nobody holds whole: only sheets for helpers are made of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from haechi.domain.errors import HaechiError
from haechi.domain.vault import Operation
from haechi.flows.change_keys import intact_slots, replace_slots
from haechi.flows.open_vault import OpenVault
from haechi.ports.sheets import KeySplitter, SheetPrinter
from haechi.ports.vault import Slot

_MOST_CHOICES = 1_000  # of sheets that are tried; 2 of 3 have three, 8 of 16 some 13,000


@dataclass(frozen=True, slots=True)
class Split:
    """The sheets that were written; any `needed` of them open the vault."""

    sheets: tuple[Path, ...]
    needed: int


def split_recovery_key(
    vault: OpenVault, folder: Path, *, needed: int, total: int, splitter: KeySplitter, printer: SheetPrinter
) -> Split:
    """Make a new recovery key, write its sheets into `folder`, and only then let it take the place of the one before.

    Ended in between, the old recovery key still opens the vault and the sheets open nothing; they are removed, as long as this
    program can. Raises `SheetsRefusedError`, `SheetsExistError`, `PathMissingError`, `DiskFullError`.
    """
    keys, vault_id = vault.tools.keys, vault.header.vault_id
    recovery_key = keys.new_recovery_key()
    sheets = splitter.split(recovery_key, needed=needed, total=total)
    _try_all(splitter, recovery_key, [" ".join(sheet.words) for sheet in sheets], needed)
    slot = keys.recovery_slot(vault.master, vault_id=vault_id, recovery_key=recovery_key)
    made_on = vault.tools.now().at[:10]
    written = printer.print_to(folder, sheets, vault_id=vault_id, made_on=made_on)
    try:
        replace_slots(vault, [*(one for one in intact_slots(vault) if one["kind"] != "recovery"), slot])
    except BaseException:
        if not _may_open(vault, slot):
            _remove(folder, written)
        raise
    return Split(tuple(written), needed)


def _may_open(vault: OpenVault, slot: Slot) -> bool:
    """Say whether the slot stands in the header on the disk; where that cannot be read, it may."""
    try:
        return slot in vault.tools.folders.header(vault.folder.path, Operation.READ).slots
    except HaechiError:
        return True


def _remove(folder: Path, sheets: Sequence[Path]) -> None:
    """Take away sheets that open nothing: nobody is to print them and throw away the key that does."""
    with suppress(OSError):
        for sheet in sheets:
            sheet.unlink()
        folder.rmdir()


def _try_all(splitter: KeySplitter, recovery_key: str, texts: Sequence[str], needed: int) -> None:
    """Put the key together from each choice of sheets, up to a thousand, before anything relies on them."""
    for at, chosen in enumerate(combinations(texts, needed)):
        if at >= _MOST_CHOICES:
            return
        if splitter.join(chosen) != recovery_key:
            raise ValueError(at)
