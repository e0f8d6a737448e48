"""Traces, and where the features of own photos lie."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, select

from haechi.adapters.ledger.reading import CHUNK, Reading, chunks
from haechi.adapters.ledger.schema import features, items, openings, traces
from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.trace_record import KeptTrace, TraceNumber, TraceRecord
from haechi.ports.blobs import Blob
from haechi.ports.trace_records import FeatureRow, TraceRow


class ReadsTraces(Reading):
    """Reads traces, and where features lie."""

    def traces(self, case: CaseId) -> Iterator[KeptTrace]:
        """Yield the case's traces in the order they were made."""
        with self._transaction() as connection:
            for rows in chunks(connection, _with_records(case).order_by(traces.c.number)):
                yield from map(_kept, rows)

    def latest_trace(self, case: CaseId, item: ItemId) -> KeptTrace | None:
        """Return the item's newest trace."""
        query = _with_records(case).where(traces.c.item_id == item).order_by(traces.c.number.desc()).limit(1)
        with self._transaction() as connection:
            row = connection.execute(query).first()
            return None if row is None else _kept(row)

    def trace_rows(self) -> Generator[TraceRow, None, None]:
        """Yield all traces of all cases by their entry."""
        of_item = and_(items.c.item_id == traces.c.item_id, items.c.case_id == traces.c.case_id)
        query = (
            select(traces.c.number, traces.c.case_id, traces.c.item_id, traces.c.entry, items.c.digest)
            .join_from(traces, items, of_item, isouter=True)
            .order_by(traces.c.entry)
        )
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for number, case, item, entry, digest in map(tuple, rows):
                    yield TraceRow(
                        TraceNumber(number),
                        CaseId(case),
                        ItemId(item),
                        entry,
                        None if digest is None else Sha256(digest),
                    )

    def features(self, case: CaseId, digest: Sha256) -> FeatureRow | None:
        """Return where the features of the case's photo with this digest lie."""
        row = self._first(select(features).where(features.c.case_id == case, features.c.digest == digest))
        if row is None:
            return None
        blob = Blob(row.name, row.size, ((row.recipient, bytes(row.wrapped)),))
        return FeatureRow(CaseId(row.case_id), Sha256(row.digest), row.method, blob)

    def feature_names(self, case: CaseId | None = None, *, except_method: str | None = None) -> Iterator[str]:
        """Yield the names of kept features, of a case or of all."""
        query = select(features.c.name).order_by(features.c.name)
        if case is not None:
            query = query.where(features.c.case_id == case)
        if except_method is not None:
            query = query.where(features.c.method != except_method)
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                yield from (row.name for row in rows)

    def feature_count(self) -> int:
        """Return of how many photos features are kept."""
        return self._count(select(func.count()).select_from(features))


class WritesTraces:
    """Writes traces in the transaction of its connection."""

    _connection: Connection

    def add_trace(self, case: CaseId, record: TraceRecord, entry: int) -> None:
        """Add the trace that this entry commits to."""
        self._connection.execute(insert(traces).values(case_id=case, item_id=record.item, entry=entry))

    def add_features(self, rows: Sequence[FeatureRow]) -> None:
        """Add where features lie; what was known of the same photo before is replaced."""
        for row in rows:
            ((recipient, wrapped),) = row.blob.wraps
            self._connection.execute(
                delete(features).where(features.c.case_id == row.case, features.c.digest == row.digest)
            )
            self._connection.execute(
                insert(features).values(
                    name=row.blob.name,
                    case_id=row.case,
                    digest=row.digest,
                    method=row.method,
                    size=row.blob.size,
                    recipient=recipient,
                    wrapped=wrapped,
                )
            )

    def forget_features(self, names: Sequence[str]) -> int:
        """Forget these features and the keys to them; return how many there were."""
        gone = 0
        for at in range(0, len(names), CHUNK):
            some = names[at : at + CHUNK]
            gone += self._connection.execute(delete(features).where(features.c.name.in_(some))).rowcount
        return gone


def _with_records(case: CaseId) -> Select[Any]:
    return (
        select(traces.c.number, traces.c.case_id, traces.c.item_id, traces.c.entry, openings.c.subject)
        .join_from(traces, openings, openings.c.number == traces.c.entry)
        .where(traces.c.case_id == case)
    )


def _kept(row: Row[Any]) -> KeptTrace:
    return KeptTrace(TraceNumber(row.number), CaseId(row.case_id), row.entry, TraceRecord.from_json(row.subject))
