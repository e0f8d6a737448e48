"""Find which items of a case show the same picture, and where each was seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import MATCH_WITHIN, Fingerprint, Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting, group, is_frame, is_still, link, same_video, strength
from haechi.domain.message import MediaRole
from haechi.ports.index import FingerprintIndex
from haechi.ports.ledger import StoredMessage


def find_copies(
    items: Mapping[ItemId, EvidenceItem], seen: Sequence[Sighting], *, index: FingerprintIndex
) -> tuple[Group, ...]:
    """Return the groups of copies among the items that were seen (`sightings`), earliest first sighting first."""
    seen_digests = {sighting.digest for sighting in seen}
    shown = [item for item in items.values() if item.digest in seen_digests]
    prints = {item.digest: item.examined.fingerprints for item in shown}
    videos = {item.digest: prints[item.digest] for item in shown if item.examined.kind is MediaKind.VIDEO}
    return group(seen, [*picture_pairs(prints, index), *video_pairs(videos, index)])


def sightings(messages: Iterable[StoredMessage], items: Mapping[ItemId, EvidenceItem]) -> Iterator[Sighting]:
    """Yield where each item was seen: once a message that shows it, or once where it lay when none of them carries it.

    A message that two exports show is one sighting. `items` has every item that the messages carry.
    """
    carried: set[ItemId] = set()
    told: set[tuple[str, str, Sha256]] = set()
    for stored in messages:
        message = stored.message
        carried.update(item for _, item in stored.media if item is not None)
        for item in map(items.__getitem__, shown_by(stored)):
            place = (message.room.value, message.message_id, item.digest)
            if place in told:
                continue
            told.add(place)
            yield Sighting(
                item_id=item.item_id,
                digest=item.digest,
                is_own_photo=item.role is Role.OWN_PHOTO,
                seen_at=message.sent_at,
                room=message.room.value,
                account=message.sender.value if message.sender else None,
                message_id=message.message_id,
                path=item.path,
            )
    for item in items.values():
        if item.item_id not in carried:
            own = item.role is Role.OWN_PHOTO
            taken_at = item.examined.capture.instant if item.examined.capture else None
            yield Sighting(item.item_id, item.digest, own, taken_at, None, None, None, item.path)


def shown_by(stored: StoredMessage) -> tuple[ItemId, ...]:
    """Return the items that a message shows: its files, without the exporter's own reductions of them.

    Where the file itself did not come along (too big, not exported), its thumbnail is all that is left and stands for it.
    """
    held = [(reference, item) for reference, item in stored.media if item is not None]
    originals = tuple(item for reference, item in held if reference.role is MediaRole.ORIGINAL)
    return tuple(dict.fromkeys(originals or [item for _, item in held]))


def picture_pairs(prints: Mapping[Sha256, Sequence[Fingerprint]], index: FingerprintIndex) -> Iterator[Pair]:
    """Yield the strongest link of each two different files that have one: what `best_pair` of the domain says."""
    rows = [(digest, one) for digest in sorted(prints) for one in prints[digest] if is_still(one)]
    upright = [(digest, one) for digest, one in rows if one.symmetry is Symmetry.UPRIGHT]
    near = index.pairs([one.value for _, one in upright], [one.value for _, one in rows], within=MATCH_WITHIN)
    best: dict[tuple[Sha256, Sha256], Pair] = {}
    for at, to, bits in near:
        (left, one), (right, other) = upright[at], rows[to]
        if left == right:
            continue
        pair = link(left, one, right, other, bits)
        known = best.get((pair.left, pair.right))
        if known is None or strength(pair) < strength(known):
            best[pair.left, pair.right] = pair
    for place in sorted(best):
        yield best[place]


def video_pairs(videos: Mapping[Sha256, Sequence[Fingerprint]], index: FingerprintIndex) -> Iterator[Pair]:
    """Yield the links of videos that share frames: only those that have a near frame at all are compared."""
    frames = [(digest, one.value) for digest in sorted(videos) for one in videos[digest] if is_frame(one)]
    values = [value for _, value in frames]
    near = {
        (frames[at][0], frames[to][0])
        for at, to, _ in index.pairs(values, values, within=MATCH_WITHIN)
        if frames[at][0] < frames[to][0]
    }
    for left, right in sorted(near):
        bits = same_video(videos[left], videos[right])
        if bits is not None:
            yield Pair(left, right, Method.VIDEO, bits)
