"""The matcher with its lookups answered by replicas in a Ray cluster."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from haechi.bootstrap.matcher import Matcher
from haechi.bootstrap.matcher_opening import INDEX, open_matcher
from haechi.ports.index import HashIndex

if TYPE_CHECKING:
    from haechi.adapters.cluster.clustered import ClusteredIndex, ClusterSettings
    from haechi.adapters.cluster.replica import Following


@dataclass(frozen=True, slots=True)
class Spread:
    """How lookups are spread. `address` is Ray's (`host:port` or `auto`); None makes a cluster of this machine alone.

    Each of `shards` parts has `replicas`. `copies` is the folder in which other machines keep their copies.
    """

    address: str | None = None
    replicas: int = 2
    shards: int = 1
    copies: Path | None = None


def open_clustered_matcher(
    folder: Path, spread: Spread, *, catalogue_url: str | None = None, lists: Path | None = None
) -> Matcher:
    """Return the matcher in `folder` as `open_matcher` does, with lookups that go to a cluster.

    Writing is done here and catches up, merges and rebuilds as ever. With more than one shard the index is in a folder of its own, which
    is built from the catalogue the first time. Raises as `open_matcher` does, and `ClusterUnavailableError`.
    """
    name = INDEX if spread.shards == 1 else f"{INDEX}-in-{spread.shards}"
    return open_matcher(
        folder,
        catalogue_url=catalogue_url,
        index_name=name,
        engine=lambda place: open_clustered_index(place, spread),
        lists=lists,
    )


def open_clustered_index(folder: Path, spread: Spread, settings: "ClusterSettings | None" = None) -> "ClusteredIndex":
    """Return the index in `folder`, opened for writing and answered by a cluster.

    `settings` overrule `spread` but for its shards. Raises as `StoredIndex` does, and `ClusterUnavailableError`.
    """
    from haechi.adapters.cluster.clustered import ClusteredIndex, ClusterSettings
    from haechi.adapters.cluster.router import RouterSettings
    from haechi.adapters.index.stored import StoredIndex

    if settings is None:
        settings = ClusterSettings(spread.address, spread.copies, router=RouterSettings(replicas=spread.replicas))
    folders = [folder] if spread.shards == 1 else [folder / str(number) for number in range(spread.shards)]
    opened: list[tuple[HashIndex, Path]] = []
    try:
        for one in folders:
            opened.append((StoredIndex(one), one))  # noqa: PERF401 - those that were opened are closed if one fails
        return ClusteredIndex(opened, open_replica, settings)
    except BaseException:
        for index, _ in opened:
            index.close()
        raise


def open_replica(folder: Path) -> "Following":
    """Return an index that follows another process's, when it is told to look. What a replica calls, on whatever machine."""
    from haechi.adapters.index.following import FollowingIndex

    return FollowingIndex(folder, every_s=math.inf)
