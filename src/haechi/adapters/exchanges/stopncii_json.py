"""StopNCII v1's records: `{"hashRecords": [{lastModtimestamp, signalType, hashValue, hashStatus, caseNumbers, CSPFeedbacks}]}`.

A record replaces the one of the same type and hash before it; `Withdrawn` and `Deleted` take it back.
"""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import orjson

from haechi.adapters.exchanges.json_records import rows
from haechi.adapters.exchanges.values import RowError, facts, read_hash
from haechi.domain.bank import SignalType
from haechi.domain.hash_list import ListedRow, RefusedRow

TYPES = {"ImagePDQ": SignalType.PDQ, "VideoMD5": SignalType.VIDEO_MD5}
NAMES = {kind: name for name, kind in TYPES.items()}
_WITHDRAWN = ("Withdrawn", "Deleted")
ACTIVE = "Active"
KEY = "hashRecords"


def read(stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows of a list. Raises `HashListRefusedError` when it is none."""
    return rows(stream, KEY, row)


def row(record: dict[str, object], place: str) -> ListedRow:
    """Return what a record says. Case numbers are people's: only how many there are is kept. Raises `RowError`."""
    name = record.get("signalType")
    if not isinstance(name, str) or name not in TYPES:
        raise RowError(problem="type")
    signal = read_hash(TYPES[name], record.get("hashValue"))
    status = record.get("hashStatus", ACTIVE)
    if not isinstance(status, str):
        raise RowError(problem="form")
    cases = record.get("caseNumbers")
    told = facts(
        status=status,
        modified=record.get("lastModtimestamp"),
        cases=len(cases) if isinstance(cases, dict) and cases else None,
    )
    return ListedRow(source(signal.type, signal.value), (signal,), status in _WITHDRAWN, told, place)


def source(kind: SignalType, value: bytes) -> str:
    """Return what StopNCII knows a record by."""
    return f"{NAMES[kind]}:{value.hex()}"


def write(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the rows whose type the format has, one record a hash; return how many."""
    stream.write(b'{"hashRecords":[')
    count = 0
    for one in listed:
        for signal in one.signals:
            if signal.type not in NAMES:
                continue
            record: dict[str, object] = {
                "lastModtimestamp": one.facts.get("modified", 0),
                "signalType": NAMES[signal.type],
                "hashValue": signal.value.hex(),
                "hashStatus": one.facts.get("status", "Withdrawn" if one.is_withdrawn else ACTIVE),
            }
            stream.write((b",\n" if count else b"\n") + orjson.dumps(record))
            count += 1
    stream.write(b'\n],"count":%d,"hasMoreRecords":false}\n' % count)
    return count
