"""Pictures written inside a text are not kept: reference-only custody holds no picture byte in any form.

Base64 of both alphabets, hexadecimal, raw bytes and lists of numbers are known. A marker with length and digest takes
the place of the run, in what is read and in the raw bytes that are kept.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from haechi.domain.picture_run import BOX_MARKS, MARKS, SHORTEST, picture_runs

ROOM = 700
"""Bytes of a message that leave 300 for a picture; a plain message takes about 300 itself."""
LONG = 1500
"""Bytes of a message from which on its runs are always looked at."""
_FREQUENT = tuple(mark.encode() for mark in (*MARKS[:5], BOX_MARKS[0]))
_RARE = (
    *(mark.encode() for mark in (*MARKS[5:], *BOX_MARKS[1:])), b"/wp", rb"\u00", b"ffd8ff", b"FFD8FF", b"89504",
    b"IHDR", b"\xc3\xbf\xc3\x98",
)  # fmt: skip
_APART = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"))
_ALPHABET = bytes.maketrans(b"-_", b"+/")
_DATA_MEDIA = re.compile(
    r"data:(?:image|video)/(?:[^,]{0,120}?base64,(?:[A-Za-z0-9+/=_\s%-]|\\[nrt/]?)+|[^,]{0,120},(?!\[withheld: )[^\s\"'<>]*)",
    re.IGNORECASE,
)
"""What calls itself a picture is taken for one, whatever its first bytes are."""
_RAW = re.compile(
    "\xff\xd8\xff|\x89PNG\r?\n|GIF8[79]a[^\n]{2,6}[\0\ufffd]|RIFF.{4,12}WEBPVP8|ftyp(?:isom|mp4|heic|mif1|avif)",
    re.DOTALL,
)
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
_UNDECODED, _CONTROLS = 16, 4
"""Bytes that are no UTF-8, and control bytes, from which on a text is a file's bytes: CP949 has only the first."""
_NUMBERS = ([255, 216, 255], [137, 80, 78], [71, 73, 70], [82, 73, 70])


def may_hold_picture(span: bytes) -> bool:
    """Say, fast, whether the bytes could hold a picture as text: searched for marks, never decoded.

    The marks are how base64 of JPEG, PNG, GIF, WebP and `ftyp` (HEIC, AVIF, MP4) begins and, where there is room for
    one, of everything else that `picture_runs` knows. What stands between lines is put aside first, as JSON and HTML
    write it. Bytes that are no UTF-8 are the caller's to notice.
    """
    if b"\\" in span:
        span = span.replace(b"\\n", b"").replace(b"\\r", b"").replace(b"\\t", b"")
    joined = span.replace(b"<br>", b"").translate(_ALPHABET, _APART)
    for mark in _FREQUENT:
        if mark in joined:
            return True
    if b"base64," in span:
        return True
    return len(span) > ROOM and (
        any(mark in joined or mark in span for mark in _RARE) or (b"Qk" in joined and b"AAAA" in joined)
    )


def without_pictures(value: Any, found: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - any JSON value
    """Return `value` with each picture in its texts replaced by a marker; what was taken out is appended to `found`."""
    if isinstance(value, str):
        return _text_without(value, found)
    if isinstance(value, dict):
        return {without_pictures(key, found): without_pictures(member, found) for key, member in value.items()}
    if isinstance(value, list):
        return _list_without(value, found)
    return value


def padded_marker(span: bytes) -> bytes:
    """Return what stands for a withheld span among the raw bytes: its digest, padded to the same length."""
    marker = b'{"withheld":"sha256:' + hashlib.sha256(span).hexdigest().encode() + b'"}'
    return marker[: len(span)].ljust(len(span))


def _text_without(value: str, found: list[dict[str, Any]]) -> str:
    if len(value) < SHORTEST:  # no picture is that small
        return value
    is_undecoded = value.count("\ufffd") >= _UNDECODED and len(_CONTROL.findall(value)) >= _CONTROLS
    if is_undecoded or _RAW.search(value):
        return _marker_for(value.encode("utf-8", "surrogatepass"), len(value), found)
    text = "".join(_pieces_without([value], found))
    return _DATA_MEDIA.sub(lambda match: _marker_for(_of_data(match[0]), len(match[0]), found), text)


def _list_without(value: list[Any], found: list[dict[str, Any]]) -> list[Any]:
    """Look at a list as one text, or as one file's bytes, where its members could be pieces of it."""
    if len(value) >= SHORTEST and value[:3] in _NUMBERS and all(type(one) is int and 0 <= one < 256 for one in value):  # noqa: PLR2004
        return [_marker_for(bytes(value), len(value), found)]
    pieces = [_piece(one) for one in value]
    if len(pieces) > 1 and None not in pieces:
        texts = [piece for piece in pieces if piece is not None]
        value = [
            one if left is text else (left if isinstance(one, str) else {**one, "text": left})
            for one, text, left in zip(value, texts, _pieces_without(texts, found), strict=True)
        ]
    return [without_pictures(member, found) for member in value]


def _piece(member: object) -> str | None:
    """Return the member's part of a text that is told in pieces: plain, or with what Telegram took it for."""
    text = member.get("text") if isinstance(member, dict) else member
    return text if isinstance(text, str) else None


def _pieces_without(pieces: Sequence[str], found: list[dict[str, Any]]) -> list[str]:
    """Return the pieces of one text without the pictures in it: a marker where each begins, nothing of its rest."""
    runs = picture_runs("".join(pieces))
    if not runs:
        return list(pieces)
    left = []
    start = 0
    waiting = iter([*runs, None])
    run = next(waiting)
    for piece in pieces:
        end, at, kept = start + len(piece), start, []
        while run is not None and run.start < end:
            if run.start >= start:
                kept += [piece[at - start : run.start - start], _marker_for(run.content, run.end - run.start, found)]
            at = min(run.end, end)
            if run.end > end:
                break
            run = next(waiting)
        left.append("".join((*kept, piece[at - start :])))
        start = end
    return left


def _of_data(address: str) -> bytes:
    """Return the bytes that a data address stands for, as far as they can be decoded, else as written."""
    digits = re.sub(r"[^A-Za-z0-9+/]", "", address.rpartition("base64,")[2].replace("-", "+").replace("_", "/"))
    whole = digits[:-1] if len(digits) % 4 == 1 else digits
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def _marker_for(content: bytes, characters: int, found: list[dict[str, Any]]) -> str:
    digest = hashlib.sha256(content).hexdigest()
    found.append({"characters": characters, "bytes": len(content), "sha256": digest})
    return f"[withheld: {len(content)} bytes, sha256 {digest}]"
