"""The report's words in one language, from `words/<language>.toml`, keyed by stable codes."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("ko", "en")
"""Korean first: it is the source of truth of every text."""


class Words:
    """One language's table. A code is the path of its key, `timeline.joined`."""

    def __init__(self, language: str) -> None:
        self.language = language
        source = (Path(__file__).parent / "words" / f"{language}.toml").read_text(encoding="utf-8")
        self.table = dict(_flat(tomllib.loads(source)))

    def __call__(self, code: str, /, **facts: object) -> str:
        """Return the words for `code`, with `facts` in their places; whole numbers get thousands separators."""
        told = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()}
        return self.table[code].format(**told) if told else self.table[code]

    def known(self, family: str, name: str, *, otherwise: str) -> str:
        """Return the words for a code that comes from elsewhere (`timeline`, `joined`), or `otherwise`."""
        return self.table.get(f"{family}.{name}", otherwise)

    def all_of(self, family: str) -> list[str]:
        """Return the words of `family.1`, `family.2` and so on."""
        found: list[str] = []
        while f"{family}.{len(found) + 1}" in self.table:
            found.append(self.table[f"{family}.{len(found) + 1}"])
        return found


@cache
def words(language: str) -> Words:
    """Return a language's words, read once."""
    return Words(language)


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", str(value)))
    return found
