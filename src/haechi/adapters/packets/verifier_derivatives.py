"""Checks redacted derivatives: each is what a `derive` entry of the log commits to, made from the source that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from haechi.adapters.packets.tables import COLUMNS, redaction, told
from haechi.adapters.packets.verifier_log import CheckedLog, entry_type
from haechi.adapters.packets.verifier_rows import COUNT, DIGEST, OpenTables
from haechi.domain.canonical import Json
from haechi.domain.custody import EntryType
from haechi.ports.packets import Finding

_DERIVATIVE = re.compile(r"D-[0-9]{4,9}")
_REDACTION_AT = COLUMNS["derivatives"].index("method")
_SOURCE_AT = COLUMNS["derivatives"].index("source_entry")
_REGION = 4  # x, y, width, height


def check_derivatives(tables: OpenTables, log: CheckedLog) -> Iterator[Finding]:
    """Yield what is wrong with the derivatives that their table lists, and fill `tables.derivatives`."""
    for number, row in tables.rows("derivatives"):
        derivative, digest, entry, file, *_ = row
        source_entry, source_commit = row[_SOURCE_AT : _SOURCE_AT + 2]
        is_sourced = COUNT.fullmatch(source_entry) and DIGEST.fullmatch(source_commit)
        if not (is_sourced and _is_derivative(derivative, digest, entry, file)) or derivative in tables.derivatives:
            yield Finding("csv-form", f"meta/derivatives.csv:{number}")
            continue
        tables.derivatives.add(derivative)
        tables.named.add(file)
        is_opened = int(entry) in log.openings
        subject = log.subjects.get(int(entry))
        record = subject if isinstance(subject, Mapping) else {}
        if not is_opened:
            yield Finding("opening-missing", derivative)
        if tables.bag.expected.get(file) != digest or (is_opened and record.get("digest") != digest):
            yield Finding("derivative-digest", derivative)
        if is_opened and not _is_made_so(log, row, record, int(entry)):
            yield Finding("derivative-source", derivative)
    yield from tables.taken()


def _is_derivative(derivative: str, digest: str, entry: str, file: str) -> bool:
    return (
        _DERIVATIVE.fullmatch(derivative) is not None
        and DIGEST.fullmatch(digest) is not None
        and COUNT.fullmatch(entry) is not None
        and re.fullmatch(rf"data/derivatives/{derivative}\.[a-z0-9]{{1,8}}", file) is not None
    )


def _is_made_so(log: CheckedLog, row: Sequence[str], record: Mapping[str, Json], entry: int) -> bool:
    """Say whether the row tells the source and the redaction that the log's record does."""
    source = record.get("source")
    source_entry, source_commit = row[_SOURCE_AT : _SOURCE_AT + 2]
    if not isinstance(source, Mapping) or entry_type(log, entry) != EntryType.DERIVE:
        return False
    said = source.get("entry")
    if not _is_number(said) or (str(said), source.get("commit")) != (source_entry, source_commit):
        return False
    members = log.members[said] if 0 <= said < len(log.members) else None
    if members is None or members.get("commit") != source_commit:
        return False
    return _redaction(record) == row[_REDACTION_AT:]


def _is_number(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _redaction(record: Mapping[str, Json]) -> list[str] | None:
    """Return how the table would tell the record's redaction, None when it has not the form of one."""
    method, regions, fields, reason = (record.get(name) for name in ("method", "regions", "fields", "reason"))
    if not isinstance(method, str) or not isinstance(reason, str):
        return None
    if not isinstance(regions, list) or not isinstance(fields, list):
        return None
    areas = [area for region in regions if (area := _area(region)) is not None]
    names = [name for name in fields if isinstance(name, str)]
    if len(areas) != len(regions) or len(names) != len(fields):
        return None
    padding = [None] * _REDACTION_AT
    return told("derivatives", [*padding, *redaction(method, areas, names, reason)])[_REDACTION_AT:]


def _area(region: Json) -> list[int] | None:
    if not isinstance(region, list) or len(region) != _REGION:
        return None
    numbers = [one for one in region if _is_number(one)]
    return numbers if len(numbers) == _REGION else None
