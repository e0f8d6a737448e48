"""Text that strangers chose: it is shown, never run, and nothing of it vanishes, turns or becomes a box."""

import re
import unicodedata
from dataclasses import replace

import pypdfium2
import pytest
import typst
from hypothesis import example, given
from hypothesis import strategies as st

from haechi.adapters.renderer.typesetting import FONT, TEMPLATES
from haechi.adapters.renderer.visible import BREAK, FALLBACK, cells, repertoire

SHOWS = repertoire(FONT)
WRITTEN_OUT = re.compile(r"⟨(U\+[0-9A-F]{4,6}(?: U\+[0-9A-F]{4,6})*)⟩")


def read_back(shown: str) -> str:
    """Return the text that a reader can tell from what is shown."""
    plain = shown.replace(BREAK, "")
    return WRITTEN_OUT.sub(
        lambda found: "".join(chr(int(one.removeprefix("U+"), 16)) for one in found[1].split()), plain
    )


def text_of(document: bytes) -> str:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(document))
    return re.sub(r"\s", "", "".join(pages))


@given(st.text(st.characters(codec=None)))
@example("⟨U+1F600⟩")
@example(" 앞  뒤 ")
@example("\u3164\u115f\u200b\u202e\ud800")
def test_a_label_can_be_read_back_exactly(text):
    assert read_back(SHOWS.show(text)) == unicodedata.normalize("NFC", text)


@given(st.text(st.characters(codec=None)), st.integers(0, 40))
def test_a_label_is_no_wider_than_allowed_and_counts_what_it_leaves_out(text, most):
    shown = SHOWS.show(text, most=most).replace(BREAK, "")
    kept, found, rest = shown.rpartition("…(+")
    whole = unicodedata.normalize("NFC", text)
    if len(read_back(shown)) == len(whole) and read_back(shown) == whole:
        return
    assert found
    assert cells(kept) <= most
    assert len(read_back(kept)) + int(rest.rstrip(")").replace(",", "")) == len(whole)


@given(st.text(st.characters(codec=None)))
def test_only_characters_that_the_fonts_have_are_left(text):
    allowed = SHOWS.characters | set(f" ⟨⟩{BREAK}")
    assert set(SHOWS.show(text)) <= allowed
    assert set(SHOWS.show_body(text, most=400)) <= allowed | {"…"}


def test_every_character_that_is_let_through_has_a_glyph():
    # In PDF/A mode Typst refuses a character that no font shows, so this fails where the tables and fonts disagree.
    assert all(first <= last for first, last in FALLBACK)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT.parent)])
    page = b"""#import "style.typ": sans, mono
    #set document(title: [t], date: datetime(year: 2026, month: 1, day: 2))
    #set text(size: 4pt, fallback: false, font: if sys.inputs.font == "sans" { sans } else { mono })
    #sys.inputs.text"""
    for font in ("sans", "mono"):
        assert typst.compile(
            page, root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True, format="pdf",
            pdf_standards=["a-2a", "ua-1"], sys_inputs={"text": " ".join(sorted(SHOWS.characters | set("⟨⟩"))), "font": font},
        ).startswith(b"%PDF")  # fmt: skip


def test_long_words_can_end_a_line_anywhere():
    assert max(map(len, SHOWS.show("W" * 300).split(BREAK))) <= 6


def test_a_body_is_one_paragraph():
    assert SHOWS.show_body("하나\n\n둘\t셋\u00a0넷", most=100) == "하나 / 둘 셋 넷"


@pytest.mark.parametrize("name", ["report.pdf", "report.en.pdf"])
def test_hostile_strings_are_printed_and_not_run(hostile_documents, name):
    text = text_of(hostile_documents[name])
    assert '#read("/etc/passwd")' in text
    assert "*bold*_it_$x^2$<b>hi</b>@ref`raw`" in text
    assert "root:x:0:0" not in text
    assert "user⟨U+202E⟩gnp.exe⟨U+202C⟩" in text
    assert "⟨U+0000U+0001U+001B⟩[31m" in text
    assert "⟨U+27E8⟩U+1F600⟨U+27E9⟩" in text
    assert "Łódź\u0395\u03bb\u03bb\u03ac\u03b4\u03b1\u041f\u0440\u0438\u0432\u0435\u0442" in text  # Greek, Cyrillic
    assert not {char for char in text if unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs"}}


def test_the_templates_read_nothing_but_each_other():
    for template in TEMPLATES.glob("*.typ"):
        source = template.read_text(encoding="utf-8")
        assert not re.search(r"\b(read|plugin|eval)\(|\bimage\((?!bytes\()", source)
        assert set(re.findall(r'#import "([^"]*)"', source)) <= {"style.typ"}


def test_rendering_leaves_no_file_behind(plan, tmp_path, monkeypatch):
    from haechi.adapters.renderer.typst_renderer import TypstRenderer

    before = {path: path.stat().st_mtime_ns for path in TEMPLATES.rglob("*")}
    for variable in ("TMPDIR", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    TypstRenderer().render(replace(plan, case_name="비밀 이름"))
    assert list(tmp_path.rglob("*")) == []
    assert {path: path.stat().st_mtime_ns for path in TEMPLATES.rglob("*")} == before
