"""Calm output: plain words, no pictures, readable at 40 columns and without colour.

What a person asked for goes to standard output; progress, questions and
trouble go to standard error, so that `--json` and pipes stay clean.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from haechi.language import _, plain


def out() -> Console:
    """Return a console on standard output as it is now."""
    return Console(highlight=False, soft_wrap=False, emoji=False, markup=False)


def err() -> Console:
    """Return a console on standard error as it is now."""
    return Console(stderr=True, highlight=False, soft_wrap=False, emoji=False, markup=False)


def words(text: str, *, style: str = "") -> Text:
    """Return text to print, line by line without anything that could move the cursor or turn the reading direction."""
    return Text("\n".join(plain(row) for row in text.split("\n")), style=style)


def title(text: str) -> None:
    """Say the result in one line."""
    out().print(words(text, style="bold"))


def line(text: str = "") -> None:
    """Print a sentence."""
    out().print(words(text))


def hanging(console: Console, first: str, text: str, *, style: str = "") -> None:
    """Print `text` wrapped, with `first` before its first line and as much room before the others."""
    room = cell_len(first)
    before = first
    for part in words(text, style=style).split("\n", allow_blank=True):
        for row in part.wrap(console, max(console.width - room, 10), overflow="fold"):
            row.rstrip()
            console.print(Text(before) + row)
            before = " " * room


def pairs(rows: Iterable[tuple[str, str]]) -> None:
    """Print names with their values, aligned where there is room and one under the other where there is not."""
    rows = list(rows)
    console = out()
    longest = max((cell_len(name) for name, _value in rows), default=0)
    for name, value in rows:
        if longest > console.width // 3:
            hanging(console, "  ", name)
            hanging(console, "    ", value)
        else:
            hanging(console, f"  {name}{' ' * (longest - cell_len(name))}  ", value)


def section(heading: str, rows: Sequence[str], *, mark: str = "·") -> None:
    """Print a heading and its points, nothing when there are none."""
    if not rows:
        return
    console = out()
    console.print()
    console.print(words(heading, style="bold"))
    for row in rows:
        hanging(console, f"  {mark} ", row)


def proven(shown: Sequence[str], not_shown: Sequence[str]) -> None:
    """Say what the result shows and what it does not."""
    section(_("이것으로 확인되는 것"), shown)
    section(_("이것으로 확인되지 않는 것"), not_shown)


def next_steps(rows: Sequence[str]) -> None:
    """Say what one can do next."""
    section(_("다음에 할 일"), rows, mark="→")


def note(text: str) -> None:
    """Say something beside the result, on standard error."""
    err().print(words(text))


def trouble(what: str, remedy: str) -> None:
    """Say on standard error what went wrong and what to do."""
    console = err()
    console.print(words(what, style="bold"))
    if remedy:
        console.print(words(remedy))
