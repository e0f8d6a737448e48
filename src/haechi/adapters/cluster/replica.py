"""What runs on a node: an index that follows the writer's, and says when it cannot."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import haechi
from haechi.adapters.cluster.mirror import Mirror, Origin, Place
from haechi.adapters.cluster.packing import Packed, pack, split
from haechi.ports.index import IndexStatus, Neighbours

_OWN_EVERY_S = 0.005
_COPY_EVERY_S = 0.02


class ReplicaBehindError(Exception):
    """This replica cannot answer as the writer would: it has not followed for too long, or something it needs is damaged."""


class Following(Protocol):
    """An index that another process writes."""

    def search(self, values: list[bytes], radii: Mapping[int, int], *, most: int) -> list[Neighbours]:
        """See `HashIndex.search`."""

    def refresh(self) -> None:
        """Take in what was written until now."""

    def status(self) -> IndexStatus:
        """See `HashIndex.status`."""


@dataclass(frozen=True, slots=True)
class Follow:
    """What a replica is told: what to follow, and how it is opened. `open_index` must not look for what is new by itself."""

    folder: Path
    place: Place
    open_index: Callable[[Path], Following]
    base: Path | None
    """Where copies lie on other machines."""
    stale_s: float
    version: str


class Replica:
    """Answers from the writer's own folder where that is on this machine, else from a copy of it on this machine's disk."""

    def __init__(self, follow: Follow, origin: Origin | None) -> None:
        """Open the index; a copy is whole before this returns. Raises `OSError`, and `RuntimeError` for another haechi's replica."""
        if follow.version != haechi.__version__:
            message = f"haechi {haechi.__version__} is installed here, {follow.version} where the index is written"
            raise RuntimeError(message)
        self._stale_s = follow.stale_s
        self._mirror = None
        if not _is_here(follow):
            if origin is None:
                raise FileNotFoundError(str(follow.folder))
            self._mirror = Mirror(origin, follow.base)
            self._mirror.update()
        self._fresh_at = time.monotonic()
        self._index = follow.open_index(self._mirror.folder if self._mirror else follow.folder)
        # The first search compiles or loads the kernels; nobody should wait for that.
        self._index.search([bytes(32)], {0: 31}, most=1)
        self._is_whole = False
        self._follow()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._keep_following, name="haechi-follow", daemon=True)
        self._thread.start()

    def search(self, values: bytes, radii: Mapping[int, int], most: int) -> Packed:
        """Answer hashes that follow each other. Raises `ReplicaBehindError`."""
        if not self._is_whole or time.monotonic() - self._fresh_at > self._stale_s:
            raise ReplicaBehindError
        return pack(self._index.search(split(values), radii, most=most))

    def told(self) -> tuple[int, bool]:
        """Return which generation is loaded, and whether it is the writer's own folder that is read."""
        return self._index.status().generation, self._mirror is None

    def close(self) -> None:
        """Follow no longer and remove the copy. A node's process that ends needs none of this."""
        self._is_closing.set()
        self._thread.join()
        if self._mirror is not None:
            self._mirror.remove()

    def _keep_following(self) -> None:
        pause = _COPY_EVERY_S if self._mirror else _OWN_EVERY_S
        while not self._is_closing.wait(pause):
            # It may be mended by the next time; until then the age of what is known decides whether this answers.
            with suppress(Exception):
                self._follow()

    def _follow(self) -> None:
        begun = time.monotonic()
        if self._mirror is not None:
            self._mirror.update()
        self._index.refresh()
        self._is_whole = not self._index.status().damaged
        self._fresh_at = begun


def _is_here(follow: Follow) -> bool:
    with suppress(OSError):
        return Place.of(follow.folder) == follow.place
    return False
