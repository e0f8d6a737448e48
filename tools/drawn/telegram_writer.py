r"""Writes `result.json` byte for byte as Telegram Desktop does, mistakes included.

A port of the string and object writer in tdesktop's `Telegram/SourceFiles/export/output/export_output_json.cpp`
(6.1.2): LF, one space a level, `"key": value`, an empty array as bracket, line end, bracket. Its mistakes are kept,
for they are what an importer meets: control bytes become `\xNN`, which is not JSON; U+2028 and U+2029 become their escape
followed by their own last two bytes; 4.0.4 to 4.1.1 wrote the path in `document_id` without quotes.
"""

import re
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, BinaryIO, Self

Value = Any
"""None, bool, int, float, str, bytes (a string's bytes as they come), `Raw`, list, mapping, or a tuple of key-value pairs
(an object that may repeat a key)."""

ONE_CHAT_LEVEL = 2
ACCOUNT_LEVEL = 5
_SPECIAL = re.compile(rb'[\x00-\x1f"\\]|\xe2(?=\x80[\xa8\xa9])')
_NAMED = {0x0A: b"\\n", 0x0D: b"\\r", 0x09: b"\\t", 0x22: b'\\"', 0x5C: b"\\\\"}
_NO_NAME = ("saved_messages", "replies", "verification_codes")


class Raw(bytes):
    """Bytes that go into the file as they are, in place of a value."""

    __slots__ = ()


def serialised_string(value: str | bytes) -> bytes:
    """Return tdesktop's `SerializeString` of a text or of a string's bytes."""
    plain = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return b'"' + _SPECIAL.sub(_escape, plain) + b'"'


def _escape(match: re.Match[bytes]) -> bytes:
    byte = match[0][0]
    if byte == 0xE2:  # noqa: PLR2004 - only the first byte is replaced; the writer then copies the two others
        return b"\\u2028" if match.string[match.start() + 2] == 0xA8 else b"\\u2029"  # noqa: PLR2004
    return _NAMED.get(byte) or b"\\x%02X" % byte


def serialised(value: Value, level: int, *, key: str = "", quotes_document_id: bool = True) -> bytes:
    """Return a value as it stands at nesting `level`; `key` is the name it is written under."""
    if isinstance(value, str | bytes) and not isinstance(value, Raw):
        if key == "document_id" and not quotes_document_id:
            return value.encode() if isinstance(value, str) else value
        return serialised_string(value)
    if not isinstance(value, list | Mapping | tuple):
        return _literal(value)
    inner = b"\n" + b" " * (level + 1)
    end = b"\n" + b" " * level
    if isinstance(value, list):
        if not value and key == "text_entities":
            return b"[]"
        members = [inner + serialised(member, level + 1, quotes_document_id=quotes_document_id) for member in value]
        return b"[" + b",".join(members) + end + b"]"
    pairs = value.items() if isinstance(value, Mapping) else value
    fields = [
        inner
        + serialised_string(name)
        + b": "
        + serialised(member, level + 1, key=name, quotes_document_id=quotes_document_id)
        for name, member in pairs
    ]
    return b"{" + b",".join(fields) + end + b"}"


def _literal(value: Value) -> bytes:
    if isinstance(value, Raw):
        return bytes(value)
    if value is None:
        return b"null"
    return str(value).lower().encode() if isinstance(value, bool) else str(value).encode()


def text_fields(*parts: str | Mapping[str, Value]) -> dict[str, Value]:
    """Return the `text` and `text_entities` of a message made of plain runs (strings) and entities (objects).

    One plain run stands as a string in `text`; `text_entities` always lists objects.
    """
    entities = [{"type": "plain", "text": part} if isinstance(part, str) else dict(part) for part in parts]
    if not parts:
        return {"text": "", "text_entities": []}
    if len(parts) == 1 and isinstance(parts[0], str):
        return {"text": parts[0], "text_entities": entities}
    return {"text": list(parts), "text_entities": entities}


class Cut:
    """A file object that stops taking bytes after `limit`, as a disk that ran full or a killed program does."""

    def __init__(self, out: BinaryIO, limit: int | None) -> None:
        self._out = out
        self._left = limit

    def write(self, written: bytes) -> int:
        """Write what still fits; the rest is lost without a word."""
        if self._left is not None:
            written = written[: self._left]
            self._left -= len(written)
        self._out.write(written)
        return len(written)


class ChatWriter:
    """One chat: header, then messages one at a time, then the end. Use `ChatExport` or `AccountExport` to get one."""

    def __init__(self, out: Cut, *, level: int, first: bool, quotes_document_id: bool) -> None:
        self._out = out
        self._level = level
        self._is_first = first
        self._has_message = False
        self._quotes_document_id = quotes_document_id

    def start(self, header: Mapping[str, Value]) -> None:
        """Write the chat's fields before `messages`, in the order given."""
        outer = self._level - 2
        if outer:
            self._out.write((b"\n" if self._is_first else b",\n") + b" " * outer)
        self._out.write(b"{")
        for index, (name, value) in enumerate(header.items()):
            comma = b"," if index else b""
            written = serialised(value, outer + 1, key=name)
            self._out.write(comma + b"\n" + b" " * (outer + 1) + serialised_string(name) + b": " + written)
        self._out.write((b"," if header else b"") + b"\n" + b" " * (outer + 1) + b'"messages": [')

    def message(self, fields: Value) -> None:
        """Write one message: a mapping in writing order, or a tuple of pairs where a key repeats, or `Raw` bytes."""
        written = serialised(fields, self._level, quotes_document_id=self._quotes_document_id)
        self._out.write((b",\n" if self._has_message else b"\n") + b" " * self._level + written)
        self._has_message = True

    def end(self) -> None:
        """Close the list and the chat."""
        self._out.write(b"\n" + b" " * (self._level - 1) + b"]\n" + b" " * (self._level - 2) + b"}")


class ChatExport:
    """The `result.json` of one chat, streamed to `out`; a context manager that writes the end.

    `truncate_after` cuts the file at that many bytes. tdesktop writes no line end after the last bracket.
    """

    def __init__(
        self,
        out: BinaryIO,
        header: Mapping[str, Value],
        *,
        quotes_document_id: bool = True,
        truncate_after: int | None = None,
    ) -> None:
        cut = Cut(out, truncate_after)
        self._chat = ChatWriter(cut, level=ONE_CHAT_LEVEL, first=True, quotes_document_id=quotes_document_id)
        self._chat.start(header)

    def message(self, fields: Value) -> None:
        """Write one message."""
        self._chat.message(fields)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the list and the object."""
        self._chat.end()


class AccountExport:
    """The `result.json` of an account: sections, then `chats` and `left_chats`; a context manager that writes the end."""

    def __init__(
        self,
        out: BinaryIO,
        sections: Mapping[str, Value],
        *,
        quotes_document_id: bool = True,
        truncate_after: int | None = None,
    ) -> None:
        self._out = Cut(out, truncate_after)
        self._quotes_document_id = quotes_document_id
        self._has_section = False
        self._out.write(b"{")
        for name, value in sections.items():
            self._section(name)
            self._out.write(serialised(value, 1, key=name))

    def _section(self, name: str) -> None:
        self._out.write((b",\n " if self._has_section else b"\n ") + serialised_string(name) + b": ")
        self._has_section = True

    def chats(
        self,
        chats: Iterable[tuple[Mapping[str, Value], Iterable[Value]]],
        *,
        section: str = "chats",
        about: str = "Chats.",
    ) -> None:
        """Write the section `chats` or `left_chats`: an iterable of (header, messages)."""
        self._section(section)
        self._out.write(b'{\n  "about": ' + serialised_string(about) + b',\n  "list": [')
        for index, (header, messages) in enumerate(chats):
            chat = ChatWriter(
                self._out, level=ACCOUNT_LEVEL, first=index == 0, quotes_document_id=self._quotes_document_id
            )
            chat.start(header)
            for fields in messages:
                chat.message(fields)
            chat.end()
        self._out.write(b"\n  ]\n }")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the object."""
        self._out.write(b"\n}")


def chat_header(*, name: str | None, type: str | None, id: int) -> dict[str, Value]:  # noqa: A002 - the export's words
    """Return a chat's header fields in writing order; saved messages and such have no name."""
    named = {} if type in _NO_NAME else {"name": name}
    return {**named, "type": type, "id": id}


def write_chat(
    out: BinaryIO,
    header: Mapping[str, Value],
    messages: Iterable[Value],
    *,
    quotes_document_id: bool = True,
    truncate_after: int | None = None,
) -> None:
    """Write a one-chat `result.json`."""
    with ChatExport(out, header, quotes_document_id=quotes_document_id, truncate_after=truncate_after) as export:
        for fields in messages:
            export.message(fields)
