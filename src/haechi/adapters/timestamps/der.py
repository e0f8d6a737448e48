"""DER (X.690), read strictly and written: of everything that has several encodings, only the one that DER allows.

A time stamp is checked by several programs. What one of them passes over, such as bytes behind the end or a length of
indefinite form, another may read: so nothing is passed over here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8 = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
GENERALIZED_TIME, SEQUENCE, SET = 0x18, 0x30, 0x31
_CONSTRUCTED, _HIGH_TAG, _LONG = 0x20, 0x1F, 0x80
_MOST_DEPTH = 24  # a certificate in a reply is about ten deep
_MOST_LENGTH_BYTES = 4
_TIME = re.compile(rb"\d{14}(\.\d{0,8}[1-9])?Z")


class DerError(ValueError):
    """The bytes are not DER, or not what was expected in that place."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag, and where in `data` it begins (`start`), its content begins (`inner`) and it ends."""

    data: bytes
    tag: int
    start: int
    inner: int
    end: int

    @property
    def content(self) -> bytes:
        """The value without tag and length."""
        return self.data[self.inner : self.end]

    @property
    def raw(self) -> bytes:
        """The value as it stands."""
        return self.data[self.start : self.end]

    def parts(self, tag: int | None = None) -> tuple["Value", ...]:
        """Return the values inside a constructed one; `tag` is what this value has to be. Raises `DerError`."""
        if not self.tag & _CONSTRUCTED or (tag is not None and tag != self.tag):
            raise DerError(self.start)
        return tuple(_parts(self.data, self.inner, self.end))

    def expect(self, tag: int) -> bytes:
        """Return the content of a value that has this tag. Raises `DerError`."""
        if self.tag != tag:
            raise DerError(self.start)
        return self.content

    def integer(self) -> int:
        """Return the number. Raises `DerError`."""
        return int.from_bytes(self.expect(INTEGER), "big", signed=True)

    def oid(self) -> str:
        """Return the object identifier in dotted form. Raises `DerError`."""
        numbers, number = [], 0
        for byte in self.expect(OID):
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(number)
                number = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    def time_us(self) -> int:
        """Return a GeneralizedTime in UTC as unix microseconds; what is finer is cut off. Raises `DerError`."""
        text = self.expect(GENERALIZED_TIME)
        if not _TIME.fullmatch(text):
            raise DerError(self.start)
        try:
            whole = datetime.strptime(text[:14].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError as error:
            raise DerError(self.start) from error
        return int(whole.timestamp()) * 1_000_000 + int(text[15:-1][:6].ljust(6, b"0"))


def read(data: bytes) -> Value:
    """Return the one value that `data` is, with everything inside it checked. Raises `DerError`."""
    values = list(_parts(data, 0, len(data)))
    if len(values) != 1:
        raise DerError(len(data))
    _check(values[0], 0)
    return values[0]


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


def _parts(data: bytes, at: int, end: int) -> Iterator[Value]:
    while at < end:
        value = _value(data, at, end)
        yield value
        at = value.end


def _value(data: bytes, at: int, end: int) -> Value:
    if end - at < 2 or data[at] & _HIGH_TAG == _HIGH_TAG:  # noqa: PLR2004 -- tag and length
        raise DerError(at)
    inner, size = at + 2, data[at + 1]
    if size >= _LONG:
        count = size - _LONG
        encoded = data[inner : inner + count]
        inner += count
        size = int.from_bytes(encoded, "big")
        # Indefinite, longer than anything that is read, or written longer than it need be.
        if not 0 < count <= _MOST_LENGTH_BYTES or not encoded[:1].strip(b"\0") or size < _LONG:
            raise DerError(at)
    if inner + size > end:
        raise DerError(at)
    return Value(data, data[at], at, inner, inner + size)


def _check(value: Value, depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise DerError(value.start)
    if value.tag & _CONSTRUCTED:
        for part in value.parts():
            _check(part, depth + 1)
        return
    content = value.content
    is_wrong = {
        BOOLEAN: content not in (b"\0", b"\xff"),
        INTEGER: not content or (len(content) > 1 and content[0] in (0, 0xFF) and content[0] >> 7 == content[1] >> 7),
        NULL: content != b"",
        OID: not content or content[-1] & 0x80 or content[0] == 0x80,  # noqa: PLR2004
        BIT_STRING: not content or content[0] > 7,  # noqa: PLR2004
        SEQUENCE & ~_CONSTRUCTED: True,
        SET & ~_CONSTRUCTED: True,
    }.get(value.tag, False)
    if is_wrong:
        raise DerError(value.start)
