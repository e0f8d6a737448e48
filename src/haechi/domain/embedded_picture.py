"""Pictures written inside a text are not kept: reference-only custody holds no picture byte in any form.

Base64 of both alphabets, hexadecimal, raw bytes and lists of numbers are known. A marker with length and digest takes
the place of the run, in what is read and in the raw bytes that are kept.
"""

import base64
import binascii
import hashlib
import re
from typing import Any

_RARE = (
    b"_9j_", rb"\/9j\/", b"SUkqA", b"TU0AK", b"/wpX", b"GkXfo", rb"\u00", b"ffd8ff", b"FFD8FF", b"89504", b"IHDR",
    b"\xc3\xbf\xc3\x98",
)  # fmt: skip
ROOM = 700
"""Bytes of a message that leave 300 for a picture; a plain message takes about 300 itself."""
LONG = 1500
"""Bytes of a message from which on its runs are always looked at; bitmaps have no mark long enough to search for."""
LONG_RUN = 1024
"""Characters from which on a run is withheld without any mark: a picture pasted in several messages has one mark."""
_VARIED = 32
"""Different characters in such a run; laughter and lines have few."""
_MAGIC = re.compile(
    r"/9j/|_9j_|iVBORw0KGgo|R0lGOD|UklGR|Z0eX|SUkqA|TU0AK|/wpX|GkXfo|^Qk[0-3]"
    r"|^(?i:ffd8ff|89504e47|47494638[37]|52494646.{8}57454250)"
)
_RUN = re.compile(
    r"(?:data:[A-Za-z0-9.+/;=-]{0,80}base64,\s*)?[A-Za-z0-9+/_-]{48}(?:[A-Za-z0-9+/_-]|[ \t]?\r?\n[ \t]*(?=[A-Za-z0-9+/_-]{20}))*={0,2}"
)
_DATA_MEDIA = re.compile(r"data:(?:image|video)/[^,]{0,120}(?:base64,[A-Za-z0-9+/=_\s%-]*|,[^\s\"'<>]*)", re.IGNORECASE)
_RAW = re.compile(
    "\xff\xd8\xff|\x89PNG\r?\n|GIF8[79]a[^\n]{2,6}[\0\ufffd]|RIFF.{4,12}WEBPVP8|ftyp(?:isom|mp4|heic|mif1|avif)",
    re.DOTALL,
)
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")
_UNDECODED, _CONTROLS = 16, 4
"""Bytes that are no UTF-8, and control bytes, from which on a text is a file's bytes: CP949 has only the first."""
_NUMBERS = ([255, 216, 255], [137, 80, 78], [71, 73, 70], [82, 73, 70])
_SHORT = 48


def may_hold_picture(span: bytes) -> bool:
    """Say, fast, whether the bytes could hold a picture as text: searched for marks, never decoded.

    The marks are how base64 of JPEG, PNG, GIF, WebP, HEIC, AVIF and MP4 (`ftyp`) begins and, where there is room for
    one, TIFF, JPEG XL, Matroska and other ways to write bytes. Written out: every message passes here, a loop takes
    three times as long. Bytes that are no UTF-8 are the caller's to notice.
    """
    return (
        b"base64," in span
        or b"/9j/" in span
        or b"iVBORw0KGgo" in span
        or b"R0lGOD" in span
        or b"UklGR" in span
        or b"Z0eX" in span
        or (len(span) > ROOM and any(mark in span for mark in _RARE))
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
    if len(value) < _SHORT:  # no picture is that small
        return value
    is_undecoded = value.count("\ufffd") >= _UNDECODED and len(_CONTROL.findall(value)) >= _CONTROLS
    if is_undecoded or _RAW.search(value):
        return _marker_for(value.encode("utf-8", "surrogatepass"), len(value), found)
    text = _DATA_MEDIA.sub(lambda match: _marker(match[0], found), value)
    return _RUN.sub(lambda match: _marker(match[0], found) if _is_picture(match[0]) else match[0], text)


def _list_without(value: list[Any], found: list[dict[str, Any]]) -> list[Any]:
    """Look at a list as one text, or as one file's bytes, where its members could be pieces of it."""
    if len(value) >= _SHORT and value[:3] in _NUMBERS and all(type(one) is int and 0 <= one < 256 for one in value):  # noqa: PLR2004
        return [_marker_for(bytes(value), len(value), found)]
    if len(value) > 1 and all(type(one) is str for one in value):
        whole = "".join(value)
        if _RUN.fullmatch(whole) and _is_picture(whole):
            return [_marker(whole, found)]
    return [without_pictures(member, found) for member in value]


def _is_picture(run: str) -> bool:
    body = run.rpartition("base64,")[2]
    return _MAGIC.search(body) is not None or (len(body) >= LONG_RUN and len(set(body)) >= _VARIED)


def _marker(run: str, found: list[dict[str, Any]]) -> str:
    body = run.rpartition("base64,")[2]
    digits = re.sub(r"[^A-Za-z0-9+/]", "", body.replace("-", "+").replace("_", "/"))
    try:
        decoded = base64.b64decode(
            digits[: len(digits) // 4 * 4] if len(digits) % 4 == 1 else digits + "=" * (-len(digits) % 4)
        )
    except (binascii.Error, ValueError):
        decoded = body.encode()
    return _marker_for(decoded, len(run), found)


def _marker_for(content: bytes, characters: int, found: list[dict[str, Any]]) -> str:
    digest = hashlib.sha256(content).hexdigest()
    found.append({"characters": characters, "bytes": len(content), "sha256": digest})
    return f"[withheld: {len(content)} bytes, sha256 {digest}]"
