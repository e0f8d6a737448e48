"""Messages: one row a version of a key, one source for each export that has it. The hot path of every import."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from haechi.adapters.ledger.accounts import Seen, WritesAccounts, scoped, widen
from haechi.adapters.ledger.imports import WritesImports
from haechi.adapters.ledger.media import references_of
from haechi.adapters.ledger.reading import Reading, chunks
from haechi.adapters.ledger.schema import (
    account_names,
    accounts,
    imports,
    media,
    messages,
    part_rooms,
    parts,
    rooms,
    sources,
)
from haechi.domain.account import AccountKey, KeyStrength
from haechi.domain.case import CaseId
from haechi.domain.merkle import Frontier
from haechi.domain.message import (
    Message,
    MessageKind,
    Span,
    ZoneSource,
)
from haechi.domain.room import RoomKey
from haechi.ports.ledger import StoredMessage, WindowCounts

_NO_TIME = 2**62  # places what has no time behind everything that has
_NATIVE = re.compile(r"-?[0-9]{1,18}")


class ReadsMessages(Reading):
    """Reads messages."""

    def messages(self, case: CaseId) -> Iterator[StoredMessage]:
        """Yield all messages of the case by room, time and number, versions of one key together.

        `media` lists what each export referred to, oldest import first; a reference that is
        written alike in two exports and resolves in neither is listed once.
        """
        with self._transaction() as connection:
            keys = {
                row.account_id: AccountKey(row.platform, row.value, KeyStrength(row.strength))
                for row in connection.execute(select(accounts).where(accounts.c.case_id == case))
            }
            found = select(rooms).where(rooms.c.case_id == case).order_by(rooms.c.platform, rooms.c.value)
            for room in connection.execute(found).all():
                query = (
                    select(messages)
                    .where(messages.c.room_id == room.room_id)
                    .order_by(messages.c.order_at, messages.c.number, messages.c.message_id, messages.c.row)
                )
                for rows in chunks(connection, query):
                    yield from _messages(connection, RoomKey(room.platform, room.value), keys, rows)

    def message_count(self, case: CaseId | None = None) -> int:
        """Return how many messages the case or the whole vault has, versions of one key counted once."""
        query = select(func.coalesce(func.sum(rooms.c.messages), 0))
        return self._count(query if case is None else query.where(rooms.c.case_id == case))


class WritesMessages(WritesAccounts, WritesImports):
    """Writes messages in the transaction of its connection."""

    _connection: Connection

    def add_window(
        self,
        case: CaseId,
        part_id: int,
        messages: Sequence[Message],  # the port's name; the table of that name is not used in here
        *,
        raw: bytes,
        lengths: Sequence[int],
        salts: bytes,
        frontier: Frontier,
    ) -> WindowCounts:
        """Add a run of messages with accounts, names, links and versions, and move the part on."""
        import_id, as_of = self._connection.execute(
            select(parts.c.import_id, func.coalesce(parts.c.exported_at, imports.c.started_at))
            .join_from(parts, imports)
            .where(parts.c.part_id == part_id)
        ).one()
        room_ids = {key: self._room(case, key) for key in dict.fromkeys(message.room for message in messages)}
        senders = self._window_accounts(case, messages, as_of=_instant(as_of))
        rows, counts, first_by = self._versions(messages, room_ids, senders)
        self._add_sources(part_id, messages, rows)
        self._count_messages(first_by)
        self._widen_rooms(part_id, messages, room_ids)
        self._add_raw(part_id, messages[0].ordinal, raw, lengths, salts)
        self._move_on(part_id, import_id, committed=messages[-1].ordinal + 1, more=len(messages), frontier=frontier)
        return counts

    def _window_accounts(
        self, case: CaseId, window: Sequence[Message], *, as_of: int | None
    ) -> dict[tuple[RoomKey, AccountKey], int]:
        """Return the number of each account that the window names, as each room knows it; record its names.

        An export writes the names of its own day on every message, however old: they are seen `as_of` that day.
        """
        asked: dict[tuple[RoomKey, AccountKey], AccountKey] = {}
        names: set[tuple[AccountKey, str]] = set()
        for message in window:
            sender = () if message.sender is None else ((message.sender, message.sender_label),)
            for key, label in (*sender, *message.named):
                place = (message.room, key)
                own = asked.get(place)
                if own is None:
                    own = asked[place] = scoped(key, message.room)
                if label is not None:
                    names.add((own, label))
        numbers = self._accounts(case, asked.values())
        self._see(account_names, {(numbers[own.platform, own.value], label): (as_of, as_of) for own, label in names})
        return {place: numbers[own.platform, own.value] for place, own in asked.items()}

    def _versions(
        self,
        window: Sequence[Message],
        room_ids: Mapping[RoomKey, int],
        senders: Mapping[tuple[RoomKey, AccountKey], int],
    ) -> tuple[list[int], WindowCounts, Counter[tuple[int, int | None]]]:
        """Add the versions that are new; return each message's row, and how many keys each sender began in a room."""
        known, places = self._known_versions(window, room_ids)
        # Rows are numbered here, not by the database, so that sources can name them in the same run; the transaction
        # keeps other writers out.
        following = (self._connection.execute(select(func.max(messages.c.row))).scalar() or 0) + 1
        rows: list[int] = []
        new: list[dict[str, Any]] = []
        first_by: Counter[tuple[int, int | None]] = Counter()
        versions = 0
        for message in window:
            room = room_ids[message.room]
            key = (room, message.message_id)
            row = known.get((*key, message.meaning))
            if row is None:
                row = following
                following += 1
                known[(*key, message.meaning)] = row
                sender = None if message.sender is None else senders[message.room, message.sender]
                if key in places:
                    versions += 1
                else:
                    places[key] = _place(message)
                    first_by[room, sender] += 1
                new.append(_values(message, row=row, room=room, sender=sender, place=places[key], senders=senders))
            rows.append(row)
        if new:
            self._connection.execute(insert(messages), new)
        return rows, WindowCounts(first_by.total(), len(window) - len(new), versions), first_by

    def _known_versions(
        self, window: Sequence[Message], room_ids: Mapping[RoomKey, int]
    ) -> tuple[dict[tuple[int, str, str], int], dict[tuple[int, str], tuple[int, int]]]:
        """Return rows by (room, message id, meaning) and places by (room, message id) of what is there already."""
        known: dict[tuple[int, str, str], int] = {}
        places: dict[tuple[int, str], tuple[int, int]] = {}
        columns = (messages.c.message_id, messages.c.meaning, messages.c.row, messages.c.order_at, messages.c.number)
        for key, room in room_ids.items():
            numbers = [message.message_id for message in window if message.room == key]
            query = select(*columns).where(messages.c.room_id == room, messages.c.message_id.in_(numbers))
            for message_id, meaning, row, order_at, number in self._connection.execute(query):
                known[room, message_id, meaning] = row
                places[room, message_id] = (order_at, number)
        return known, places

    def _add_sources(self, part_id: int, window: Sequence[Message], rows: Sequence[int]) -> None:
        self._connection.execute(
            insert(sources),
            [
                {
                    "part_id": part_id,
                    "ordinal": message.ordinal,
                    "row": row,
                    "start": message.span.start,
                    "end": message.span.end,
                }
                for message, row in zip(window, rows, strict=True)
            ],
        )
        references = [
            {
                "part_id": part_id,
                "ordinal": message.ordinal,
                "position": position,
                "reference": one.reference,
                "status": one.status.value,
                "role": one.role.value,
                "path": one.path,
                "claimed_size": one.claimed_size,
                "claimed_mime": one.claimed_mime,
                "claimed_name": one.claimed_name,
            }
            for message in window
            for position, one in enumerate(message.media)
        ]
        if references:
            self._connection.execute(insert(media), references)

    def _count_messages(self, first_by: Counter[tuple[int, int | None]]) -> None:
        by_room: Counter[int] = Counter()
        by_sender: Counter[int] = Counter()
        for (room, sender), more in first_by.items():
            by_room[room] += more
            if sender is not None:
                by_sender[sender] += more
        for column, table, more_by in (
            (rooms.c.room_id, rooms, by_room),
            (accounts.c.account_id, accounts, by_sender),
        ):
            if more_by:
                self._connection.execute(
                    update(table)
                    .where(column == bindparam("b_number"))
                    .values(messages=table.c.messages + bindparam("b_more")),
                    [{"b_number": number, "b_more": more} for number, more in more_by.items()],
                )

    def _widen_rooms(self, part_id: int, window: Sequence[Message], room_ids: Mapping[RoomKey, int]) -> None:
        """Record from which to which number this part has each room."""
        ranges: dict[int, Seen] = dict.fromkeys(room_ids.values(), (None, None))
        for message in window:
            if (number := native_number(message.message_id)) is not None:
                room = room_ids[message.room]
                ranges[room] = widen(ranges[room], (number, number))
        for room, found in ranges.items():
            mine = (part_rooms.c.part_id == part_id, part_rooms.c.room_id == room)
            known = self._connection.execute(select(part_rooms.c.lowest, part_rooms.c.highest).where(*mine)).first()
            if known is None:
                values = {"part_id": part_id, "room_id": room, "lowest": found[0], "highest": found[1]}
                self._connection.execute(insert(part_rooms).values(values))
            elif (wider := widen((known.lowest, known.highest), found)) != (known.lowest, known.highest):
                self._connection.execute(update(part_rooms).where(*mine).values(lowest=wider[0], highest=wider[1]))


def _instant(written: str) -> int | None:
    """Return the unix seconds of a date or time in ISO 8601; a date is its first moment, a time without zone UTC's."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def native_number(message_id: str) -> int | None:
    """Return the platform's number of a message, or None when its id is not a number."""
    return int(message_id) if _NATIVE.fullmatch(message_id) else None


def _place(message: Message) -> tuple[int, int]:
    return (
        _NO_TIME if message.sent_at is None else message.sent_at,
        native_number(message.message_id) or 0,
    )


def _values(
    message: Message,
    *,
    row: int,
    room: int,
    sender: int | None,
    place: tuple[int, int],
    senders: Mapping[tuple[RoomKey, AccountKey], int],
) -> dict[str, Any]:
    plain = () if message.sender is None else ((message.sender, message.sender_label),)
    return {
        "row": row,
        "room_id": room,
        "message_id": message.message_id,
        "meaning": message.meaning,
        "order_at": place[0],
        "number": place[1],
        "kind": message.kind.value,
        "sender": sender,
        "sender_label": message.sender_label,
        "time_as_written": message.time_as_written,
        "sent_at": message.sent_at,
        "sent_until": message.sent_until,
        "zone_source": message.zone_source.value,
        "edited_at": message.edited_at,
        "text": message.text,
        "reply_to": message.reply_to,
        # Nearly every message names its sender and nobody else: that needs no words.
        "named": None
        if message.named == plain
        else [[senders[message.room, key], label] for key, label in message.named],
        "links": message.links or None,
        "flags": message.flags or None,
        "facts": message.facts or None,
    }


def _messages(
    connection: Connection, room: RoomKey, keys: Mapping[int, AccountKey], rows: Sequence[Row[Any]]
) -> Iterator[StoredMessage]:
    numbers = [row.row for row in rows]
    found: dict[int, list[Row[Any]]] = {}
    query = (
        select(sources, parts.c.import_id)
        .join(parts)
        .where(sources.c.row.in_(numbers))
        .order_by(parts.c.import_id, sources.c.part_id, sources.c.ordinal)
    )
    for source in connection.execute(query):
        found.setdefault(source.row, []).append(source)
    references = references_of(connection, numbers)
    for row in rows:
        first = found[row.row][0]
        pairs = dict.fromkeys(
            pair for source in found[row.row] for pair in references.get((source.part_id, source.ordinal), ())
        )
        sender = None if row.sender is None else keys[row.sender]
        plain = () if sender is None else ((sender, row.sender_label),)
        message = Message(
            ordinal=first.ordinal,
            span=Span(first.start, first.end),
            room=room,
            message_id=row.message_id,
            kind=MessageKind(row.kind),
            meaning=row.meaning,
            sender=sender,
            sender_label=row.sender_label,
            time_as_written=row.time_as_written,
            sent_at=row.sent_at,
            sent_until=row.sent_until,
            zone_source=ZoneSource(row.zone_source),
            edited_at=row.edited_at,
            text=row.text,
            reply_to=row.reply_to,
            media=tuple(reference for reference, _ in references.get((first.part_id, first.ordinal), ())),
            named=plain if row.named is None else tuple((keys[number], label) for number, label in row.named),
            links=tuple(row.links or ()),
            flags=tuple(row.flags or ()),
            facts=row.facts or {},
        )
        yield StoredMessage(
            row=row.row,
            message=message,
            sources=tuple((one.part_id, one.ordinal, Span(one.start, one.end)) for one in found[row.row]),
            media=tuple(pairs),
        )
