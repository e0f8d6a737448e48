"""DER (X.690), read strictly and written: of everything that has several encodings, only the one that DER allows.

A time stamp is checked by several programs. What one of them passes over, such as bytes behind the end or a length of
indefinite form, another may read: so nothing is passed over here. Only what stamps and certificates need: low tag numbers,
definite lengths in their shortest form, values that fill what holds them to the byte, and a limit on depth.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8 = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
_CONSTRUCTED, _HIGH_TAG, _LONG = 0x20, 0x1F, 0x80
_MOST_DEPTH = 32  # a certificate in a reply is about ten deep
_MOST_LENGTH_BYTES = 4
_MOST_UNUSED = 7  # bits of a BIT STRING's last byte
_CENTURY = 50  # RFC 5280, 4.1.2.5.1: two digits of a year from 50 on are of the last century
_GENERALIZED = re.compile(rb"([0-9]{14})(?:\.([0-9]{1,9}))?Z")
_UTC = re.compile(rb"[0-9]{12}Z")


class DerError(ValueError):
    """The bytes are not DER, or not what was expected in that place."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag, and where in `data` it begins (`start`), its content begins (`inner`) and it ends.

    `parts` are the values in a constructed one.
    """

    data: bytes
    tag: int
    start: int
    inner: int
    end: int
    parts: tuple["Value", ...] = ()

    @property
    def content(self) -> bytes:
        """The value without tag and length."""
        return self.data[self.inner : self.end]

    @property
    def raw(self) -> bytes:
        """The value as it stands."""
        return self.data[self.start : self.end]

    def of(self, tag: int) -> "Value":
        """Return this value if it has the tag. Raises `DerError`."""
        if self.tag != tag:
            raise DerError(self.start)
        return self

    def expect(self, tag: int) -> bytes:
        """Return the content of a value that has this tag. Raises `DerError`."""
        return self.of(tag).content

    def inside(self, tag: int | None = None) -> tuple["Value", ...]:
        """Return the values in a constructed one; `tag` is what this value has to be. Raises `DerError`."""
        if not self.tag & _CONSTRUCTED or (tag is not None and tag != self.tag):
            raise DerError(self.start)
        return self.parts

    def sequence(self) -> "Parts":
        """Return the parts of a SEQUENCE to be taken in order. Raises `DerError`."""
        return Parts(self.of(SEQUENCE).parts)

    def integer(self) -> int:
        """Return an INTEGER in its shortest form. Raises `DerError`."""
        content = self.expect(INTEGER)
        if not content or (len(content) > 1 and content[0] in (0, 0xFF) and (content[0] ^ content[1]) < _LONG):
            raise DerError(self.start)
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        """Return a BOOLEAN. Raises `DerError`."""
        if self.expect(BOOLEAN) not in (b"\x00", b"\xff"):
            raise DerError(self.start)
        return self.content == b"\xff"

    def whole_bytes(self) -> bytes:
        """Return a BIT STRING of whole bytes. Raises `DerError`."""
        content = self.expect(BIT_STRING)
        if content[:1] != b"\x00":
            raise DerError(self.start)
        return content[1:]

    def oid(self) -> str:
        """Return an OBJECT IDENTIFIER in dotted form. Raises `DerError`."""
        content, numbers, number = self.expect(OID), [], 0
        if not content or content[-1] & _LONG:
            raise DerError(self.start)
        for byte in content:
            if not number and byte == _LONG:  # a number with a leading zero
                raise DerError(self.start)
            number = number << 7 | byte & 0x7F
            if not byte & _LONG:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    def seconds(self) -> int:
        """Return a UTCTime or GeneralizedTime in UTC as whole unix seconds, a fraction left out. Raises `DerError`."""
        if self.tag == UTC_TIME and _UTC.fullmatch(self.content):
            century = b"19" if int(self.content[:2]) >= _CENTURY else b"20"
            return _seconds(century + self.content[:12], self.start)
        found = _GENERALIZED.fullmatch(self.expect(GENERALIZED_TIME))
        if found is None:
            raise DerError(self.start)
        return _seconds(found[1], self.start)

    def time_us(self) -> int:
        """Return a GeneralizedTime in UTC as unix microseconds; what is finer is cut off. Raises `DerError`.

        A fraction does not end in a zero (X.690, 11.7.3).
        """
        found = _GENERALIZED.fullmatch(self.expect(GENERALIZED_TIME))
        if found is None or (found[2] or b"1").endswith(b"0"):
            raise DerError(self.start)
        return _seconds(found[1], self.start) * 1_000_000 + int((found[2] or b"")[:6].ljust(6, b"0"))


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


def read(data: bytes) -> Value:
    """Return the one value that `data` is; primitive values are looked into when they are read. Raises `DerError`."""
    value = _value(data, 0, len(data), 0)
    if value.end != len(data):
        raise DerError(value.end)
    return value


def read_strictly(data: bytes) -> Value:
    """Return the one value that `data` is, with every primitive value in it checked. Raises `DerError`."""
    value = read(data)
    _check(value)
    return value


def write(tag: int, *contents: bytes) -> bytes:
    """Return a value with this tag around the contents."""
    content = b"".join(contents)
    size = len(content)
    if size < _LONG:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + content


def write_integer(number: int) -> bytes:
    """Return an INTEGER that is not negative."""
    return write(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def write_oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER. Raises `DerError` when the text is none."""
    if not re.fullmatch(r"[0-2](\.(0|[1-9][0-9]{0,18})){1,20}", dotted):
        raise DerError(dotted)
    first, second, *rest = map(int, dotted.split("."))
    if first < 2 and second >= 40:  # noqa: PLR2004 -- X.690, 8.19.4
        raise DerError(dotted)
    content = b""
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.insert(0, number & 0x7F | 0x80)
        content += bytes(groups)
    return write(OID, content)


def _seconds(digits: bytes, place: int) -> int:
    try:
        moment = datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise DerError(place) from error
    return calendar.timegm(moment.timetuple())


def _value(data: bytes, start: int, end: int, depth: int) -> Value:
    if depth > _MOST_DEPTH or end - start < len(("tag", "length")) or data[start] & _HIGH_TAG == _HIGH_TAG:
        raise DerError(start)
    inner, size = start + 2, data[start + 1]
    if size >= _LONG:
        count = size - _LONG
        digits = data[inner : min(inner + count, end)]
        inner += count
        size = int.from_bytes(digits, "big")
        # Indefinite, longer than anything that is read, or written longer than it need be.
        if not 0 < count <= _MOST_LENGTH_BYTES or len(digits) != count or not digits[0] or size < _LONG:
            raise DerError(start)
    stop = inner + size
    if stop > end:
        raise DerError(start)
    parts: list[Value] = []
    place = inner
    while data[start] & _CONSTRUCTED and place < stop:
        parts.append(_value(data, place, stop, depth + 1))
        place = parts[-1].end
    return Value(data, data[start], start, inner, stop, tuple(parts))


_CHECKS: Mapping[int, Callable[[Value], object]] = {
    BOOLEAN: Value.boolean,
    INTEGER: Value.integer,
    OID: Value.oid,
}


def _check(value: Value) -> None:
    for part in value.parts:
        _check(part)
    if value.tag in _CHECKS:
        _CHECKS[value.tag](value)
    content = value.content
    is_wrong = {
        BIT_STRING: not content or content[0] > _MOST_UNUSED,
        NULL: content != b"",
        SEQUENCE & ~_CONSTRUCTED: True,
        SET & ~_CONSTRUCTED: True,
    }
    if is_wrong.get(value.tag, False):
        raise DerError(value.start)
