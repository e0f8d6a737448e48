"""Turns a worker's frames into the domain's records. About 10 microseconds a message."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from haechi.adapters.importers.feeding import Feed, Frames
from haechi.adapters.importers.references import References
from haechi.domain import warning
from haechi.domain.account import AccountKey, AccountName, KeyStrength
from haechi.domain.errors import HaechiError, WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError
from haechi.domain.message import MediaReference, MediaRole, MediaStatus, Message, MessageKind, Span, ZoneSource
from haechi.domain.room import Room, RoomKey
from haechi.domain.span import Accounting
from haechi.ports.importer import Parsed, PartDone, RoomFound, Window

_KINDS = {kind.value: kind for kind in MessageKind}
_ZONES = {zone.value: zone for zone in ZoneSource}
_ROLES = {role.value: role for role in MediaRole}
_STATUSES = {status.value: status for status in MediaStatus}
_REMEMBERED = 20_000
Row = list[Any]


class Records:
    """Makes the records of one part, of platform `platform`, member `path`."""

    def __init__(self, *, platform: str, path: str, references: References) -> None:
        self._platform = platform
        self._path = path
        self._references = references
        self._rooms: list[RoomKey] = []
        self._keys: dict[str, AccountKey] = {}
        self._senders: dict[tuple[str, str | None], tuple[AccountKey, str | None]] = {}
        self._unparsed: list[Span] = []
        self._end = self._message_bytes = 0
        self._found: set[str] = set()

    def records(self, frames: Frames, feed: Feed) -> Iterator[Parsed]:
        """Yield records until the part is done.

        A worker that ends early costs what it had not read yet: that is listed as unparsed, with a warning. One that
        never answers raises: `WorkerCrashedError`, `WorkerTimeoutError`, `WorkerRefusedError`.
        """
        last: Mapping[str, Any] = {}
        try:
            for last, blob in frames:
                record = self._checked(last, blob)
                if record is not None:
                    yield record
            if last.get("kind") != "done":
                raise WorkerRefusedError(error="", at="records", refusal="unfinished")  # noqa: TRY301 - as if it had said so
        except (WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError) as error:
            if not last:
                raise
            yield from self._cut_short(error, feed)
            return
        # Only now have all bytes been fed, and digested.
        yield self._done(last, feed)

    def _checked(self, header: Mapping[str, Any], blob: bytes) -> Parsed | None:
        """Return the record of a frame. Raises `WorkerRefusedError` for one that makes no sense."""
        try:
            if header["kind"] == "done":
                int(header["messages"]), int(header["framing"]), tuple(header["flags"]), dict(header["facts"])
            return self._record(header, blob)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise WorkerRefusedError(error=type(error).__name__, at="records", refusal="") from error

    def _cut_short(self, error: HaechiError, feed: Feed) -> Iterator[Parsed]:
        rest = Span(self._end, feed.size)
        self._unparsed = [span for span in self._unparsed if span.end <= self._end]
        framing = self._end - self._message_bytes - sum(span.end - span.start for span in self._unparsed)
        yield warning.ReadWarning(error.code, self._path, f"byte {rest.start}", {"bytes": rest.end - rest.start})
        yield rest
        unparsed = (*self._unparsed, rest)
        yield PartDone(
            Accounting(feed.size, self._message_bytes, framing, unparsed),
            feed.digest,
            (*sorted(self._found), "reading_ended_early"),
        )

    def _record(self, header: Mapping[str, Any], blob: bytes) -> Parsed | None:
        kind = header["kind"]
        if kind == "window":
            return self._window(header, blob)
        if kind == "room":
            return self._room(header)
        if kind == "warning":
            return warning.ReadWarning(str(header["code"]), self._path, str(header["place"]), dict(header["facts"]))
        if kind == "unparsed":
            self._unparsed.append(Span(int(header["start"]), int(header["end"])))
            return self._unparsed[-1]
        return None

    def _window(self, header: Mapping[str, Any], blob: bytes) -> Window:
        size = int(header["rows"])
        rows = orjson.loads(blob[:size])
        first = int(header["first"])
        self._end, self._message_bytes = int(header["end"]), int(header["messages"])
        messages = tuple([self._message(first + index, row) for index, row in enumerate(rows)])
        lengths = tuple(message.span.end - message.span.start for message in messages)
        return Window(messages, blob[size:], lengths)

    def _message(self, ordinal: int, row: Row) -> Message:
        (
            start, end, room, message_id, kind, meaning, key, label, written, sent_at, sent_until, zone, edited_at, text,
            reply_to, media, others, links, flags, facts,
        ) = row  # fmt: skip
        sender = None
        named: tuple[tuple[AccountKey, str | None], ...] = ()
        if key is not None:
            first = self._senders.get((key, label)) or self._sender(key, label)
            sender = first[0]
            named = (first,)
        if others:
            named += tuple((self._key(other), name) for other, name in others)
        return Message(
            ordinal,
            Span(start, end),
            self._rooms[room],
            message_id,
            _KINDS[kind],
            meaning,
            sender,
            label,
            written,
            sent_at,
            sent_until,
            _ZONES[zone],
            edited_at,
            text,
            reply_to,
            tuple([self._media(reference, flags) for reference in media]) if media else (),
            named,
            tuple(links) if links else (),
            tuple(dict.fromkeys(flags)) if flags else (),
            facts,
        )

    def _sender(self, key: str, label: str | None) -> tuple[AccountKey, str | None]:
        if len(self._senders) >= _REMEMBERED:
            self._senders.clear()
        pair = self._senders[key, label] = (self._key(key), label)
        return pair

    def _key(self, value: str) -> AccountKey:
        known = self._keys.get(value)
        if known is None:
            if len(self._keys) >= _REMEMBERED:
                self._keys.clear()
            if value.startswith("label:"):
                strength = KeyStrength.LABEL
            else:
                strength = KeyStrength.USERNAME if value.startswith("@") else KeyStrength.ID
            known = self._keys[value] = AccountKey(self._platform, value, strength)
        return known

    def _media(self, row: Row, flags: list[str]) -> MediaReference:
        reference, status, role, size, mime, name = row
        path = None
        if status == "file":
            path, flag = self._references.find(reference)
            if flag:
                flags.append(flag)
                self._found.add(flag)
            found = MediaStatus.PRESENT if path is not None else MediaStatus.MISSING_FROM_ARCHIVE
        else:
            found = _STATUSES[status]
        return MediaReference(reference, found, _ROLES[role], path, size, mime, name)

    def _room(self, header: Mapping[str, Any]) -> RoomFound:
        key = RoomKey(self._platform, str(header["key"]))
        self._rooms.append(key)
        name = header["name"]
        names = (AccountName(name, None, None),) if name else ()
        return RoomFound(Room(key, header["type"], names), tuple(header["flags"]))

    def _done(self, header: Mapping[str, Any], feed: Feed) -> PartDone:
        accounting = Accounting(feed.size, int(header["messages"]), int(header["framing"]), tuple(self._unparsed))
        return PartDone(accounting, feed.digest, tuple(sorted({*header["flags"], *self._found})), header["facts"])
