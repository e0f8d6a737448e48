"""Receive an export: read each member once, keep what the custody mode allows, and seal the whole.

In one reading a member is digested, examined by a worker and, where the case's mode
keeps bytes, encrypted; files are committed in windows, each item with its own entry in the custody
log. The seal record of all members is the last entry before anything is parsed.
"""

import errno
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from haechi.domain.custody import Draft, EntryType, Opening, open_record
from haechi.domain.errors import ExportChangedError, HaechiError
from haechi.domain.evidence import EvidenceItem, Examined, ItemId, MediaKind, Sha256
from haechi.domain.seal import SealedMember, seal_record
from haechi.domain.warning import ReadWarning
from haechi.flows.import_tools import ImportTools
from haechi.ports.blobs import Blob
from haechi.ports.container import Member
from haechi.ports.examiner import Snapshot
from haechi.ports.importer import Importer
from haechi.ports.ledger import LedgerWriter

WINDOW_FILES = 64  # files a transaction: one durable commit costs about 4 ms, a file's examination as much
WINDOW_BYTES = 64 * 2**20  # and bytes held in memory for them at a time
_OF_THIS_MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Errors that say nothing of the file: recorded as "unreadable" they would cost every file that follows."""
_MAY_BE_PASSING = {"changed-while-read", "too-much-memory", "worker-crashed", "worker-timeout"}
"""Findings after which the same bytes are examined again when they are imported again."""


@dataclass(frozen=True, slots=True)
class _Received:
    """One member after its reading; `snapshot` is None for what has no bytes or could not be read."""

    position: int
    member: Member
    record: SealedMember
    snapshot: Snapshot | None


class Receiver:
    """The receiving half of one import. `items` and `new_items` count what this run added."""

    def __init__(self, tools: ImportTools) -> None:
        self._tools = tools
        self.items = 0
        self.new_items = 0

    def receive(self, import_id: int, importer: Importer, members: Sequence[Member]) -> None:
        """Read and commit every member that is not recorded yet, then commit the seal record."""
        received = len(self._tools.ledger.seal_members(import_id))
        total = sum(member.size for member in members)
        done = sum(member.size for member in members[:received])
        self._tools.progress("receiving", done, total)
        rows = self._snapshots(list(enumerate(members))[received:])
        for window in _windows(rows):
            try:
                self._commit_files(import_id, importer, window)
            finally:
                _close(window)
            done += sum(row.member.size for row in window)
            self._tools.progress("receiving", done, total)
        self._seal(import_id, importer)

    def _snapshots(self, members: Sequence[tuple[int, Member]]) -> Iterator[_Received]:
        for position, member in members:
            refused = member.refused
            snapshot = None
            if refused is None and not member.is_directory:
                try:
                    with self._tools.container.open(member) as stream:
                        snapshot = self._tools.examiner.snapshot(stream, member.path)
                except (OSError, ValueError) as error:
                    if isinstance(error, OSError) and error.errno in _OF_THIS_MACHINE:
                        raise
                    refused = "unreadable" if isinstance(error, OSError) else "damaged-in-archive"
                except HaechiError as error:
                    refused = error.code
            record = SealedMember(
                path=member.path,
                raw_name=member.raw_name.hex(),
                name_rule=member.name_rule,
                size=snapshot.size if snapshot else member.size,
                digest=snapshot.digest if snapshot else None,
                refused=refused,
                facts=member.facts,
            )
            yield _Received(position, member, record, snapshot)

    def _commit_files(self, import_id: int, importer: Importer, window: Sequence[_Received]) -> None:
        items: list[tuple[_Received, Snapshot]] = []
        warnings = []
        for row in window:
            if row.record.refused is not None:
                warnings.append(ReadWarning(row.record.refused, row.member.path))
            elif row.snapshot is not None:
                if row.snapshot.size != row.member.size:
                    warnings.append(ReadWarning("changed-while-read", row.member.path))
                if not _is_furniture(importer, row.member):
                    items.append((row, row.snapshot))
        examined = self._examine(items)
        blobs = self._seal_bytes(items)
        with self._tools.ledger.begin() as writer:
            for row, snapshot in items:
                found = examined[snapshot.digest, _ending(row.member.path)]
                self._add_item(writer, import_id, row, found, blobs)
                warnings += [ReadWarning(code, row.member.path, facts=facts) for code, facts in found.findings]
            writer.add_members(import_id, [(row.position, row.record.record()) for row in window])
            writer.add_warnings(import_id, warnings)
        self._tools.checkpoint()

    def _examine(self, items: Sequence[tuple[_Received, Snapshot]]) -> dict[tuple[Sha256, str], Examined]:
        """Look into each different file once; what the case has examined before is not decoded again.

        Files of the same bytes with other endings are different: one may be named as what it is, the other not.
        """
        examined: dict[tuple[Sha256, str], Examined] = {}
        new: list[tuple[tuple[Sha256, str], Snapshot]] = []
        for row, snapshot in items:
            key = snapshot.digest, _ending(row.member.path)
            if key in examined:
                continue
            known = self._tools.ledger.examined(self._tools.case.case_id, snapshot.digest)
            if known is not None and _holds_for(known, row.member.path):
                examined[key] = known.examined
            else:
                self.new_items += known is None and all(digest != snapshot.digest for digest, _ in examined)
                examined[key] = Examined(MediaKind.OTHER, "application/octet-stream")
                new.append((key, snapshot))
        examined.update((key, result) for key, _, result in self._tools.examiner.examine(new))
        return examined

    def _seal_bytes(self, rows: Sequence[tuple[_Received, Snapshot]]) -> dict[Sha256, Blob]:
        if not self._tools.case.mode.keeps_bytes:
            return {}
        readers = self._tools.ledger.readers(self._tools.case.case_id)
        sealed: dict[Sha256, Blob] = {}
        for row, snapshot in rows:
            if (
                snapshot.digest in sealed
                or self._tools.ledger.blob(self._tools.case.case_id, snapshot.digest) is not None
            ):
                continue
            name = self._tools.blobs.name(self._tools.case.case_id, snapshot.digest)
            with self._again(row.member, snapshot) as stream:
                digesting = _Digesting(stream, row.member.path)
                sealed[snapshot.digest] = self._tools.blobs.seal(name, cast("BinaryIO", digesting), readers=readers)
            if digesting.digest != snapshot.digest:
                self._tools.blobs.remove(name)
                raise ExportChangedError(member=row.member.path)
        return sealed

    def _again(self, member: Member, snapshot: Snapshot) -> BinaryIO:
        """Return the bytes as they were held, or from the export again when they were too many for that."""
        try:
            return snapshot.open()
        except OSError:
            try:
                return self._tools.container.open(member)
            except (OSError, ValueError) as error:
                raise ExportChangedError(member=member.path) from error

    def _add_item(
        self, writer: LedgerWriter, import_id: int, row: _Received, examined: Examined, blobs: dict[Sha256, Blob]
    ) -> None:
        digest = row.record.digest
        if digest is None:
            raise ExportChangedError(member=row.member.path)
        item = EvidenceItem(
            item_id=ItemId(self._tools.randomness(16).hex()),
            import_id=import_id,
            path=row.member.path,
            digest=digest,
            size=row.record.size,
            role=self._tools.role,
            examined=examined,
            is_sealed=self._tools.case.mode.keeps_bytes,
        )
        entry = writer.append(
            Draft(
                EntryType.CAPTURE,
                self._tools.actor,
                self._tools.now(),
                case=self._tools.case.case_id,
                item=item.item_id,
                opening=Opening(self._tools.randomness(32), digest),
            )
        )
        writer.add_items(self._tools.case.case_id, [(item, blobs.pop(digest, None), entry.index)])
        self.items += 1

    def _seal(self, import_id: int, importer: Importer) -> None:
        """Commit the seal record of the whole export: from here on, not one member can change unnoticed."""
        members = self._tools.ledger.seal_members(import_id)
        recorded = self._tools.now()
        subject = seal_record(
            name=self._tools.container.name,
            container=self._tools.container.kind,
            sealed_at={
                "at": recorded.at,
                "zone": recorded.zone,
                "offset_s": recorded.offset_s,
                "source": recorded.source,
            },
            tool={**self._tools.tool, "importer": importer.name, "importer_version": importer.version},
            members=members,
        )
        opening = open_record(self._tools.randomness(32), subject)
        files = [row for row in members if row["sha256"] is not None]
        size = sum(row["size"] for row in files if isinstance(row["size"], int))
        with self._tools.ledger.begin() as writer:
            writer.append(
                Draft(
                    EntryType.SEAL,
                    self._tools.actor,
                    recorded,
                    case=self._tools.case.case_id,
                    opening=opening,
                    counts={"import": import_id, "members": len(members), "files": len(files)},
                )
            )
            writer.set_import(import_id, state="reading", seal_digest=opening.digest, files=len(files), size=size)
        self._tools.checkpoint()


class _Digesting(io.RawIOBase):
    """Passes a stream on and digests what went through; what was read before and cannot be read now has changed."""

    def __init__(self, stream: BinaryIO, path: str) -> None:
        super().__init__()
        self._stream = stream
        self._path = path
        self._total = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that was read."""
        return self._total.hexdigest()

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes."""
        try:
            piece = self._stream.read(size)
        except (OSError, ValueError) as error:
            raise ExportChangedError(member=self._path) from error
        self._total.update(piece)
        return piece


def _ending(path: str) -> str:
    """Return what a file's name says of its kind."""
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _holds_for(known: EvidenceItem, path: str) -> bool:
    """Say whether what was found in the same bytes before holds for this name too."""
    is_passing = any(code in _MAY_BE_PASSING for code, _ in known.examined.findings)
    return not is_passing and _ending(known.path) == _ending(path)


def _is_furniture(importer: Importer, member: Member) -> bool:
    """Say whether a member is what systems and exporters add for themselves: it is sealed, but no finding."""
    return member.facts.get("ignored") is True or importer.is_resource(member.path)


def _close(window: Sequence[_Received]) -> None:
    for row in window:
        if row.snapshot is not None:
            row.snapshot.close()


def _windows(rows: Iterator[_Received]) -> Iterator[list[_Received]]:
    while True:
        window: list[_Received] = []
        held = 0
        try:
            for row in islice(rows, WINDOW_FILES):
                window.append(row)
                held += row.snapshot.size if row.snapshot else 0
                if held >= WINDOW_BYTES:
                    break
        except BaseException:
            _close(window)
            raise
        if not window:
            return
        yield window
