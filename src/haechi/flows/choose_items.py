"""Choose the messages, items and groups that a selection of a case names."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from haechi.domain.case import CaseId
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.match import Group
from haechi.domain.packet import Selection
from haechi.flows.find_copies import shown_by
from haechi.flows.list_messages import key_of, versions_by_key
from haechi.flows.withhold import Withheld, carried_by
from haechi.ports.ledger import Ledger, StoredMessage


@dataclass(frozen=True, slots=True)
class ChosenMessages:
    """The messages that a packet may tell, all versions of one key together, oldest first.

    Those of a whole case are read anew each time they are gone through: as objects, the 20,000 messages around 10,000
    pictures take 40 MB, and less than a second to read. What a selection names is looked for once and `held`.
    """

    case: CaseId
    ledger: Ledger
    held: Sequence[list[StoredMessage]] | None = None
    withheld: frozenset[tuple[str, str]] = frozenset()

    def __iter__(self) -> Iterator[list[StoredMessage]]:
        all_of_them = versions_by_key(self.case, ledger=self.ledger) if self.held is None else self.held
        return (versions for versions in all_of_them if key_of(versions[0]) not in self.withheld)

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def without(self, keys: Collection[tuple[str, str]]) -> Self:
        """Return the same but for the messages with these keys (room key, message id)."""
        return replace(self, withheld=self.withheld.union(keys))


def choose_messages(
    case: CaseId, selection: Selection, *, ledger: Ledger, items: Mapping[ItemId, EvidenceItem]
) -> ChosenMessages:
    """Return the chosen messages. A selected item brings those that carry its bytes."""
    if selection.is_whole:
        return ChosenMessages(case, ledger)
    digests = {items[item].digest for item in items if item in selection.items}
    chosen = []
    for versions in versions_by_key(case, ledger=ledger):
        room, _ = key = key_of(versions[0])
        carries = any(item is not None and items[item].digest in digests for one in versions for _, item in one.media)
        if room in selection.rooms or key in selection.messages or carries:
            chosen.append(versions)
    return ChosenMessages(case, ledger, held=chosen)


def not_found(
    selection: Selection, stored: Iterable[Sequence[StoredMessage]], items: Mapping[ItemId, EvidenceItem]
) -> list[str]:
    """Return what the selection names and the case does not have, as it was named: a typing error must not pass."""
    if selection.is_whole:
        return []
    keys = {key_of(versions[0]) for versions in stored}
    rooms = selection.rooms - {room for room, _ in keys}
    messages = {f"{room}:{number}" for room, number in selection.messages - keys}
    return [*sorted(rooms), *sorted(messages), *sorted(selection.items - set(items))]


def choose_items(
    selection: Selection,
    items: Mapping[ItemId, EvidenceItem],
    stored: Iterable[Sequence[StoredMessage]],
    withheld: Withheld,
) -> list[EvidenceItem]:
    """Return the items that may be told: those that chosen messages show and those that were named.

    The whole case adds what was found outside of messages, and all her own photos, of which `with_copies` keeps some.
    """
    chosen, carried = set(selection.items), set[ItemId]()
    for versions in stored:
        chosen.update(item for one in versions for item in shown_by(one))
        carried |= carried_by(versions)
    if selection.is_whole:
        chosen |= items.keys() - carried
    return [item for item in items.values() if item.item_id in chosen and item.item_id not in withheld.items]


def with_copies(
    selection: Selection, chosen: Iterable[EvidenceItem], groups: Sequence[Group], traced: Collection[ItemId] = ()
) -> list[EvidenceItem]:
    """Return the items that become exhibits: of her own photos in a whole case only those with copies, or `traced`."""
    copied = _own_with_copies(groups).union(traced)
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
