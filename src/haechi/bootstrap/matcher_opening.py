"""Opens a matcher in a folder: its catalogue, its index, and what brings the one up to the other."""

import re
from collections.abc import Callable
from pathlib import Path

from haechi.bootstrap.matcher import Matcher
from haechi.flows.follow_changes import Follower
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.index import HashIndex
from haechi.ports.now import Now
from haechi.ports.randomness import Randomness

CATALOGUE = "catalogue.db"
INDEX = "index"
_IS_IDENTITY = re.compile(r"[0-9a-f]{32}")


def open_matcher(
    folder: Path,
    *,
    catalogue_url: str | None = None,
    read_only: bool = False,
    index: HashIndex | None = None,
    index_name: str = INDEX,
    engine: Callable[[Path], HashIndex] | None = None,
    now: Now | None = None,
    randomness: Randomness | None = None,
    lists: Path | None = None,
) -> Matcher:
    """Return the matcher in `folder`, which is made when there is none.

    The catalogue is a file there, or lies at `catalogue_url` (`postgresql://…`). An index that is behind catches up, one that is missing or damaged
    is built anew, before this returns. `engine` opens the index in the folder `index_name`; several such folders follow the catalogue each by itself.
    Exchanges may read the files in `lists`. Raises `CatalogueUnavailableError`, `DiskFullError`, `FolderReadOnlyError`.
    """
    from haechi.adapters.catalogue import open_catalogue
    from haechi.adapters.index.pairs import PairIndex
    from haechi.adapters.machine import SystemClock, system_randomness

    randomness = randomness or system_randomness
    if not read_only:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if index is None:
        identity = _identity(folder / index_name, read_only=read_only, randomness=randomness)
        index = engine(folder / index_name) if engine else _engine(folder / index_name, read_only=read_only)
    else:
        identity = randomness(16).hex()  # nothing is known of an index that is handed in
    catalogue = None
    try:
        catalogue = open_catalogue(catalogue_url or folder / CATALOGUE, index_id=identity, read_only=read_only)
        follower = Follower(catalogue, index)
        tools = MatcherTools(
            catalogue=catalogue,
            index=index,
            follower=follower,
            pairs=PairIndex(),
            now=now or SystemClock(),
            randomness=randomness,
            is_read_only=read_only,
        )
        matcher = Matcher(tools, folder, lists=lists)
        if not read_only and index.status().damaged:
            matcher.rebuild_index()
        elif not read_only and follower.is_behind:
            matcher.follow()
    except BaseException:
        index.close()
        if catalogue is not None:
            catalogue.close()
        raise
    return matcher


def _identity(index: Path, *, read_only: bool, randomness: Randomness) -> str:
    """Return the random name under which the catalogue knows the index in a folder: a new one when the index is gone."""
    place = index.with_name(f"{index.name}.id")
    if index.is_dir() and place.is_file() and _IS_IDENTITY.fullmatch(kept := place.read_text("ascii", "replace")):
        return kept
    fresh = randomness(16).hex()
    if not read_only:
        place.write_text(fresh, "ascii")
    return fresh


def _engine(place: Path, *, read_only: bool) -> HashIndex:
    from haechi.adapters.index.following import FollowingIndex
    from haechi.adapters.index.stored import StoredIndex

    return FollowingIndex(place) if read_only else StoredIndex(place)
