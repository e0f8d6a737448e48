"""Copies: which items show the same picture, by which method, how near.

Two items are linked when their bytes are equal, or when a PDQ hash of one lies
within 31 bits of a hash of the other: upright, turned or mirrored, or with its
plain borders trimmed. The comparison here is the definition; an index only has
to find the same pairs sooner. A link is a candidate: nothing here says who did what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN, Fingerprint, Region, Symmetry, distance

FRAMES_SHARED = 80  # percent of a video's usable key frames, vPDQ's published threshold


class Method(StrEnum):
    """How two items were found to be the same picture, strongest first."""

    EXACT = "exact"
    SIMILAR = "pdq"
    TURNED = "pdq-turned"
    TRIMMED = "pdq-trimmed"
    VIDEO = "vpdq"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two digests whose bytes show the same picture. `bits` is the PDQ distance (0 when the bytes are equal).

    `symmetry` is how the right picture has to be turned to look like the left one.
    """

    left: Sha256
    right: Sha256
    method: Method
    bits: int
    symmetry: Symmetry = Symmetry.UPRIGHT


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when one item was seen: in whose message, in which room. Unix seconds; None where not known."""

    item_id: ItemId
    digest: Sha256
    is_own_photo: bool
    seen_at: int | None
    room: str | None
    account: str | None
    message_id: str | None
    path: str


@dataclass(frozen=True, slots=True)
class Group:
    """Items that show the same picture, first seen first, with the pairs that hold the group together."""

    number: int
    sightings: tuple[Sighting, ...]
    pairs: tuple[Pair, ...]

    @property
    def first(self) -> Sighting:
        """The earliest sighting that is not her own photo, or the earliest of all."""
        found = [sighting for sighting in self.sightings if not sighting.is_own_photo]
        return found[0] if found else self.sightings[0]

    @property
    def digests(self) -> tuple[Sha256, ...]:
        """The different files of the group, in order of first sight."""
        return tuple(dict.fromkeys(sighting.digest for sighting in self.sightings))


def best_pair(
    left: Sha256, left_prints: Iterable[Fingerprint], right: Sha256, right_prints: Iterable[Fingerprint]
) -> Pair | None:
    """Return the strongest link between two pictures, or None. Hashes of quality below 50 are not compared.

    Either picture may be the turned one, so it does not matter which is given first.
    """
    if left == right:
        return Pair(left, right, Method.EXACT, 0)
    ours, theirs = list(filter(is_still, left_prints)), list(filter(is_still, right_prints))
    found = [
        link(first, one, second, other, distance(one.value, other.value))
        for first, some, second, others in ((left, ours, right, theirs), (right, theirs, left, ours))
        for one in some
        if one.symmetry is Symmetry.UPRIGHT
        for other in others
    ]
    return min((pair for pair in found if pair.bits <= MATCH_WITHIN), key=strength, default=None)


def link(left: Sha256, one: Fingerprint, right: Sha256, other: Fingerprint, bits: int) -> Pair:
    """Return the pair that two hashes at this distance make: the first upright, the second turned or not.

    The smaller digest becomes the left one.
    """
    if Region.TRIMMED in (one.region, other.region):
        method = Method.TRIMMED
    else:
        method = Method.SIMILAR if other.symmetry is Symmetry.UPRIGHT else Method.TURNED
    if left < right:
        return Pair(left, right, method, bits, other.symmetry)
    return Pair(right, left, method, bits, turned_back(other.symmetry))


def strength(pair: Pair) -> tuple[int, int, int]:
    """Return what orders links of the same two files, the strongest first."""
    return _METHODS.index(pair.method), pair.bits, _SYMMETRIES.index(pair.symmetry)


def turned_back(symmetry: Symmetry) -> Symmetry:
    """Return what undoes a turn: a quarter turn is undone by the other one, every mirroring by itself."""
    return _UNDONE.get(symmetry, symmetry)


def is_still(one: Fingerprint) -> bool:
    """Say whether a hash is one of a picture, good enough to compare."""
    return one.region is not Region.FRAME and one.quality >= ENOUGH_QUALITY


def is_frame(one: Fingerprint) -> bool:
    """Say whether a hash is one of a video's key frames, good enough to compare."""
    return one.region is Region.FRAME and one.quality >= ENOUGH_QUALITY


def same_video(left: Iterable[Fingerprint], right: Iterable[Fingerprint]) -> int | None:
    """Return the median distance of matched frames when two videos share 80 % of the shorter one's key frames."""
    few, many = sorted((_frames(left), _frames(right)), key=lambda frames: (len(frames), frames))
    if not few:
        return None
    nearest = sorted(min(distance(one, other) for other in many) for one in few)
    matched = [bits for bits in nearest if bits <= MATCH_WITHIN]
    if len(matched) * 100 < FRAMES_SHARED * len(few):
        return None
    return matched[len(matched) // 2]


def group(sightings: Sequence[Sighting], pairs: Iterable[Pair]) -> tuple[Group, ...]:
    """Return the groups of two or more items that the pairs connect, earliest first sighting first."""
    parent: dict[Sha256, Sha256] = {sighting.digest: sighting.digest for sighting in sightings}

    def root(digest: Sha256) -> Sha256:
        while parent[digest] != digest:
            parent[digest] = parent[parent[digest]]
            digest = parent[digest]
        return digest

    links = [pair for pair in pairs if pair.left in parent and pair.right in parent]
    for pair in links:
        left, right = sorted((root(pair.left), root(pair.right)))
        parent[right] = left
    members: dict[Sha256, list[Sighting]] = {}
    for sighting in sorted(sightings, key=_seen):
        members.setdefault(root(sighting.digest), []).append(sighting)
    held: dict[Sha256, list[Pair]] = {}
    for pair in sorted(links, key=lambda pair: (pair.left, pair.right)):
        held.setdefault(root(pair.left), []).append(pair)
    found = [(rows, held.get(key, [])) for key, rows in members.items() if len(rows) > 1]
    found.sort(key=lambda one: _seen(one[0][0]))
    return tuple(Group(number, tuple(rows), tuple(links)) for number, (rows, links) in enumerate(found, 1))


def _seen(sighting: Sighting) -> tuple[bool, int, str, int, str, str]:
    """Order by time; what has no time comes last; ties fall by room, message number and path."""
    number = sighting.message_id or ""
    return (
        sighting.seen_at is None,
        sighting.seen_at or 0,
        sighting.room or "",
        int(number) if number.lstrip("-").isdecimal() else 0,
        sighting.path,
        sighting.item_id,
    )


def _frames(prints: Iterable[Fingerprint]) -> list[bytes]:
    return [one.value for one in prints if is_frame(one)]


_METHODS = tuple(Method)
_SYMMETRIES = tuple(Symmetry)
_UNDONE = {Symmetry.ROTATE_90: Symmetry.ROTATE_270, Symmetry.ROTATE_270: Symmetry.ROTATE_90}
