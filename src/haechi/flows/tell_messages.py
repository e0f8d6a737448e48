"""Tell the chosen messages as a packet shows them, with the accounts that wrote them and the rooms they stand in."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from haechi.domain.account import Account, AccountKey
from haechi.domain.case import CaseId
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.link import platform_links
from haechi.domain.message import Message, Span
from haechi.domain.packet import PacketMessage, Selection
from haechi.domain.room import Room
from haechi.flows.find_copies import shown_by
from haechi.flows.list_messages import key_of
from haechi.ports.ledger import Gone, ImportRecord, Ledger, PartRecord, StoredMessage

MOST_LINKS = 200  # of one room; each first posting of any link still stands in the timeline


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message was read from: the part, its ordinal there, and its bytes."""

    message: Message
    part: int
    ordinal: int
    span: Span


@dataclass(frozen=True, slots=True)
class Sources:
    """The parts of a case by id, and when each import's export was made (ISO)."""

    parts: Mapping[int, PartRecord]
    dates: Mapping[int, str]

    @classmethod
    def of(cls, case: CaseId, *, ledger: Ledger) -> Self:
        """Return those of a case."""
        imports = {one.import_id: one for one in ledger.imports(case)}
        parts = {part.part_id: part for import_id in imports for part in ledger.parts(import_id)}
        return cls(parts, _export_dates(imports, parts.values()))

    def newest(self, versions: Iterable[StoredMessage]) -> Source:
        """Return the newest source of a message, all versions of which are given: it is the one that is shown."""
        sources = [Source(one.message, part, ordinal, span) for one in versions for part, ordinal, span in one.sources]
        return max(sources, key=lambda source: self._made(source.part))

    def _made(self, part: int) -> tuple[str, int]:
        return self.dates[self.parts[part].import_id], part


def tell_messages(
    case: CaseId,
    stored: Iterable[Sequence[StoredMessage]],
    numbers: Mapping[Sha256, str],
    items: Mapping[ItemId, EvidenceItem],
    *,
    ledger: Ledger,
) -> tuple[PacketMessage, ...]:
    """Return the messages, each once with how many versions of it were seen; `stored` holds all versions of one together."""
    sources = Sources.of(case, ledger=ledger)
    parts, dates = sources.parts, sources.dates
    gone = {(one.room.value, one.message_id): one for one in ledger.gone(case)}
    told = []
    for versions in stored:
        message = versions[0].message
        missing = gone.get((message.room.value, message.message_id))
        told.append(
            replace(
                _told(sources.newest(versions), parts[sources.newest(versions).part].path),
                exhibits=_exhibits(versions, numbers, items),
                versions=len(versions),
                gone_between=_between(missing, dates) if missing else None,
            )
        )
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Untold:
    """What only messages that are not told say: accounts, names of accounts, and rooms that hold no other message."""

    accounts: frozenset[AccountKey] = frozenset()
    names: frozenset[tuple[AccountKey, str | None]] = frozenset()
    rooms: frozenset[str] = frozenset()


def untold(case: CaseId, told: Collection[tuple[str, str]], *, ledger: Ledger) -> Untold:
    """Return what no message of these keys (room key, message id) says and another of the case does."""
    names: dict[bool, set[tuple[AccountKey, str | None]]] = {True: set(), False: set()}
    rooms: dict[bool, set[str]] = {True: set(), False: set()}
    for stored in ledger.messages(case):
        message = stored.message
        is_told = key_of(stored) in told
        rooms[is_told].add(message.room.value)
        names[is_told].update(message.named)
        if message.sender is not None:
            names[is_told].add((message.sender, message.sender_label))
    accounts = [{account for account, _ in names[is_told]} for is_told in (False, True)]
    return Untold(
        accounts=frozenset(accounts[0] - accounts[1]),
        names=frozenset(names[False] - names[True]),
        rooms=frozenset(rooms[False] - rooms[True]),
    )


def tell_accounts(
    case: CaseId, selection: Selection, messages: Iterable[PacketMessage], hidden: Untold, *, ledger: Ledger
) -> tuple[Account, ...]:
    """Return the case's accounts, or those that wrote the chosen messages, with how many of these each wrote.

    `hidden` accounts and names are left out.
    """
    wrote = Counter(message.sender for message in messages)
    return tuple(
        replace(
            account,
            names=tuple(one for one in account.names if (account.key, one.name) not in hidden.names),
            messages=wrote[account.key.value],
        )
        for account in ledger.accounts(case)
        if account.key not in hidden.accounts and (selection.is_whole or account.key.value in wrote)
    )


def tell_rooms(
    case: CaseId, selection: Selection, messages: Iterable[PacketMessage], hidden: Untold, *, ledger: Ledger
) -> tuple[Room, ...]:
    """Return the case's rooms, or those of the chosen messages, with how many of these and which links stand in each.

    `hidden` rooms are left out.
    """
    held: dict[str, list[PacketMessage]] = {}
    for message in messages:
        held.setdefault(message.room, []).append(message)
    return tuple(
        replace(room, links=_posted(room, held.get(room.key.value, ())), messages=len(held.get(room.key.value, ())))
        for room in ledger.rooms(case)
        if room.key.value in held or (selection.is_whole and room.key.value not in hidden.rooms)
    )


def _posted(room: Room, messages: Iterable[PacketMessage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*room.links, *(link for one in messages for link in one.links))))[:MOST_LINKS]


def _told(source: Source, path: str) -> PacketMessage:
    message = source.message
    return PacketMessage(
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
        exhibits=(),
        facts=message.facts,
        source=f"{path}:{source.span.start}-{source.span.end}",
        links=platform_links(message.links),
    )


def _exhibits(
    versions: Iterable[StoredMessage], numbers: Mapping[Sha256, str], items: Mapping[ItemId, EvidenceItem]
) -> tuple[str, ...]:
    digests = [items[item].digest for one in versions for item in shown_by(one)]
    return tuple(dict.fromkeys(numbers[digest] for digest in digests if digest in numbers))


def _export_dates(imports: Mapping[int, ImportRecord], parts: Iterable[PartRecord]) -> Mapping[int, str]:
    """Return when each import's export was made, or, where it does not tell, when it was imported."""
    dates = {import_id: record.started_at for import_id, record in imports.items()}
    made: dict[int, str] = {}
    for part in parts:
        if part.exported_at is not None:
            made[part.import_id] = max(part.exported_at, made.get(part.import_id, ""))
    return dates | made


def _between(gone: Gone, dates: Mapping[int, str]) -> tuple[str, str]:
    return dates[gone.last_import], dates[gone.first_import_without]
