"""Say what stays behind where only redacted copies may go along: decided before anything is counted or numbered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from haechi.domain.case import CaseId
from haechi.domain.derivative import Derivative
from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind, Sha256
from haechi.domain.match import Group
from haechi.domain.packet import Selection
from haechi.flows.find_copies import shown_by
from haechi.flows.list_messages import key_of
from haechi.flows.tell_messages import Sources
from haechi.ports.ledger import Ledger, StoredMessage

_MEDIA = "media"
"""Stands among what was taken out of a message when the files that it carries are not to be told."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a packet keeps back; by itself nothing.

    `messages` are told by their redacted copies alone. `items` are not told at all; `files` are told by number and digest,
    and their bytes stay behind. `imports` are exports of which no message is told.
    """

    messages: frozenset[tuple[str, str]] = frozenset()
    items: frozenset[ItemId] = frozenset()
    files: frozenset[Sha256] = frozenset()
    imports: frozenset[int] = frozenset()

    def files_with_copies(self, groups: Iterable[Group]) -> frozenset[Sha256]:
        """Return `files` and every copy of them: what is black in one picture can be seen in another of its group."""
        return self.files.union(*(one.digests for one in groups if not self.files.isdisjoint(one.digests)))


def newest_copies(derivatives: Iterable[Derivative], items: Mapping[ItemId, EvidenceItem]) -> list[Derivative]:
    """Return the last copy of each picture (by its bytes) and message: an earlier one may show what the last one hides."""
    last: dict[object, Derivative] = {}
    for one in derivatives:
        source = items.get(one.source_item) if one.source_item is not None else None
        last[one.message or (source.digest if source else one.derivative_id)] = one
    return sorted(last.values(), key=lambda one: one.entry)


def withhold(
    case: CaseId,
    selection: Selection,
    derivatives: Iterable[Derivative],
    stored: Iterable[Sequence[StoredMessage]],
    items: Mapping[ItemId, EvidenceItem],
    *,
    ledger: Ledger,
) -> Withheld:
    """Return what stays behind for these copies; `stored` are the chosen messages, all versions of one together.

    No file of a message is told whose copy lacks `media`, unless a message that is told shows it too. The chat files of its
    export hold the message, or may do so in a second format: their bytes stay behind, and those of which no message
    is told are not even named, because their names often are those of a room or a person.
    """
    copies = {one.message: one.fields for one in derivatives if one.message is not None}
    sources = {one.source_item for one in derivatives}
    painted = {item.digest for one, item in items.items() if one in sources}
    told = [one for versions in stored for one in versions if key_of(one) not in copies]
    silent = [one for one in ledger.messages(case) if key_of(one) in copies] if copies else []
    parts = Sources.of(case, ledger=ledger).parts
    told_parts, silent_parts = ({part for one in some for part, _, _ in one.sources} for some in (told, silent))
    told_imports, imports = ({parts[one].import_id for one in some} for some in (told_parts, silent_parts))
    untold_files = {(parts[one].import_id, parts[one].path) for one in silent_parts - told_parts}
    carried = carried_by((*told, *silent))
    chats = {
        item.item_id: item
        for item in items.values()
        if item.import_id in imports and item.examined.kind is MediaKind.OTHER and item.item_id not in carried
    }
    hidden = carried_by(one for one in silent if _MEDIA in copies[key_of(one)])
    digests = {items[one].digest for one in hidden}
    hidden |= {one for one, item in items.items() if item.digest in digests and one not in carried}
    unnamed = {
        one
        for one, item in chats.items()
        if item.import_id not in told_imports or (item.import_id, item.path) in untold_files
    }
    shown = {item for one in told for item in shown_by(one)}
    return Withheld(
        messages=frozenset(copies),
        items=frozenset((hidden | (unnamed - selection.items)) - shown),
        files=frozenset(painted | {item.digest for item in chats.values()}),
        imports=frozenset(imports - told_imports),
    )


def carried_by(messages: Iterable[StoredMessage]) -> set[ItemId]:
    """Return the items that these messages carry, reductions of them included."""
    return {item for one in messages for _, item in one.media if item is not None}
