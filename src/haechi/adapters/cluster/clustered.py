"""A hash index whose searches are answered by replicas in a cluster, and whose writing is done here as ever."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import haechi
from haechi.adapters.cluster.members import Shard
from haechi.adapters.cluster.mirror import Place
from haechi.adapters.cluster.packing import HASH_BYTES
from haechi.adapters.cluster.replica import Follow, Following
from haechi.adapters.cluster.router import Router, RouterSettings
from haechi.adapters.cluster.sharded import ShardedIndex
from haechi.adapters.cluster.starting import Started, start
from haechi.ports.index import HashIndex, IndexStatus, Neighbours, Row

_LARGEST_RADIUS = 64
_BANKS = 1 << 16
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """How an index is spread. `address` is `host:port` or `auto`; None makes a cluster on this machine alone."""

    address: str | None = None
    base: Path | None = None
    """Where other machines keep their copies; None: below their place for temporary files."""
    stale_s: float = 5.0
    """A replica that could not follow for so long does not answer."""
    router: RouterSettings = field(default_factory=RouterSettings)


class ClusteredIndex:
    """Writes go to this process's index and are durable when they return.

    A search sees them as far as the replica that is asked has followed: some milliseconds later, `stale_s` at the most.
    """

    def __init__(
        self,
        folders: Sequence[tuple[HashIndex, Path]],
        open_replica: Callable[[Path], Following],
        settings: ClusterSettings,
    ) -> None:
        """Take the opened shards with their folders, and what opens one for reading elsewhere: a function of a module.

        Raises `ClusterUnavailableError`. The shards are closed with this.
        """
        shards = []
        for number, (index, folder) in enumerate(folders):
            follow = Follow(
                folder.resolve(), Place.of(folder), open_replica, settings.base, settings.stale_s, haechi.__version__
            )
            shards.append((Shard(number, index), follow))
        self._writer: HashIndex = folders[0][0] if len(folders) == 1 else ShardedIndex([one for one, _ in folders])
        self._started: Started = start(settings.address)
        self._replicas = settings.router.replicas
        self._router = Router(self._started.ray, shards, settings.router)
        self._is_closed = False

    def add(self, rows: Sequence[Row]) -> None:
        """See `HashIndex.add`."""
        self._writer.add(rows)

    def withdraw(self, contents: Sequence[int]) -> None:
        """See `HashIndex.withdraw`."""
        self._writer.withdraw(contents)

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], *, most: int = 100) -> list[Neighbours]:
        """See `HashIndex.search`."""
        is_asked = all(len(value) == HASH_BYTES for value in values) and all(
            0 <= radius <= _LARGEST_RADIUS and 0 <= bank < _BANKS for bank, radius in radii.items()
        )
        if self._is_closed or not values or not radii or not is_asked:
            return self._writer.search(values, radii, most=most)  # it raises what it raises
        return self._router.search(values, radii, most)

    def status(self) -> IndexStatus:
        """See `HashIndex.status`: of what is written here."""
        return self._writer.status()

    def rebuild(self, rows: Iterable[Row]) -> None:
        """See `HashIndex.rebuild`."""
        self._writer.rebuild(rows)

    def nodes(self) -> list[list[str]]:
        """Return for each shard the nodes of the replicas that can be asked."""
        return self._router.nodes()

    def is_full(self, *, within_s: float) -> bool:
        """Wait until every shard has all its replicas, and say whether it has."""
        until = time.monotonic() + within_s
        while any(len(nodes) < self._replicas for nodes in self.nodes()):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE_S)
        return True

    def close(self) -> None:
        """End the replicas and let go of the folders."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._router.close()
            self._started.stop()
        finally:
            self._writer.close()
