"""Splits any JSON into messages by its tokens: slower (about 12 MB/s), for files that Telegram Desktop did not lay out.

A message is an object directly inside an array under the key `messages` of an object. Everything around the messages
is the frame: read at the end as one object without them, so that no field outside of the messages goes unseen.
"""

import re
from collections.abc import Generator, Iterator

from haechi.adapters.importers.telegram.pieces import BLOCK, LONGEST_SECTION, LONGEST_SPAN, Found, Piece, Read

# The unrolled form: `(?:[^"\\]+|\\.)*` backtracks without end on a string that is cut at a block's edge.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}\[\]:,]', re.DOTALL)
_BRACE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)|[{}\[\]]', re.DOTALL)
# Possessive, so that a megabyte of spaces before a wrong byte is looked at once.
_GAP = re.compile(rb"[ \t\r\n]*+(?:[-+0-9.eE]++|[A-Za-z]{1,9}+)?+[ \t\r\n]*+")
_SPACE = b" \t\r\n"
_LONGEST_KEY = 256
_DEEPEST = 200
_BRACE_OPEN, _BRACE_SHUT, _BRACKET_OPEN, _QUOTE, _COLON = b'{}[":'


class _Level:
    """One open bracket of the frame: what it is, the last key seen in it, where it began in the frame's text."""

    __slots__ = ("began", "is_messages", "is_object", "key", "name", "text")

    def __init__(self, *, is_object: bool, is_messages: bool, began: int, name: bytes) -> None:
        self.is_object = is_object
        self.is_messages = is_messages
        self.began = began
        self.key = self.text = b""
        self.name = name


class TokenSplitter:
    """Yields the pieces of one file; the frame comes last, as a `SECTION` without name, or as unparsed bytes."""

    def __init__(self, read: Read, head: bytes, *, start: int = 0) -> None:
        self._read = read
        self._buffer = head
        self._at = start
        self._base = 0
        self._levels: list[_Level] = []
        self._frame = b""
        self._frame_spans: list[tuple[int, int]] = []
        self._frame_at = start
        self._ended = False
        self._closed = False
        self._rejected = ""
        self.framing = start
        self.is_complete = False
        self.is_room_uncertain = False

    def reject(self, code: str) -> None:
        """Tell the splitter that the message it just yielded is no object; it is listed as unparsed under `code`."""
        self._rejected = code

    def frame_spans(self) -> list[tuple[int, int]]:
        """Return where the frame's bytes lie: framing if the frame reads as an object, unparsed otherwise."""
        return self._frame_spans

    def pieces(self) -> Iterator[Piece]:
        """Yield the file's pieces in order."""
        while True:
            token = self._token(_TOKEN)
            if token is None:
                break
            if self._closed or not _GAP.fullmatch(self._buffer, self._at, token.start()):
                break
            mark = self._buffer[token.start()]
            if mark == _BRACE_OPEN and self._levels and self._levels[-1].is_messages:  # an object in `messages`
                yield from self._frame_until(token.start())
                whole = yield from self._message(token.start())
                if not whole:
                    yield from self._frame_piece()
                    return
                continue
            header = self._follow(mark, token)
            if header is False:
                break
            self._at = token.end()
            if isinstance(header, tuple):
                yield header
            if self._base + self._at - self._frame_at > LONGEST_SECTION:
                yield from self._frame_until(self._at)
        yield from self._rest()

    def _token(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Return the next token, or None at the end of the file or at a string that never ends."""
        while True:
            match = pattern.search(self._buffer, self._at)
            if match is not None and (match[1] != b"" or self._buffer[match.start()] != _QUOTE):
                return match
            if len(self._buffer) - self._at > LONGEST_SPAN or not self._more():
                return None

    def _more(self) -> bool:
        block = b"" if self._ended else self._read(BLOCK)
        if not block:
            self._ended = True
            return False
        keep = min(self._at, max(0, self._frame_at - self._base))
        self._buffer = self._buffer[keep:] + block
        self._base += keep
        self._at -= keep
        return True

    def _follow(self, mark: int, token: re.Match[bytes]) -> Piece | bool:
        """Follow one token of the frame; a room's header when its messages begin; False when brackets do not fit."""
        level = self._levels[-1] if self._levels else None
        if mark in b"{[":
            is_messages = mark == _BRACKET_OPEN and level is not None and level.is_object and level.key == b'"messages"'
            began = len(self._frame) + self._base + token.start() - self._frame_at
            name = level.key if level is not None and level.is_object else level.name if level is not None else b""
            if len(self._levels) >= _DEEPEST:
                return False
            self._levels.append(_Level(is_object=mark == _BRACE_OPEN, is_messages=is_messages, began=began, name=name))
            if is_messages and level is not None:
                return self._room(level, token.end())
        elif mark in b"}]":
            if level is None or level.is_object != (mark == _BRACE_SHUT):
                return False
            self._levels.pop()
            self._closed = not self._levels
        elif mark == _QUOTE and level is not None:
            level.text = token[0][:_LONGEST_KEY]
        elif mark == _COLON and level is not None:  # only now is it known that the text was a key
            level.key = level.text
        return True

    def _room(self, level: _Level, end: int) -> Piece:
        frame = self._frame + self._buffer[self._frame_at - self._base : end]
        names = [outer.name for outer in self._levels]
        section = "left_chats" if b'"left_chats"' in names else "chats" if b'"chats"' in names else ""
        offset = self._base + end
        return (Found.ROOM, offset, offset, frame[level.began :] + b"]}", section)

    def _message(self, start: int) -> Generator[Piece, None, bool]:
        """Yield the message that begins at `start`; return whether it ended."""
        began = self._base + start
        self._frame_at = began  # keeps the buffer from here on
        self._at = start
        depth = 0
        while True:
            token = self._token(_BRACE)
            if token is None:
                code = "truncated" if self._ended else "message-too-long"
                yield from self._unparsed_from(began, code)
                return False
            self._at = token.end()
            mark = self._buffer[token.start()]
            depth += (mark in b"{[") - (mark in b"}]")
            if depth == 0:
                break
            if self._base + self._at - began > LONGEST_SPAN:
                yield from self._unparsed_from(began, "message-too-long")
                return False
        end = self._base + self._at
        span = self._buffer[began - self._base : self._at]
        self._frame_at = end
        yield (Found.MESSAGE, began, end, span, "")
        if self._rejected:
            yield (Found.UNPARSED, began, end, b"", self._rejected)
            self._rejected = ""
        return True

    def _frame_until(self, position: int) -> Iterator[Piece]:
        """Put the frame's bytes up to `position` aside; the comma between two messages is framing at once."""
        start, end = self._frame_at, self._base + position
        written = self._buffer[start - self._base : position]
        if written.strip(_SPACE) in {b"", b","}:
            self.framing += len(written)
        elif len(self._frame) + len(written) > LONGEST_SECTION:
            yield (Found.UNPARSED, start, end, b"", "section-too-long")
            self._frame += b" "
        else:
            self._frame_spans.append((start, end))
            self._frame += written
        self._frame_at = end

    def _unparsed_from(self, start: int, code: str) -> Iterator[Piece]:
        """List everything from `start` to the end of the file: without its end no later bracket can be trusted."""
        end = self._base + len(self._buffer)
        while not self._ended:
            block = self._read(BLOCK)
            self._ended = not block
            end += len(block)
        self._buffer, self._base, self._at, self._frame_at = b"", end, 0, end
        yield (Found.UNPARSED, start, end, b"", code)

    def _rest(self) -> Iterator[Piece]:
        """Take what is left after the last token: nothing but white space, or bytes that are not read."""
        tail = self._buffer[self._at :]
        while self._closed and not tail.strip() and self._more():
            tail = self._buffer[self._at :]
        if self._closed and not tail.strip():
            self.is_complete = True
            position = len(self._buffer)
            yield from self._frame_until(position)
        else:
            yield from self._frame_until(self._at)
            at_end = self._ended and not self._closed
            if self._at < len(self._buffer) or not self._ended:
                yield from self._unparsed_from(self._base + self._at, "truncated" if at_end else "unexpected-bytes")
        yield from self._frame_piece()

    def _frame_piece(self) -> Iterator[Piece]:
        if self._frame_spans:
            offset = self._base + len(self._buffer)
            yield (Found.SECTION, offset, offset, self._closing(), "")

    def _closing(self) -> bytes:
        """Return the frame's text with the brackets that a cut file lacks."""
        text = self._frame.rstrip(_SPACE + b",") if self._levels else self._frame
        return text + b"".join(b"}" if level.is_object else b"]" for level in reversed(self._levels))
