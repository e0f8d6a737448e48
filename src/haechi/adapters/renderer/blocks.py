"""The shapes that the page templates set: cells of styled lines, tables, and pairs of label and value."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from haechi.adapters.renderer.visible import Shown

Line = tuple[str, str]
"""Style and text. Styles: `n` normal, `d` quiet, `b` strong, `m` digits and keys, `h` a digest, `t` a small tag."""
Cell = Sequence[Line]
Block = dict[str, object]
TIME_WIDTH = "90pt"
"""What a date and a time take on one line of a table."""


class Column(NamedTuple):
    """A table's column: its heading and its width, in points or as a share (`1fr`).

    `hang` is how far the rows of a list set close are indented when this is its first column.
    """

    head: str
    width: str
    is_numeric: bool = False
    hang: str = "82.5pt"


def line(text: Shown | str, style: str = "n") -> Line:
    """Return one line of a cell. `text` is words of ours or has been made visible."""
    return style, text


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, is_close: bool = False, is_whole: bool = False
) -> Block:
    """Return a table whose heading repeats on every page, or, set close, a list whose rows hang on the first column.

    `is_whole` keeps it on one page: for few rows of bounded height, since what is higher than a page is cut.
    """
    return {
        "kind": "table",
        "heads": [column.head for column in columns],
        "widths": [column.width for column in columns],
        "numeric": [place for place, column in enumerate(columns) if column.is_numeric],
        "close": is_close,
        "whole": is_whole,
        "hang": columns[0].hang,
        "rows": list(rows),
    }


def pairs(rows: Iterable[tuple[str, Cell]], *, title: str | None = None) -> Block:
    """Return a two-column list of label and value, under a title if there is one."""
    return {"kind": "pairs", "title": title, "rows": [[label, cell] for label, cell in rows]}


def paragraph(text: str) -> Block:
    """Return running text of ours."""
    return {"kind": "paragraph", "text": text}


def note(text: str) -> Block:
    """Return a quiet remark below something."""
    return {"kind": "note", "text": text}


def points(title: str, texts: Sequence[str]) -> Block:
    """Return a titled, numbered list."""
    return {"kind": "points", "title": title, "texts": list(texts)}


def digest(value: str) -> list[Line]:
    """Return a SHA-256 as two lines of 32 digits."""
    return [line(value[:32], "h"), line(value[32:], "h")]
