"""Where a log's tiles are put for others to read."""

from collections.abc import Callable, Iterable
from typing import Protocol

from haechi.domain.checkpoint import Checkpoint


class Tiles(Protocol):
    """A folder of tiles."""

    def held(self) -> Checkpoint | None:
        """Return the checkpoint that is there, None when nothing is. Raises `TilesOtherError`."""

    def write(self, files: Iterable[tuple[str, bytes]], checkpoint: Callable[[], bytes]) -> int:
        """Add the files that are missing, then the checkpoint, and return how many were added.

        Raises `TilesOtherError`, `PathMissingError`, `DiskFullError`.
        """
