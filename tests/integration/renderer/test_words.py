"""The words of both languages: the same keys, the same places for facts, and words for every code."""

import re
import string
from pathlib import Path

import pytest

from haechi.adapters import renderer
from haechi.adapters.renderer.typesetting import FONT
from haechi.adapters.renderer.visible import repertoire
from haechi.adapters.renderer.words import LANGUAGES, words
from haechi.domain.case import CustodyMode
from haechi.domain.custody import EntryType
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Method
from haechi.domain.timeline import SERVICE_KINDS

SOURCES = sorted(Path(renderer.__file__).parent.glob("*.py"))
FAMILIES = {"ask", "care", "contact", "terms"}  # read as numbered lists
EVENTS = {
    "room-created", "room-renamed", "joined", "left", "removed", "invited", "name-changed", "media-posted", "message",
    "message-edited", "message-gone", "owner-changed", "link-posted", "export-made", "ttl-set", "pinned",
    "screenshot-taken", "own-photo-taken", "migrated", *SERVICE_KINDS.values(),
}  # fmt: skip


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places():
    korean, english = (words(language).table for language in LANGUAGES)
    assert korean.keys() == english.keys()
    assert [code for code in korean if places(korean[code]) != places(english[code])] == []


def test_every_code_of_the_domain_has_words():
    codes = {
        *(f"timeline.{kind}" for kind in EVENTS),
        *(f"entry.{kind.value}" for kind in EntryType),
        *(f"mode.{mode.value}" for mode in CustodyMode),
        *(f"method.{method.value}" for method in Method),
        *(f"symmetry.{symmetry.value}" for symmetry in Symmetry),
        *(f"kind.{kind.value}" for kind in MediaKind),
    }
    assert codes - words("ko").table.keys() == set()


def test_every_code_that_the_program_names_has_words_and_no_words_are_unused():
    table = words("ko").table
    named = {
        found for path in SOURCES for found in re.findall(r"""["']([a-z]+\.[a-z0-9-]+)["']""", path.read_text("utf-8"))
    }
    assert {code for code in named if not code.endswith(".csv")} <= table.keys()
    by_code = {
        "timeline",
        "entry",
        "mode",
        "method",
        "symmetry",
        "kind",
        "fact",
        "room",
        "column",
        "section",
        "confirmation",
        "doc",
        "taken",
        "sheet",
        "traced",
    }
    unused = {code for code in table if code not in named and code.partition(".")[0] not in by_code | FAMILIES}
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_show_every_word(language):
    allowed = repertoire(FONT).characters | set(" ⟨⟩")
    assert {char for text in words(language).table.values() for char in text} <= allowed


def test_nobody_is_called_guilty():
    assert not [text for text in words("ko").table.values() if re.search(r"가해자|범인|피의자|범행", text)]
    assert not re.search(r"perpetrator|offender|culprit|suspect", " ".join(words("en").table.values()))
