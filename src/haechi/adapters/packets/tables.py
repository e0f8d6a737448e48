"""A packet's tables as CSV that Excel opens in Korea: UTF-8 with byte order mark, RFC 4180 quoting, CRLF.

A cell of text that a spreadsheet could take for a formula gets an apostrophe in
front, and so does one that begins with an apostrophe: taking one leading
apostrophe away gives the text back. Control characters are written as their pictures (U+2400 to U+2421).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from haechi.adapters.packets.anchor_files import anchor_rows
from haechi.domain.account import AccountName
from haechi.domain.canonical import Json, canonical
from haechi.domain.custody import Entry
from haechi.domain.packet import PacketPlan, anchor_number

Cell = str | int | bool | None

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "exhibits": (
        "exhibit", "sha256", "entry", "file", "size", "kind", "mime", "width", "height", "duration_ms", "role", "path",
        "group", "sightings", "seen_in",
    ),
    "messages": (
        "room", "message_id", "kind", "sender", "sender_label", "time_as_written", "sent_at", "sent_at_utc",
        "zone_source", "edited_at", "text", "reply_to", "flags", "exhibits", "facts", "source", "versions",
        "last_export_with", "first_export_without", "disclosed",
    ),
    "custody": (
        "entry", "type", "actor", "at", "zone", "offset_s", "clock_source", "case", "item", "commit", "root", "counts",
        "prev", "leaf",
    ),
    "accounts": (
        "platform", "account", "strength", "name", "first_seen", "first_seen_utc", "last_seen", "last_seen_utc",
        "messages",
    ),
    "rooms": (
        "platform", "room", "type", "name", "first_seen", "first_seen_utc", "last_seen", "last_seen_utc", "links",
        "messages",
    ),
    "groups": (
        "group", "row", "exhibit", "sha256", "is_own_photo", "seen_at", "seen_at_utc", "room", "account", "message_id",
        "path", "other_sha256", "method", "bits", "symmetry",
    ),
    "disclosed": ("message", "entry", "index", "size", "file", "room", "message_id"),
    "derivatives": (
        "derivative", "sha256", "entry", "file", "size", "mime", "source_exhibit", "source_entry", "source_commit",
        "method", "regions", "fields", "reason",
    ),
    "anchors": ("anchor", "size", "kind", "file", "name", "at", "at_utc", "key"),
}  # fmt: skip

_RISKY = tuple("=+-@'\uff1d\uff0b\uff0d\uff20")  # Excel reads the full-width forms as formulas too
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_PICTURES_BUT_LINES = {code: picture for code, picture in _PICTURES.items() if code != ord("\n")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows(plan: PacketPlan, table: str) -> Iterator[Sequence[Cell]]:
    """Yield the rows of one table, without its header."""
    return _ROWS[table](plan)


def written(table: str, lines: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the CSV file in pieces."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(COLUMNS[table])
    for line in lines:
        writer.writerow(told(table, line))
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def told(table: str, row: Sequence[Cell]) -> list[str]:
    """Return the cells of a row as they stand in its table."""
    return [_cell(column, value) for column, value in zip(COLUMNS[table], row, strict=True)]


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")  # a lone surrogate cannot be told in UTF-8; entries and digests keep it


def _cell(column: str, value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    # Only the text of a message keeps its line breaks, so that every other table has one line a row.
    text = value.translate(_PICTURES_BUT_LINES if column == "text" else _PICTURES)
    return f"'{text}" if text.startswith(_RISKY) else text


def _exhibits(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for exhibit in plan.exhibits:
        item = exhibit.item
        seen_in = [f"{room} {message}" for room, message, _, _ in exhibit.sightings]
        yield (
            exhibit.number, item.digest, exhibit.entry, exhibit.file, item.size,
            item.examined.kind.value, item.examined.mime, item.examined.width, item.examined.height,
            item.examined.duration_ms, item.role.value, item.path, exhibit.group, len(seen_in), "; ".join(seen_in),
        )  # fmt: skip


def _messages(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for message in plan.messages:
        gone = message.gone_between or (None, None)
        yield (
            message.room, message.message_id, message.kind, message.sender, message.sender_label,
            message.time_as_written, message.sent_at, _utc(message.sent_at), message.zone_source, message.edited_at,
            message.text, message.reply_to, " ".join(message.flags), " ".join(message.exhibits), _json(message.facts),
            message.source, message.versions, *gone, message.disclosed,
        )  # fmt: skip


def _custody(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    return (custody_row(entry) for entry in plan.entries)


def custody_row(entry: Entry) -> Sequence[Cell]:
    """Return one entry as the custody table tells it: nothing that is not in the entry itself."""
    members = json.loads(entry.raw)
    clock = members["clock"]
    return (
        entry.index, members["type"], members["actor"], members["at"], clock["zone"], clock["offset_s"],
        clock["source"], members.get("case"), members.get("item"), members.get("commit"), members.get("root"),
        _json(members.get("counts")), members["prev"], entry.leaf.hex(),
    )  # fmt: skip


def _accounts(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for account in plan.accounts:
        key = account.key
        for name in account.names or (None,):
            yield (key.platform, key.value, key.strength.value, *_name(name), account.messages)


def _rooms(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for room in plan.rooms:
        for name in room.names or (None,):
            yield (room.key.platform, room.key.value, room.type, *_name(name), " ".join(room.links), room.messages)


def _groups(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    numbers = {exhibit.item.digest: exhibit.number for exhibit in plan.exhibits}
    for group in plan.groups:
        for sighting in group.sightings:
            yield (
                group.number, "sighting", numbers.get(sighting.digest), sighting.digest, sighting.is_own_photo,
                sighting.seen_at, _utc(sighting.seen_at), sighting.room, sighting.account, sighting.message_id,
                sighting.path, None, None, None, None,
            )  # fmt: skip
        for pair in group.pairs:
            yield (
                group.number, "pair", None, pair.left, None, None, None, None, None, None, None, pair.right,
                pair.method.value, pair.bits, pair.symmetry.value,
            )  # fmt: skip


def _disclosed(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for one in plan.disclosed:
        yield one.number, one.log.entry, one.index, one.log.size, one.file, one.room, one.message_id


def _derivatives(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for shown in plan.derivatives:
        one = shown.derivative
        regions = [[region.x, region.y, region.width, region.height] for region in one.regions]
        yield (
            shown.number, one.digest, one.entry, shown.file, one.size, one.mime, shown.exhibit, one.source_entry,
            one.source_commit, *redaction(one.method, regions, one.fields, one.reason),
        )  # fmt: skip


def redaction(method: str, regions: Iterable[Sequence[int]], fields: Iterable[str], reason: str) -> Sequence[Cell]:
    """Return how a derivative was made as four cells: method, regions (`x y w h;x y w h`), fields and reason."""
    return method, ";".join(" ".join(map(str, region)) for region in regions), " ".join(fields), reason


def _anchors(plan: PacketPlan) -> Iterator[Sequence[Cell]]:
    for position, anchor in enumerate(plan.anchors, 1):
        for row in anchor_rows(anchor, anchor_number(position)):
            yield row.anchor, row.size, row.kind, row.file, row.name, row.at, _utc(row.at), row.key


_ROWS = {
    "exhibits": _exhibits,
    "messages": _messages,
    "custody": _custody,
    "accounts": _accounts,
    "rooms": _rooms,
    "groups": _groups,
    "disclosed": _disclosed,
    "derivatives": _derivatives,
    "anchors": _anchors,
}


def _name(name: AccountName | None) -> Sequence[Cell]:
    if name is None:
        return (None,) * 5
    return (name.name, name.first_seen, _utc(name.first_seen), name.last_seen, _utc(name.last_seen))


def _json(value: Json) -> str:
    return canonical(value).decode() if value else ""


def _utc(unix_time: int | None) -> str | None:
    if unix_time is None:
        return None
    try:
        return (_EPOCH + timedelta(seconds=unix_time)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:  # an export may claim any number; the number itself stands in the next column
        return None
