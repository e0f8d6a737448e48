"""Other people's text as it may stand on paper: every character visible, every line able to break.

A name can hold characters that no glyph of ours shows, that show nothing, or that turn the text around them.
Each becomes its code point in brackets, `⟨U+1F600⟩`, so that paper never shows a box, hides a difference or
reads backwards. The exact text stands in the packet's CSV files.
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NewType

Shown = NewType("Shown", str)
"""Text that the fonts show completely. `BREAK` in it marks a place where a line may end."""

BREAK = "\u200b"  # free to be a mark: as somebody's character it would have been written out

FALLBACK = ((0x00A1, 0x017F), (0x0386, 0x0386), (0x0388, 0x03A1), (0x03A3, 0x03CE), (0x0400, 0x045F), (0x2190, 0x21FF))
"""What `DejaVu Sans Mono`, built into Typst, adds to the Korean font: Latin, Greek and Cyrillic letters, arrows.

A test typesets all of it; in PDF/A mode Typst refuses a character without a glyph.
"""

_HIDDEN = frozenset("\u115f\u1160\u3164\uffa0\u00ad")  # letters by category, yet blank: Hangul fillers, soft hyphen
_BRACKETS = frozenset("⟨⟩")  # written out when they are somebody's, so that a code point cannot be faked
_BLANK_OR_BOUND = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})
_LONG = re.compile(r"[^\s\u200b\u1100-\u11ff\u3000-\u9fff\uac00-\ud7a3]{17,}")  # Korean breaks between syllables
_CHUNK = re.compile(r".{1,6}", re.DOTALL)  # six capitals fit the narrowest column


class Repertoire:
    """The characters that the font in `path` (OpenType) and the fallback can show."""

    def __init__(self, path: Path) -> None:
        ranges = [*_character_map(path.read_bytes()), *FALLBACK]
        self.characters = frozenset(
            char
            for first, last in ranges
            for char in map(chr, range(first, last + 1))
            if unicodedata.category(char) not in _BLANK_OR_BOUND
        ) - (_HIDDEN | _BRACKETS)

    def show(self, text: str, *, most: int | None = None) -> Shown:
        """Return a label: one line, with outer and doubled spaces written out.

        `most` is its greatest width in half-em cells (Hangul is two); what is cut is counted: `…(+4,980)`.
        """
        return self._set(unicodedata.normalize("NFC", text), most=most, keeps_spaces=True)

    def show_body(self, text: str, *, most: int) -> Shown:
        """Return running text: line breaks become ` / ` and other blanks single spaces."""
        joined = " / ".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))
        return self._set(unicodedata.normalize("NFC", joined), most=most, keeps_spaces=False)

    def _set(self, text: str, *, most: int | None, keeps_spaces: bool) -> Shown:
        pieces: list[str] = []
        width = 0
        for piece in self._pieces(text if most is None else text[: most + 1], keeps_spaces=keeps_spaces):
            width += cells(piece)
            if most is not None and width > most:
                break
            pieces.append(piece)
        rest = len(text) - len(pieces)
        if rest:
            pieces.append(f"…(+{rest:,})")
        joined = "".join(pieces).replace("⟩⟨", " ")  # neighbours share their brackets
        return Shown(_LONG.sub(lambda found: BREAK.join(_CHUNK.findall(found[0])), joined))

    def _pieces(self, text: str, *, keeps_spaces: bool) -> Iterator[str]:
        """Yield what stands for each character."""
        for index, char in enumerate(text):
            is_edge = keeps_spaces and (index in {0, len(text) - 1} or text[index - 1] == " ")
            is_shown = char in self.characters or (char == " " and not is_edge)
            yield char if is_shown else f"⟨U+{ord(char):04X}⟩"


def cells(text: str) -> int:
    """Return the width of `text` in half-em cells, as a terminal counts them."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@cache
def repertoire(path: Path) -> Repertoire:
    """Return the repertoire of a font, read once."""
    return Repertoire(path)


def _character_map(font: bytes) -> Iterator[tuple[int, int]]:
    """Yield the code point ranges (first, last) of a font's `cmap` format 12 subtable (ISO/IEC 14496-22, 5.2.1)."""
    (tables,) = struct.unpack_from(">4xH", font)
    records = (struct.unpack_from(">4s4xI4x", font, 12 + 16 * index) for index in range(tables))
    (cmap,) = (offset for tag, offset in records if tag == b"cmap")
    (subtables,) = struct.unpack_from(">2xH", font, cmap)
    for index in range(subtables):
        (offset,) = struct.unpack_from(">4xI", font, cmap + 4 + 8 * index)
        kind, groups = struct.unpack_from(">H10xI", font, cmap + offset)
        if kind == 12:  # noqa: PLR2004
            for group in range(groups):
                yield struct.unpack_from(">II", font, cmap + offset + 16 + 12 * group)
            return
    raise ValueError(font[:4])
