"""Help answers at once, in both languages, at any width, and loads nothing that a vault needs."""

import os
import subprocess
import sys

import pytest

from haechi.cli import run
from haechi.cli.app import COMMANDS

HEAVY = ("sqlalchemy", "numpy", "PIL", "av", "typst", "cryptography", "keyring", "haechi.bootstrap", "haechi.flows")


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["verify-packet", "--help"], ["--version"]])
def test_help_loads_nothing_that_only_a_vault_needs(words):
    program = (
        "import sys; from haechi.cli import run; run(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert done.stdout


@pytest.mark.parametrize(("language", "word"), [("ko", "사용법"), ("en", "Usage")])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_speaks_the_language_asked_for(command, language, word, capsys):
    assert run([*command.split(), "--help", "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(word)
    assert any("가" <= letter <= "힣" for letter in shown) == (language == "ko")
    assert not any(foreign in shown for foreign in ("Parameters", "Display this", "object at 0x"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_help_fits_into_forty_columns(language, capsys, monkeypatch):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "40")
    for command in COMMANDS:
        run([command, "--help", "--lang", language])
    assert max(cell_len(line) for line in capsys.readouterr().out.splitlines()) <= 40


def test_korean_is_spoken_where_no_known_language_is_set():
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "haechi", "--help"], env=environment, capture_output=True, text=True, check=True
    )
    assert "사용법" in done.stdout


@pytest.mark.parametrize(
    "words",
    [["nothing"], ["import"], ["import", "a", "--nothing"], ["case", "--age", "12"], ["lock", "a", "b"], ["packet"]],
    ids=" ".join,
)
def test_a_command_typed_wrongly_is_told_in_two_lines_and_exits_with_two(words, capsys):
    assert run([*words, "--lang", "ko"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 2


def test_nothing_shown_to_a_pipe_is_coloured():
    environment = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    done = subprocess.run(
        [sys.executable, "-m", "haechi", "--help"], env=environment, capture_output=True, text=True, check=True
    )
    assert "\x1b" not in done.stdout
