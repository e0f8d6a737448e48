"""Imports: what came in, how far it was read, and what could not be read."""

import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from sys import byteorder
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from haechi.adapters.ledger.reading import Reading, add, sound_rows
from haechi.adapters.ledger.schema import imports, members, parts, sources, warnings, windows
from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.errors import VaultDamagedError
from haechi.domain.evidence import Sha256
from haechi.domain.merkle import Frontier
from haechi.domain.message import Span
from haechi.domain.span import Accounting
from haechi.domain.warning import ReadWarning
from haechi.ports.ledger import ImportRecord, PartRecord, StoredWindow

_MOST_RAW = 2**28  # bytes of one window once inflated; a window holds a few megabytes


class ReadsImports(Reading):
    """Reads imports."""

    @sound_rows()
    def imports(self, case: CaseId | None = None) -> Sequence[ImportRecord]:
        """Return the imports, of one case or of all, in the order they were begun."""
        query = select(imports).order_by(imports.c.import_id)
        if case is not None:
            query = query.where(imports.c.case_id == case)
        return [
            ImportRecord(
                import_id=row.import_id,
                case=CaseId(row.case_id),
                source=row.source,
                container=row.container,
                importer=row.importer,
                role=row.role,
                state=row.state,
                started_at=row.started_at,
                finished_at=row.finished_at,
                seal_digest=None if row.seal_digest is None else Sha256(row.seal_digest),
                files=row.files,
                size=row.size,
                messages=row.messages,
            )
            for row in self._rows(query)
        ]

    @sound_rows()
    def parts(self, import_id: int) -> Sequence[PartRecord]:
        """Return the import's parts in the order they were begun."""
        query = select(parts).where(parts.c.import_id == import_id).order_by(parts.c.part_id)
        return [_part(row) for row in self._rows(query)]

    def seal_members(self, import_id: int) -> Sequence[Mapping[str, Json]]:
        """Return the members recorded so far, in container order."""
        query = select(members.c.record).where(members.c.import_id == import_id).order_by(members.c.position)
        return [row.record for row in self._rows(query)]

    def windows(self, part_id: int) -> Iterator[StoredWindow]:
        """Yield the part's windows in order. Raises `VaultDamagedError` when one cannot be unpacked."""
        query = select(windows.c.first).where(windows.c.part_id == part_id).order_by(windows.c.first)
        for (first,) in self._rows(query):
            row = self._first(select(windows).where(windows.c.part_id == part_id, windows.c.first == first))
            if row is not None:
                with sound_rows():
                    window = _window(row)
                yield window

    def source_count(self, part_id: int) -> int:
        """Return how many messages of the part are recorded, new and known ones."""
        return self._count(select(func.count()).select_from(sources).where(sources.c.part_id == part_id))

    def warnings(self, import_id: int) -> Sequence[ReadWarning]:
        """Return the import's warnings in the order they were found."""
        query = select(warnings).where(warnings.c.import_id == import_id).order_by(warnings.c.position)
        return [ReadWarning(row.code, row.path, row.place, row.facts) for row in self._rows(query)]


class WritesImports:
    """Writes imports in the transaction of its connection."""

    _connection: Connection

    def add_import(
        self, case: CaseId, *, source: str, container: str, importer: str, role: str, started_at: str
    ) -> int:
        """Record a new import in state `receiving` and return its id."""
        return add(
            self._connection,
            insert(imports).values(
                case_id=case,
                source=source,
                container=container,
                importer=importer,
                role=role,
                state="receiving",
                started_at=started_at,
                files=0,
                size=0,
                messages=0,
            ),
        )

    def set_import(
        self,
        import_id: int,
        *,
        state: str,
        seal_digest: Sha256 | None = None,
        finished_at: str | None = None,
        files: int | None = None,
        size: int | None = None,
    ) -> None:
        """Move the import on; what is None stays as it was."""
        given = {"seal_digest": seal_digest, "finished_at": finished_at, "files": files, "size": size}
        values = {name: value for name, value in given.items() if value is not None}
        self._connection.execute(update(imports).where(imports.c.import_id == import_id).values(state=state, **values))

    def add_members(self, import_id: int, rows: Sequence[tuple[int, Mapping[str, Json]]]) -> None:
        """Record members of the seal record with their position in the container."""
        if rows:
            self._connection.execute(
                insert(members),
                [{"import_id": import_id, "position": position, "record": record} for position, record in rows],
            )

    def add_warnings(self, import_id: int, rows: Sequence[ReadWarning]) -> None:
        """Record warnings; one that is recorded already (same code, path and place) is not recorded twice."""
        if not rows:
            return
        mine = warnings.c.import_id == import_id
        position = self._connection.execute(select(func.count()).select_from(warnings).where(mine)).scalar_one()
        known = {
            (row.code, row.path, row.place)
            for row in self._connection.execute(
                select(warnings.c.code, warnings.c.path, warnings.c.place).where(
                    mine,
                    warnings.c.code.in_({row.code for row in rows}),
                    warnings.c.path.in_({row.path for row in rows}),
                )
            )
        }
        new = {key: row for row in rows if (key := (row.code, row.path, row.place)) not in known}
        if new:
            self._connection.execute(
                insert(warnings),
                [
                    {
                        "import_id": import_id,
                        "position": at,
                        "code": row.code,
                        "path": row.path,
                        "place": row.place,
                        "facts": row.facts,
                    }
                    for at, row in enumerate(new.values(), position)
                ],
            )

    def add_part(self, import_id: int, *, path: str, exported_at: str | None) -> int:
        """Record that a member with messages is being read, and return the part's id."""
        return add(
            self._connection,
            insert(parts).values(
                import_id=import_id,
                path=path,
                exported_at=exported_at,
                committed=0,
                size=0,
                frontier=b"",
                flags=[],
                facts={},
            ),
        )

    def set_part(
        self, part_id: int, *, accounting: Accounting, flags: Sequence[str], facts: Mapping[str, Json]
    ) -> None:
        """Record that the part was read to its end."""
        kept = {
            "size": accounting.size,
            "messages": accounting.messages,
            "framing": accounting.framing,
            "unparsed": [[span.start, span.end] for span in accounting.unparsed],
        }
        self._connection.execute(
            update(parts).where(parts.c.part_id == part_id).values(accounting=kept, flags=list(flags), facts=facts)
        )

    def _add_raw(self, part_id: int, first: int, raw: bytes, lengths: Sequence[int], salts: bytes) -> None:
        self._connection.execute(
            insert(windows),
            [
                {
                    "part_id": part_id,
                    "first": first,
                    "raw": zlib.compress(raw, 1),
                    "lengths": _pack(lengths),
                    "salts": salts,
                }
            ],
        )

    def _move_on(self, part_id: int, import_id: int, *, committed: int, more: int, frontier: Frontier) -> None:
        self._connection.execute(
            update(parts)
            .where(parts.c.part_id == part_id)
            .values(committed=committed, size=frontier.size, frontier=frontier.packed())
        )
        self._connection.execute(
            update(imports).where(imports.c.import_id == import_id).values(messages=imports.c.messages + more)
        )


def _part(row: Row[Any]) -> PartRecord:
    kept = row.accounting
    try:
        frontier = Frontier.unpacked(row.size, row.frontier)
    except ValueError as error:
        raise VaultDamagedError(part="ledger.db") from error
    return PartRecord(
        part_id=row.part_id,
        import_id=row.import_id,
        path=row.path,
        exported_at=row.exported_at,
        committed=row.committed,
        frontier=frontier,
        accounting=None
        if kept is None
        else Accounting(
            kept["size"], kept["messages"], kept["framing"], tuple(Span(start, end) for start, end in kept["unparsed"])
        ),
        flags=tuple(row.flags),
    )


def _window(row: Row[Any]) -> StoredWindow:
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(row.raw, _MOST_RAW)
        lengths = _unpack(row.lengths)
    except (zlib.error, ValueError) as error:
        raise VaultDamagedError(part="ledger.db") from error
    if not inflate.eof or sum(lengths) != len(raw) or len(row.salts) != 16 * len(lengths):
        raise VaultDamagedError(part="ledger.db")
    return StoredWindow(row.part_id, row.first, raw, lengths, bytes(row.salts))


def _pack(lengths: Sequence[int]) -> bytes:
    """Return the numbers as 32 bits each, least significant byte first."""
    packed = array("I", lengths)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpack(packed: bytes) -> tuple[int, ...]:
    lengths = array("I")
    lengths.frombytes(packed)
    if byteorder == "big":
        lengths.byteswap()
    return tuple(lengths)
