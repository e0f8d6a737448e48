"""The log, the items and the messages in the order in which a check walks through them."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from heapq import merge
from operator import attrgetter

from sqlalchemy import Connection, and_, exists, func, select

from haechi.adapters.ledger.reading import Reading, chunks
from haechi.adapters.ledger.schema import (
    accounts,
    blobs,
    derivatives,
    entries,
    items,
    messages,
    openings,
    rooms,
    sources,
)
from haechi.domain.case import CaseId
from haechi.domain.custody import Opening
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.message import MessageKind, ToldMessage
from haechi.domain.room import RoomKey
from haechi.ports.checking import ItemRow, LogRow


class ReadsForChecks(Reading):
    """Reads for a check."""

    def log_rows(self) -> Generator[LogRow, None, None]:
        """Yield all entries in order, each with its leaf hash as it was kept and its opening."""
        query = (
            select(
                entries.c.number, entries.c.raw, entries.c.leaf, openings.c.salt, openings.c.digest, openings.c.subject
            )
            .join_from(entries, openings, isouter=True)
            .order_by(entries.c.number)
        )
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for number, raw, leaf, salt, digest, subject in map(tuple, rows):
                    opening = None if salt is None else Opening(salt, digest, subject)
                    yield LogRow(number, bytes(raw), bytes(leaf), opening)

    def opening_numbers(self) -> Iterator[int]:
        """Yield the numbers of entries that have an opening, ascending."""
        with self._transaction() as connection:
            for rows in chunks(connection, select(openings.c.number).order_by(openings.c.number)):
                yield from (row.number for row in rows)

    def items_by_entry(self) -> Generator[ItemRow, None, None]:
        """Yield the items of all cases by the entry that captured them."""
        with self._transaction() as connection:
            # Each case in the order of an index, merged: sorting them together would hold all of them in memory.
            found = connection.execute(select(items.c.case_id).distinct()).scalars().all()
            yield from merge(*(_by_entry(connection, CaseId(case)) for case in found), key=attrgetter("entry"))

    def items_of_import(self, import_id: int) -> Iterator[tuple[ItemId, str, int, Sha256]]:
        """Yield the import's items, each with its path, size and digest."""
        query = select(items.c.item_id, items.c.path, items.c.size, items.c.digest).where(
            items.c.import_id == import_id
        )
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for item_id, path, size, digest in map(tuple, rows):
                    yield ItemId(item_id), path, size, Sha256(digest)

    def sealing_entry(self, case: CaseId, digest: Sha256) -> int | None:
        """Return the first entry there is of an item or a redacted copy that these sealed bytes are of."""
        of_items = select(func.min(items.c.entry)).where(
            items.c.case_id == case, items.c.digest == digest, items.c.is_sealed == 1
        )
        of_copies = select(func.min(derivatives.c.entry)).where(
            derivatives.c.case_id == case, derivatives.c.digest == digest
        )
        with self._transaction() as connection:
            found = [connection.execute(query).scalar() for query in (of_items, of_copies)]
        return min((one for one in found if one is not None), default=None)

    def miscounted(self) -> Sequence[str]:
        """Return the rooms and accounts whose number of messages is not that of the messages there are."""
        earlier = messages.alias()
        is_same_key = (
            earlier.c.room_id == messages.c.room_id,
            earlier.c.message_id == messages.c.message_id,
            earlier.c.row < messages.c.row,
        )
        query = select(
            messages.c.room_id,
            messages.c.sender,
            ~exists().where(*is_same_key),
            ~exists().where(*is_same_key, earlier.c.sender.is_not_distinct_from(messages.c.sender)),
        )
        in_room: Counter[int] = Counter()
        first_by: Counter[int | None] = Counter()
        any_by: Counter[int | None] = Counter()
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for room, sender, is_first, is_first_by_sender in map(tuple, rows):
                    in_room[room] += is_first
                    first_by[sender] += is_first
                    any_by[sender] += is_first_by_sender
            wrong = [
                f"room {number}"
                for number, count in connection.execute(select(rooms.c.room_id, rooms.c.messages))
                if in_room[number] != count
            ]
            # A key whose versions have several senders counts for the first of them, and for all of them once a
            # deletion has counted anew.
            wrong += [
                f"account {number}"
                for number, count in connection.execute(select(accounts.c.account_id, accounts.c.messages))
                if count not in {first_by[number], any_by[number]}
            ]
        return wrong

    def messages_told(self, part_id: int, first: int, end: int) -> Iterator[ToldMessage]:
        """Yield what is told of the part's messages from `first` to `end` (exclusive) by ordinal."""
        query = (
            select(
                sources.c.ordinal,
                rooms.c.platform,
                rooms.c.value,
                messages.c.message_id,
                messages.c.meaning,
                messages.c.kind,
                messages.c.sender_label,
                messages.c.sent_at,
                messages.c.edited_at,
                messages.c.reply_to,
                messages.c.text,
                messages.c.facts,
            )
            .join_from(sources, messages)
            .join(rooms)
            .where(sources.c.part_id == part_id, sources.c.ordinal >= first, sources.c.ordinal < end)
            .order_by(sources.c.ordinal)
        )
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for row in rows:
                    yield ToldMessage(
                        ordinal=row.ordinal,
                        room=RoomKey(row.platform, row.value),
                        message_id=row.message_id,
                        meaning=row.meaning,
                        kind=MessageKind(row.kind),
                        sender_label=row.sender_label,
                        sent_at=row.sent_at,
                        edited_at=row.edited_at,
                        reply_to=row.reply_to,
                        text=row.text,
                        facts=row.facts or {},
                    )


def _by_entry(connection: Connection, case: CaseId) -> Iterator[ItemRow]:
    query = (
        select(items.c.entry, items.c.item_id, items.c.digest, items.c.is_sealed, blobs.c.name)
        .join_from(items, blobs, and_(blobs.c.case_id == case, blobs.c.digest == items.c.digest), isouter=True)
        .where(items.c.case_id == case)
        .order_by(items.c.entry)
    )
    for rows in chunks(connection, query):
        for entry, item_id, digest, is_sealed, name in map(tuple, rows):
            yield ItemRow(entry, ItemId(item_id), case, Sha256(digest), bool(is_sealed), name is not None)
