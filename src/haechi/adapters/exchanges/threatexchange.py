"""Meta ThreatExchange: the updates of a privacy group as JSON, `{"data": [...]}`, and its hashes as CSV with a header line."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import orjson

from haechi.adapters.exchanges.json_records import rows
from haechi.adapters.exchanges.values import MOST_ROW_BYTES, RowError, facts, read_hash, read_name, refused
from haechi.domain.bank import SignalType
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, RefusedRow

TYPES = {
    "HASH_PDQ": SignalType.PDQ,
    "HASH_MD5": SignalType.MD5,
    "HASH_VIDEO_MD5": SignalType.VIDEO_MD5,
    "HASH_SHA256": SignalType.SHA256,
}
NAMES = {kind: name for name, kind in TYPES.items()}
KEY = "data"
_COLUMNS = ("id", "indicator", "type", "last_updated", "status", "tags", "should_delete")
_TRUE = ("true", "1")


def read_json(stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows of a list. Raises `HashListRefusedError` when it is none."""
    return rows(stream, KEY, row)


def row(record: dict[str, object], place: str) -> ListedRow:
    """Return what an update says. Raises `RowError`."""
    name = read_name(record.get("id"))
    should_delete = record.get("should_delete", False)
    if not isinstance(should_delete, bool):
        raise RowError(problem="form")
    if should_delete:
        return ListedRow(name, (), is_withdrawn=True, place=place)
    kind = record.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise RowError(problem="type")
    tags = record.get("tags")
    told = facts(
        status=record.get("status"),
        modified=record.get("last_updated"),
        tags=",".join(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else tags,
    )
    return ListedRow(name, (read_hash(TYPES[kind], record.get("indicator")),), facts=told, place=place)


def write_json(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the rows whose type the format has, one update a hash; return how many."""
    stream.write(b'{"data":[')
    count = 0
    for record in _records(listed):
        stream.write((b",\n" if count else b"\n") + orjson.dumps(record))
        count += 1
    stream.write(b'\n],"paging":{}}\n')
    return count


def read_csv(stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows of a table whose header names at least `id`, `indicator` and `type`. Raises `HashListRefusedError`."""
    lines = _lines(stream)
    header = next(lines, None)
    names = _header(header[1]) if header is not None and isinstance(header[1], str) else []
    if not {"id", "indicator", "type"} <= set(names):
        raise HashListRefusedError(path=None, problem="no-header", place="line 1")
    for number, line in lines:
        place = f"line {number}"
        if not isinstance(line, str):
            yield refused(place, "long" if len(line) > MOST_ROW_BYTES else "form", line)
            continue
        if not line.strip():
            continue
        try:
            fields = next(csv.reader([line], strict=True))
            if len(fields) != len(names):
                raise RowError(problem="form")  # noqa: TRY301 - one way out for a line
            yield row(_record(dict(zip(names, fields, strict=True))), place)
        except RowError as error:
            yield refused(place, error.problem, line)
        except (csv.Error, StopIteration):
            yield refused(place, "form", line)


def write_csv(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the rows whose type the format has, one line a hash; return how many."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    table = csv.writer(text, lineterminator="\n")
    table.writerow(_COLUMNS)
    count = 0
    for record in _records(listed):
        tags = record.get("tags")
        cells = {
            **record,
            "tags": " ".join(tags) if isinstance(tags, list) else "",
            "should_delete": str(record["should_delete"]).lower(),
        }
        table.writerow([cells.get(name, "") for name in _COLUMNS])
        count += 1
    text.detach()
    return count


def _header(line: str) -> list[str]:
    try:
        return [name.strip().lower() for name in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return []


def _records(listed: Iterable[ListedRow]) -> Iterator[dict[str, object]]:
    for one in listed:
        if one.is_withdrawn:
            yield {"id": one.source, "should_delete": True}
            continue
        mine = [signal for signal in one.signals if signal.type in NAMES]
        for number, signal in enumerate(mine):
            tags = one.facts.get("tags")
            record: dict[str, object] = {
                "id": one.source if not number else f"{one.source}.{number}",
                "indicator": signal.value.hex(),
                "type": NAMES[signal.type],
                "should_delete": False,
            }
            extra = {
                "last_updated": one.facts.get("modified"),
                "status": one.facts.get("status"),
                "tags": tags.split(",") if isinstance(tags, str) else None,
            }
            yield record | {name: value for name, value in extra.items() if value is not None}


def _record(cells: dict[str, str]) -> dict[str, object]:
    """Return a line of the table as an update."""
    found: dict[str, object] = {name: value for name, value in cells.items() if value}
    found["should_delete"] = cells.get("should_delete", "").strip().lower() in _TRUE
    found["tags"] = cells.get("tags", "").split()
    modified = cells.get("last_updated", "")
    if modified.isascii() and modified.isdecimal() and len(modified) < 19:  # noqa: PLR2004 - what 63 bits hold
        found["last_updated"] = int(modified)
    return found


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str | bytes]]:
    """Yield each line with its number: text, or bytes when it is none or too long. A quoted line break ends a line: no hash has one."""
    number = 0
    while line := stream.readline(MOST_ROW_BYTES + 1):
        number += 1
        if len(line) > MOST_ROW_BYTES:
            while (rest := stream.readline(MOST_ROW_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, line
            continue
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, line
