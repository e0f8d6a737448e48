"""Bring an export into the vault: seal first, then read, committing in windows that survive any interruption.

Receiving reads each member once: digest, sealed blob where the case's mode keeps
bytes, and in the same reading the examiner's fingerprints. When every member
is recorded, the seal record goes into the custody log; only then are messages parsed. A
second run over the same export goes on where the first one stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from haechi.domain.canonical import Json
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import UnknownExportError
from haechi.domain.warning import ReadWarning
from haechi.flows.committed_case import require_committed
from haechi.flows.import_tools import ImportTools
from haechi.flows.read_messages import MessageReader
from haechi.flows.receive import Receiver
from haechi.ports.container import Member
from haechi.ports.importer import Importer, Part
from haechi.ports.ledger import ImportRecord


@dataclass(frozen=True, slots=True)
class Imported:
    """What one run of the flow did. Counts of messages are those of this run; `resumed` says that it went on."""

    import_id: int
    importer: str
    resumed: bool
    files: int
    size: int
    items: int
    new_items: int
    messages: int
    new_messages: int
    known_messages: int
    new_versions: int
    gone: int
    unparsed_bytes: int
    flags: tuple[str, ...]
    warnings: tuple[ReadWarning, ...]


def import_export(tools: ImportTools, importers: Sequence[Importer]) -> Imported:
    """Import `tools.container` into `tools.case`, or go on with an import of it that was interrupted.

    Raises `UnknownExportError`, `ExportChangedError`, `CustodyBrokenError` when the case is not as the log says, and what the ports raise.
    """
    require_committed(tools.ledger, tools.case)
    importer, parts = _recognise(tools, importers)
    members = tuple(tools.container.members())
    if not any(not member.is_directory for member in members):
        raise UnknownExportError(path=tools.container.name)
    record, resumed = _record(tools, importer, members)
    receiver, reader = Receiver(tools), MessageReader(tools)
    if record.state == "receiving":
        receiver.receive(record.import_id, importer, members)
    flags: set[str] = set()
    unparsed = 0
    for part in parts:
        accounting, found = reader.read(record.import_id, importer, part, members)
        flags.update(found)
        unparsed += accounting.unparsed_bytes
    gone = _finish(tools, record.import_id)
    done = _find(tools, record.import_id)
    return Imported(
        import_id=record.import_id,
        importer=importer.name,
        resumed=resumed,
        files=done.files,
        size=done.size,
        items=receiver.items,
        new_items=receiver.new_items,
        messages=done.messages,
        new_messages=reader.new,
        known_messages=reader.known,
        new_versions=reader.versions,
        gone=gone,
        unparsed_bytes=unparsed,
        flags=tuple(sorted(flags)),
        warnings=tuple(tools.ledger.warnings(record.import_id)),
    )


def _recognise(tools: ImportTools, importers: Sequence[Importer]) -> tuple[Importer, tuple[Part, ...]]:
    for importer in importers:
        if parts := importer.parts(tools.container):
            return importer, parts
        if importer.takes_everything:
            return importer, ()
    raise UnknownExportError(path=tools.container.name)


def _record(tools: ImportTools, importer: Importer, members: Sequence[Member]) -> tuple[ImportRecord, bool]:
    """Return the import to work on, and whether it is one that was begun before on these very files."""
    listed = [(member.path, member.size, dict(member.facts)) for member in members]
    for record in tools.ledger.imports(tools.case.case_id):
        same = (record.source, record.container, record.role, record.importer) == (
            tools.container.name,
            tools.container.kind,
            tools.role.value,
            importer.name,
        )
        if not same or record.state in {"done", "abandoned"}:
            continue
        known = [(row["path"], row["size"], row["facts"]) for row in tools.ledger.seal_members(record.import_id)]
        # The order counts: receiving goes on at a position. Once all is sealed, a file more is another export.
        if known == (listed[: len(known)] if record.state == "receiving" else listed):
            return record, True
        with tools.ledger.begin() as writer:
            writer.set_import(record.import_id, state="abandoned")
    with tools.ledger.begin() as writer:
        import_id = writer.add_import(
            tools.case.case_id,
            source=tools.container.name,
            container=tools.container.kind,
            importer=importer.name,
            role=tools.role.value,
            started_at=tools.now().at,
        )
    return _find(tools, import_id), False


def _find(tools: ImportTools, import_id: int) -> ImportRecord:
    return next(one for one in tools.ledger.imports(tools.case.case_id) if one.import_id == import_id)


def _finish(tools: ImportTools, import_id: int) -> int:
    parts = tools.ledger.parts(import_id)
    messages = sum(part.committed for part in parts)
    with tools.ledger.begin() as writer:
        gone = writer.find_gone(tools.case.case_id, import_id)
        recorded = tools.now()
        summary: Json = [
            {
                "path": part.path,
                "messages": part.committed,
                "root": part.frontier.root().hex(),
                "unparsed": part.accounting.unparsed_bytes if part.accounting else 0,
                "flags": list(part.flags),
            }
            for part in parts
        ]
        writer.append(
            Draft(
                EntryType.IMPORT,
                tools.actor,
                recorded,
                case=tools.case.case_id,
                opening=open_record(tools.randomness(32), summary),
                counts={"import": import_id, "parts": len(parts), "messages": messages, "gone": gone},
            )
        )
        writer.set_import(import_id, state="done", finished_at=recorded.at)
    tools.checkpoint()
    tools.progress("done", 1, 1)
    return gone
