"""A table of accounts as text: one header line, then `account`, and where they are known `from` and `until`."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from haechi.adapters.importers.audience.problem import ListProblemError, Refused

MOST_ROWS = 300_000
LONGEST = 200
"""Characters of one value."""
_LONGEST_CELL = 100_000
"""Characters of any cell: a quote that is never closed takes in all the rest."""
_NAMES = {
    "account": {"account", "handle", "username", "id", "계정", "아이디"},
    "from": {"from", "since", "부터", "시작"},
    "until": {"until", "to", "까지", "끝"},
}


def rows(content: bytes) -> Iterator[Sequence[Any] | Refused]:
    """Yield the rows after the header. Raises `ListProblemError` at once for what is no such table."""
    text = _text(content)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [cell.strip().casefold() for cell in next(reader)]
    except (csv.Error, StopIteration) as error:
        raise ListProblemError(problem="no-header", place="line 1") from error
    columns = {
        name: next((at for at, cell in enumerate(names) if cell in known), None) for name, known in _NAMES.items()
    }
    if columns["account"] is None:
        raise ListProblemError(problem="no-header", place="line 1")
    return _rows(reader, columns["account"], columns["from"], columns["until"])


def _rows(reader: Any, account: int, first: int | None, last: int | None) -> Iterator[Sequence[Any] | Refused]:  # noqa: ANN401 - csv's reader has no public type
    count = 0
    try:
        for cells in reader:
            if max(map(len, cells), default=0) > _LONGEST_CELL:
                raise ListProblemError(problem="not-text", place=f"line {reader.line_num}")
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise ListProblemError(problem="too-many", place=f"line {reader.line_num}")
            name = _cell(cells, account).lstrip("@").strip()
            times = _cell(cells, first), _cell(cells, last)
            if not _is_account(name):
                yield Refused(f"line {reader.line_num}", "not-an-account")
            elif max(map(len, times)) > LONGEST:
                yield Refused(f"line {reader.line_num}", "bad-time")
            else:
                yield name, None, *times
    except csv.Error as error:
        raise ListProblemError(problem="not-text", place=f"line {reader.line_num}") from error


def _text(content: bytes) -> str:
    """Return the text: UTF-8, or CP949, which Excel writes on a Korean Windows. Raises `ListProblemError`."""
    for encoding in ("utf-8", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ListProblemError(problem="not-text")


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""


def _is_account(name: str) -> bool:
    return 0 < len(name) <= LONGEST and all(unicodedata.category(c)[0] != "C" for c in name)
