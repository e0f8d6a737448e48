"""Read the messages of an export part and commit them in windows, each with its root in the custody log."""

from collections.abc import Generator, Sequence
from contextlib import closing

from haechi.domain.canonical import Json
from haechi.domain.custody import Draft, EntryType, message_leaves, open_record
from haechi.domain.errors import ExportChangedError
from haechi.domain.merkle import Frontier
from haechi.domain.message import row_digest, rows_digest
from haechi.domain.span import Accounting
from haechi.domain.warning import ReadWarning
from haechi.flows.import_tools import ImportTools
from haechi.ports.container import Member
from haechi.ports.importer import Importer, Parsed, Part, PartDone, RoomFound, Window
from haechi.ports.ledger import LedgerWriter, PartRecord


class MessageReader:
    """The reading half of one import. `new`, `known` and `versions` count messages of this run."""

    def __init__(self, tools: ImportTools) -> None:
        self._tools = tools
        self.new = 0
        self.known = 0
        self.versions = 0

    def read(
        self, import_id: int, importer: Importer, part: Part, members: Sequence[Member]
    ) -> tuple[Accounting, tuple[str, ...]]:
        """Commit the part's messages from where an earlier run stopped; return its accounting and flags."""
        record = self._part(import_id, part)
        if record.accounting is not None:
            return record.accounting, record.flags
        digests = {row["path"]: row["sha256"] for row in self._tools.ledger.seal_members(import_id)}
        if part.member.path not in digests:  # it came between two listings of the export
            raise ExportChangedError(member=part.member.path)
        digest = digests[part.member.path]
        if digest is None:
            return Accounting(0, 0, 0, ()), ()
        frontier, committed = record.frontier, record.committed
        rooms: list[RoomFound] = []
        warnings: list[ReadWarning] = []
        paths = frozenset(member.path for member in members if not member.is_directory and member.refused is None)
        with closing(self._parsed(importer, part, paths=paths, skip=committed)) as records:
            for parsed in records:
                match parsed:
                    case RoomFound():
                        rooms.append(parsed)
                    case ReadWarning():
                        warnings.append(parsed)
                    case Window():
                        frontier = self._commit_window(
                            record, parsed, frontier=frontier, rooms=rooms, warnings=warnings
                        )
                        committed += len(parsed.messages)
                        self._tools.progress("reading", parsed.messages[-1].span.end, part.member.size)
                    case PartDone():
                        if parsed.digest != digest:
                            raise ExportChangedError(member=part.member.path)
                        self._finish_part(import_id, record, parsed, rooms, warnings)
                        return parsed.accounting, parsed.flags
                    case _:
                        continue
        raise ExportChangedError(member=part.member.path)

    def _parsed(
        self, importer: Importer, part: Part, *, paths: frozenset[str], skip: int
    ) -> Generator[Parsed, None, None]:
        """Yield the part's records; what was received and can be read no more has changed."""
        try:
            yield from importer.read(self._tools.container, part, paths=paths, skip=skip)
        except (OSError, ValueError) as error:
            raise ExportChangedError(member=part.member.path) from error

    def _part(self, import_id: int, part: Part) -> PartRecord:
        known = {record.path: record for record in self._tools.ledger.parts(import_id)}
        if part.member.path not in known:
            with self._tools.ledger.begin() as writer:
                writer.add_part(import_id, path=part.member.path, exported_at=part.exported_at)
            known = {record.path: record for record in self._tools.ledger.parts(import_id)}
        return known[part.member.path]

    def _commit_window(
        self,
        record: PartRecord,
        window: Window,
        *,
        frontier: Frontier,
        rooms: list[RoomFound],
        warnings: list[ReadWarning],
    ) -> Frontier:
        salts = self._tools.randomness(16 * len(window.messages))
        frontier = frontier.append(message_leaves(window.raw, window.lengths, salts))
        rows = rows_digest(b"".join(map(row_digest, window.messages)))
        subject: Json = {
            "part": record.part_id,
            "path": record.path,
            "first": window.messages[0].ordinal,
            "rows": rows,
        }
        with self._tools.ledger.begin() as writer:
            self._add_rooms(writer, rooms)
            counts = writer.add_window(
                self._tools.case.case_id,
                record.part_id,
                window.messages,
                raw=window.raw,
                lengths=window.lengths,
                salts=salts,
                frontier=frontier,
            )
            writer.add_warnings(record.import_id, warnings)
            writer.append(
                Draft(
                    EntryType.WINDOW,
                    self._tools.actor,
                    self._tools.now(),
                    case=self._tools.case.case_id,
                    opening=open_record(self._tools.randomness(32), subject),
                    root=frontier.root(),
                    counts={
                        "import": record.import_id,
                        "part": record.part_id,
                        "messages": len(window.messages),
                        "total": frontier.size,
                    },
                )
            )
        self._tools.checkpoint()
        self.new += counts.new
        self.known += counts.known
        self.versions += counts.versions
        rooms.clear()
        warnings.clear()
        return frontier

    def _finish_part(
        self,
        import_id: int,
        record: PartRecord,
        done: PartDone,
        rooms: list[RoomFound],
        warnings: list[ReadWarning],
    ) -> None:
        spans = [
            ReadWarning("unparsed-bytes", record.path, f"byte {span.start}", {"bytes": span.end - span.start})
            for span in done.accounting.unparsed
        ]
        if not done.accounting.is_complete:
            spans.append(ReadWarning("bytes-unaccounted", record.path, facts={"bytes": done.accounting.size}))
        with self._tools.ledger.begin() as writer:
            self._add_rooms(writer, rooms)
            writer.add_warnings(import_id, [*warnings, *spans])
            writer.set_part(record.part_id, accounting=done.accounting, flags=done.flags, facts=done.facts)

    def _add_rooms(self, writer: LedgerWriter, rooms: Sequence[RoomFound]) -> None:
        for found in rooms:
            writer.add_room(self._tools.case.case_id, found.room)
