"""The custody log: one append-only Merkle log a vault, an entry for each thing that was done.

An entry holds random identifiers, counts and salted commitments, never a bare
digest, name, address or text: anyone may be shown the log. What an entry
commits to stands in its opening, kept encrypted in the ledger; destroying the
opening leaves the log valid. Layout: docs/formats/custody-log.md.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from haechi.domain.canonical import Json, canonical, canonical_parsed
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import Sha256
from haechi.domain.merkle import Frontier, leaf_hash

MOST_ENTRY_BYTES = 65_535  # C2SP tlog-tiles prefixes an entry with a 16-bit length
GENESIS = "0" * 64
SALT_BYTES = 32
MESSAGE_SALT_BYTES = 16


class EntryType(StrEnum):
    """What was done."""

    CREATE = "create"
    """The vault was made."""
    KEY = "key"
    """A key was added, changed or taken away."""
    CASE = "case"
    """A case was opened or its custody mode set."""
    CAPTURE = "capture"
    """Bytes were read for the first time: digested, and sealed where the mode allows it."""
    SEAL = "seal"
    """The seal record of a whole export: every member with size and digest, before any of it was parsed."""
    WINDOW = "window"
    """A run of parsed messages; `root` is the root over all messages of this import so far."""
    IMPORT = "import"
    """An import was finished."""
    MATCH = "match"
    """Copies were looked for."""
    EXPORT = "export"
    """A packet was made."""
    VERIFY = "verify"
    """The vault was checked."""
    ANCHOR = "anchor"
    """Time stamps or cosignatures of a checkpoint came in from outside."""
    DERIVE = "derive"
    """A redacted derivative of an item or a message was made."""
    TRANSFER = "transfer"
    """A packet was encrypted for a recipient."""
    RECEIVE = "receive"
    """A recipient's signed receipt came back."""
    SHARE = "share"
    """Hashes were written into a file for others; nothing else of the case is in it."""
    DELETE = "delete"
    """Records and the keys to sealed bytes were destroyed; the entries they belong to stay."""
    ROLE = "role"
    """A person who may open the vault was added or taken away."""
    BACK_UP = "back-up"
    """A copy of the vault was made in another folder."""
    RESTORE = "restore"
    """The vault was put back from a back-up."""
    TRACE = "trace"
    """An item was compared with the person's own photos; without an item: what was kept for that was deleted."""
    AUDIENCE = "audience"
    """Where an own photo was posted, or who could see what was posted there, was recorded."""


@dataclass(frozen=True, slots=True)
class RecordedTime:
    """One reading of this machine's clock. It is what the machine said, not what the time was.

    `at` is UTC as RFC 3339 with microseconds and `Z`; `zone` the machine's zone
    name; `offset_s` its offset east of UTC in seconds; `source` where clock and
    zone were read, such as `system clock; TZ` or `system clock; /etc/localtime`.
    """

    at: str
    zone: str
    offset_s: int
    source: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a commitment: salt, digest, and the record the digest is of (None when it is of a file's bytes)."""

    salt: bytes
    digest: Sha256
    subject: Json = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place in the log. `case` and `item` are random identifiers, never names."""

    type: EntryType
    actor: str
    recorded: RecordedTime
    case: str | None = None
    item: str | None = None
    opening: Opening | None = None
    root: bytes | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in its place: `raw` is the leaf, RFC 8785 JSON in UTF-8."""

    index: int
    raw: bytes

    @property
    def leaf(self) -> bytes:
        """The RFC 6962 leaf hash."""
        return leaf_hash(self.raw)


@dataclass(frozen=True, slots=True)
class LogHead:
    """Where the log stands: its frontier and the leaf hash of its last entry (`GENESIS` when there is none)."""

    frontier: Frontier = field(default_factory=Frontier)
    previous: str = GENESIS

    def append(self, draft: Draft) -> tuple[Entry, "LogHead"]:
        """Return the entry that `draft` becomes here, and the head after it."""
        members: dict[str, Json] = {
            "v": 1,
            "n": self.frontier.size,
            "type": draft.type.value,
            "actor": draft.actor,
            "at": draft.recorded.at,
            "clock": {
                "offset_s": draft.recorded.offset_s,
                "source": draft.recorded.source,
                "zone": draft.recorded.zone,
            },
            "prev": self.previous,
        }
        if draft.case is not None:
            members["case"] = draft.case
        if draft.item is not None:
            members["item"] = draft.item
        if draft.opening is not None:
            members["commit"] = commitment(draft.opening.salt, draft.opening.digest).hex()
        if draft.root is not None:
            members["root"] = draft.root.hex()
        if draft.counts:
            members["counts"] = dict(draft.counts)
        entry = Entry(self.frontier.size, canonical(members))
        if len(entry.raw) > MOST_ENTRY_BYTES:
            raise ValueError(len(entry.raw))
        return entry, LogHead(self.frontier.append([entry.leaf]), entry.leaf.hex())


def commitment(salt: bytes, digest: Sha256) -> bytes:
    r"""Return SHA-256("commit/v1\n" || salt || digest), with a 32-byte salt and the digest's 32 bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(len(salt))
    return hashlib.sha256(b"commit/v1\n" + salt + bytes.fromhex(digest)).digest()


def open_record(salt: bytes, subject: Json) -> Opening:
    """Return the opening of a commitment to a record: the digest is of its canonical bytes."""
    return Opening(salt, Sha256(hashlib.sha256(canonical(subject)).hexdigest()), subject)


def opens(opening: Opening, commit: object, *, is_file: bool) -> bool:
    """Say whether the opening, as it was read back, opens this commitment (hex). Only a file's may lack the record."""
    try:
        if commit != commitment(opening.salt, opening.digest).hex():
            return False
        if opening.subject is None:
            return is_file
        return hashlib.sha256(canonical_parsed(opening.subject)).hexdigest() == opening.digest
    except (ValueError, TypeError, RecursionError):
        return False


def message_leaf(salt: bytes, raw: bytes) -> bytes:
    """Return the leaf hash of one message in its export's message tree: over salt (16 bytes) || raw span."""
    if len(salt) != MESSAGE_SALT_BYTES:
        raise ValueError(len(salt))
    return leaf_hash(salt + raw)


def message_leaves(raw: bytes, lengths: Iterable[int], salts: bytes) -> Iterator[bytes]:
    """Yield the leaf of each message of a window: `raw` is its spans one after the other, `salts` 16 bytes a message."""
    at = 0
    for position, length in enumerate(lengths):
        salt = salts[MESSAGE_SALT_BYTES * position : MESSAGE_SALT_BYTES * (position + 1)]
        yield message_leaf(salt, raw[at : at + length])
        at += length


def replay(entries: Iterable[Entry]) -> LogHead:
    """Return the head that these entries lead to.

    Checks number, order and link of each. Raises `CustodyBrokenError` naming the first that does not follow.
    """
    head = LogHead()
    for entry in entries:
        try:
            members = json.loads(entry.raw)
        except ValueError as error:
            raise CustodyBrokenError(kind="entry-form", place=entry.index) from error
        if not isinstance(members, dict):
            raise CustodyBrokenError(kind="entry-form", place=entry.index)
        if entry.index != head.frontier.size or members.get("n") != entry.index:
            raise CustodyBrokenError(kind="entry-order", place=head.frontier.size)
        if members.get("prev") != head.previous:
            raise CustodyBrokenError(kind="entry-link", place=entry.index)
        head = LogHead(head.frontier.append([entry.leaf]), entry.leaf.hex())
    return head
