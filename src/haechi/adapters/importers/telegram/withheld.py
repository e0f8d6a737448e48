"""Pictures written as base64 inside a text are not kept: reference-only custody holds no picture byte in any form.

A marker with length and digest takes the place of the run, in what is read and in the raw bytes that are kept.
"""

import base64
import binascii
import hashlib
import re
from typing import Any

_RARE = (b"_9j_", rb"\/9j\/", b"SUkqA", b"TU0AK", b"/wpX", b"GkXfo")
ROOM = 700
"""Bytes of a message that leave 300 for a picture; a plain message takes about 300 itself."""
LONG = 1500
"""Bytes of a message from which on its runs are always looked at; bitmaps have no mark long enough to search for."""
_MAGIC = re.compile(r"/9j/|_9j_|iVBORw0KGgo|R0lGOD|UklGR|Z0eX|SUkqA|TU0AK|/wpX|GkXfo|^Qk[0-3]")
_RUN = re.compile(
    r"(?:data:[A-Za-z0-9.+/;=-]{0,80}base64,\s*)?[A-Za-z0-9+/_-]{48}(?:[A-Za-z0-9+/_-]|[ \t]?\r?\n[ \t]*(?=[A-Za-z0-9+/_-]{20}))*={0,2}"
)
_DATA_MEDIA = re.compile(r"data:(?:image|video)/[^,]{0,120}base64,[A-Za-z0-9+/=_\s%-]*", re.IGNORECASE)


def may_hold_picture(span: bytes) -> bool:
    """Say, fast, whether the bytes could hold a picture as text: searched for marks, never decoded.

    The marks are how base64 of JPEG, PNG, GIF, WebP, HEIC, AVIF and MP4 (`ftyp`) begins and, where there is room for
    one, TIFF, JPEG XL, Matroska and the other alphabet. Written out: every message passes here, a loop takes three times as long.
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
        if len(value) < 48:  # noqa: PLR2004 - no picture is that small
            return value
        text = _DATA_MEDIA.sub(lambda match: _marker(match[0], found), value)
        return _RUN.sub(lambda match: _marker(match[0], found) if _is_picture(match[0]) else match[0], text)
    if isinstance(value, dict):
        return {key: without_pictures(member, found) for key, member in value.items()}
    if isinstance(value, list):
        return [without_pictures(member, found) for member in value]
    return value


def padded_marker(span: bytes) -> bytes:
    """Return what stands for a withheld span among the raw bytes: its digest, padded to the same length."""
    marker = b'{"withheld":"sha256:' + hashlib.sha256(span).hexdigest().encode() + b'"}'
    return marker[: len(span)].ljust(len(span))


def _is_picture(run: str) -> bool:
    return _MAGIC.search(run.rpartition("base64,")[2]) is not None


def _marker(run: str, found: list[dict[str, Any]]) -> str:
    body = run.rpartition("base64,")[2]
    digits = re.sub(r"[^A-Za-z0-9+/]", "", body.replace("-", "+").replace("_", "/"))
    try:
        decoded = base64.b64decode(
            digits[: len(digits) // 4 * 4] if len(digits) % 4 == 1 else digits + "=" * (-len(digits) % 4)
        )
    except (binascii.Error, ValueError):
        decoded = body.encode()
    digest = hashlib.sha256(decoded).hexdigest()
    found.append({"characters": len(run), "bytes": len(decoded), "sha256": digest})
    return f"[withheld: {len(decoded)} bytes, sha256 {digest}]"
