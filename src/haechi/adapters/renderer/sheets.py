"""Helpers' sheets as PDF, one page each, Korean above English."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from haechi.adapters.renderer.typesetting import typeset
from haechi.adapters.renderer.words import LANGUAGES, words
from haechi.domain.errors import FolderReadOnlyError, PathMissingError, SheetsExistError, full_disk
from haechi.domain.sheet import Sheet


class TypstSheets:
    """Sets sheets with Typst."""

    def print_to(self, folder: Path, sheets: Sequence[Sheet], *, vault_id: str, made_on: str) -> Sequence[Path]:
        """Write `sheet-1.pdf` and so on into a new folder: all of them or none, and on the disk when this returns."""
        folder = folder.absolute()
        if folder.exists() or folder.is_symlink():
            raise SheetsExistError(path=str(folder))
        if not folder.parent.is_dir():
            raise PathMissingError(path=str(folder.parent))
        made = datetime.fromisoformat(made_on).replace(tzinfo=UTC)
        pages = [
            (f"sheet-{sheet.number}.pdf", typeset("sheet", _data(sheet, vault_id, made), made=made)) for sheet in sheets
        ]
        with _named_errors(folder):
            hidden = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            try:
                for name, page in pages:
                    descriptor = os.open(hidden / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor with its mode set from the start
                        file.write(page)
                        file.flush()
                        os.fsync(file.fileno())
                _sync(hidden)
                hidden.rename(folder)
                _sync(folder.parent)
            finally:
                shutil.rmtree(hidden, ignore_errors=True)
        return [folder / name for name, _ in pages]


@contextmanager
def _named_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if full := full_disk(error, str(folder)):
            raise full from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise FolderReadOnlyError(path=str(folder.parent)) from error
        raise


def _sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk: after that the key before is taken away."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _data(sheet: Sheet, vault_id: str, made: datetime) -> dict[str, object]:
    facts = {"number": sheet.number, "total": sheet.total, "needed": sheet.needed, "vault": vault_id[:8]}
    told = []
    for language in LANGUAGES:
        say = words(language)
        told.append(
            {
                "language": language,
                "title": say("sheet.title"),
                "which": say("sheet.which", **facts),
                "what": [say(f"sheet.{part}", **facts) for part in ("what", "keep", "never", "use")],
                "date": say("sheet.date", date=f"{made:%Y-%m-%d}"),
            }
        )
    return {"words": list(sheet.words), "told": told, "date": made.timetuple()[:6]}
