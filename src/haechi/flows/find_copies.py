"""Find which items of a case show the same picture, and where each was seen."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from haechi.domain.case import CaseId
from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN, Fingerprint, Region, Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting, best_pair, group, same_video
from haechi.domain.message import MediaRole
from haechi.ports.index import FingerprintIndex
from haechi.ports.ledger import Ledger


def find_copies(case: CaseId, *, ledger: Ledger, index: FingerprintIndex) -> tuple[Group, ...]:
    """Return the groups of copies in a case, earliest first sighting first. Changes nothing."""
    items = {item.item_id: item for item in ledger.items(case)}
    seen = tuple(sightings(case, items, ledger=ledger))
    shown = {sighting.digest for sighting in seen}
    prints = {item.digest: item.examined.fingerprints for item in items.values() if item.digest in shown}
    videos = sorted({one.digest for one in items.values() if one.examined.kind is MediaKind.VIDEO} & shown)
    pairs = [*_picture_pairs(prints, index), *_video_pairs(videos, prints)]
    return group(seen, pairs)


def sightings(case: CaseId, items: Mapping[ItemId, EvidenceItem], *, ledger: Ledger) -> Iterator[Sighting]:
    """Yield where each item was seen: once a message that carries it, or once where it lay when no message does.

    A message that two exports show is one sighting. Files that are only some message's thumbnail are the
    exporter's own reductions of a file beside them, not copies, and yield nothing.
    """
    carried: set[ItemId] = set()
    told: set[tuple[str, str, Sha256]] = set()
    for stored in ledger.messages(case):
        message = stored.message
        for reference, item_id in stored.media:
            if item_id is None:
                continue
            carried.add(item_id)
            item = items[item_id]
            place = (message.room.value, message.message_id, item.digest)
            if reference.role is not MediaRole.ORIGINAL or place in told:
                continue
            told.add(place)
            yield Sighting(
                item_id=item_id,
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


def _picture_pairs(prints: Mapping[Sha256, Sequence[Fingerprint]], index: FingerprintIndex) -> Iterator[Pair]:
    rows = [
        (digest, one)
        for digest in sorted(prints)
        for one in prints[digest]
        if one.quality >= ENOUGH_QUALITY and one.region is not Region.FRAME
    ]
    upright = [(digest, one) for digest, one in rows if one.symmetry is Symmetry.UPRIGHT]
    near = index.pairs([one.value for _, one in upright], [one.value for _, one in rows], within=MATCH_WITHIN)
    found = {
        (min(left, right), max(left, right)) for at, to, _ in near if (left := upright[at][0]) != (right := rows[to][0])
    }
    for left, right in sorted(found):
        if pair := best_pair(left, prints[left], right, prints[right]):
            yield pair


def _video_pairs(videos: Sequence[Sha256], prints: Mapping[Sha256, Sequence[Fingerprint]]) -> Iterator[Pair]:
    for left, right in combinations(videos, 2):
        bits = same_video(prints[left], prints[right])
        if bits is not None:
            yield Pair(left, right, Method.VIDEO, bits)
