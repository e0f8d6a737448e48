"""The worker's side: one file's bytes from a descriptor in, frames of rows out. Runs over a stranger's file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from haechi.adapters.importers.audience import meta, table
from haechi.adapters.importers.audience.problem import ListProblemError, Refused

Frame = tuple[Mapping[str, Any], bytes]
ROWS = 2000
"""Rows in one frame at most."""
REFUSED = 100
"""Entries that were refused and are told one by one; all are counted."""


def read(request: Mapping[str, Any], fd: int | None) -> Iterator[Frame]:
    """Yield the frames of one file: its kind, rows, and what was refused; or the problem that kept it from being read."""
    assert fd is not None  # noqa: S101 - the caller always hands a descriptor
    try:
        yield from _frames(_content(fd, int(request["most"])), str(request.get("name", "")))
    except ListProblemError as error:
        yield {"problem": error.problem, "place": error.place}, b""


def _frames(content: bytes, name: str) -> Iterator[Frame]:
    refused: list[tuple[str, str]] = []
    count = 0
    kind, entries = _entries(content, name)
    yield {"kind": kind}, b""
    rows: list[Sequence[Any]] = []
    for entry in entries:
        if isinstance(entry, Refused):
            count += 1
            refused += [(entry.place, entry.problem)][: REFUSED - len(refused)]
            continue
        rows.append(entry)
        if len(rows) == ROWS:
            yield {"rows": rows}, b""
            rows = []
    yield {"rows": rows}, b""
    yield {"refused": refused, "count": count}, b""


def _entries(content: bytes, name: str) -> tuple[str, Iterator[Sequence[Any] | Refused]]:
    content = content.removeprefix(b"\xef\xbb\xbf")
    if not content.strip():
        raise ListProblemError(problem="empty")
    if content.lstrip()[:1] not in (b"{", b"["):
        return "table", table.rows(content)
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise ListProblemError(problem="not-json", place=f"line {error.lineno}") from error
    return meta.entries(value, name)


def _content(fd: int, most: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := os.read(fd, 1 << 20):
        size += len(block)
        if size > most:
            raise ListProblemError(problem="too-large")
        blocks.append(block)
    return b"".join(blocks)
