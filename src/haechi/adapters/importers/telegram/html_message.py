"""One `div.message` of an HTML export: what its elements say, and the row made of it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from haechi.adapters.importers.telegram import media
from haechi.adapters.importers.telegram.normalise import MIGRATED_BY, Row
from haechi.adapters.importers.telegram.text import links_in
from haechi.domain.message import MediaRole, MediaStatus, MessageKind, ZoneSource

_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-])(\d\d):(\d\d))?")
_REPLY = re.compile(r"(?:messages\d*\.html)?#go_to_message(-?\d{1,18})")
_VIA = re.compile(r" via (@\w+)$")
_WRAPS = ("photo_wrap", "video_file_wrap", "animated_wrap", "sticker_wrap")
_NOT_INCLUDED = {
    "Not included": MediaStatus.SKIPPED_BY_SETTING,
    "Exceeds maximum size": MediaStatus.TOO_BIG,
    "Unavailable": MediaStatus.UNAVAILABLE,
}
_ELSEWHERE = {"reply_to", "date", "initials"}
"""Texts that another column already holds in full."""
_SECONDS_OF_SUMMER = 3600
_MEANINGS = ("date", "initials", "emoji", "count", "from_name", "text", "reply_to", "signature")
_MEDIA_MEANINGS = ("title", "description", "status")
_LONGEST_REACTION = 1000  # characters of its emoji or its number; what more there is stands in the raw bytes


class _Level(NamedTuple):
    """An open element, with what is known of it and of those around it: nobody walks a path of 100,000 of them again."""

    tag: str
    meaning: str | None
    is_forwarded: bool
    is_reply: bool


@dataclass(slots=True)
class HtmlMessage:
    """What the parser hears of one message. `fields` are texts by the class of the element they stand in, once it ended."""

    start: int
    number: int | None
    classes: frozenset[str]
    end: int = 0
    is_closed: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    hrefs: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    images: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    reactions: list[dict[str, Any]] = field(default_factory=list)
    reply_to: str | None = None
    _path: list[_Level] = field(default_factory=list)
    _open: Counter[str] = field(default_factory=Counter)
    _said: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_service(self) -> bool:
        """Whether it is a line about the room rather than somebody's message."""
        return "service" in self.classes

    def open(self, tag: str, values: dict[str, str], *, is_void: bool) -> None:
        """Hear an element's beginning."""
        classes = frozenset(values.get("class", "").split())
        if tag == "br":
            self.say("\n", is_break=True)
        level = self._level(tag, classes)
        if not is_void:
            self._path.append(level)
            self._open[tag] += 1
        around = self._path[-1] if self._path else None
        if "date" in classes and "details" in classes:
            is_forward = around is not None and around.is_forwarded
            self.titles.setdefault("forward" if is_forward else "sent", values.get("title", ""))
        if "reaction" in classes:
            self.reactions.append({"active": "active" in classes, "paid": "paid" in classes, "emoji": "", "count": ""})
        if "initials" in classes and self.reactions and values.get("title"):
            self.reactions[-1].setdefault("people", []).append(values["title"])
        if tag == "a" and "href" in values:
            reply = _REPLY.fullmatch(values["href"]) if around is not None and around.is_reply else None
            if reply:
                self.reply_to = reply[1]
            else:
                self.hrefs.append((values["href"], classes))
        if tag in {"img", "video", "audio", "source"} and "src" in values:
            self.images.append((values["src"], classes))

    def shut(self, tag: str) -> None:
        """Hear an element's end; unclosed inner ones end with it."""
        while self._open[tag]:
            inner = self._path.pop().tag
            self._open[inner] -= 1
            if inner == tag:
                return

    def say(self, text: str, *, is_break: bool = False) -> None:
        """Hear text."""
        name = self._field()
        if name is None or (not text.strip() and not is_break and name != "text"):
            return
        if name in {"emoji", "count"} and self.reactions:
            if len(self.reactions[-1][name]) < _LONGEST_REACTION:
                self.reactions[-1][name] += text.strip()
            return
        self._said.setdefault(name, []).append(text)

    def finish(self, end: int, *, is_closed: bool) -> None:
        """Hear that the message ends before byte `end`."""
        self.end, self.is_closed = end, is_closed
        self.fields = {name: "".join(pieces) for name, pieces in self._said.items()}

    def _level(self, tag: str, classes: frozenset[str]) -> _Level:
        """Return the element with what it takes from those around it; the innermost class that means something counts."""
        around = self._path[-1] if self._path else _Level("", None, is_forwarded=False, is_reply=False)
        meaning = next((name for name in _MEANINGS if name in classes), None)
        if meaning is None:
            meaning = next((f"media_{name}" for name in _MEDIA_MEANINGS if name in classes), around.meaning)
        is_forwarded, is_reply = "forwarded" in classes, "reply_to" in classes
        return _Level(tag, meaning, around.is_forwarded or is_forwarded, around.is_reply or is_reply)

    def _field(self) -> str | None:
        """Return the name under which the text at hand counts."""
        level = self._path[-1] if self._path else None
        if level is None or level.meaning is None:
            return "service" if self.is_service else None
        return "forwarded_from" if level.meaning == "from_name" and level.is_forwarded else level.meaning


def row_of(message: HtmlMessage, previous: HtmlMessage | None, ordinal: int) -> Row:
    """Return the row of a message; `previous` is the last one that was not a service line, for a joined message's name.

    The meaning is filled in by the caller, when pictures written as text have been taken out.
    """
    flags: list[str] = ["html_sender_is_label"]
    number = message.number if message.number is not None else -ordinal - 1
    fields = {name: text.strip() for name, text in message.fields.items()}
    if message.is_service:
        return _service_row(message, number, fields)
    sender = fields.pop("from_name", None)
    if sender is None and "joined" in message.classes and previous is not None:
        sender = previous.fields.get("from_name", "").strip() or None
        flags.append("sender_from_message_before")
    if sender is not None:
        message.fields["from_name"] = sender
    facts: dict[str, Any] = {}
    via = _VIA.search(sender or "")
    if sender and via:
        facts["via_bot"], sender = via[1], sender[: via.start()]
    written = message.titles.get("sent", "")
    sent_at, sent_until, zone = _instant(written, flags)
    text = fields.pop("text", "")
    rows = _references(message, fields, flags)
    if "forward" in message.titles:
        facts["forwarded_at"] = message.titles["forward"]
    if message.reactions:
        facts["reactions"] = message.reactions
    if message.reply_to is None and "reply_to" in fields:
        flags.append("reply_in_another_chat")
    facts.update({name: value for name, value in fields.items() if value and name not in _ELSEWHERE})
    hrefs = [
        href for href, classes in message.hrefs if href.startswith(("http://", "https://", "tg://")) and not classes
    ]
    links = list(dict.fromkeys([*hrefs, *links_in(text, None)]))
    message_id, reply_to = str(number), message.reply_to
    if number < 0:
        flags.append("migrated")
        message_id = str(number + MIGRATED_BY)
        reply_to = str(int(reply_to) + MIGRATED_BY) if reply_to and int(reply_to) < 0 else reply_to
    key = f"label:{sender}" if sender else None
    kind = MessageKind.MEDIA.value if rows else MessageKind.TEXT.value
    return [
        message.start, message.end, 0, message_id, kind, "", key, sender, written, sent_at, sent_until, zone, None, text,
        reply_to, rows, [], links, flags, facts,
    ]  # fmt: skip


def _service_row(message: HtmlMessage, number: int, fields: dict[str, str]) -> Row:
    """Return a service line's row: an English sentence, names only, and no time of its own.

    Day lines have ids -1, -2, ... in each chat; lines of a migrated group about -1,000,000,000.
    """
    flags = ["html_sender_is_label"]
    is_migrated = number <= -MIGRATED_BY // 2
    if is_migrated:
        flags.append("migrated")
    message_id = str(number + MIGRATED_BY) if is_migrated else f"day{number}" if number < 0 else str(number)
    text = " ".join(fields.get("service", "").split())
    rows = _references(message, {}, flags)
    return [
        message.start, message.end, 0, message_id, MessageKind.SERVICE.value, "", None, None, "", None, None,
        ZoneSource.NONE.value, None, text, None, rows, [], [], flags, {},
    ]  # fmt: skip


def _instant(written: str, flags: list[str]) -> tuple[int | None, int | None, str]:
    """Return the interval of instants that a tooltip can mean.

    The printed offset is the zone's standard one even in summer, when the clock it stands beside is an hour ahead: the
    true instant may be an hour earlier. Seoul and Tokyo have no summer time.
    """
    match = _TIME.fullmatch(written)
    if match is None or match[7] is None:
        return None, None, ZoneSource.NONE.value
    day, month, year, hour, minute, second = (int(match[index]) for index in range(1, 7))
    ahead = timedelta(hours=int(match[8]), minutes=int(match[9])) * (1 if match[7] == "+" else -1)
    try:
        at = int((datetime(year, month, day, hour, minute, second, tzinfo=UTC) - ahead).timestamp())
    except (ValueError, OverflowError):
        flags.append("odd_time")
        return None, None, ZoneSource.NONE.value
    if ahead == timedelta(hours=9):
        return at, at + 1, ZoneSource.EXPLICIT_OFFSET.value
    flags.append("html_offset_is_standard_time")
    return at - _SECONDS_OF_SUMMER, at + 1, ZoneSource.EXPLICIT_OFFSET.value


def _references(message: HtmlMessage, fields: dict[str, str], flags: list[str]) -> list[list[Any]]:
    """Return media rows: linked files, their thumbnails, or the sentence that stands for a file left out."""
    rows: list[list[Any]] = []
    linked: set[str] = set()
    for href, classes in message.hrefs:
        is_media = any(name in classes for name in _WRAPS) or any(name.startswith("media") for name in classes)
        if (is_media or "://" not in href) and not href.startswith(("#", "javascript:")) and href not in linked:
            linked.add(href)
            rows.append([href, media.status_of(href), MediaRole.ORIGINAL.value, None, None, fields.get("media_title")])
    for source, _ in message.images:
        if source not in linked and not source.startswith(("data:", "images/", "../../images/")):
            linked.add(source)
            rows.append([source, media.status_of(source), MediaRole.THUMBNAIL.value, None, None, None])
    if not rows:
        for sentence, status in _NOT_INCLUDED.items():
            for name in ("media_status", "media_description"):
                if sentence in fields.get(name, ""):
                    rows.append(
                        [fields[name], status.value, MediaRole.ORIGINAL.value, None, None, fields.get("media_title")]
                    )
                    return rows
    if rows and not fields.get("media_title") and any(row[1] == MediaStatus.NOT_EXPORTED.value for row in rows):
        flags.append("unknown_placeholder")
    return rows
