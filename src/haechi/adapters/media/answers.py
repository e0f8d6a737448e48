"""What a worker says of a file, checked like any input: a worker that was taken over may say anything."""

from collections.abc import Mapping
from typing import Any

from haechi.domain.canonical import Json
from haechi.domain.errors import WorkerRefusedError
from haechi.isolation.pool import WorkerError

_MOST_FINDINGS = 20
_LENGTH_LIMIT = 1 << 50  # of any number in a fact
Finding = tuple[str, dict[str, Json]]


def checked_findings(row: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of a row. Raises `ValueError`, `TypeError`, `AttributeError`."""
    return tuple((_code(code), facts(told)) for code, told in row.get("findings", [])[:_MOST_FINDINGS])


def failure(error: WorkerError) -> Finding:
    """Return the finding that a worker's end is."""
    if isinstance(error, WorkerRefusedError):
        code = "too-much-memory" if error.facts.get("error") == "MemoryError" else "worker-crashed"
        return code, {"error": str(error.facts.get("error", ""))}
    return error.code, {}


def facts(claimed: Mapping[str, Any]) -> dict[str, Json]:
    """Return names with short texts and numbers. Raises `ValueError`, `TypeError`, `AttributeError`."""
    kept: dict[str, Json] = {}
    for name, value in list(claimed.items())[:20]:
        kept[_code(name)] = text(value) if isinstance(value, str) else number(value, _LENGTH_LIMIT)
    return kept


def number(value: object, limit: int) -> int | None:
    """Return a whole number from 0 up to `limit`, or None. Raises `ValueError`."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise ValueError(value)
    return value


def text(value: object) -> str | None:
    """Return a short printable text, or None. Raises `ValueError`."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 100 or not value.isprintable():  # noqa: PLR2004
        raise ValueError(value)
    return value


def _code(value: str) -> str:
    if not value.replace("-", "").replace("_", "").isalnum() or not value.isascii() or len(value) > 40:  # noqa: PLR2004
        raise ValueError(value)
    return value
