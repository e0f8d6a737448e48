"""Posts of own photos, lists of who could see them, and what rooms show of their members."""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter

from sqlalchemy import Connection, Text, func, insert, select, type_coerce
from sqlalchemy import case as when

from haechi.adapters.ledger.reading import Reading, add, chunks, sound_rows
from haechi.adapters.ledger.schema import (
    accounts,
    known_intervals,
    messages,
    posts,
    rooms,
    viewer_lists,
    viewers,
)
from haechi.domain.audience import Circle, Interval, Place, Post, Viewer, ViewerList, Word
from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId
from haechi.domain.membership import RoomRow
from haechi.domain.message import MessageKind
from haechi.ports.audience_records import ListRecord, PostRecord

_FACTS = type_coerce(messages.c.facts, Text)
_LEAVING = '"remove_members"'
_at = attrgetter("at")


class ReadsAudiences(Reading):
    """Reads posts and lists."""

    @sound_rows()
    def posts(self, case: CaseId) -> Sequence[PostRecord]:
        """Return the case's posts in the order in which they were recorded."""
        return [
            PostRecord(
                row.post_id,
                CaseId(row.case_id),
                bytes(row.salt),
                row.entry,
                Post(
                    ItemId(row.item_id),
                    row.platform,
                    row.account,
                    _posted(row.posted_from, row.posted_until),
                    row.removed_at,
                    Circle(row.circle),
                    Word(row.word),
                ),
            )
            for row in self._rows(select(posts).where(posts.c.case_id == case).order_by(posts.c.number))
        ]

    def viewer_lists(self, case: CaseId) -> Sequence[ListRecord]:
        """Return the case's lists in the order in which they were recorded."""
        with self._transaction() as connection:
            found = connection.execute(
                select(viewer_lists).where(viewer_lists.c.case_id == case).order_by(viewer_lists.c.number)
            ).all()
            return [
                ListRecord(
                    row.list_id,
                    CaseId(row.case_id),
                    bytes(row.salt),
                    row.entry,
                    _told(
                        connection,
                        row.number,
                        Place(row.platform, row.account, Circle(row.circle)),
                        Word(row.word),
                    ),
                )
                for row in found
            ]

    def room_rows(self, case: CaseId, platform: str, room: str) -> Iterator[RoomRow]:
        """Yield what the room's messages with a sender and a time tell of who was there, oldest first.

        Of an account that no message says left, its first and its last message stand for all between them: a room of a
        million messages is answered in seconds.
        """
        of_room = (rooms.c.case_id == case, rooms.c.platform == platform, rooms.c.value == room)
        with self._transaction() as connection:
            number = connection.execute(select(rooms.c.room_id).where(*of_room)).scalar()
            is_told = (messages.c.room_id == number, messages.c.sent_at.is_not(None))
            service = messages.c.kind == MessageKind.SERVICE.value
            left = select(messages.c.sender).where(*is_told, service, func.instr(_FACTS, _LEAVING) > 0).distinct()
            each = (
                select(accounts.c.value, messages.c.sent_at, messages.c.sender_label, when((service, messages.c.facts)))
                .join_from(messages, accounts, accounts.c.account_id == messages.c.sender)
                .where(*is_told, service | messages.c.sender.in_(left), accounts.c.value != room)
                .order_by(messages.c.sent_at, messages.c.number, messages.c.row)
            )
            ends = (
                select(accounts.c.value, func.min(messages.c.sent_at), func.max(messages.c.sent_at))
                .join_from(messages, accounts, accounts.c.account_id == messages.c.sender)
                .where(*is_told, ~service, messages.c.sender.not_in(left), accounts.c.value != room)
                .group_by(accounts.c.value)
            )
            stood = [
                RoomRow(account, at, None, {})
                for account, first, last in map(tuple, connection.execute(ends))
                for at in (first, last)
            ]
            told = (
                RoomRow(account, at, label, facts or {})
                for found in chunks(connection, each)
                for account, at, label, facts in map(tuple, found)
            )
            yield from merge(told, sorted(stood, key=_at), key=_at)


class WritesAudiences:
    """Writes posts and lists in the transaction of its connection."""

    _connection: Connection

    def add_post(self, record: PostRecord) -> None:
        """Add a post."""
        post = record.post
        self._connection.execute(
            insert(posts).values(
                post_id=record.post_id,
                case_id=record.case,
                item_id=post.photo,
                platform=post.platform,
                account=post.account,
                circle=post.circle.value,
                posted_from=None if post.posted is None else post.posted.start,
                posted_until=None if post.posted is None else post.posted.end,
                removed_at=post.removed_at,
                word=post.word.value,
                salt=record.salt,
                entry=record.entry,
            )
        )

    def add_viewer_list(self, record: ListRecord) -> None:
        """Add a list with everybody in it."""
        place = record.told.place
        number = add(
            self._connection,
            insert(viewer_lists).values(
                list_id=record.list_id,
                case_id=record.case,
                platform=place.platform,
                account=place.account,
                circle=place.circle.value,
                word=record.told.word.value,
                salt=record.salt,
                entry=record.entry,
            ),
        )
        rows = [
            {"list": number, "position": at, "account": one.account, "start": one.during.start, "end": one.during.end}
            for at, one in enumerate(record.told.viewers)
        ]
        known = [
            {"list": number, "position": at, "start": one.start, "end": one.end}
            for at, one in enumerate(record.told.known)
        ]
        for table, values in ((viewers, rows), (known_intervals, known)):
            if values:
                self._connection.execute(insert(table), values)


def _posted(start: int | None, end: int | None) -> Interval | None:
    return None if start is None and end is None else Interval(start, end)


def _told(connection: Connection, number: int, place: Place, word: Word) -> ViewerList:
    people = select(viewers).where(viewers.c.list == number).order_by(viewers.c.position)
    known = select(known_intervals).where(known_intervals.c.list == number).order_by(known_intervals.c.position)
    return ViewerList(
        place,
        tuple(Viewer(row.account, Interval(row.start, row.end), word) for row in connection.execute(people)),
        tuple(Interval(row.start, row.end) for row in connection.execute(known)),
        word,
    )
