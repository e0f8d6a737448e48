"""What a matcher is asked, and what it answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haechi.domain.bank import ContentNumber, Hit, Signal, SignalType

FRAMES_SHARED = 80
"""Percent of the asked video's usable frames that a video has to share: vPDQ's published threshold, the other way 0 %."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One hash of what is asked about. `transform` says what was done to the picture before it was hashed."""

    signal: Signal
    transform: str = "whole"


@dataclass(frozen=True, slots=True)
class Query:
    """All hashes of one picture or video."""

    asked: tuple[Asked, ...]

    @classmethod
    def of(cls, *signals: Signal) -> "Query":
        """Return the query of a whole picture's or video's hashes."""
        return cls(tuple(Asked(signal) for signal in signals))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one query, nearest first; a content once for each type of hash.

    `suppressed` are contents that a known innocent picture lies as near or nearer to: they are told only to explain.
    `is_truncated` when more lay near than was asked for.
    """

    hits: tuple[Hit, ...]
    suppressed: tuple[Hit, ...] = ()
    is_truncated: bool = False


def nearest_each(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the best hit of each content and type, nearest first: one that stands goes before one that is suppressed."""
    best: dict[tuple[ContentNumber, SignalType], Hit] = {}
    for hit in hits:
        key = hit.content.number, hit.type
        known = best.get(key)
        if known is None or _rank(hit) < _rank(known):
            best[key] = hit
    return tuple(sorted(best.values(), key=_rank))


def shared_frames(frames: Sequence[bytes], hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the contents that share enough of a video's frames, each as its frame of middle distance.

    `frames` are the usable frames asked about, each value once; `hits` are what lies near them. A content that has enough frames only with
    those that an innocent video lies as near or nearer to is suppressed by it.
    """
    near: dict[ContentNumber, dict[bytes, Hit]] = {}
    for hit in hits:
        mine = near.setdefault(hit.content.number, {})
        known = mine.get(hit.queried)
        if known is None or _rank(hit) < _rank(known):
            mine[hit.queried] = hit
    found = []
    for mine in near.values():
        for some in ([hit for hit in mine.values() if hit.suppressed_by is None], list(mine.values())):
            if some and len(some) * 100 >= FRAMES_SHARED * len(frames):
                hidden = [hit for hit in some if hit.suppressed_by is not None]
                pool = sorted(hidden or some, key=lambda hit: (hit.distance, hit.queried))
                found.append(pool[len(pool) // 2])
                break
    return tuple(sorted(found, key=_rank))


def _rank(hit: Hit) -> tuple[bool, int, int, str, bytes]:
    return hit.suppressed_by is not None, hit.distance, hit.content.number, hit.type, hit.queried
