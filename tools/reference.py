"""The reference pages of the manual, made from the program itself: commands, settings, exit codes, and every code's words.

`python tools/reference.py` rewrites `docs/reference.ko.md` and `docs/reference.en.md`.
"""

import contextlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from haechi.cli import run
from haechi.cli.app import COMMANDS
from haechi.cli.trouble import EXIT_INTERRUPTED, EXIT_UNEXPECTED, EXIT_USAGE, EXITS
from haechi.language import Language, _, use
from haechi.language.errors import ERRORS
from haechi.language.findings import FINDINGS
from haechi.language.sentence import Sentence
from haechi.language.warnings import WARNINGS
from haechi.language.words import SETTINGS
from haechi.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH = "80"
WORDS = {
    Language.KO: {
        "title": "찾아보기",
        "intro": "이 쪽은 프로그램에서 그대로 뽑은 것입니다: `python tools/reference.py`.",
        "commands": "명령",
        "settings": "설정",
        "setting": "| 환경 변수 | 기본값 | 뜻 |",
        "exits": "종료 코드",
        "exit": "| 코드 | 뜻 |",
        "0": "잘 되었음",
        str(EXIT_UNEXPECTED): "해치의 잘못",
        str(EXIT_USAGE): "명령을 잘못 씀",
        "3": "없음",
        "4": "읽거나 할 수 없음",
        "5": "지금 상태에서 할 수 없음, 또는 맞지 않음",
        "6": "나중에 다시",
        str(EXIT_INTERRUPTED): "Ctrl-C 로 멈춤",
        "errors": "오류",
        "warnings": "가져올 때의 경고와 표시",
        "findings": "증거 묶음에서 어긋난 것",
        "code": "| 코드 | 무슨 일 | 할 일 |",
    },
    Language.EN: {
        "title": "Reference",
        "intro": "This page is taken from the program itself: `python tools/reference.py`.",
        "commands": "Commands",
        "settings": "Settings",
        "setting": "| environment variable | default | meaning |",
        "exits": "Exit codes",
        "exit": "| code | meaning |",
        "0": "done",
        str(EXIT_UNEXPECTED): "a mistake of haechi's own",
        str(EXIT_USAGE): "the command was typed wrongly",
        "3": "not there",
        "4": "cannot be read or done",
        "5": "refused by the state of things, or does not verify",
        "6": "try again later",
        str(EXIT_INTERRUPTED): "stopped with Ctrl-C",
        "errors": "Errors",
        "warnings": "Warnings and flags of an import",
        "findings": "What can be wrong with a packet",
        "code": "| code | what happened | what to do |",
    },
}


def page(language: Language) -> str:
    """Return the reference page in one language."""
    use(language)
    words = WORDS[language]
    text = "\n".join([f"# {words['title']}", "", words["intro"], "", *_parts(language, words)])
    use(Language.KO)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip() + "\n"


def _parts(language: Language, words: Mapping[str, str]) -> Iterator[str]:
    yield from [f"## {words['commands']}", ""]
    for command in COMMANDS:
        yield from [f"### haechi {command}", "", "```text", _help(command, language), "```", ""]
    yield from [f"## {words['settings']}", "", words["setting"], "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        yield f"| `HAECHI_{name.upper()}` | {default} | {_(SETTINGS[name])} |"
    yield from ["", f"## {words['exits']}", "", words["exit"], "|---|---|"]
    for code in sorted({0, EXIT_UNEXPECTED, EXIT_USAGE, EXIT_INTERRUPTED, *EXITS.values()}):
        yield f"| {code} | {words[str(code)]} |"
    for heading, table in (("errors", ERRORS), ("warnings", WARNINGS), ("findings", FINDINGS)):
        yield from ["", f"## {words[heading]}", "", words["code"], "|---|---|---|"]
        yield from (_row(code, table[code]) for code in sorted(table))


def _row(code: str, sentence: Sentence) -> str:
    cells = (_named(text).replace("|", "\\|") if text else "" for text in _texts(sentence))
    return f"| `{code}` | {' | '.join(cells)} |"


def _named(text: str) -> str:
    """Return a sentence with the names of its facts in their places."""
    return _(text, **{fact: f"*{fact}*" for fact in re.findall(r"\{(\w+)", text)})


def _texts(sentence: Sentence) -> tuple[str, str]:
    return sentence.what, sentence.remedy


def _help(command: str, language: Language) -> str:
    before = dict(os.environ)
    os.environ.update({"COLUMNS": WIDTH, "NO_COLOR": "1", "TERM": "dumb"})
    shown = io.StringIO()
    try:
        with contextlib.redirect_stdout(shown):
            run([command, "--help", "--lang", language.value])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return shown.getvalue().strip()


def main() -> None:
    """Rewrite the pages."""
    for language in Language:
        (DOCS / f"reference.{language}.md").write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
