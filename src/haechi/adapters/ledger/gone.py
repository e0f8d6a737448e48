"""What disappeared: messages that one export has and a later export of the same room, covering their place, lacks.

Exports are compared in the order they were made, where each says when that was, and otherwise in the
order they came in. An export covers a room from its lowest message number to its highest; one that seems to hold
only its owner's messages covers nothing. A message that comes back and goes again is gone twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy import case as choose

from haechi.adapters.ledger.messages import native_number
from haechi.adapters.ledger.reading import Reading
from haechi.adapters.ledger.schema import gone, imports, messages, part_rooms, parts, rooms, sources
from haechi.domain.case import CaseId
from haechi.domain.room import RoomKey
from haechi.ports.ledger import Gone

ONE_SIDED = "only_my_messages_suspected"


@dataclass(frozen=True, slots=True)
class _Export:
    """One import's view of one room."""

    import_id: int
    lowest: int
    highest: int


class ReadsGone(Reading):
    """Reads what disappeared."""

    def gone(self, case: CaseId) -> Sequence[Gone]:
        """Return what disappeared, by room, number and import."""
        query = select(gone, rooms.c.platform, rooms.c.value).join(rooms).where(rooms.c.case_id == case)
        found = [
            Gone(RoomKey(row.platform, row.value), row.message_id, row.last_import, row.first_import_without)
            for row in self._rows(query)
        ]
        return sorted(
            found,
            key=lambda one: (
                one.room.platform,
                one.room.value,
                native_number(one.message_id) or 0,
                one.message_id,
                one.last_import,
            ),
        )


class WritesGone:
    """Compares exports in the transaction of its connection."""

    _connection: Connection

    def find_gone(self, case: CaseId, import_id: int) -> int:
        """Compare this import with the others of its rooms; return how many disappearances that brought to light."""
        query = select(part_rooms.c.room_id).distinct().join(parts).where(parts.c.import_id == import_id)
        return sum(self._compare(case, room, import_id) for room in self._connection.execute(query).scalars().all())

    def _compare(self, case: CaseId, room: int, import_id: int) -> int:
        exports = self._exports(case, room)
        if len(exports) < 2:  # noqa: PLR2004 - it takes two to compare
            return 0
        before = self._recorded(room)
        # A new export that is the latest leaves earlier findings as they are; one from between changes them.
        if exports[-1].import_id == import_id:
            start = len(exports) - 1
        else:
            self._connection.execute(delete(gone).where(gone.c.room_id == room))
            start = 1
        for position in range(start, len(exports)):
            self._lacking(room, exports, position)
        after = self._recorded(room)
        return len(after - before)

    def _exports(self, case: CaseId, room: int) -> list[_Export]:
        """Return the exports of this room in the order they were made."""
        rows = self._connection.execute(
            select(parts.c.import_id, parts.c.exported_at, parts.c.flags, part_rooms.c.lowest, part_rooms.c.highest)
            .select_from(part_rooms)
            .join(parts)
            .join(imports)
            .where(part_rooms.c.room_id == room, imports.c.case_id == case)
            .order_by(parts.c.import_id)
        ).all()
        found: dict[int, _Export] = {}
        made: dict[int, str | None] = {}
        for row in rows:
            covers = row.lowest is not None and ONE_SIDED not in row.flags
            lowest, highest = (row.lowest, row.highest) if covers else (1, 0)
            known = found.get(row.import_id)
            if known is not None and known.lowest <= known.highest:
                lowest = min(known.lowest, lowest) if covers else known.lowest
                highest = max(known.highest, highest) if covers else known.highest
            found[row.import_id] = _Export(row.import_id, lowest, highest)
            made[row.import_id] = max(filter(None, (made.get(row.import_id), row.exported_at)), default=None)
        if all(made.values()):
            return sorted(found.values(), key=lambda one: (made[one.import_id] or "", one.import_id))
        return list(found.values())

    def _lacking(self, room: int, exports: Sequence[_Export], position: int) -> None:
        """Record what an export before `position` has and the one there lacks."""
        newer = exports[position]
        if newer.lowest > newer.highest:
            return
        order = {one.import_id: at for at, one in enumerate(exports[:position])}
        known = self._recorded(room)
        rows = [
            {
                "room_id": room,
                "message_id": message_id,
                "last_import": exports[last].import_id,
                "first_import_without": newer.import_id,
            }
            for message_id, last in self._last_seen(room, newer, order).items()
            if (message_id, exports[last].import_id) not in known
        ]
        if rows:
            self._connection.execute(insert(gone), rows)

    def _recorded(self, room: int) -> set[tuple[str, int]]:
        query = select(gone.c.message_id, gone.c.last_import).where(gone.c.room_id == room)
        return {(row.message_id, row.last_import) for row in self._connection.execute(query)}

    def _last_seen(self, room: int, newer: _Export, order: Mapping[int, int]) -> Mapping[str, int]:
        """Return the messages in the range of `newer` that it lacks, with the last export before it that has them."""
        has = (
            select(messages.c.message_id)
            .join(sources, sources.c.row == messages.c.row)
            .join(parts, parts.c.part_id == sources.c.part_id)
            .where(messages.c.room_id == room, parts.c.import_id == newer.import_id)
        )
        position = choose(order, value=parts.c.import_id)
        query = (
            select(messages.c.message_id, func.max(position))
            .select_from(messages)
            .join(sources, sources.c.row == messages.c.row)
            .join(parts, parts.c.part_id == sources.c.part_id)
            .where(
                messages.c.room_id == room,
                messages.c.number.between(newer.lowest, newer.highest),
                parts.c.import_id.in_(order),
                messages.c.message_id.not_in(has),
            )
            .group_by(messages.c.message_id)
        )
        rows = self._connection.execute(query)
        return {message_id: last for message_id, last in rows if native_number(message_id) is not None}
