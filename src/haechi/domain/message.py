"""Messages as an importer reads them: what was written, where its bytes lie, and what was uncertain."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from haechi.domain.account import AccountKey
from haechi.domain.canonical import Json
from haechi.domain.room import RoomKey


class MessageKind(StrEnum):
    """What a message is."""

    TEXT = "text"
    MEDIA = "media"
    SERVICE = "service"
    CALL = "call"
    POLL = "poll"
    UNSUPPORTED = "unsupported"


class MediaStatus(StrEnum):
    """What became of a file that a message names."""

    PRESENT = "present"
    SKIPPED_BY_SETTING = "skipped_by_setting"
    TOO_BIG = "too_big"
    UNAVAILABLE = "unavailable"
    MISSING_FROM_ARCHIVE = "missing_from_archive"
    NOT_EXPORTED = "not_exported"
    REMOTE_ONLY = "remote_only"
    SELF_DESTRUCTED = "self_destructed"


class MediaRole(StrEnum):
    """What a file is to its message."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"
    PREVIEW = "preview"


class ZoneSource(StrEnum):
    """How a message's instant was found, strongest first."""

    EPOCH = "epoch"
    EXPLICIT_OFFSET = "explicit_offset"
    DERIVED = "derived"
    DECLARED = "declared"
    ASSUMED = "assumed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end` (exclusive) of one member file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A file that a message names: the reference as written, and what became of it.

    `path` is the member path it resolves to (None when there is none); `claimed_size` in bytes,
    `claimed_mime` and `claimed_name` are the export's word.
    """

    reference: str
    status: MediaStatus
    role: MediaRole = MediaRole.ORIGINAL
    path: str | None = None
    claimed_size: int | None = None
    claimed_mime: str | None = None
    claimed_name: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an export, normalised.

    `ordinal` counts from 0 through the export part; `span` is where its bytes lie in the
    member file; `meaning` is a digest (32 hex digits) of what was written without what each export
    numbers anew (file names), so equal meaning under one key is one message seen twice. `sent_at` and
    `edited_at` are unix seconds; `sent_until` is the end of the interval that a coarse time stands
    for (exclusive). `facts` holds every other field as written, unknown keys included:
    reply_to, forwarded_from, reactions, service action, entities. `named` are accounts with the
    label seen beside their key, the sender's first.
    """

    ordinal: int
    span: Span
    room: RoomKey
    message_id: str
    kind: MessageKind
    meaning: str
    sender: AccountKey | None
    sender_label: str | None
    time_as_written: str
    sent_at: int | None
    sent_until: int | None
    zone_source: ZoneSource
    edited_at: int | None
    text: str
    reply_to: str | None = None
    media: tuple[MediaReference, ...] = ()
    named: tuple[tuple[AccountKey, str | None], ...] = ()
    links: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)


_TOLD_FACTS = ("action", "members", "title", "inviter", "forwarded_from")


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """What the ledger tells of one message of a part, as far as its key and meaning determine it; see `Message`."""

    ordinal: int
    room: RoomKey
    message_id: str
    meaning: str
    kind: MessageKind
    sender_label: str | None
    sent_at: int | None
    edited_at: int | None
    reply_to: str | None
    text: str
    facts: Mapping[str, Json]


def row_digest(message: Message | ToldMessage) -> bytes:
    """Return the SHA-256 over what the ledger tells of a message.

    Only what its key and meaning determine is in it, so it is the same for each export that has the message.
    """
    told = (
        message.room.value,
        message.message_id,
        message.meaning,
        message.kind,
        message.sender_label,
        message.sent_at,
        message.edited_at,
        message.reply_to,
        message.text,
        [message.facts.get(name) for name in _TOLD_FACTS],
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def rows_digest(rows: bytes) -> str:
    """Return the SHA-256 (hex) over the row digests of a window's messages, one after the other.

    A window's entry commits to it beside the root over the raw spans, so that a record cannot say
    something else than the bytes it was read from.
    """
    return hashlib.sha256(rows).hexdigest()
