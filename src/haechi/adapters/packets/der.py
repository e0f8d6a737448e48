"""Reads DER (X.690) as strictly as it is defined: one value has one encoding, so that one stamp is one file.

Only what stamps and certificates need: low tag numbers, definite lengths in their shortest form, values that fill
what holds them to the byte, and a limit on depth. Everything is walked before anything is believed.
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

INTEGER, BIT_STRING, OCTET_STRING, OID, BOOLEAN, NULL = 0x02, 0x03, 0x04, 0x06, 0x01, 0x05
SEQUENCE, SET, UTC_TIME, GENERALIZED_TIME = 0x30, 0x31, 0x17, 0x18
_CONSTRUCTED = 0x20
_HIGH_TAG = 0x1F
_LONG = 0x80
_MOST_LENGTH_BYTES = 4
_MOST_DEPTH = 32
_CENTURY = 50  # RFC 5280, 4.1.2.5.1: two digits of a year from 50 on are of the last century
_GENERALIZED = re.compile(rb"([0-9]{14})(?:\.[0-9]{1,9})?Z")
_UTC = re.compile(rb"[0-9]{12}Z")


class DerError(ValueError):
    """The bytes are not DER, or not of the form that is read here."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: `raw` is all of it, `content` what follows its length; `parts` are the values in a constructed one."""

    tag: int
    raw: bytes
    content: bytes
    parts: tuple["Value", ...]

    def of(self, tag: int) -> "Value":
        """Return this value if it has the tag. Raises `DerError`."""
        if self.tag != tag:
            raise DerError(tag, self.tag)
        return self

    def sequence(self) -> "Parts":
        """Return the parts of a SEQUENCE to be taken in order. Raises `DerError`."""
        return Parts(self.of(SEQUENCE).parts)

    def integer(self) -> int:
        """Return an INTEGER in its shortest form. Raises `DerError`."""
        content = self.of(INTEGER).content
        if not content or (len(content) > 1 and content[0] in (0, 0xFF) and (content[0] ^ content[1]) < _LONG):
            raise DerError(INTEGER)
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        """Return a BOOLEAN. Raises `DerError`."""
        if self.of(BOOLEAN).content not in (b"\x00", b"\xff"):
            raise DerError(BOOLEAN)
        return self.content == b"\xff"

    def whole_bytes(self) -> bytes:
        """Return a BIT STRING of whole bytes. Raises `DerError`."""
        if self.of(BIT_STRING).content[:1] != b"\x00":
            raise DerError(BIT_STRING)
        return self.content[1:]

    def seconds(self) -> int:
        """Return a UTCTime or GeneralizedTime in UTC as whole unix seconds, a fraction left out. Raises `DerError`."""
        if self.tag == UTC_TIME and _UTC.fullmatch(self.content):
            century = b"19" if int(self.content[:2]) >= _CENTURY else b"20"
            digits = century + self.content[:12]
        elif self.tag == GENERALIZED_TIME and (found := _GENERALIZED.fullmatch(self.content)):
            digits = found[1]
        else:
            raise DerError(self.tag)
        try:
            moment = datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise DerError(self.tag) from error
        return calendar.timegm(moment.timetuple())


class Parts:
    """The parts of a value, taken one after the other."""

    def __init__(self, parts: Sequence[Value]) -> None:
        self._left = list(reversed(parts))

    def take(self, tag: int | None = None) -> Value:
        """Take the next part, which must be there and have the tag. Raises `DerError`."""
        if not self._left:
            raise DerError(tag)
        part = self._left.pop()
        return part if tag is None else part.of(tag)

    def take_if(self, tag: int) -> Value | None:
        """Take the next part if it has the tag."""
        return self._left.pop() if self._left and self._left[-1].tag == tag else None

    def take_if_oid(self, content: bytes) -> bool:
        """Take the next part if it is this OBJECT IDENTIFIER, and say whether it was."""
        is_next = bool(self._left) and (self._left[-1].tag, self._left[-1].content) == (OID, content)
        if is_next:
            self._left.pop()
        return is_next

    def end(self) -> None:
        """Make sure that nothing is left. Raises `DerError`."""
        if self._left:
            raise DerError(self._left[-1].tag)

    def __iter__(self) -> Iterator[Value]:
        while self._left:
            yield self._left.pop()


def read_der(octets: bytes, *, depth: int = 0) -> Value:
    """Return the one value that these bytes are. Raises `DerError`."""
    value, end = _value(octets, 0, len(octets), depth)
    if end != len(octets):
        raise DerError(end)
    return value


def _value(octets: bytes, start: int, end: int, depth: int) -> tuple[Value, int]:
    if depth > _MOST_DEPTH or end - start < len(("tag", "length")):
        raise DerError(start)
    tag, length, at = octets[start], octets[start + 1], start + 2
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise DerError(start)
    if length & _LONG:
        count = length & ~_LONG
        digits = octets[at : min(at + count, end)]
        length = int.from_bytes(digits, "big")
        if not 0 < count <= _MOST_LENGTH_BYTES or len(digits) != count or not digits[0] or length < _LONG:
            raise DerError(start)
        at += count
    stop = at + length
    if stop > end:
        raise DerError(start)
    parts: list[Value] = []
    place = at
    while tag & _CONSTRUCTED and place < stop:
        part, place = _value(octets, place, stop, depth + 1)
        parts.append(part)
    return Value(tag, octets[start:stop], octets[at:stop], tuple(parts)), stop
