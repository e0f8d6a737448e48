"""What forgetting takes away, table by table, in the order that foreign keys allow."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, delete, exists, func, select, update

from haechi.adapters.ledger.reading import CHUNK, chunks
from haechi.adapters.ledger.schema import (
    account_names,
    accounts,
    blobs,
    derivatives,
    entries,
    features,
    gone,
    items,
    known_intervals,
    media,
    messages,
    openings,
    part_rooms,
    parts,
    posts,
    room_links,
    room_names,
    rooms,
    sources,
    traces,
    transfers,
    viewer_lists,
    viewers,
    windows,
    wraps,
)
from haechi.ports.erasure import Erased


class Taken:
    """Takes rows away and remembers what went: entries that lost their opening, blobs that lost their wraps, rows."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._entries: set[int] = set()
        self._blobs: set[str] = set()
        self._features: set[str] = set()
        self._rows: Counter[str] = Counter()

    def erased(self) -> Erased:
        """Return what went."""
        rows = dict(sorted((+self._rows).items()))
        return Erased(tuple(sorted(self._entries)), tuple(sorted(self._blobs)), rows, tuple(sorted(self._features)))

    def count(self, table: str, rows: int) -> None:
        """Note rows that were emptied in place."""
        self._rows[table] += rows

    def rows(self, table: Table, where: ColumnElement[bool]) -> None:
        """Delete rows."""
        self._rows[table.name] += self.connection.execute(delete(table).where(where)).rowcount

    def rows_in(self, table: Table, column: ColumnElement[Any], values: Sequence[Any]) -> None:
        """Delete the rows that have one of these values."""
        for some in runs(values):
            self.rows(table, column.in_(some))

    def openings(self, numbers: Iterable[int]) -> None:
        """Destroy what opens these entries. One that was destroyed before is named once more: it is gone either way."""
        numbers = sorted(set(numbers))
        self.rows_in(openings, openings.c.number, numbers)
        self._entries.update(numbers)

    def blobs(self, places: Iterable[tuple[str, str]]) -> None:
        """Take blobs away (by case and digest) that no item and no derivative of the case stands for any more."""
        for case, digest in sorted(set(places)):
            if any(
                self.connection.execute(
                    select(exists().where(table.c.case_id == case, table.c.digest == digest))
                ).scalar()
                for table in (items, derivatives)
            ):
                continue
            self._blobs_where((blobs.c.case_id == case) & (blobs.c.digest == digest))
            self._features_where((features.c.case_id == case) & (features.c.digest == digest))

    def all_blobs(self, case: str) -> None:
        """Take every blob of the case away."""
        self._blobs_where(blobs.c.case_id == case)
        self._features_where(features.c.case_id == case)

    def _blobs_where(self, where: ColumnElement[bool]) -> None:
        names = self.connection.execute(select(blobs.c.name).where(where)).scalars().all()
        self.rows_in(wraps, wraps.c.name, names)
        self.rows_in(blobs, blobs.c.name, names)
        self._blobs.update(names)

    def _features_where(self, where: ColumnElement[bool]) -> None:
        names = self.connection.execute(select(features.c.name).where(where)).scalars().all()
        self.rows_in(features, features.c.name, names)
        self._features.update(names)


def runs(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield values in runs that fit one IN list."""
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]


def rows_in(connection: Connection, table: Table, column: Any, values: Sequence[Any]) -> list[Row[Any]]:  # noqa: ANN401 - a column
    """Return the rows that have one of these values."""
    return [row for some in runs(values) for row in connection.execute(select(table).where(column.in_(some)))]


def entries_of(connection: Connection, case: str, *, type_: str | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and members of each entry of a case. Entries are canonical: a member is written in one way only."""
    query = select(entries.c.number, entries.c.raw).where(func.instr(entries.c.raw, f'"case":"{case}"'.encode()) > 0)
    if type_ is not None:
        query = query.where(func.instr(entries.c.raw, f'"type":"{type_}"'.encode()) > 0)
    for row in connection.execute(query.order_by(entries.c.number)).all():
        yield row.number, json.loads(row.raw)


def transfers_of(connection: Connection, taken: Taken, case: str) -> None:
    """Forget to whom the case's packets were handed, and their receipts."""
    own = {number: told["type"] for number, told in entries_of(connection, case)}
    packets = {
        row.subject["packet"]
        for row in rows_in(
            connection, openings, openings.c.number, [at for at, kind in own.items() if kind == "export"]
        )
    }
    handed = [
        row for row in connection.execute(select(transfers)).all() if row.packet_id in packets or row.entry in own
    ]
    told = {number for row in handed for number in (row.entry, row.receipt_entry) if number is not None}
    with_opening = rows_in(connection, openings, openings.c.number, sorted(told))
    taken.rows_in(transfers, transfers.c.number, [row.number for row in handed])
    taken.openings(row.number for row in with_opening)


def traces_of(connection: Connection, taken: Taken, erased: Sequence[Row[Any]]) -> None:
    """Forget what traces said of these items, and what they said of others with the help of these."""
    names = {row.item_id for row in erased}
    query = (
        select(traces.c.number, traces.c.item_id, traces.c.entry, openings.c.subject)
        .join_from(traces, openings, openings.c.number == traces.c.entry)
        .where(traces.c.case_id.in_({row.case_id for row in erased}))
    )
    own: list[tuple[int, int]] = []
    for rows in chunks(connection, query):
        own += [(row.number, row.entry) for row in rows if {row.item_id, *row.subject.get("photos", ())} & names]
    taken.rows_in(traces, traces.c.number, [number for number, _ in own])
    taken.openings(entry for _, entry in own)


def audiences_of(taken: Taken, case: str) -> None:
    """Forget where the case's photos were posted, and who could see them."""
    own = select(viewer_lists.c.number).where(viewer_lists.c.case_id == case)
    for table in (viewers, known_intervals):
        taken.rows(table, table.c.list.in_(own))
    taken.rows(viewer_lists, viewer_lists.c.case_id == case)
    taken.rows(posts, posts.c.case_id == case)


def audience_of(connection: Connection, taken: Taken, case: str, name: str) -> None:
    """Forget one post, or one list of who could see it, with the opening of its entry."""
    for table, column in ((posts, posts.c.post_id), (viewer_lists, viewer_lists.c.list_id)):
        found = connection.execute(select(table).where(table.c.case_id == case, column == name)).all()
        taken.openings(row.entry for row in found)
        if table is viewer_lists:
            for part in (viewers, known_intervals):
                taken.rows_in(part, part.c.list, [row.number for row in found])
        taken.rows_in(table, table.c.number, [row.number for row in found])


def messages_of(taken: Taken, own_imports: Select[Any], own_rooms: Select[Any]) -> None:
    """Forget all messages of these imports and rooms."""
    own_parts = select(parts.c.part_id).where(parts.c.import_id.in_(own_imports))
    taken.rows(gone, gone.c.room_id.in_(own_rooms))
    for table in (media, sources, part_rooms, windows):
        taken.rows(table, table.c.part_id.in_(own_parts))
    taken.rows(messages, messages.c.room_id.in_(own_rooms))
    taken.rows(parts, parts.c.import_id.in_(own_imports))


def rooms_of(connection: Connection, import_id: int) -> Sequence[int]:
    """Return the rooms that an import has messages of."""
    query = select(part_rooms.c.room_id).distinct().join(parts).where(parts.c.import_id == import_id)
    return connection.execute(query).scalars().all()


def gone_of(taken: Taken, affected: Sequence[int]) -> None:
    """Forget what was found to be gone in these rooms: it has to be found again without the import."""
    taken.rows_in(gone, gone.c.room_id, affected)


def sources_of(taken: Taken, import_id: int) -> None:
    """Forget the parts of an import with all that they hold."""
    own_parts = select(parts.c.part_id).where(parts.c.import_id == import_id)
    for table in (media, sources, part_rooms, windows, parts):
        taken.rows(table, table.c.part_id.in_(own_parts))


def orphans(taken: Taken, case: str) -> None:
    """Forget the case's messages that no export has any more, then rooms and accounts that no message names."""
    own_rooms = select(rooms.c.room_id).where(rooms.c.case_id == case)
    has_source = exists().where(sources.c.row == messages.c.row)
    taken.rows(messages, messages.c.room_id.in_(own_rooms) & ~has_source)
    is_covered = exists().where(part_rooms.c.room_id == rooms.c.room_id)
    rooms_where(taken, (rooms.c.case_id == case) & ~is_covered)
    left = select(messages.c.sender, messages.c.named).where(messages.c.room_id.in_(own_rooms))
    named = {sender for sender, _ in taken.connection.execute(left.distinct()) if sender is not None}
    for (others,) in taken.connection.execute(
        select(messages.c.named).where(messages.c.room_id.in_(own_rooms), messages.c.named.is_not(None))
    ):
        named.update(number for number, _label in others)
    known = taken.connection.execute(select(accounts.c.account_id).where(accounts.c.case_id == case)).scalars()
    for some in runs(sorted(set(known) - named)):
        accounts_where(taken, accounts.c.account_id.in_(some))


def rooms_where(taken: Taken, where: ColumnElement[bool]) -> None:
    """Forget rooms, their names and links."""
    found = taken.connection.execute(select(rooms.c.room_id).where(where)).scalars().all()
    for table in (room_links, room_names, rooms):
        taken.rows_in(table, table.c.room_id, found)


def accounts_where(taken: Taken, where: ColumnElement[bool]) -> None:
    """Forget accounts and the names they were seen under."""
    found = taken.connection.execute(select(accounts.c.account_id).where(where)).scalars().all()
    for table in (account_names, accounts):
        taken.rows_in(table, table.c.account_id, found)


def count_again(connection: Connection, case: str) -> None:
    """Count the messages of the case's rooms and accounts anew, versions of one key once."""
    for table, owner, column in (
        (rooms, rooms.c.room_id, messages.c.room_id),
        (accounts, accounts.c.account_id, messages.c.sender),
    ):
        keys = select(messages.c.room_id, messages.c.message_id).where(column == owner).distinct().correlate(table)
        number = select(func.count()).select_from(keys.subquery()).scalar_subquery()
        connection.execute(update(table).where(table.c.case_id == case).values(messages=number))
