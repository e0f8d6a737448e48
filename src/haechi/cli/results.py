"""How values of a result are written for people and for programs: times, sizes, JSON."""

import base64
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from haechi.domain.moment import moment as told
from haechi.language import _, korean

JSON_HELP = korean("사람이 읽는 글 대신 JSON 을 표준 출력에 씁니다.")
_UNIT = 1000


def size(count: int) -> str:
    """Return a number of bytes in decimal units."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < _UNIT:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _UNIT
    return f"{amount:.1f} TB"


def moment(unix_s: int | None) -> str:
    """Return a time in this machine's zone with its offset, so that nobody has to guess which zone was meant."""
    if unix_s is None:
        return _("시각 모름")
    try:
        here = datetime.fromtimestamp(unix_s, UTC).astimezone().utcoffset()
        return told(unix_s, offset_s=int(here.total_seconds()) if here else 0)
    except (OverflowError, ValueError, OSError):
        return _("읽을 수 없는 시각 ({number})", number=unix_s)


def written(at: str) -> str:
    """Return a time that stands written as RFC 3339 in the same form as every other; as it stands where it is none."""
    try:
        return moment(int(datetime.fromisoformat(at).timestamp()))
    except (ValueError, OverflowError, OSError):
        return at


def plain_json(result: object) -> None:
    """Print a result as one JSON object on standard output."""
    print(as_json(jsonable(result), indent=2))


def as_json(value: object, *, indent: int | None = None) -> str:
    """Return JSON that people can read and that no terminal obeys: control and direction characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str, indent=indent)
    return "".join(json.dumps(c)[1:-1] if c != "\n" and unicodedata.category(c)[0] == "C" else c for c in text)


def jsonable(value: object) -> object:
    """Return a record, with all that is in it, as what JSON has: bytes become base64, paths and enumerations text."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(member) for member in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Path) else value
