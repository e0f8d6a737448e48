"""One message object to one row: the columns of the domain's `Message`, cheap to send and to read.

The object is taken apart as it is read, so what is left at the end is exactly what nothing else holds: the facts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date as calendar_date
from hashlib import blake2b
from typing import Any

import orjson

from haechi.adapters.importers.telegram import media
from haechi.adapters.importers.telegram.accounts import account_key
from haechi.adapters.importers.telegram.decode import safe
from haechi.adapters.importers.telegram.text import as_entities, joined, links_in
from haechi.domain.message import MessageKind, ZoneSource

Row = list[Any]
"""start, end, room, id, kind, meaning, sender key, sender label, time as written, sent at, sent until, zone source,
edited at, text, reply to, media rows, named rows, links, flags, facts."""

MIGRATED_BY = 1_000_000_000
"""A supergroup's export numbers the old basic group's messages minus this."""
_KINDS = {
    "message": MessageKind.TEXT.value,
    "service": MessageKind.SERVICE.value,
    "unsupported": MessageKind.UNSUPPORTED.value,
}
_CALLS = {"phone_call", "conference_call", "group_call"}
_MEDIA_KEYS = media.PATH_KEYS | {
    "media_type", "self_destruct_period_seconds", "contact_information", "location_information", "live_location_period_seconds",
    "place_name", "rich_message",
}  # fmt: skip
_NESTED = frozenset({"rich_message", "poll", "text_entities", "reactions", "todo_list", "invoice_information"})
_NAMING = frozenset({"forwarded_from_id", "from_id", "to_id", "actor_id", "via_bot", "reactions"})
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_NO_SUMMER_TIME = 9 * 3600
"""Seoul's and Tokyo's offset, the same all year since before Telegram."""
_DAYS_REMEMBERED = 4096
_EPOCH_DAY = calendar_date(1970, 1, 1).toordinal()


class Normaliser:
    """Makes rows of a part's messages and counts their offsets from universal time."""

    def __init__(self) -> None:
        self.offsets: Counter[int] = Counter()
        self._offset: int | None = None
        self._days: dict[str, int] = {}
        self._keys: dict[str, tuple[str | None, str | None]] = {}

    def row(self, fields: dict[str, Any], ordinal: int, flags: list[str]) -> Row:
        """Take `fields` apart into a row (span and room still 0) and add to `flags`."""
        pop = fields.pop
        kind_word, number = pop("type", None), pop("id", None)
        kind: str | None = _KINDS.get(kind_word) if isinstance(kind_word, str) else None
        if kind is None:
            kind = MessageKind.UNSUPPORTED.value
            fields["type"] = kind_word
            flags.append("unknown_message_type")
        message_id = self._message_id(number, ordinal, fields, flags)
        written, sent_at, sent_until, zone = self._sent(fields, flags)
        edited_at = self._edited(fields, flags)
        label, key = self._sender(fields, kind, flags)
        text, runs, entities = _text(fields, flags)
        facts: dict[str, Any] = {}
        rows: list[Any] = []
        named: list[Any] = []
        links = links_in(text, runs) if runs or "." in text else []
        reply_to = None
        if fields:
            reply_to = _reply(fields, number, flags)
            kind = _kind(kind, fields)
            rows = self._media(fields, flags)
            if runs is not None or not _NAMING.isdisjoint(fields):
                named = self._named(fields, runs, flags)
            facts = safe(fields)
        meant = _meant(facts, entities, flags) if fields or runs else None
        counted = sent_at if sent_at is not None else written
        digest = blake2b(
            orjson.dumps((kind, counted, edited_at, label, key, text, reply_to, meant), option=orjson.OPT_SORT_KEYS),
            digest_size=16,
        )
        if self._offset is not None:  # counted last: a row that fails is made again
            self.offsets[self._offset] += 1
        return [
            0, 0, 0, message_id, kind, digest.hexdigest(), key, label, written, sent_at, sent_until, zone, edited_at, text,
            reply_to, rows, named, links, flags, facts,
        ]  # fmt: skip

    def _message_id(self, number: Any, ordinal: int, fields: dict[str, Any], flags: list[str]) -> str:  # noqa: ANN401
        if isinstance(number, int) and not isinstance(number, bool):
            if number >= 0:
                return str(number)
            flags.append("migrated")
            fields["id"] = number
            return str(number + MIGRATED_BY)
        if number is not None:
            fields["id"] = number
            if isinstance(number, str) and 0 < len(number) <= 64:  # noqa: PLR2004 - other tools write ids as text
                return number
        flags.append("no_native_ids")
        return f"ordinal-{ordinal}"

    def _sent(self, fields: dict[str, Any], flags: list[str]) -> tuple[str, int | None, int | None, str]:
        self._offset = None
        date, unix = fields.pop("date", None), fields.pop("date_unixtime", None)
        written = date if isinstance(date, str) else ""
        if date is not None and not isinstance(date, str):
            fields["date"] = date
        at = _epoch(unix)
        if at is None and unix is not None:
            fields["date_unixtime"] = unix
            flags.append("odd_time")
        local = self._local_seconds(written) if written else None
        if at is not None:
            if local is not None:
                offset = local - at
                self._offset = offset
                if offset % 900 or not -43_200 <= offset <= 50_400:  # noqa: PLR2004 - UTC-12 to UTC+14, in quarter hours
                    flags.append("clock_fields_disagree")
            return written or str(unix), at, at + 1, ZoneSource.EPOCH.value
        leaked = self._leaked_offset(fields)
        if local is not None and leaked is not None:
            # The offset is that of 1970: where clocks have changed since, the instant may be an hour earlier.
            slack = 0 if leaked == _NO_SUMMER_TIME else 3600
            flags.append("zone_from_1970")
            return written, local - leaked - slack, local - leaked + 1, ZoneSource.DERIVED.value
        return written, None, None, ZoneSource.NONE.value

    def _leaked_offset(self, fields: dict[str, Any]) -> int | None:
        """Return the exporter's offset that versions before 2.1.9 gave away by writing `edited` for time zero."""
        edited = fields.get("edited")
        if not isinstance(edited, str) or not edited.startswith(("1970-01-01T", "1969-12-31T")):
            return None
        return self._local_seconds(edited)

    def _edited(self, fields: dict[str, Any], flags: list[str]) -> int | None:
        if "edited" not in fields and "edited_unixtime" not in fields:
            return None
        unix = fields.get("edited_unixtime")
        at = _epoch(unix)
        if at is not None:
            del fields["edited_unixtime"]
            local = fields.pop("edited", None)
            flags.append("edited")
            if local is not None and not isinstance(local, str):
                fields["edited"] = local
            return at
        if self._leaked_offset(fields) is None:
            flags.append("edited")
        return None

    def _local_seconds(self, local: str) -> int | None:
        """Return seconds since 1970 of a time `YYYY-MM-DDTHH:MM:SS` as if it were universal, or None."""
        day = local[:10]
        start = self._days.get(day)
        if start is None:
            if not _LOCAL.fullmatch(local):
                return None
            try:
                start = (calendar_date.fromisoformat(day).toordinal() - _EPOCH_DAY) * 86_400
            except ValueError:
                return None
            if len(self._days) >= _DAYS_REMEMBERED:
                self._days.clear()
            self._days[day] = start
        try:
            return start + int(local[11:13]) * 3600 + int(local[14:16]) * 60 + int(local[17:19])
        except ValueError:
            return None

    def _sender(self, fields: dict[str, Any], kind: str, flags: list[str]) -> tuple[str | None, str | None]:
        name, identity = ("actor", "actor_id") if kind == "service" else ("from", "from_id")
        label, written = fields.pop(name, None), fields.pop(identity, None)
        if label is not None and not isinstance(label, str):
            fields[name] = label
            label = None
        key = self._key(written, flags)
        if key is None:
            if written is not None:
                fields[identity] = written
            if label is not None:
                key = f"label:{label}"
        return label, key

    def _key(self, written: Any, flags: list[str]) -> str | None:  # noqa: ANN401 - whatever the export holds
        if not isinstance(written, str):
            key, flag = account_key(written)
        else:
            known = self._keys.get(written)
            if known is None:
                if len(self._keys) >= _DAYS_REMEMBERED:
                    self._keys.clear()
                known = self._keys[written] = account_key(written)
            key, flag = known
        if flag:
            flags.append(flag)
        return key

    def _media(self, fields: dict[str, Any], flags: list[str]) -> list[Any]:
        rows: list[Any] = []
        if not _MEDIA_KEYS.isdisjoint(fields):
            rows = media.references(fields, flags)
        if not _NESTED.isdisjoint(fields):
            for key, value in fields.items():
                if key in _NESTED and isinstance(value, dict | list):
                    rows += media.nested_references(value, flags)
        return rows

    def _named(self, fields: dict[str, Any], runs: Any, flags: list[str]) -> list[Any]:  # noqa: ANN401 - any JSON value
        """Return (key, label) of every account the message names by an id or handle; names alone are never bound."""
        named: list[Any] = []

        def name(written: Any, label: Any) -> None:  # noqa: ANN401 - whatever the export holds
            key = self._key(written, flags)
            if key is not None:
                named.append([key, label if isinstance(label, str) else None])

        for identity, label in (
            ("forwarded_from_id", "forwarded_from"),
            ("from_id", "from"),
            ("to_id", "to"),
            ("actor_id", "actor"),
        ):
            if identity in fields:
                name(fields[identity], fields.get(label))
        handle = fields.get("via_bot")
        if isinstance(handle, str) and handle.startswith("@"):
            named.append([handle, None])
        for person in _reacted(fields.get("reactions")):
            name(person.get("from_id"), person.get("from"))
        for run in runs if isinstance(runs, list) else ():
            if isinstance(run, dict) and run.get("type") == "mention_name":
                name(run.get("user_id"), None)  # the text beside it is the writer's, not the account's name
        return named


def _epoch(written: Any) -> int | None:  # noqa: ANN401 - whatever the export holds
    if isinstance(written, str):
        return int(written) if written.isascii() and written.isdigit() and len(written) <= 11 else None  # noqa: PLR2004
    is_number = isinstance(written, int) and not isinstance(written, bool)
    return written if is_number and 0 <= written < 10**11 else None


def _text(fields: dict[str, Any], flags: list[str]) -> tuple[str, Any, Any]:
    """Return the plain text, the runs that say more than it (or None), and the text as entities.

    One plain run that repeats `text` is dropped; everything else stays in `fields` as written.
    """
    written, entities = fields.pop("text", ""), fields.pop("text_entities", None)
    if type(written) is str:
        if entities is None or (not entities and not written):
            return written, None, None
        if type(entities) is list and len(entities) == 1:
            only = entities[0]
            if type(only) is dict and len(only) == 2 and only.get("type") == "plain" and only.get("text") == written:  # noqa: PLR2004
                return written, None, None
    text = joined(written)
    if entities is None:
        fields["text"] = written
        return text, written, as_entities(written)
    fields["text_entities"] = entities
    if joined(entities) != text:
        flags.append("text_entities_differ")
        fields["text"] = written
        return text, [*_as_list(written), *_as_list(entities)], entities
    return text, entities, entities


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, list) else []


def _reply(fields: dict[str, Any], number: Any, flags: list[str]) -> str | None:  # noqa: ANN401 - any JSON value
    written = fields.get("reply_to_message_id")
    if not isinstance(written, int) or isinstance(written, bool):
        return written if isinstance(written, str) and len(written) <= 64 else None  # noqa: PLR2004
    if "reply_to_peer_id" in fields:
        flags.append("reply_in_another_chat")
    elif written < 0 and isinstance(number, int):
        return str(written + MIGRATED_BY)
    else:
        del fields["reply_to_message_id"]
    return str(written)


def _kind(kind: str, fields: dict[str, Any]) -> str:
    if kind == MessageKind.SERVICE.value:
        return MessageKind.CALL.value if fields.get("action") in _CALLS else kind
    if kind == MessageKind.TEXT.value:
        if "poll" in fields:
            return MessageKind.POLL.value
        if not _MEDIA_KEYS.isdisjoint(fields):
            return MessageKind.MEDIA.value
    return kind


def _reacted(reactions: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    for reaction in _as_list(reactions):
        recent = reaction.get("recent") if isinstance(reaction, dict) else None
        yield from (person for person in _as_list(recent) if isinstance(person, dict))


def _meant(facts: dict[str, Any], entities: Any, flags: list[str]) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Return the facts as two exports of one message agree on them, whatever version wrote them."""
    meant: dict[str, Any] = media.without_paths(facts)
    if "text_entities_differ" not in flags:
        meant.pop("text", None)
    if entities and "text_entities" not in meant:  # an older version wrote `text` alone
        meant["text_entities"] = media.without_paths(safe(entities))
    if "reactions" in meant:
        meant["reactions"] = _without_local_times(meant["reactions"])
    return meant


def _without_local_times(reactions: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return reactions without the local time that each exporter's own zone gives them."""
    if isinstance(reactions, list):
        return [_without_local_times(member) for member in reactions]
    if isinstance(reactions, dict):
        return {key: _without_local_times(member) for key, member in reactions.items() if key != "date"}
    return reactions
