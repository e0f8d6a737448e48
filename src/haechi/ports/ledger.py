"""The vault's records. Everything added in one `begin()` block is committed together, durably, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.account import Account
from haechi.domain.canonical import Json
from haechi.domain.case import Case, CaseId
from haechi.domain.custody import Draft, Entry, EntryType, LogHead, Opening
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.merkle import Frontier
from haechi.domain.message import MediaReference, Message, Span
from haechi.domain.room import Room, RoomKey
from haechi.domain.span import Accounting
from haechi.domain.warning import ReadWarning
from haechi.ports.anchor_records import AnchorRecords, AnchorWriter
from haechi.ports.audience_records import AudienceRecords, AudienceWriter
from haechi.ports.blobs import Blob
from haechi.ports.checking import CheckedRecords
from haechi.ports.derivative_records import DerivativeRecords, DerivativeWriter
from haechi.ports.erasure import Eraser, PersonRecords
from haechi.ports.recipient_records import RecipientRecords, RecipientWriter
from haechi.ports.trace_records import TraceRecords, TraceWriter


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import of one export; `source` is the export's name as given.

    `state` is `receiving` (files are being read), `reading` (messages are being parsed), `done`, or `abandoned` (the
    export changed before it was done).
    `seal_digest` is set once the seal record is committed.
    """

    import_id: int
    case: CaseId
    source: str
    container: str
    importer: str
    role: str
    state: str
    started_at: str
    finished_at: str | None
    seal_digest: Sha256 | None
    files: int
    size: int
    messages: int


@dataclass(frozen=True, slots=True)
class PartRecord:
    """How far the messages of one member of an import have been committed, with its message tree so far."""

    part_id: int
    import_id: int
    path: str
    exported_at: str | None
    committed: int
    """Messages committed: the next ordinal."""
    frontier: Frontier
    accounting: Accounting | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """A committed run of messages: raw spans and salts, from which its leaves are computed again."""

    part_id: int
    first: int
    raw: bytes
    lengths: tuple[int, ...]
    salts: bytes
    """16 bytes a message."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message under its key (room, message id), one version of it.

    `row` is the ledger's number of this version; `sources` are (part id, ordinal, span) of each
    export that has this very version, oldest import first; `media` pairs each reference with the item it resolved to.
    """

    row: int
    message: Message
    sources: tuple[tuple[int, int, Span], ...]
    media: tuple[tuple[MediaReference, ItemId | None], ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that an earlier export has and a later one, which covers its place, lacks."""

    room: RoomKey
    message_id: str
    last_import: int
    first_import_without: int


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """What a window brought: `new` keys, `known` ones (one more source), and new `versions` of known keys."""

    new: int
    known: int
    versions: int


class Ledger(
    AnchorRecords, AudienceRecords, DerivativeRecords, RecipientRecords, TraceRecords, PersonRecords, Protocol
):
    """Reading. Sequences come in a stable order that the records alone decide (never insertion races)."""

    def begin(self) -> AbstractContextManager["LedgerWriter"]:
        """Open one transaction. Raises `DiskFullError`, `VaultReadOnlyError` on commit."""

    def log_head(self) -> LogHead: ...
    def entries(self, start: int = 0, end: int | None = None) -> Iterator[Entry]: ...
    def entries_about(self, case: CaseId, kind: EntryType) -> Iterator[tuple[Entry, Opening | None]]:
        """Yield the case's entries of this kind in order, each with its opening where there is one."""

    def opening(self, index: int) -> Opening | None:
        """Return the opening of entry `index`, or None when it commits to nothing or its opening was destroyed."""

    def openings(self) -> Iterator[tuple[int, Opening]]: ...
    def secret(self, name: str) -> bytes | None:
        """Return a private value kept in the ledger: `log-key`, `packet-key`, `reader-identity`, `origin`."""

    def cases(self) -> Sequence[Case]: ...
    def readers(self, case: CaseId) -> Sequence[str]:
        """Return the age recipients who may open the case's sealed items."""

    def imports(self, case: CaseId | None = None) -> Sequence[ImportRecord]: ...
    def parts(self, import_id: int) -> Sequence[PartRecord]: ...
    def seal_members(self, import_id: int) -> Sequence[Mapping[str, Json]]:
        """Return the members recorded so far, as in the seal record, in container order."""

    def windows(self, part_id: int) -> Iterator[StoredWindow]: ...
    def warnings(self, import_id: int) -> Sequence[ReadWarning]: ...

    def items(self, case: CaseId) -> Iterator[EvidenceItem]: ...
    def item_entry(self, item: ItemId) -> int:
        """Return the index of the log entry that captured the item."""

    def examined(self, case: CaseId, digest: Sha256) -> EvidenceItem | None:
        """Return an item of the case with these bytes that was examined already."""

    def blob(self, case: CaseId, digest: Sha256) -> Blob | None: ...
    def blob_names(self) -> Iterator[str]: ...
    def sealed_digests(self) -> Iterator[tuple[str, Sha256 | None]]:
        """Yield each blob's name and the digest of its age file (None where it was never recorded), by name."""

    def messages(self, case: CaseId) -> Iterator[StoredMessage]:
        """Yield all messages of the case by room, time and number, versions of one key together, oldest import first."""

    def message_count(self, case: CaseId | None = None) -> int: ...
    def accounts(self, case: CaseId) -> Sequence[Account]: ...
    def rooms(self, case: CaseId) -> Sequence[Room]: ...
    def gone(self, case: CaseId) -> Sequence[Gone]: ...


class VaultLedger(Ledger, CheckedRecords, Protocol):
    """A ledger in a vault of its own: what opening, checking and closing the vault need."""

    def leaves(self, end: int) -> Iterator[bytes]:
        """Yield the leaf hashes of the first `end` entries, as they were kept when they were appended."""

    def source_count(self, part_id: int) -> int:
        """Return how many messages of the part are recorded, new and known ones."""

    def blob_digests(self) -> Iterator[tuple[CaseId, Sha256]]:
        """Yield case and digest of each blob, by blob name."""

    def item_count(self, *, sealed: bool | None = None) -> int: ...
    def damaged_pages(self) -> Sequence[str]:
        """Return what the database engine finds wrong with its own pages; nothing when all is well."""

    def forget_copy(self) -> None:
        """Remove the copy that the last migration left, if there is one and this is not the opening that made it."""

    def fold(self) -> None:
        """Fold the write-ahead log into the database file, so that a copy of that file alone is the whole ledger."""

    def scrub(self) -> None:
        """Rewrite the database so that nothing erased is left in its free pages or its write-ahead log."""

    def close(self) -> None: ...


class LedgerWriter(AnchorWriter, AudienceWriter, DerivativeWriter, RecipientWriter, TraceWriter, Eraser, Protocol):
    """One transaction."""

    def append(self, draft: Draft) -> Entry:
        """Append one entry to the custody log, with its opening."""

    def set_secret(self, name: str, value: bytes) -> None: ...
    def add_case(self, case: Case, recipients: Sequence[str]) -> None: ...
    def set_case(self, case: Case) -> None: ...
    def set_readers(self, case: CaseId, recipients: Sequence[str]) -> None:
        """Name the age recipients for what is sealed from now on."""

    def add_import(
        self, case: CaseId, *, source: str, container: str, importer: str, role: str, started_at: str
    ) -> int:
        """Record a new import in state `receiving` and return its id."""

    def add_members(self, import_id: int, rows: Sequence[tuple[int, Mapping[str, Json]]]) -> None:
        """Record members of the seal record with their position in the container."""

    def set_import(
        self,
        import_id: int,
        *,
        state: str,
        seal_digest: Sha256 | None = None,
        finished_at: str | None = None,
        files: int | None = None,
        size: int | None = None,
    ) -> None: ...
    def add_items(self, case: CaseId, rows: Sequence[tuple[EvidenceItem, Blob | None, int]]) -> None:
        """Add items, each with its blob (None: no new blob) and the index of the entry that captured it."""

    def add_blob(self, case: CaseId, digest: Sha256, blob: Blob) -> None:
        """Add a sealed blob that is no item's, such as that of the export's message file."""

    def add_warnings(self, import_id: int, rows: Sequence[ReadWarning]) -> None:
        """Record warnings; one that is recorded already (same code, path and place) is not recorded twice."""

    def add_part(self, import_id: int, *, path: str, exported_at: str | None) -> int: ...
    def add_room(self, case: CaseId, room: Room) -> None:
        """Add a room, or its new names and links."""

    def add_window(
        self,
        case: CaseId,
        part_id: int,
        messages: Sequence[Message],
        *,
        raw: bytes,
        lengths: Sequence[int],
        salts: bytes,
        frontier: Frontier,
    ) -> WindowCounts:
        """Add a run of messages with accounts, names, links and versions, and move the part on.

        A message whose key and meaning are known becomes one more source of that version. `lengths` are the bytes
        of `raw` that belong to each message, `salts` 16 bytes a message.
        """

    def set_part(
        self, part_id: int, *, accounting: Accounting, flags: Sequence[str], facts: Mapping[str, Json]
    ) -> None: ...
    def find_gone(self, case: CaseId, import_id: int) -> int:
        """Record what earlier exports have and this one lacks inside the range it covers; return how many."""
