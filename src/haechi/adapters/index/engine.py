"""Opening a hash index: the one writer of a folder, or one of any number that follow it."""

from pathlib import Path

from haechi.adapters.index.following import FollowingIndex
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.ports.index import HashIndex


def open_index(folder: Path, *, read_only: bool = False, settings: IndexSettings | None = None) -> HashIndex:
    """Open the index in a folder; for writing it is made when there is none.

    Raises `IndexInUseError`, `IndexMissingError` (for reading), `DiskFullError` or `IndexUnwritableError`.
    """
    if read_only:
        return FollowingIndex(folder, in_memory=settings.in_memory if settings else False)
    return StoredIndex(folder, settings)
