"""Output keeps to the width there is, and progress keeps to the kind of screen there is."""

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from haechi.cli import progress, results, screen
from haechi.cli.progress import ShownProgress
from haechi.language import Language, use


@pytest.fixture(autouse=True)
def korean():
    use(Language.KO)


def printed(width, first, text):
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    screen.hanging(console, first, text)
    return console.file.getvalue().splitlines()


@given(st.text(st.characters(categories=["L", "N", "P"]) | st.just(" "), max_size=300), st.integers(20, 120))
def test_no_line_is_wider_than_the_screen_and_no_letter_is_lost(text, width):
    lines = printed(width, "  · ", text)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).removeprefix("  · ").split()) == "".join(text.split())


def test_what_follows_hangs_under_the_first_line():
    assert printed(20, "  · ", "하나 둘 셋 넷 다섯 여섯") == ["  · 하나 둘 셋 넷", "    다섯 여섯"]


class Screen(io.StringIO):
    def __init__(self, *, terminal):
        super().__init__()
        self._terminal = terminal

    def isatty(self):
        return self._terminal


def shown(monkeypatch, *, terminal):
    stream = Screen(terminal=terminal)
    monkeypatch.setattr(screen, "err", lambda: Console(file=stream, force_terminal=terminal, width=80, markup=False))
    with ShownProgress() as told:
        for done in range(0, 1001, 10):
            told("reading", done, 1000)
        told("done", 1, 1)
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_the_time_left_that_goes_away(monkeypatch):
    drawn = shown(monkeypatch, terminal=True)
    assert "메시지를 읽는 중" in drawn
    assert drawn.endswith(("\x1b[2K", "\r"))


def test_a_short_task_says_nothing_to_a_pipe(monkeypatch):
    assert shown(monkeypatch, terminal=False) == ""


def test_a_long_task_tells_a_pipe_how_far_it_is(monkeypatch):
    seconds = iter(range(0, 10_000, 1))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(seconds)))
    lines = [line for line in shown(monkeypatch, terminal=False).splitlines() if line]
    assert 2 < len(lines) < 20
    assert all("메시지를 읽는 중: " in line and line.endswith("%") for line in lines)


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_500_000, "2.5 MB"), (10**13, "10.0 TB")]
)
def test_sizes_are_told_in_decimal_units(count, told):
    assert results.size(count) == told


@pytest.mark.parametrize("moment", [None, 10**30, -(10**30)])
def test_a_time_that_cannot_be_shown_is_said_to_be_so(moment):
    assert "시각" in results.moment(moment)


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_says_the_same_and_obeys_nothing(value):
    text = results.as_json(value, indent=2)
    assert json.loads(text) == value
    assert not any(unicodedata.category(c)[0] == "C" for c in text if c != "\n")
