"""Where in a text a picture stands that is written out as base64 or hexadecimal, in lines of any length.

Mail programs break base64 after 76 characters, other programs and people after any number, with spaces, line ends or
quoted-printable's `=` between. So what stands between is put aside first, and what then decodes to the first bytes of
a picture or video decides: words, digests, keys and addresses do not. Every step reads each character once, or a fixed
number of them at a mark: a hostile text costs what its length costs.
"""

import base64
import re
import string
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHORTEST = 48
"""Characters of the smallest picture that is looked for: 36 bytes, a file of one point is longer."""
LONG_RUN = 1024
"""Characters from which on a run is a picture without any mark: one pasted in several messages has one mark."""

_RUN = re.compile(r"[A-Za-z0-9+/_=\s>\\\u200b-\u200d\u2060\ufeff\u00ad-]{48,}")
"""Where a text holds nothing but base64 and what may stand between."""
_KEPT = re.compile(r"\\[nrt]|([A-Za-z0-9+/_-])")
_WORD = re.compile(r"[A-Za-z0-9+/_-]+")
_PADDING = re.compile(r"==|=(?![ \t]*\r?\n[ \t]*[A-Za-z0-9+/_>\\-])")
"""One `=` that ends a line which is followed by another may be quoted-printable's."""
_APART: dict[int, str | None] = {
    ord(one): None for one in " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000=>\\"
}
_APART |= dict.fromkeys((*range(0x2000, 0x200E), 0x2060, 0xFEFF, 0xAD))
_APART |= {ord("-"): "+", ord("_"): "/"}

_BOXES = (b"ftyp", b"moov", b"mdat", b"wide")
_BEGINNINGS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"RIFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+",
    b"\0\0\0\x0cJXL ", b"\x1a\x45\xdf\xa3", b"FLV\x01", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\0\0\x01\xba",
    b"\0\0\x01\xb3",
)  # fmt: skip
_CODESTREAM = re.compile(r"/w[o-r]")
"""JPEG XL without a container: two bytes, so only where a word begins."""
_BOX_AT = 6  # characters of base64 before those that a box's name alone decides
_HEAD = 64  # characters that are decoded at a mark


def _whole(beginning: bytes) -> str:
    """Return the characters of base64 that these first bytes alone decide."""
    return base64.b64encode(beginning).decode()[: len(beginning) * 8 // 6]


MARKS = tuple(_whole(one) for one in _BEGINNINGS)
"""How base64 of each kind begins."""
BOX_MARKS = tuple(base64.b64encode(bytes(4) + box).decode()[_BOX_AT : _BOX_AT + 4] for box in _BOXES)
"""How base64 of the box names goes that stand behind a size in MP4, HEIC and AVIF."""
_MARK = re.compile("|".join((*MARKS, *BOX_MARKS, "Qk", _CODESTREAM.pattern)))
_HEX_MARK = re.compile(
    "|".join((*(one.hex() for one in _BEGINNINGS), *(f"[0-9a-f]{{8}}{box.hex()}" for box in _BOXES), "424d")),
    re.IGNORECASE,
)
_ANY_MARK = tuple(mark.encode() for mark in (*MARKS, *BOX_MARKS, "Qk", "/w"))
_ANY_HEX = (*(one.hex().encode() for one in (*_BEGINNINGS, *_BOXES)), b"424d")
_ONE_ALPHABET = bytes.maketrans(b"-_", b"+/")
_OTHER_BYTES = bytes(set(range(256)) - set(f"{string.ascii_letters}{string.digits}+/_-".encode()))
_HEX = re.compile(r"[0-9A-Fa-f]*")
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}

_CLASSES = tuple(
    (str.maketrans("", "", letters), least)
    for letters, least in ((string.ascii_uppercase, 0.2), (string.ascii_lowercase, 0.2), (string.digits, 0.06))
)
"""Least shares of capitals, small letters and digits in base64 of compressed bytes (it has 0.41, 0.41 and 0.16)."""
_VARIED = 32
"""Different characters in one such word; laughter and lines have few."""


@dataclass(frozen=True, slots=True)
class PictureRun:
    """Where the picture begins and ends in the text, and the bytes it stands for, as far as they can be decoded."""

    start: int
    end: int
    content: bytes


def picture_runs(text: str) -> list[PictureRun]:
    """Return the pictures written out in `text`, in order. What follows one directly may be taken for a part of it."""
    if len(text) < SHORTEST:
        return []
    is_marked = "\\" in text or _has_mark(text.encode("utf-8", "surrogatepass"))
    if not is_marked and len(text) < LONG_RUN:
        return []
    shortest = SHORTEST if is_marked else LONG_RUN
    return [
        picture
        for found in _RUN.finditer(text)
        if found.end() - found.start() >= shortest
        for picture in _in_run(found[0], found.start())
    ]


def _has_mark(text: bytes) -> bool:
    """Say, fast, whether a picture could begin here: most texts have no mark at all, whatever is put aside."""
    digits = text.translate(_ONE_ALPHABET, _OTHER_BYTES)
    if any(mark in digits for mark in _ANY_MARK):
        return True
    lowered = digits.lower()
    return any(mark in lowered for mark in _ANY_HEX)


def _in_run(run: str, offset: int) -> Iterator[PictureRun]:
    """Yield the pictures in one unbroken run, which stands at `offset` of the text."""
    digits = _digits(run)
    if len(digits) < SHORTEST:
        return
    if not _has_mark(digits.encode()):
        if _is_like_base64(run, digits):
            yield PictureRun(offset, offset + len(run), _decoded(digits))
        return
    places = [found.start() for found in _KEPT.finditer(run.replace(r"\/", " /")) if found[1]]
    done = 0
    while (start := _next_picture(digits, places, done)) is not None:
        end, stop = _end(run, digits, places, start)
        yield PictureRun(offset + places[start], offset + stop, _content(digits[start:end]))
        done = end
    if done < len(digits) and _is_like_base64(run[places[done] :], digits[done:]):
        yield PictureRun(offset + places[done], offset + len(run), _decoded(digits[done:]))


def _digits(run: str) -> str:
    """Return the run's characters of base64 alone, in its first alphabet."""
    if "\\" in run:
        run = re.sub(r"\\[nrt]", "", run)
    return run.translate(_APART)


def _next_picture(digits: str, places: Sequence[int], done: int) -> int | None:
    """Return where in `digits` the next picture begins, in base64 or in hexadecimal."""
    for marks, reader in ((_MARK, _begins), (_HEX_MARK, _begins_in_hex)):
        at = done
        while (found := marks.search(digits, at)) is not None:
            start = found.start() - (_BOX_AT if found[0] in BOX_MARKS else 0)
            if start >= done and reader(digits, places, start):
                return start
            at = found.start() + 1
    return None


def _begins(digits: str, places: Sequence[int], start: int) -> bool:
    if len(digits) - start < SHORTEST:
        return False
    if _CODESTREAM.match(digits, start):
        return _is_first(places, start) and _is_mixed(digits[start : start + _HEAD])
    return is_media(_decoded(digits[start : start + _HEAD]))


def _begins_in_hex(digits: str, places: Sequence[int], start: int) -> bool:
    if not _is_first(places, start) and digits[start - 1] in "0123456789abcdefABCDEF":
        return False
    head = digits[start : start + 2 * SHORTEST]
    return len(head) == 2 * SHORTEST and _HEX.fullmatch(head) is not None and is_media(bytes.fromhex(head))


def _is_first(places: Sequence[int], start: int) -> bool:
    """Say whether a word begins here."""
    return start == 0 or places[start] - places[start - 1] > 1


def is_media(head: bytes) -> bool:
    """Say whether a file that begins like this is a picture or a video."""
    if head.startswith(b"\xff\xd8\xff"):
        return head[3] >= 0xC0  # noqa: PLR2004 - a marker, as in every JPEG
    if head.startswith(b"BM"):
        return head[6:10] == bytes(4) and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    if head[4:8] in _BOXES:
        return head[0] == 0
    return head.startswith(_BEGINNINGS)


def _end(run: str, digits: str, places: Sequence[int], start: int) -> tuple[int, int]:
    """Return where the picture ends, in `digits` and in `run`: with its hexadecimal, at padding that fits, or with the run."""
    if (end := _end_of_hex(digits, start)) is not None:
        return end, places[end - 1] + 1
    for found in _PADDING.finditer(run, places[start]):
        end = bisect_left(places, found.start())
        if (end - start + len(found[0])) % 4 == 0:
            return end, found.end()
    return len(digits), len(run)


def _end_of_hex(digits: str, start: int) -> int | None:
    """Return where the hexadecimal ends that begins here; None where the digits are base64."""
    found = _HEX.match(digits, start)
    end = start if found is None else found.end()
    return end if end - start >= 2 * SHORTEST else None


def _is_like_base64(run: str, digits: str) -> bool:
    """Say whether a run without a mark is so long and so mixed that it is hardly anything else than a file."""
    if len(digits) < LONG_RUN:
        return False
    if any(len(word) >= LONG_RUN and len(set(word)) >= _VARIED for word in _WORD.findall(run)):
        return True
    return any(_is_mixed(digits[at : at + LONG_RUN]) for at in range(0, len(digits) - LONG_RUN + 1, LONG_RUN // 2))


def _is_mixed(digits: str) -> bool:
    return all(len(digits) - len(digits.translate(others)) >= least * len(digits) for others, least in _CLASSES)


def _content(digits: str) -> bytes:
    if _end_of_hex(digits, 0) == len(digits):
        return bytes.fromhex(digits[: len(digits) // 2 * 2])
    return _decoded(digits)


def _decoded(digits: str) -> bytes:
    whole = digits[:-1] if len(digits) % 4 == 1 else digits
    return base64.b64decode(whole + "=" * (-len(whole) % 4))
