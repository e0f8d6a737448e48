r"""A content's hashes as one run of bytes, and a stranger's words as text that any database holds.

A hash is one byte of type (the high bit says that a time follows), one of quality, eight of time (IEEE 754, big-endian) where it has one,
and its value. A million pictures take 34 MB so, a tenth of a row for each; only digests, which are looked up by their value, have rows.
"""

import json
import struct
from collections.abc import Iterable, Mapping

from haechi.domain.bank import Signal, SignalType

_CODES = {
    SignalType.PDQ: 1,
    SignalType.VPDQ: 2,
    SignalType.MD5: 3,
    SignalType.VIDEO_MD5: 4,
    SignalType.SHA256: 5,
}
_TYPES = {code: kind for kind, code in _CODES.items()}
_TIMED = 0x80
_TIME = struct.Struct(">d")


def code(kind: SignalType) -> int:
    """Return the number that a type of hash has in the tables."""
    return _CODES[kind]


def pack(signals: Iterable[Signal]) -> bytes:
    """Return the run of bytes that `unpack` reads."""
    out = bytearray()
    for one in signals:
        out.append(_CODES[one.type] | (_TIMED if one.at_s is not None else 0))
        out.append(one.quality)
        if one.at_s is not None:
            out += _TIME.pack(one.at_s)
        out += one.value
    return bytes(out)


def unpack(packed: bytes) -> tuple[Signal, ...]:
    """Return the hashes. Raises `ValueError` or `LookupError` for bytes that `pack` did not write."""
    found, at = [], 0
    while at < len(packed):
        kind, quality = _TYPES[packed[at] & ~_TIMED], packed[at + 1]
        is_timed = packed[at] & _TIMED
        at += 2
        at_s = None
        if is_timed:
            if at + _TIME.size > len(packed):
                raise ValueError(at)
            (at_s,) = _TIME.unpack_from(packed, at)
            at += _TIME.size
        value = packed[at : at + kind.size]
        if len(value) != kind.size:
            raise ValueError(at)
        found.append(Signal(kind, value, quality, at_s))
        at += kind.size
    return tuple(found)


def to_text(value: Mapping[str, object]) -> str:
    """Return JSON in ASCII: PostgreSQL keeps no U+0000 in text, and neither database half of a surrogate pair."""
    return json.dumps(value, separators=(",", ":"))


def from_text(text: str) -> dict[str, object]:
    """Return what `to_text` was given. Raises `ValueError`, `TypeError`."""
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError(type(value).__name__)
    return value


def plain(name: str) -> str:
    r"""Return a name with what a database does not keep written as `\x00` or `\udcff`."""
    if name.isascii() and "\0" not in name:
        return name
    return name.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
