"""Gather from the vault's records everything a packet will say. Changes nothing; the same vault gives the same plan."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from haechi.domain.account import Account
from haechi.domain.canonical import canonical
from haechi.domain.case import Case
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Entry, EntryType, LogHead, Opening
from haechi.domain.errors import CustodyBrokenError, SelectionEmptyError
from haechi.domain.evidence import EvidenceItem, ItemId, Role, Sha256
from haechi.domain.match import Group, Sighting
from haechi.domain.merkle import Frontier
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.packet import (
    Exhibit,
    PacketMessage,
    PacketPlan,
    Selection,
    SourceExport,
    TimelineEvent,
    exhibit_number,
)
from haechi.domain.timeline import in_order, message_events, name_events
from haechi.flows.find_copies import find_copies, sightings
from haechi.ports.index import FingerprintIndex
from haechi.ports.ledger import Gone, ImportRecord, Ledger, StoredMessage
from haechi.ports.signer import Signer

_ABOUT_PACKETS = frozenset({EntryType.EXPORT.value, EntryType.VERIFY.value})
"""Entries that tell of packets made and checks run. A packet leaves out those at the log's end: they add nothing to
what it says, and without them making it again gives the same bytes."""
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/heic": "heic",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "application/pdf": "pdf",
}


@dataclass(frozen=True, slots=True)
class _Log:
    """The log as the packet shows it."""

    entries: tuple[Entry, ...]
    members: Sequence[Mapping[str, object]]
    frontier: Frontier


def plan_packet(
    case: Case,
    selection: Selection,
    *,
    ledger: Ledger,
    index: FingerprintIndex,
    log_signer: Signer,
    packet_signer: Signer,
    origin: str,
    haechi_version: str,
    with_own_photos: bool,
) -> PacketPlan:
    """Return the plan of a packet over the whole case or a selection of it.

    Her own photos are listed by digest; their bytes go along only when `with_own_photos` says so, because they
    may carry where she was. Raises `SelectionEmptyError`.
    """
    log = _log(ledger)
    items = {item.item_id: item for item in ledger.items(case.case_id)}
    groups = find_copies(case.case_id, ledger=ledger, index=index)
    stored = _selected(case, selection, ledger, items)
    chosen = _chosen_items(selection, items, stored, groups)
    if not stored and not chosen:
        raise SelectionEmptyError
    groups = _groups_among(groups, {item.digest for item in chosen})
    seen = _sightings_by_digest(case, items, ledger)
    exhibits = _exhibits(chosen, seen, groups, ledger, with_own_photos=with_own_photos)
    messages = _messages(stored, exhibits, items, ledger=ledger, case=case)
    accounts = _accounts(case, selection, messages, ledger)
    rooms = tuple(
        room
        for room in ledger.rooms(case.case_id)
        if selection.is_whole or room.key.value in {m.room for m in messages}
    )
    last = log.members[-1]
    clock = last["clock"]
    if not isinstance(clock, dict):
        raise CustodyBrokenError(kind="entry-form", place=len(log.entries) - 1)
    checkpoint = Checkpoint(origin, log.frontier.size, log.frontier.root())
    key = NoteKey(origin, log_signer.public)
    return PacketPlan(
        packet_id=_packet_id(origin, log.frontier, case, selection, with_own_photos=with_own_photos),
        case_name=case.name,
        mode=case.mode,
        as_of=str(last["at"]),
        zone=str(clock["zone"]),
        offset_s=int(clock["offset_s"]),
        haechi_version=haechi_version,
        origin=origin,
        log_vkey=key.vkey,
        checkpoint=sign_note(checkpoint.text(), key, log_signer.sign),
        signer_public=packet_signer.public,
        entries=log.entries,
        openings=_openings(log, case, exhibits, ledger),
        exhibits=exhibits,
        messages=messages,
        accounts=accounts,
        rooms=rooms,
        groups=groups,
        timeline=in_order([*message_events(messages), *name_events(accounts), *_own_photo_events(exhibits)]),
        sources=_sources(case, ledger),
    )


def _log(ledger: Ledger) -> _Log:
    entries = list(ledger.entries())
    members = [json.loads(entry.raw) for entry in entries]
    while members and members[-1]["type"] in _ABOUT_PACKETS:
        entries.pop()
        members.pop()
    frontier = LogHead().frontier.append(entry.leaf for entry in entries)
    return _Log(tuple(entries), members, frontier)


def _packet_id(origin: str, frontier: Frontier, case: Case, selection: Selection, *, with_own_photos: bool) -> str:
    named = canonical(
        {
            "origin": origin,
            "root": frontier.root().hex(),
            "case": case.case_id,
            "rooms": sorted(selection.rooms),
            "messages": sorted(list(one) for one in selection.messages),
            "items": sorted(selection.items),
            "own": with_own_photos,
        }
    )
    return f"HP-{hashlib.sha256(named).hexdigest()[:12]}"


# -- what is chosen --


def _selected(
    case: Case, selection: Selection, ledger: Ledger, items: Mapping[ItemId, EvidenceItem]
) -> list[list[StoredMessage]]:
    """Return the chosen messages, all versions of one key together, oldest first."""
    digests = {items[item].digest for item in items if item in selection.items}
    chosen = []
    for (room, message_id), rows in groupby(
        ledger.messages(case.case_id), key=lambda one: (one.message.room.value, one.message.message_id)
    ):
        versions = list(rows)
        carries = any(item is not None and items[item].digest in digests for one in versions for _, item in one.media)
        if selection.is_whole or room in selection.rooms or (room, message_id) in selection.messages or carries:
            chosen.append(versions)
    return chosen


def _chosen_items(
    selection: Selection,
    items: Mapping[ItemId, EvidenceItem],
    stored: Sequence[Sequence[StoredMessage]],
    groups: Sequence[Group],
) -> list[EvidenceItem]:
    """Return the items that become exhibits: those of chosen messages, loose finds, and her own photos that have copies."""
    carried = {item for versions in stored for one in versions for _, item in one.media if item is not None}
    own = {
        s.item_id
        for one in groups
        if len({x.is_own_photo for x in one.sightings}) > 1
        for s in one.sightings
        if s.is_own_photo
    }
    chosen = carried | (own if selection.is_whole else set()) | {item for item in items if item in selection.items}
    if selection.is_whole:
        chosen |= {item.item_id for item in items.values() if item.role is Role.FOUND}
    return [item for item in items.values() if item.item_id in chosen]


def _groups_among(groups: Sequence[Group], digests: set[Sha256]) -> tuple[Group, ...]:
    kept: list[Group] = []
    for one in groups:
        seen = tuple(sighting for sighting in one.sightings if sighting.digest in digests)
        if len(seen) > 1:
            pairs = tuple(pair for pair in one.pairs if pair.left in digests and pair.right in digests)
            kept.append(replace(one, number=len(kept) + 1, sightings=seen, pairs=pairs))
    return tuple(kept)


# -- what the chosen things become --


def _sightings_by_digest(
    case: Case, items: Mapping[ItemId, EvidenceItem], ledger: Ledger
) -> dict[Sha256, list[Sighting]]:
    seen: dict[Sha256, list[Sighting]] = {}
    for one in sightings(case.case_id, items, ledger=ledger):
        seen.setdefault(one.digest, []).append(one)
    return seen


def _exhibits(
    chosen: Sequence[EvidenceItem],
    seen: Mapping[Sha256, Sequence[Sighting]],
    groups: Sequence[Group],
    ledger: Ledger,
    *,
    with_own_photos: bool,
) -> tuple[Exhibit, ...]:
    """Number the different files, in order of first sight; her own photos come last."""
    grouped = {digest: one.number for one in groups for digest in one.digests}
    first: dict[Sha256, EvidenceItem] = {}
    for item in sorted(chosen, key=lambda item: (item.import_id, item.path)):
        first.setdefault(item.digest, item)

    def order(item: EvidenceItem) -> tuple[bool, bool, int, int, str]:
        times = [one.seen_at for one in seen.get(item.digest, ()) if one.seen_at is not None]
        return item.role is Role.OWN_PHOTO, not times, min(times, default=0), item.import_id, item.path

    exhibits = []
    for position, item in enumerate(sorted(first.values(), key=order), 1):
        number = exhibit_number(position)
        entry = ledger.item_entry(item.item_id)
        opening = ledger.opening(entry)
        if opening is None:
            raise CustodyBrokenError(kind="opening-missing", place=entry)
        goes_along = item.is_sealed and (with_own_photos or item.role is not Role.OWN_PHOTO)
        extension = _EXTENSIONS.get(item.examined.mime, "bin")
        exhibits.append(
            Exhibit(
                number=number,
                item=item,
                entry=entry,
                opening=opening,
                sightings=tuple(
                    (one.room, one.message_id, one.account, one.seen_at)
                    for one in sorted(
                        seen.get(item.digest, ()), key=lambda one: (one.seen_at or 0, one.message_id or "")
                    )
                    if one.room is not None and one.message_id is not None
                ),
                file=f"data/evidence/{number}.{extension}" if goes_along else None,
                group=grouped.get(item.digest),
            )
        )
    return tuple(exhibits)


def _messages(
    stored: Sequence[Sequence[StoredMessage]],
    exhibits: Sequence[Exhibit],
    items: Mapping[ItemId, EvidenceItem],
    *,
    ledger: Ledger,
    case: Case,
) -> tuple[PacketMessage, ...]:
    numbers = {exhibit.item.digest: exhibit.number for exhibit in exhibits}
    imports: Mapping[int, ImportRecord] = {one.import_id: one for one in ledger.imports(case.case_id)}
    parts = {part.part_id: part for record in imports.values() for part in ledger.parts(record.import_id)}
    gone = {(one.room.value, one.message_id): one for one in ledger.gone(case.case_id)}

    def dates(one: Gone) -> tuple[str, str]:
        exported = {
            import_id: next((part.exported_at for part in parts.values() if part.import_id == import_id), None)
            or imports[import_id].started_at
            for import_id in (one.last_import, one.first_import_without)
        }
        return exported[one.last_import], exported[one.first_import_without]

    told = []
    for versions in stored:
        newest = max(versions, key=lambda one: max(part for part, _, _ in one.sources))
        message = newest.message
        part, _, span = newest.sources[-1]
        carried = dict.fromkeys(
            numbers[items[item].digest]
            for one in versions
            for _, item in one.media
            if item is not None and items[item].digest in numbers
        )
        missing = gone.get((message.room.value, message.message_id))
        told.append(
            PacketMessage(
                room=message.room.value,
                message_id=message.message_id,
                kind=message.kind.value,
                sender=message.sender.value if message.sender else None,
                sender_label=message.sender_label,
                time_as_written=message.time_as_written,
                sent_at=message.sent_at,
                zone_source=message.zone_source.value,
                edited_at=message.edited_at,
                text=message.text,
                reply_to=message.reply_to,
                flags=message.flags,
                exhibits=tuple(carried),
                facts=message.facts,
                source=f"{parts[part].path}:{span.start}-{span.end}",
                versions=len(versions),
                gone_between=dates(missing) if missing else None,
            )
        )
    return tuple(told)


def _accounts(
    case: Case, selection: Selection, messages: Sequence[PacketMessage], ledger: Ledger
) -> tuple[Account, ...]:
    named = {message.sender for message in messages}
    return tuple(
        account for account in ledger.accounts(case.case_id) if selection.is_whole or account.key.value in named
    )


def _own_photo_events(exhibits: Sequence[Exhibit]) -> list[TimelineEvent]:
    return [
        TimelineEvent(
            capture.instant, "own-photo-taken", None, {"exhibits": [exhibit.number], "taken_at": capture.taken_at}
        )
        for exhibit in exhibits
        if exhibit.item.role is Role.OWN_PHOTO and (capture := exhibit.item.examined.capture) and capture.taken_at
    ]


def _openings(log: _Log, case: Case, exhibits: Sequence[Exhibit], ledger: Ledger) -> dict[int, Opening]:
    """Return what opens the entries of exhibits and of seal records; of a seal record only the digest, not the file names."""
    openings = {exhibit.entry: exhibit.opening for exhibit in exhibits}
    for entry, members in zip(log.entries, log.members, strict=True):
        if members["type"] == EntryType.SEAL.value and members.get("case") == case.case_id:
            opening = ledger.opening(entry.index)
            if opening is not None:
                openings[entry.index] = Opening(opening.salt, opening.digest)
    return dict(sorted(openings.items()))


def _sources(case: Case, ledger: Ledger) -> tuple[SourceExport, ...]:
    sources = []
    for record in ledger.imports(case.case_id):
        if record.seal_digest is None:
            continue
        parts = ledger.parts(record.import_id)
        sources.append(
            SourceExport(
                import_id=record.import_id,
                name=record.source,
                importer=record.importer,
                sealed_at=record.started_at,
                seal_digest=record.seal_digest,
                files=record.files,
                size=record.size,
                messages=sum(part.committed for part in parts),
                unparsed_bytes=sum(part.accounting.unparsed_bytes for part in parts if part.accounting),
                warnings=dict(sorted(Counter(one.code for one in ledger.warnings(record.import_id)).items())),
            )
        )
    return tuple(sources)
