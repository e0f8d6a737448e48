"""Vault folders: made whole or not at all, found, and locked while they are open."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from haechi.adapters.vault_folder.durable import named_errors, replace_file, sync_folder, sync_tree, write_file
from haechi.adapters.vault_folder.header import MOST_BYTES, NAME, read_header, write_header
from haechi.adapters.vault_folder.lock import NAME as LOCK
from haechi.adapters.vault_folder.lock import Lock
from haechi.domain.errors import (
    PathMissingError,
    VaultDamagedError,
    VaultExistsError,
    VaultMissingError,
    VaultReadOnlyError,
)
from haechi.domain.vault import Operation
from haechi.ports.vault import Header, Slot

CHECKPOINT = "checkpoint"
_MOST_NOTE = 2**16  # bytes; a note with one signature has some 250
_SUBFOLDERS = ("blobs", "tmp")


class DiskFolders:
    """Vault folders on this machine's disks."""

    @contextmanager
    def build(self, path: Path) -> Iterator["NewFolder"]:
        """Make a vault out of sight, beside `path`, and move it there when the block ends without an error."""
        path = path.absolute()
        if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
            raise VaultExistsError(path=str(path))
        if not path.parent.is_dir():
            raise PathMissingError(path=str(path.parent))
        with named_errors(path):
            hidden = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
            try:
                for name in _SUBFOLDERS:
                    (hidden / name).mkdir(mode=0o700)
                write_file(hidden / LOCK, b"")
                yield NewFolder(hidden)
                sync_tree(hidden)
                # rename(2) replaces an empty folder and refuses one that was filled meanwhile.
                hidden.rename(path)
                sync_folder(path.parent)
            finally:
                shutil.rmtree(hidden, ignore_errors=True)

    def open(self, path: Path, operation: Operation) -> "OpenFolder":
        """Lock the vault at `path`."""
        header = self.header(path, operation)
        if operation is Operation.WRITE:
            return OpenFolder(path, header, _lock_alone(path))
        lock = None
        # A vault copied without its lock, or on a disk that has none, can still be read.
        if (path / LOCK).is_file():
            lock = Lock(path, alone=False)
        return OpenFolder(path, header, lock)

    def header(self, path: Path, operation: Operation) -> Header:
        """Return the header of the vault at `path`."""
        try:
            with (path / NAME).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise VaultMissingError(path=str(path)) from error
        except OSError as error:
            raise VaultDamagedError(part=NAME) from error
        if len(content) > MOST_BYTES:
            raise VaultDamagedError(part=NAME)
        return read_header(content, operation)


class NewFolder:
    """A vault folder that is being made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write_header(self, vault_id: str, slots: Sequence[Slot]) -> None:
        """Write `haechi.vault`."""
        write_file(self.path / NAME, write_header(vault_id, slots))

    def write_checkpoint(self, note: str) -> None:
        """Write the first note."""
        write_file(self.path / CHECKPOINT, note.encode())


class OpenFolder:
    """A vault's folder, locked until it is closed."""

    def __init__(self, path: Path, header: Header, lock: Lock | None) -> None:
        self.path = path
        self.header = header
        self._lock = lock

    def checkpoint(self) -> str | None:
        """Return the note that the log signed last, None when it is missing."""
        try:
            with (self.path / CHECKPOINT).open("rb") as file:
                return file.read(_MOST_NOTE).decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise VaultDamagedError(part=CHECKPOINT) from error

    def write_checkpoint(self, note: str) -> None:
        """Replace the note in one step.

        The folder is not synced: after a power cut the older note is as good, a note over
        fewer entries of the same log.
        """
        path = self.path / CHECKPOINT
        with named_errors(path):
            replace_file(path, note.encode(), beside=self.path / "tmp")

    def replace_slots(self, slots: Sequence[Slot]) -> None:
        """Replace the header's slots: the new header is on the disk before it takes the old one's place, and the name after."""
        path = self.path / NAME
        content = write_header(self.header.vault_id, slots)
        with named_errors(path):
            replace_file(path, content, beside=self.path / "tmp")
            sync_folder(self.path)
        self.header = read_header(content, Operation.WRITE)

    def sweep(self) -> int:
        """Remove what an interrupted run left in `tmp`."""
        strays = [place for place in (self.path / "tmp").iterdir() if not place.is_dir()]
        with named_errors(self.path):
            for place in strays:
                place.unlink(missing_ok=True)
        return len(strays)

    def close(self) -> None:
        """Let the vault go."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _lock_alone(path: Path) -> Lock:
    if not os.access(path, os.W_OK):
        raise VaultReadOnlyError(path=str(path))
    with named_errors(path):
        return Lock(path, alone=True)
