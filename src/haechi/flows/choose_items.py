"""Choose the messages, items and groups that a selection of a case names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from haechi.domain.case import CaseId
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.match import Group
from haechi.domain.packet import Selection
from haechi.flows.find_copies import shown_by
from haechi.flows.list_messages import key_of, versions_by_key
from haechi.flows.withhold import Withheld, carried_by
from haechi.ports.ledger import Ledger, StoredMessage


def choose_messages(
    case: CaseId, selection: Selection, *, ledger: Ledger, items: Mapping[ItemId, EvidenceItem]
) -> list[list[StoredMessage]]:
    """Return the chosen messages, all versions of one key together, oldest first."""
    digests = {items[item].digest for item in items if item in selection.items}
    chosen = []
    for versions in versions_by_key(case, ledger=ledger):
        room, _ = key = key_of(versions[0])
        carries = any(item is not None and items[item].digest in digests for one in versions for _, item in one.media)
        if selection.is_whole or room in selection.rooms or key in selection.messages or carries:
            chosen.append(versions)
    return chosen


def not_found(
    selection: Selection, stored: Sequence[Sequence[StoredMessage]], items: Mapping[ItemId, EvidenceItem]
) -> list[str]:
    """Return what the selection names and the case does not have, as it was named: a typing error must not pass."""
    keys = {key_of(versions[0]) for versions in stored}
    rooms = selection.rooms - {room for room, _ in keys}
    messages = {f"{room}:{number}" for room, number in selection.messages - keys}
    return [*sorted(rooms), *sorted(messages), *sorted(selection.items - set(items))]


def choose_items(
    selection: Selection,
    items: Mapping[ItemId, EvidenceItem],
    stored: Sequence[Sequence[StoredMessage]],
    withheld: Withheld,
) -> list[EvidenceItem]:
    """Return the items that may be told: those that chosen messages show and those that were named.

    The whole case adds what was found outside of messages, and all her own photos, of which `with_copies` keeps some.
    """
    shown = {item for versions in stored for one in versions for item in shown_by(one)}
    chosen = shown | selection.items
    if selection.is_whole:
        chosen |= items.keys() - carried_by(one for versions in stored for one in versions)
    return [item for item in items.values() if item.item_id in chosen and item.item_id not in withheld.items]


def with_copies(selection: Selection, chosen: Iterable[EvidenceItem], groups: Sequence[Group]) -> list[EvidenceItem]:
    """Return the items that become exhibits: of her own photos in a whole case only those that have copies."""
    copied = _own_with_copies(groups)
    return [
        item for item in chosen if not selection.is_whole or item.role is not Role.OWN_PHOTO or item.item_id in copied
    ]


def choose_groups(groups: Sequence[Group], digests: set[Sha256]) -> tuple[Group, ...]:
    """Return the groups as far as they lie among these files, numbered anew; a group of one is none."""
    kept: list[Group] = []
    for one in groups:
        seen = tuple(sighting for sighting in one.sightings if sighting.digest in digests)
        if len(seen) > 1:
            pairs = tuple(pair for pair in one.pairs if pair.left in digests and pair.right in digests)
            kept.append(replace(one, number=len(kept) + 1, sightings=seen, pairs=pairs))
    return tuple(kept)


def _own_with_copies(groups: Sequence[Group]) -> set[ItemId]:
    return {
        sighting.item_id
        for group in groups
        if len({one.is_own_photo for one in group.sightings}) > 1
        for sighting in group.sightings
        if sighting.is_own_photo
    }
