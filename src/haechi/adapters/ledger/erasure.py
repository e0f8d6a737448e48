"""People, and forgetting: items, imports and whole cases, with the openings that told of them.

An entry of the log stays; what opened its commitment goes. Rows are overwritten by the engine (`secure_delete`); what older
copies of pages still hold goes with `scrub`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from haechi.adapters.ledger import forgetting
from haechi.adapters.ledger.gone import WritesGone
from haechi.adapters.ledger.reading import Reading, sound_rows
from haechi.adapters.ledger.schema import (
    accounts,
    cases,
    derivatives,
    erased_cases,
    fingerprints,
    imports,
    items,
    media,
    members,
    parts,
    people,
    posts,
    readers,
    rooms,
    traces,
    warnings,
)
from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.custody import EntryType
from haechi.domain.evidence import ItemId
from haechi.domain.person import Person
from haechi.ports.erasure import Erased

_ERASED_MEMBER: Mapping[str, Json] = {
    "path": "",
    "raw_name": "",
    "name_rule": "erased",
    "size": 0,
    "sha256": None,
    "refused": "erased",
    "facts": {},
}
"""What stands in a seal record's member list in the place of an erased member."""


class ReadsPeople(Reading):
    """Reads who may open the vault, and what was destroyed."""

    @sound_rows()
    def people(self) -> Sequence[Person]:
        """Return everybody who was ever added, in that order."""
        return [
            Person(row.person_id, row.name, bytes(row.public), bool(row.is_active))
            for row in self._rows(select(people).order_by(people.c.number))
        ]

    def erased_cases(self) -> Sequence[str]:
        """Return the identifiers of cases that were destroyed whole."""
        return [row.case_id for row in self._rows(select(erased_cases).order_by(erased_cases.c.case_id))]


class Erases(WritesGone):
    """Forgets in the transaction of its connection."""

    _connection: Connection
    _known: dict[tuple[str, str, str, str], int]

    def set_person(self, person: Person) -> None:
        """Add a person, or change one who is there."""
        values = {"name": person.name, "public": person.public, "is_active": int(person.is_active)}
        changed = self._connection.execute(
            update(people).where(people.c.person_id == person.person_id).values(**values)
        ).rowcount
        if not changed:
            self._connection.execute(insert(people).values(person_id=person.person_id, **values))

    def erase_items(self, erased: Sequence[ItemId]) -> Erased:
        """Forget items with everything that only they need: records, openings, wraps, and what was made from them."""
        taken = forgetting.Taken(self._connection)
        rows = forgetting.rows_in(self._connection, items, items.c.item_id, erased)
        self._items(taken, rows)
        places: dict[tuple[str, int], set[str]] = {}
        for row in rows:
            places.setdefault((row.case_id, row.import_id), set()).add(row.path)
        for (case, import_id), paths in places.items():
            # A path that two items have (one file changed between two readings) is still the other one's.
            paths -= set(self._connection.execute(select(items.c.path).where(items.c.import_id == import_id)).scalars())
            self._references(taken, import_id, paths)
            self._sealed(taken, case, import_id, paths)
        return taken.erased()

    def erase_import(self, import_id: int) -> Erased:
        """Forget an import: its files, its messages that no other import has, and that it ever came in."""
        taken = forgetting.Taken(self._connection)
        record = self._connection.execute(select(imports).where(imports.c.import_id == import_id)).one()
        own = self._connection.execute(select(items).where(items.c.import_id == import_id)).all()
        digests = {one.record["sha256"] for one in self._members(import_id)} - {None}
        self._items(taken, own)
        told = [
            (number, told)
            for number, told in forgetting.entries_of(self._connection, record.case_id)
            if told.get("counts", {}).get("import") == import_id
        ]
        self._derivatives(taken, derivatives.c.source_entry, [number for number, _ in told])
        taken.openings(number for number, entry in told if "commit" in entry)
        elsewhere = {
            one.record["sha256"]
            for other in self._connection.execute(
                select(imports.c.import_id).where(imports.c.case_id == record.case_id, imports.c.import_id != import_id)
            ).scalars()
            for one in self._members(other)
        }
        taken.blobs((record.case_id, digest) for digest in digests - elsewhere)
        self._messages(taken, record.case_id, import_id)
        for table in (warnings, members, imports):
            taken.rows(table, table.c.import_id == import_id)
        return taken.erased()

    def erase_audience(self, case: CaseId, name: str) -> Erased:
        """Forget the post or list of viewers of this identifier, with the opening of its entry."""
        taken = forgetting.Taken(self._connection)
        forgetting.audience_of(self._connection, taken, case, name)
        return taken.erased()

    def erase_case(self, case: CaseId) -> Erased:
        """Forget everything of a case; its identifier stays, as destroyed."""
        taken = forgetting.Taken(self._connection)
        forgetting.transfers_of(self._connection, taken, case)
        # What earlier deletions took has to stay told: without it nobody could say that their openings may be gone.
        taken.openings(
            number
            for number, told in forgetting.entries_of(self._connection, case)
            if "commit" in told and told["type"] != EntryType.DELETE
        )
        taken.rows(derivatives, derivatives.c.case_id == case)
        numbers = select(items.c.number).where(items.c.case_id == case)
        taken.rows(fingerprints, fingerprints.c.item.in_(numbers))
        forgetting.audiences_of(taken, case)
        taken.rows(traces, traces.c.case_id == case)
        taken.rows(items, items.c.case_id == case)
        taken.all_blobs(case)
        own_imports = select(imports.c.import_id).where(imports.c.case_id == case)
        own_rooms = select(rooms.c.room_id).where(rooms.c.case_id == case)
        forgetting.messages_of(taken, own_imports, own_rooms)
        taken.rows(warnings, warnings.c.import_id.in_(own_imports))
        taken.rows(members, members.c.import_id.in_(own_imports))
        taken.rows(imports, imports.c.case_id == case)
        forgetting.rooms_where(taken, rooms.c.case_id == case)
        forgetting.accounts_where(taken, accounts.c.case_id == case)
        taken.rows(readers, readers.c.case_id == case)
        taken.rows(cases, cases.c.case_id == case)
        self._connection.execute(insert(erased_cases).values(case_id=case))
        self._known.clear()
        return taken.erased()

    def _items(self, taken: forgetting.Taken, erased: Sequence[Row[Any]]) -> None:
        self._derivatives(taken, derivatives.c.source_item, [row.item_id for row in erased])
        taken.openings(row.entry for row in erased)
        forgetting.traces_of(self._connection, taken, erased)
        shown = forgetting.rows_in(self._connection, posts, posts.c.item_id, [row.item_id for row in erased])
        taken.openings(row.entry for row in shown)
        taken.rows_in(posts, posts.c.number, [row.number for row in shown])
        taken.rows_in(fingerprints, fingerprints.c.item, [row.number for row in erased])
        taken.rows_in(items, items.c.number, [row.number for row in erased])
        taken.blobs((row.case_id, row.digest) for row in erased)

    def _references(self, taken: forgetting.Taken, import_id: int, paths: set[str]) -> None:
        """Take names and warnings of erased files away; that a message had a file stays."""
        own_parts = select(parts.c.part_id).where(parts.c.import_id == import_id)
        blank = {"reference": "", "path": None, "claimed_size": None, "claimed_mime": None, "claimed_name": None}
        for some in forgetting.runs(sorted(paths)):
            done = self._connection.execute(
                update(media).where(media.c.part_id.in_(own_parts), media.c.path.in_(some)).values(**blank)
            )
            taken.count("media", done.rowcount)
            taken.rows(warnings, (warnings.c.import_id == import_id) & warnings.c.path.in_(some))

    def _sealed(self, taken: forgetting.Taken, case: str, import_id: int, paths: set[str]) -> None:
        """Take the members out of the seal record: what it committed to cannot be told any more."""
        for row in self._members(import_id):
            if row.record["path"] in paths:
                self._connection.execute(
                    update(members)
                    .where(members.c.import_id == import_id, members.c.position == row.position)
                    .values(record=dict(_ERASED_MEMBER))
                )
                taken.count("members", 1)
        taken.openings(
            number
            for number, told in forgetting.entries_of(self._connection, case, type_=EntryType.SEAL.value)
            if told.get("counts", {}).get("import") == import_id
        )
        self._connection.execute(update(imports).where(imports.c.import_id == import_id).values(seal_digest=None))

    def _derivatives(self, taken: forgetting.Taken, column: Any, values: Sequence[Any]) -> None:  # noqa: ANN401 - a column
        made = forgetting.rows_in(self._connection, derivatives, column, values)
        taken.openings(row.entry for row in made)
        taken.rows_in(derivatives, derivatives.c.number, [row.number for row in made])
        taken.blobs((row.case_id, row.digest) for row in made)

    def _messages(self, taken: forgetting.Taken, case: str, import_id: int) -> None:
        affected = forgetting.rooms_of(self._connection, import_id)
        forgetting.gone_of(taken, affected)
        forgetting.sources_of(taken, import_id)
        forgetting.orphans(taken, case)
        forgetting.count_again(self._connection, case)
        for room in affected:
            self._compare(CaseId(case), room, 0)
        self._known.clear()

    def _members(self, import_id: int) -> Sequence[Row[Any]]:
        query: Select[Any] = select(members.c.position, members.c.record).where(members.c.import_id == import_id)
        return self._connection.execute(query.order_by(members.c.position)).all()
