"""Splits a recovery key into sheets, puts it together again, and makes the sheets for printing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from haechi.domain.sheet import Sheet


class KeySplitter(Protocol):
    """Secret sharing of recovery keys."""

    def split(self, recovery_key: str, *, needed: int, total: int) -> Sequence[Sheet]:
        """Return `total` sheets of which any `needed` (2 or more) give the key. Raises `SheetsRefusedError`."""

    def join(self, texts: Sequence[str]) -> str:
        """Return the recovery key that these sheets' words give; case and spaces do not matter. Raises `SheetsRefusedError`."""


class SheetPrinter(Protocol):
    """Makes one PDF a sheet, each in both languages."""

    def print_to(self, folder: Path, sheets: Sequence[Sheet], *, vault_id: str, made_on: str) -> Sequence[Path]:
        """Write the PDFs into `folder`, which must not exist: all of them or none. `made_on` is a date (ISO).

        Raises `SheetsExistError`, `PathMissingError`, `FolderReadOnlyError`, `DiskFullError`.
        """
