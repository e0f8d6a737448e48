"""What a packet holds: exhibits with numbers, the messages and groups they stand in, and the proofs that go with them.

A plan is made from the vault's records alone and is complete: a writer turns it
into files, a renderer into a report, and the same plan gives the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from haechi.domain.account import Account
from haechi.domain.anchor import Anchor, Witness
from haechi.domain.canonical import Json
from haechi.domain.case import CustodyMode
from haechi.domain.custody import Entry, Opening
from haechi.domain.derivative import Derivative
from haechi.domain.disclosure import DisclosedMessage
from haechi.domain.evidence import EvidenceItem, Sha256
from haechi.domain.match import Group
from haechi.domain.room import Room
from haechi.domain.trace_exhibit import ShownTrace

NAMESPACE = "packet@haechi"
"""The SSH signature namespace of packets: a signature made for anything else does not verify here."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a packet is to hold: rooms by key, messages by (room key, message id), items by identifier.

    Empty means the whole case. A selected message brings its items, a selected item the messages that carry it.
    """

    rooms: frozenset[str] = frozenset()
    messages: frozenset[tuple[str, str]] = frozenset()
    items: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing was singled out."""
        return not (self.rooms or self.messages or self.items)


@dataclass(frozen=True, slots=True)
class PacketMessage:
    """A message as a packet tells it. Times are unix seconds; `exhibits` are exhibit numbers.

    `versions` counts the different versions seen under this key; `gone_between` are two dates
    (ISO, of the last export that has it and the first that lacks it) when it disappeared. `links` are the
    platform's own links in it, as written.
    """

    room: str
    message_id: str
    kind: str
    sender: str | None
    sender_label: str | None
    time_as_written: str
    sent_at: int | None
    zone_source: str
    edited_at: int | None
    text: str
    reply_to: str | None
    flags: tuple[str, ...]
    exhibits: tuple[str, ...]
    facts: Mapping[str, Json]
    source: str
    """Member file and byte span of the newest source, `result.json:1204-1530`."""
    versions: int = 1
    gone_between: tuple[str, str] | None = None
    links: tuple[str, ...] = ()
    disclosed: str | None = None
    """The number under which its bytes and the proof that they are in the sealed export stand, `M-0001`."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An item as numbered in a packet (호증).

    `entry` is the index of the log entry that captured it; `opening` opens that entry's commitment;
    `sightings` are (room, message id, account key, unix seconds) of each message that carries it;
    `file` is its path in the packet, None when its bytes are not in it; `group` is its group's number.
    """

    number: str
    item: EvidenceItem
    entry: int
    opening: Opening
    sightings: tuple[tuple[str, str, str | None, int | None], ...]
    file: str | None
    group: int | None


@dataclass(frozen=True, slots=True)
class ShownDerivative:
    """A redacted derivative as a packet shows it: `exhibit` is its source's number, None for a message's or one not shown.

    `opening` opens the `derive` entry; `file` is its path in the packet.
    """

    number: str
    derivative: Derivative
    opening: Opening
    exhibit: str | None
    file: str


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One dated line: `kind` is a stable code with words in each language, `facts` what the words name."""

    at: int | None
    kind: str
    room: str | None
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceExport:
    """One import the packet rests on: name as given, digest of its seal record, counts, and warnings by code."""

    import_id: int
    name: str
    importer: str
    sealed_at: str
    seal_digest: str
    files: int
    size: int
    messages: int
    unparsed_bytes: int
    warnings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PacketPlan:
    """Everything a packet says.

    `as_of` is the recorded time (UTC, RFC 3339) of the last log entry it rests on and the only date in it, so
    building again gives the same bytes. `entries` is the log from its first entry; `openings` maps entry index to opening.
    """

    packet_id: str
    case_name: str
    mode: CustodyMode
    as_of: str
    zone: str
    offset_s: int
    haechi_version: str
    origin: str
    log_vkey: str
    checkpoint: str
    """The signed note over the log at this size."""
    signer_public: bytes
    """The packet signing key, 32 bytes of Ed25519."""
    entries: tuple[Entry, ...]
    openings: Mapping[int, Opening]
    exhibits: tuple[Exhibit, ...]
    messages: tuple[PacketMessage, ...]
    accounts: tuple[Account, ...]
    rooms: tuple[Room, ...]
    groups: tuple[Group, ...]
    timeline: tuple[TimelineEvent, ...]
    sources: tuple[SourceExport, ...]
    disclosed: tuple[DisclosedMessage, ...] = ()
    derivatives: tuple[ShownDerivative, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    """Checkpoints over a beginning of `entries` that others stamped or cosigned, oldest first."""
    witnesses: tuple[Witness, ...] = ()
    report_certificate: Sha256 | None = None
    """SHA-256 of the certificate (DER) of the key that signs the report and the hash confirmation."""
    traces: tuple[ShownTrace, ...] = ()
    """What was traced of the exhibits, in their order."""


def exhibit_number(position: int) -> str:
    """Return the number of the exhibit at `position` (from 1): `E-0001`."""
    return f"E-{position:04d}"


def anchor_number(position: int) -> str:
    """Return the number of the anchor at `position` (from 1) in a packet: `A-0001`."""
    return f"A-{position:04d}"
