"""Writes tiles into a folder: a new one appears whole or not at all, and one that is there only gains files.

The checkpoint is written last, so that whoever reads meanwhile finds every tile that it asks for.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.errors import PathMissingError, TilesOtherError, full_disk

_CHECKPOINT = "checkpoint"
_PART_OF = ".part"
_MOST_NOTE = 1 << 20


class TileFolder:
    """A folder of tiles at `target`."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def held(self) -> Checkpoint | None:
        """Return the checkpoint that the folder holds, None when there is no folder yet. Raises `TilesOtherError`."""
        if not os.path.lexists(self._target):
            return None
        try:
            with (self._target / _CHECKPOINT).open("rb") as file:
                note = file.read(_MOST_NOTE).decode()
            return Checkpoint.parse(note.rpartition("\n\n")[0] + "\n")
        except (OSError, UnicodeDecodeError, CheckpointError) as error:
            raise TilesOtherError(path=str(self._target)) from error

    def write(self, files: Iterable[tuple[str, bytes]], checkpoint: Callable[[], bytes]) -> int:
        """Write what is not there yet and return how many files that were; `checkpoint` is asked when all are written.

        Raises `TilesOtherError` when a file that is there has another content, `PathMissingError`, `DiskFullError`.
        """
        if not self._target.parent.is_dir():
            raise PathMissingError(path=str(self._target.parent))
        try:
            if os.path.lexists(self._target):
                return _fill(self._target, files, checkpoint)
            return self._create(files, checkpoint)
        except OSError as error:
            if full := full_disk(error, str(self._target.parent)):
                raise full from error
            raise

    def _create(self, files: Iterable[tuple[str, bytes]], checkpoint: Callable[[], bytes]) -> int:
        folder = Path(tempfile.mkdtemp(prefix=f".{self._target.name}.", suffix=_PART_OF, dir=self._target.parent))
        try:
            added = _fill(folder, files, checkpoint)
            folder.rename(self._target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        _sync(self._target.parent)
        return added


def _fill(folder: Path, files: Iterable[tuple[str, bytes]], checkpoint: Callable[[], bytes]) -> int:
    added = 0
    folders = {folder}
    for path, content in files:
        place = folder / path
        if os.path.lexists(place):
            if place.is_symlink() or not place.is_file() or place.read_bytes() != content:
                raise TilesOtherError(path=str(place))
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        folders.update(place.parents[: len(place.relative_to(folder).parts)])
        _put(place, content)
        added += 1
    for one in sorted(folders, reverse=True):
        _sync(one)
    _put(folder / _CHECKPOINT, checkpoint())
    _sync(folder)
    return added


def _put(place: Path, content: bytes) -> None:
    """Write a file so that it is there whole, with its name, or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=_PART_OF, dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(place)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
