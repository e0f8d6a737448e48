"""Tech Against Terrorism's hash list: objects `{hash_digest, algorithm, ideology, file_type, deleted, updated_on}`."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import orjson

from haechi.adapters.exchanges.json_records import rows
from haechi.adapters.exchanges.values import RowError, facts, read_hash
from haechi.domain.bank import SignalType
from haechi.domain.hash_list import ListedRow, RefusedRow

TYPES = {"pdq": SignalType.PDQ, "md5": SignalType.MD5, "sha256": SignalType.SHA256}
KEY = "results"
_NAMES = {SignalType.PDQ: "PDQ", SignalType.MD5: "MD5", SignalType.VIDEO_MD5: "MD5", SignalType.SHA256: "SHA256"}


def read(stream: BinaryIO) -> Iterator[ListedRow | RefusedRow]:
    """Yield the rows of a list. Raises `HashListRefusedError` when it is none."""
    return rows(stream, KEY, row)


def row(record: dict[str, object], place: str) -> ListedRow:
    """Return what a record says. Raises `RowError`."""
    name = record.get("algorithm")
    kind = TYPES.get(name.lower().replace("-", "")) if isinstance(name, str) else None
    if kind is None:
        raise RowError(problem="type")
    told = facts(ideology=record.get("ideology"), file_type=record.get("file_type"), modified=record.get("updated_on"))
    if kind is SignalType.MD5 and str(told.get("file_type", "")).lower().startswith("video"):
        kind = SignalType.VIDEO_MD5
    deleted = record.get("deleted", False)
    if not isinstance(deleted, bool):
        raise RowError(problem="form")
    signal = read_hash(kind, record.get("hash_digest"))
    return ListedRow(f"{signal.type.value}:{signal.value.hex()}", (signal,), deleted, told, place)


def write(listed: Iterable[ListedRow], stream: BinaryIO) -> int:
    """Write the rows whose type the format has, one record a hash; return how many."""
    stream.write(b"[")
    count = 0
    for one in listed:
        for signal in one.signals:
            if signal.type not in _NAMES:
                continue
            record: dict[str, object] = {
                "hash_digest": signal.value.hex(),
                "algorithm": _NAMES[signal.type],
                "deleted": one.is_withdrawn,
            }
            default = "video" if signal.type is SignalType.VIDEO_MD5 else None
            extra = {
                "ideology": one.facts.get("ideology"),
                "file_type": one.facts.get("file_type", default),
                "updated_on": one.facts.get("modified"),
            }
            record |= {name: value for name, value in extra.items() if value is not None}
            stream.write((b",\n" if count else b"\n") + orjson.dumps(record))
            count += 1
    stream.write(b"\n]\n")
    return count
