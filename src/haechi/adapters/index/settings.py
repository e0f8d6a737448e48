"""How an index uses the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """How an index uses the machine; any of it may differ from one opening to the next."""

    seal_rows: int = 1 << 16
    """Rows kept in memory until they become a segment. Each search compares with all of them: 10 µs for 65,536."""
    most_unsealed: int = 64
    """Pieces of memory that wait to become a segment; adding waits when there are more."""
    rebuild_rows: int = 1 << 20
    """Rows taken into memory at a time by `rebuild`."""
    in_memory: bool = False
    """Whether segments are copied into memory of large pages instead of being mapped."""
    merges: bool = True
    """Whether segments are made and merged in the background; without, everything stays in the log and in memory."""
