"""A log as C2SP tlog-tiles: files of up to 256 hashes or entries, by which anyone can mirror a log and prove things of it.

A full tile never changes, so a log that has grown only adds files.
"""

from collections.abc import Iterable, Iterator

from haechi.domain.custody import Entry
from haechi.domain.merkle import Frontier

WIDTH = 256
_DIGITS = 1000


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile: `level` is a number, or `entries` for a bundle of entries."""
    groups = [f"{index % _DIGITS:03d}"]
    while index >= _DIGITS:
        index //= _DIGITS
        groups.append(f"x{index % _DIGITS:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tile_files(entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each tile and entry bundle of a log, the partial ones last.

    Memory is that of one tile a level, whatever the size of the log.
    """
    levels: list[list[bytes]] = []
    counts: list[int] = []
    bundle: list[bytes] = []
    for entry in entries:
        bundle.append(len(entry.raw).to_bytes(2, "big") + entry.raw)
        if len(bundle) == WIDTH:
            yield tile_path("entries", entry.index // WIDTH), b"".join(bundle)
            bundle = []
        yield from _add(levels, counts, 0, entry.leaf)
    if bundle:
        yield tile_path("entries", counts[0], len(bundle)), b"".join(bundle)
    for level, hashes in enumerate(levels):
        if hashes:
            yield tile_path(level, counts[level], len(hashes)), b"".join(hashes)


def _add(levels: list[list[bytes]], counts: list[int], level: int, value: bytes) -> Iterator[tuple[str, bytes]]:
    """Add a hash to a level; one that is full then goes as one hash to the level above. `counts` are full tiles so far."""
    if level == len(levels):
        levels.append([])
        counts.append(0)
    levels[level].append(value)
    if len(levels[level]) < WIDTH:
        return
    hashes, levels[level] = levels[level], []
    yield tile_path(level, counts[level]), b"".join(hashes)
    counts[level] += 1
    yield from _add(levels, counts, level + 1, Frontier().append(hashes).root())
