"""Compare the records of traces with the entries that they belong to, in the log's order."""

from collections.abc import Iterator, Mapping
from typing import Any

from haechi.domain.custody import EntryType, Opening
from haechi.domain.trace_record import TraceRecord, TraceRecordError, forgot_record
from haechi.flows.verify_findings import Findings
from haechi.ports.trace_records import TraceRow


class Traces:
    """Is shown the log's entries one after the other; `rows` are the traces in the order of theirs."""

    def __init__(self, rows: Iterator[TraceRow], findings: Findings) -> None:
        self._rows = rows
        self._row: TraceRow | None = next(self._rows, None)
        self._findings = findings

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Compare what belongs to the next entry. What a deletion took is not expected to be there any more."""
        if members.get("type") != EntryType.TRACE:
            return
        self._stray(index)
        if "item" not in members:
            if opening is None or opening.subject != forgot_record(members.get("counts", {}).get("forgotten")):
                self._findings.add("entry-form", index)
            return
        row = self._row
        if row is None or row.entry != index:
            if opening is not None:
                self._findings.add("trace", index)
            return
        self._row = next(self._rows, None)
        if opening is None:
            self._findings.add("not-erased", f"trace of entry {index}")
        elif (row.item, row.case) != (members["item"], members.get("case")) or not _is_of(row, opening):
            self._findings.add("trace", index, item=row.item)

    def finish(self) -> None:
        """Name traces that no entry spoke of."""
        self._stray(None)

    def _stray(self, before: int | None) -> None:
        while (row := self._row) is not None and (before is None or row.entry < before):
            self._findings.add("trace", row.entry, item=row.item)
            self._row = next(self._rows, None)


def _is_of(row: TraceRow, opening: Opening) -> bool:
    """Say whether the record tells of this item, with the bytes that it has."""
    try:
        record = TraceRecord.from_json(opening.subject)
    except TraceRecordError:
        return False
    return (record.item, record.digest) == (row.item, row.digest)
