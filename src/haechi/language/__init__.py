"""Sentences for people. Korean is the source: each sentence stands in the code in Korean, and a catalogue has it in English.

Errors, warnings and findings reach this package as codes with facts and leave
it as sentences. A fact is written into a sentence with `{name}`, and
`{name:을/를}` adds the Korean particle that the fact's last sound asks for. Facts
come from strangers' files, so whatever could move a terminal's cursor or turn
the reading direction is spelled out instead of printed.
"""

import gettext
import string
import unicodedata
from collections.abc import Mapping
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from pathlib import Path

from haechi.language.josa import with_particle

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "haechi"
_ZERO_WIDTH_JOINER = "\u200d"  # holds families and professions among emoji together; harmless


class Language(StrEnum):
    """A language that every sentence exists in."""

    KO = "ko"
    EN = "en"


_current: ContextVar[Language] = ContextVar("language", default=Language.KO)


def use(language: Language) -> None:
    """Say everything from here on (in this context) in `language`."""
    _current.set(language)


def current() -> Language:
    """Return the language in use."""
    return _current.get()


def choose(asked: str | None, environment: Mapping[str, str]) -> Language:
    """Return the language asked for, else that of `HAECHI_LANG`, else that of the locale; Korean when none is known."""
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    for wish in (asked, environment.get("HAECHI_LANG"), locale):
        for language in Language:
            if wish and wish.lower().replace("-", "_").split("_")[0].split(".")[0] == language:
                return language
    return Language.KO


def korean(sentence: str) -> str:
    """Return `sentence` as it is: marks a Korean sentence in a table for the catalogue; `_` translates it later."""
    return sentence


def _(sentence: str, /, **facts: object) -> str:
    """Return the Korean `sentence` in the language in use, with `facts` written into it."""
    return fill(_catalogue(current()).gettext(sentence), facts)


def fill(sentence: str, facts: Mapping[str, object]) -> str:
    """Return `sentence` with `facts` in their places; a fact that is not there leaves a question mark."""
    return _Filler().vformat(sentence, (), facts) if "{" in sentence else sentence


def plain(text: str) -> str:
    """Return `text` on one line, with control, direction and unassigned characters spelled out by number."""
    return "".join(
        "\\" + f"u{ord(c):04x}" if unicodedata.category(c)[0] in "CZ" and c not in (" ", _ZERO_WIDTH_JOINER) else c
        for c in text
    )


class _Filler(string.Formatter):
    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        del args
        return kwargs.get(str(key), "?")

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            shown = f"{value:,}" if format_spec in ("", ",") or "/" in format_spec else format(value, format_spec)
        else:
            shown = plain(str(value))
        return with_particle(shown, format_spec) if "/" in format_spec else shown


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language is Language.KO:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language.value])
