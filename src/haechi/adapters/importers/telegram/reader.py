"""The worker's side of reading `result.json`: bytes from a descriptor in, frames of rows and raw bytes out.

Kept small: this runs over a stranger's file in a process of its own, in about 30 MB whatever the file's size.
"""

import gc
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from haechi.adapters.importers.telegram.accounts import TYPES, room_key
from haechi.adapters.importers.telegram.decode import (
    NESTED_TOO_DEEP,
    NOT_AN_OBJECT,
    FractionError,
    UnreadableError,
    decoded,
    safe,
)
from haechi.adapters.importers.telegram.normalise import Normaliser, Row
from haechi.adapters.importers.telegram.pieces import BLOCK, Found, Read
from haechi.adapters.importers.telegram.room_at_hand import RoomAtHand, header_fields
from haechi.adapters.importers.telegram.split_layout import LayoutSplitter, level_of
from haechi.adapters.importers.telegram.split_tokens import TokenSplitter
from haechi.adapters.importers.telegram.versions import VersionsSeen
from haechi.domain import embedded_picture as withheld

Frame = tuple[Mapping[str, Any], bytes]
WINDOW = 1000
"""Messages in one frame at most."""
WINDOW_BYTES = 1 << 20
SECTIONS_KEPT = 256 << 10
"""Bytes of an account export's other sections kept as facts; a longer one is listed as unparsed."""
WARNINGS = 1000
SILENCE = 64 << 20
"""Bytes after which a frame is sent even if nothing was found, so that the caller knows that reading goes on."""
_BOM = b"\xef\xbb\xbf"
_OLD_ID = re.compile(rb'"(?:from|actor)_id": ?(?:("(?:user|chat|channel))|\d)')
_PERSONAL = {"saved_messages", "replies", "verification_codes", "personal_chat", "bot_chat"}


def read_json(request: Mapping[str, Any], fd: int | None) -> Iterator[Frame]:
    """Yield the frames of one part, read from `fd` to its end. `skip` in the request: rows of earlier messages stay out."""
    assert fd is not None  # noqa: S101 - the caller always hands a descriptor
    was_enabled = gc.isenabled()
    gc.disable()  # JSON makes no cycles, and looking for them took a fifth of the time
    try:
        yield from PartReader(reader_of(fd), skip=int(request.get("skip", 0))).frames()
    finally:
        if was_enabled:
            gc.enable()


def reader_of(fd: int) -> Read:
    """Return a function that reads from a pipe until it has as many bytes as asked for, or the end."""

    def read(size: int) -> bytes:
        blocks: list[bytes] = []
        while size > 0:
            block = os.read(fd, size)
            if not block:
                break
            blocks.append(block)
            size -= len(block)
        return b"".join(blocks)

    return read


class PartReader:
    """Reads one `result.json` in one pass."""

    def __init__(self, read: Read, *, skip: int) -> None:
        self._size = 0
        self._read = self._counting(read)
        self._skip = skip
        self._normaliser = Normaliser()
        self._versions = VersionsSeen()
        self._rows: list[Row] = []
        self._raw: list[bytes] = []
        self._raw_size = 0
        self._ordinal = 0
        self._message_bytes = self._framing = 0
        self._unparsed: list[Any] | None = None
        self._unparsed_spans = 0
        self._warnings = 0
        self._flags: Counter[str] = Counter()
        self._part_flags: set[str] = set()
        self._sections: dict[str, Any] = {}
        self._sections_size = 0
        self._rooms = 0
        self._room: RoomAtHand | None = None
        self._migrated: RoomAtHand | None = None
        self._labels: set[str] = set()
        self._self_key: str | None = None
        self._only_mine: list[str] = []
        self._has_old_ids = False
        self._key_line = b""
        self._splitter: LayoutSplitter | TokenSplitter

    def frames(self) -> Iterator[Frame]:
        """Yield every frame; the last one is `done`."""
        yield {"kind": "progress", "offset": 0}, b""
        head = self._read(BLOCK)
        self._splitter = self._chosen(head)
        old = _OLD_ID.search(head)
        self._has_old_ids = old is not None and old[1] is None
        told = 0
        for kind, start, end, written, name in self._splitter.pieces():
            if kind == Found.MESSAGE:
                first = self._message(start, end, written)
                if first:
                    yield from first
                if self._raw_size >= WINDOW_BYTES or len(self._rows) >= WINDOW:
                    yield from self._window()
            elif kind == Found.UNPARSED:
                yield from self._list_unparsed(start, end, name)
            elif kind == Found.ROOM:
                yield from self._begin_room(start, end, written, name)
            else:
                yield from self._section(start, end, written, name)
            if end - told >= SILENCE:
                told = end
                yield {"kind": "progress", "offset": end}, b""
        yield from self._end_room()
        if self._rows:
            yield from self._window()
        yield from self._send_unparsed()
        yield from self._done()

    def _counting(self, read: Read) -> Read:
        def counted(size: int) -> bytes:
            block = read(size)
            self._size += len(block)
            return block

        return counted

    def _chosen(self, head: bytes) -> LayoutSplitter | TokenSplitter:
        level = level_of(head)
        if level is not None:
            self._key_line = b"\n" + b" " * (level + 1) + b'"'
            return LayoutSplitter(self._read, head, level)
        self._part_flags.add("not_written_by_tdesktop")
        start = 0
        if head.startswith(_BOM):
            self._part_flags.add("byte_order_mark")
            start = len(_BOM)
        if b"\r\n" in head[:4096]:
            self._part_flags.add("crlf")
        return TokenSplitter(self._read, head, start=start)

    def _message(self, start: int, end: int, span: bytes) -> list[Frame]:
        """Take one message; return the frame of a room that it is the first of. No generator: a million calls count."""
        first: list[Frame] = []
        try:
            row, kept = self._row(span)
        except UnreadableError as error:
            self._splitter.reject(str(error.args[0]))
            return first
        except RecursionError:
            self._splitter.reject(NESTED_TOO_DEEP)
            return first
        if self._room is None:
            first += self._begin_room(start, start, b"{}", "")
        flags: list[str] = row[18]
        room = self._room
        if "migrated" in flags:
            first += self._begin_migrated()
            room = self._migrated
        if room is None:
            return first
        row[0], row[1], row[2] = start, end, room.index
        self._notice(room, row)
        if self._splitter.is_room_uncertain:
            flags.append("room_uncertain")
        if flags:
            self._flags.update(flags)
        self._message_bytes += end - start
        self._ordinal += 1
        if self._ordinal > self._skip:
            self._rows.append(row)
            self._raw.append(kept)
            self._raw_size += end - start
        return first

    def _row(self, span: bytes) -> tuple[Row, bytes]:
        """Return the row of one message's bytes and the bytes to keep of it. Raises `UnreadableError`."""
        flags: list[str] = []
        repeated: dict[str, Any] = {}
        fields = self._fast(span)
        if fields is None:
            fields, flags, repeated = decoded(span)
        self._versions.see(fields)
        try:
            return self._normalised(fields, flags, repeated, span)
        except FractionError:
            fields, flags, repeated = decoded(span)
            return self._normalised(fields, flags, repeated, span)

    def _fast(self, span: bytes) -> dict[str, Any] | None:
        """Return the object as `orjson` reads it, or None where that fails or could lose a repeated key."""
        try:
            fields = orjson.loads(span)
        except orjson.JSONDecodeError:
            return None
        if type(fields) is not dict:
            raise UnreadableError(NOT_AN_OBJECT)
        if self._key_line:
            return fields if span.count(self._key_line) == len(fields) else None
        return fields if b'"service"' not in span else None

    def _normalised(
        self, fields: dict[str, Any], flags: list[str], repeated: dict[str, Any], span: bytes
    ) -> tuple[Row, bytes]:
        taken: list[dict[str, Any]] = []
        if len(span) > withheld.LONG or "invalid_utf8" in flags or withheld.may_hold_picture(span):
            fields = withheld.without_pictures(fields, taken)
            repeated = withheld.without_pictures(repeated, taken)
        row = self._normaliser.row(fields, self._ordinal, flags)
        if repeated:
            row[19]["duplicate_keys"] = safe(repeated)
        if taken:
            flags.append("embedded_media_withheld")
            row[19]["withheld"] = taken
            return row, withheld.padded_marker(span)
        return row, span

    def _notice(self, room: RoomAtHand, row: Row) -> None:
        """Look at ids and writers over the whole room: ids rise in every true export."""
        number = int(row[3]) if row[3].isascii() and row[3].isdigit() else None
        if number is not None:
            if room.last_id is not None and number <= room.last_id:
                row[18].append("ids_out_of_order")
            room.last_id = number
        if row[4] != "service":
            room.messages += 1
            room.is_others = room.is_others or row[6] != self._self_key

    def _begin_room(self, start: int, end: int, header: bytes, section: str) -> Iterator[Frame]:
        yield from self._end_room()
        fields, flags = header_fields(header)
        if flags:
            yield from self._list_unparsed(start, end, "header-damaged")
        else:
            self._framing += end - start
        fields.pop("messages", None)
        key, more = room_key(fields, has_old_ids=self._has_old_ids)
        if key.startswith("label:"):
            key = self._unused_label(key)
        kind, name = fields.pop("type", None), fields.pop("name", None)
        if kind is not None and kind not in TYPES:
            self._part_flags.add("not_written_by_tdesktop")
        if section == "left_chats":
            more.append("only_my_messages_suspected")
        self._room = RoomAtHand(self._rooms, key, name if isinstance(name, str) else None, str(kind) if kind else None)
        self._migrated = None
        yield self._room_frame(self._room, [*flags, *more])
        unknown = {field: value for field, value in fields.items() if field != "id"}
        if unknown:
            yield from self._warn("unknown-header-fields", f"byte {start}", {"room": key, "fields": safe(unknown)})

    def _unused_label(self, key: str) -> str:
        """Return the label as a key no other room of this part has: names do not tell rooms apart."""
        unused, count = key, 1
        while unused in self._labels:
            count += 1
            unused = f"{key} ({count})"
        self._labels.add(unused)
        return unused

    def _begin_migrated(self) -> Iterator[Frame]:
        """Send the old basic group that a supergroup grew out of, once: its own id is nowhere in the export."""
        if self._migrated is None and self._room is not None:
            self._migrated = RoomAtHand(self._rooms, f"migrated:{self._room.key}", self._room.name, None)
            yield self._room_frame(self._migrated, ["migrated"])

    def _room_frame(self, room: RoomAtHand, flags: list[str]) -> Frame:
        self._rooms += 1
        self._flags.update(flags)
        return {"kind": "room", "key": room.key, "name": room.name, "type": room.type, "flags": flags}, b""

    def _end_room(self) -> Iterator[Frame]:
        room = self._room
        if room and self._self_key and room.messages and not room.is_others and room.type not in _PERSONAL:
            self._only_mine.append(room.key)
            yield from self._warn("only-my-messages-suspected", "", {"room": room.key, "messages": room.messages})

    def _section(self, start: int, end: int, written: bytes, name: str) -> Iterator[Frame]:
        """Keep a section as facts, or list its bytes: nobody's data is dropped without a word."""
        spans = self._splitter.frame_spans() if isinstance(self._splitter, TokenSplitter) else [(start, end)]
        if self._sections_size + len(written) <= SECTIONS_KEPT:
            try:
                fields, flags, repeated = decoded(written if not name else b"{" + written + b"}")
                if fields.get("messages") == []:  # the frame of one chat: its messages were read
                    del fields["messages"]
                self._keep(fields, name)
                if repeated:
                    self._keep({f"{name} (repeated)": repeated}, name)
            except (UnreadableError, RecursionError):
                code = "section-not-read"
            else:
                self._sections_size += len(written)
                self._part_flags.update(flags)
                self._framing += sum(stop - begin for begin, stop in spans)
                return
        else:
            code = "section-too-long"
        for begin, stop in spans:
            yield from self._list_unparsed(begin, stop, code)

    def _keep(self, fields: dict[str, Any], name: str) -> None:
        fields, name = withheld.without_pictures(fields, []), withheld.without_pictures(name, [])
        personal = fields.get("personal_information")
        if isinstance(personal, dict) and isinstance(personal.get("user_id"), int):
            self._self_key = f"user{personal['user_id']}"
        for key, value in fields.items():
            kept = self._sections.get(key)
            self._sections[key if kept is None else f"{key} ({name}, {len(self._sections)})"] = safe(value)

    def _list_unparsed(self, start: int, end: int, code: str) -> Iterator[Frame]:
        if start == end:
            return
        if self._unparsed is not None and self._unparsed[1] == start:
            self._unparsed[1] = end
            return
        yield from self._send_unparsed()
        self._unparsed = [start, end, code]

    def _send_unparsed(self) -> Iterator[Frame]:
        if self._unparsed is None:
            return
        start, end, code = self._unparsed
        self._unparsed = None
        self._unparsed_spans += 1
        yield {"kind": "unparsed", "start": start, "end": end}, b""
        yield from self._warn(code, f"byte {start}", {"bytes": end - start})

    def _warn(self, code: str, place: str, facts: Mapping[str, Any]) -> Iterator[Frame]:
        self._warnings += 1
        if self._warnings <= WARNINGS:
            yield {"kind": "warning", "code": code, "place": place, "facts": facts}, b""

    def _window(self) -> Iterator[Frame]:
        """Send the rows at hand, and how far the part is accounted for with them: it may be the last frame there is."""
        yield from self._send_unparsed()
        end = self._rows[-1][1]
        rows = orjson.dumps(self._rows)
        first = self._ordinal - len(self._rows)
        blob = b"".join((rows, *self._raw))
        self._rows, self._raw, self._raw_size = [], [], 0
        header = {"kind": "window", "first": first, "rows": len(rows), "end": end, "messages": self._message_bytes}
        yield header, blob

    def _done(self) -> Iterator[Frame]:
        interval, flags = self._versions.interval()
        self._part_flags.update(flags)
        self._part_flags.update(self._flags)
        self._part_flags.discard("edited")  # ordinary: the messages themselves say it
        last = self._room.last_id if self._room else None
        if not self._splitter.is_complete:
            self._part_flags.add("truncated")
            yield from self._warn("truncated", f"byte {self._size}", {"last_message": last, "messages": self._ordinal})
        if self._only_mine:
            self._part_flags.add("only_my_messages_suspected")
        if self._warnings > WARNINGS:
            left_out = self._warnings - WARNINGS
            yield {"kind": "warning", "code": "more-warnings", "place": "", "facts": {"left_out": left_out}}, b""
        offsets = self._normaliser.offsets.most_common(8)
        facts = {
            "layout": "tdesktop" if isinstance(self._splitter, LayoutSplitter) else "other",
            "versions": interval,
            "messages": self._ordinal,
            "rooms": self._rooms,
            "last_message": last,
            "utc_offsets_s": {str(offset): count for offset, count in offsets},
            "message_flags": dict(sorted(self._flags.items())),
            "only_my_messages": self._only_mine[:1000],
            "sections": self._sections,
        }
        yield (
            {
                "kind": "done",
                "size": self._size,
                "messages": self._message_bytes,
                "framing": self._framing + self._splitter.framing,
                "flags": sorted(self._part_flags),
                "facts": facts,
            },
            b"",
        )
