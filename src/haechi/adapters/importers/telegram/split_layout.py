r"""Splits tdesktop's exact layout into messages by their indentation, in constant memory.

One space a level, LF: a message object starts `\n  {\n` and ends `\n  }` (five spaces in an account export), nested
objects are always deeper, and strings never hold a raw line end. What stands between messages must be a comma and the
indentation and nothing else; whatever it is otherwise goes through the line reader, which finds the way back.
"""

import re
from collections.abc import Iterator

from haechi.adapters.importers.telegram.pieces import (
    BLOCK,
    LONGEST_HEADER,
    LONGEST_SECTION,
    LONGEST_SPAN,
    Found,
    Piece,
    Read,
)

CHAT_SECTIONS = (b"chats", b"left_chats")
_ACCOUNT_KEYS = rb"about|personal_information|profile_pictures|stories|contacts|frequent_contacts|sessions|web_sessions|other_data|chats|left_chats"
_PROBE_CHAT = re.compile(rb'\{\n "(?:name|type|id|messages)": ')
_PROBE_ACCOUNT = re.compile(rb'\{\n "(?:' + _ACCOUNT_KEYS + rb')": ')
_PROBE_MESSAGES = re.compile(rb'"messages": \[(\n *\S?|$)')
_KEY_LINE = re.compile(rb' "([^"\\]*)": (.*)', re.DOTALL)
_ENDS = {b" }", b" },", b" ]", b" ],"}


def level_of(head: bytes) -> int | None:
    """Return the level of the messages' objects, 2 in one chat and 5 in an account export; None for another layout."""
    if _PROBE_CHAT.match(head):
        level = 2
    elif _PROBE_ACCOUNT.match(head):
        level = 5
    else:
        return None
    first = _PROBE_MESSAGES.search(head)
    if first is None:
        return level if b'"messages":' not in head else None
    fits = (b"\n" + b" " * level + b"{", b"\n" + b" " * (level - 1) + b"]")
    if head[: first.start()].endswith(b"\n" + b" " * (level - 1)) and (
        first[1] in fits or (first.end() == len(head) and any(fit.startswith(first[1]) for fit in fits))
    ):
        return level
    return None


class LayoutSplitter:
    """Yields the pieces of one file. `framing` counts layout bytes; `is_complete` says whether the last bracket came."""

    def __init__(self, read: Read, head: bytes, level: int) -> None:
        self._read = read
        self._buffer = head
        self._at = 0
        self._base = 0
        self._has_ended = False
        self._is_account = level == 5  # noqa: PLR2004 - see `level_of`
        outer = b" " * (level - 2)
        self._chat_open, self._chat_ends = outer + b"{", {outer + b"}", outer + b"},"}
        self._field = outer + b' "'
        self._messages_line = outer + b' "messages": ['
        self._messages_ends = {outer + b" ]", outer + b" ],"}
        self._first = outer + b"  {\n"
        self._next = b",\n" + self._first
        self._close = b"\n" + outer + b"  }"
        self._lower = re.compile(rb"\n {0,%d}[^ \n]" % (level - 1))
        self._indent = level
        self._rejected = ""
        self._header: list[bytes] | None = None
        self._section: list[bytes] | None = None
        self._kept = 0
        self._start = 0
        self._name = b""
        self._in_chats = False
        self._in_chat = False
        self.framing = 0
        self.is_complete = False
        self.is_room_uncertain = False

    def reject(self, code: str) -> None:
        """Tell the splitter that the message it just yielded is no object; it then looks for one inside."""
        self._rejected = code

    def pieces(self) -> Iterator[Piece]:
        """Yield the file's pieces in order."""
        while True:
            line_end = self._line_end()
            if line_end is None:
                break
            if self._buffer.startswith(self._first, self._at) and self._has_room_open():
                yield from self._messages()
            else:
                yield from self._line(line_end)
        yield from self._abandoned("truncated")

    def _has_room_open(self) -> bool:
        return self._header is None and self._section is None and (self._in_chats or not self._is_account)

    def _more(self) -> bool:
        block = b"" if self._has_ended else self._read(BLOCK)
        if not block:
            self._has_ended = True
            return False
        self._buffer = self._buffer[self._at :] + block
        self._base += self._at
        self._at = 0
        return True

    def _line_end(self) -> int | None:
        """Return where the line at hand ends, after its line end; None at the end of the file."""
        searched = self._at
        while True:
            found = self._buffer.find(b"\n", searched)
            if found >= 0:
                return found + 1
            searched = len(self._buffer) - self._at  # where the search goes on once the start has been cut off
            if searched >= LONGEST_HEADER or not self._more():
                return len(self._buffer) if self._at < len(self._buffer) else None

    def _messages(self) -> Iterator[Piece]:
        """Yield messages from the line at hand for as long as the gaps between them are right."""
        lead, skipped = self._first, self._indent
        while True:
            buffer, at = self._buffer, self._at
            if not buffer.startswith(lead, at):
                if len(buffer) - at < len(lead) and self._more():
                    continue
                break
            start = at + skipped
            end = buffer.find(self._close, start)
            if end < 0:
                if len(buffer) - start > LONGEST_SPAN:
                    yield from self._oversize(start)
                    return
                if self._more():
                    continue
                self.framing += start - at
                self._at = len(buffer)
                yield (Found.UNPARSED, self._base + start, self._base + len(buffer), b"", "truncated")
                return
            end += len(self._close)
            self._at = end
            self.framing += start - at
            yield (Found.MESSAGE, self._base + start, self._base + end, buffer[start:end], "")
            lead, skipped = self._next, self._indent + 2
            if self._rejected:
                code, self._rejected = self._rejected, ""
                lead, skipped = self._first, self._indent
                again = self._inner_message(start, end)
                self._at = again
                yield (Found.UNPARSED, self._base + start, self._base + again, b"", code)
                if again == end:
                    lead, skipped = self._next, self._indent + 2
                elif not buffer.startswith(self._first, again):
                    self.is_room_uncertain = self._is_account
                    return
        yield from self._after_message()

    def _inner_message(self, start: int, end: int) -> int:
        """Return where reading goes on after a span that is no object: a line of a lower level or a message inside it."""
        lower = self._lower.search(self._buffer, start, end)
        if lower:
            return lower.start() + 1
        inner = self._buffer.rfind(b"\n" + self._first, start, end)
        return inner + 1 if inner > start else end

    def _after_message(self) -> Iterator[Piece]:
        """Step over the line end before the list's bracket, or list what else stands there up to the line's end."""
        while len(self._buffer) - self._at < self._indent + 4 and self._more():
            pass
        rest = self._buffer[self._at : self._at + self._indent + 4]
        if rest.startswith(b"\n"):
            self._at += 1
            self.framing += 1
        elif self._next.startswith(rest):  # cut between two messages
            brace = rest.find(b"{")
            layout = len(rest) if brace < 0 else brace
            self.framing += layout
            self._at += layout
            if brace >= 0:
                yield from self._unparsed(self._at, self._at + len(rest) - brace, "truncated")
        else:
            line_end = self._line_end()
            if line_end is not None:
                yield from self._unparsed(self._at, line_end, "unexpected-bytes")

    def _oversize(self, start: int) -> Iterator[Piece]:
        """List a message that is too long, a line at a time: the line reader goes on behind its first lines."""
        self.framing += start - self._at
        self._at = start
        line_end = self._line_end() or len(self._buffer)
        yield from self._unparsed(start, line_end, "message-too-long")

    def _unparsed(self, start: int, end: int, code: str) -> Iterator[Piece]:
        yield (Found.UNPARSED, self._base + start, self._base + end, b"", code)
        self._at = end

    def _line(self, line_end: int) -> Iterator[Piece]:
        """Take one line outside of the messages: layout, a header's or section's line, or nothing known."""
        at, base = self._at, self._base
        taken = self._buffer[at:line_end]
        line = taken.removesuffix(b"\n")
        self._at = line_end
        self.is_complete = line == b"}" or (self.is_complete and not line.strip())
        if self._header is not None:
            yield from self._header_line(line, taken, base + at)
        elif self._section is not None:
            yield from self._section_line(line, taken)
        elif self._is_layout(line):
            self.framing += len(taken)
        elif line == self._chat_open and (self._in_chats or not self._is_account):
            self._header, self._start, self._kept = [taken], base + at, len(taken)
        elif line == self._messages_line:  # a chat whose beginning was lost
            self._in_chat, self.is_room_uncertain = True, False
            yield (Found.ROOM, base + at, base + line_end, b'{"messages": []}', self._name.decode("utf-8", "replace"))
        elif not self._begins_section(line, taken, base + at):
            self.is_room_uncertain = self._is_account
            yield (Found.UNPARSED, base + at, base + line_end, b"", "unexpected-bytes")
        if self._section is not None and self._section_is_whole(line):
            yield self._whole_section()

    def _is_layout(self, line: bytes) -> bool:
        """Say whether a line is brackets where the state expects them, and follow it into the state."""
        if line in self._messages_ends:
            return self._in_chat
        if line in self._chat_ends and self._in_chat:
            self._in_chat = False
            return True
        if self._is_account and self._in_chats and line in {b" }", b" },"}:
            self._in_chats = self._in_chat = False
            return True
        is_list = self._in_chats and line in {b'  "list": [', b"  ]", b"  ],"}
        return not line.strip() or (self._is_account and (is_list or line in {b"{", b"}"}))

    def _begins_section(self, line: bytes, taken: bytes, start: int) -> bool:
        """Open a section at a line of level one (or the chats' own `about`), if it is one."""
        inner = line[1:] if self._is_account and self._in_chats and line.startswith(b'  "about": ') else line
        match = _KEY_LINE.fullmatch(inner)
        if match is None or (inner is line and self._in_chat and self._is_account and not line.startswith(b' "')):
            return False
        if inner is line:
            self._in_chat = self._in_chat and not self._is_account
            self._in_chats = self._is_account and match[1] in CHAT_SECTIONS
            self._name = match[1]
            if self._in_chats and match[2] == b"{":
                self.framing += len(taken)
                return True
        self._section, self._start, self._kept = [taken], start, len(taken)
        return True

    def _section_is_whole(self, line: bytes) -> bool:
        if self._section is not None and len(self._section) == 1:
            return not line.endswith((b"{", b"["))
        return line in _ENDS

    def _whole_section(self) -> Piece:
        written = b"".join(self._section or [])
        self._section = None
        body = written.strip().removesuffix(b",")
        return (Found.SECTION, self._start, self._start + len(written), body, self._name.decode("utf-8", "replace"))

    def _section_line(self, line: bytes, taken: bytes) -> Iterator[Piece]:
        if self._section is None:
            return
        if _KEY_LINE.fullmatch(line) or self._kept > LONGEST_SECTION:
            code = "section-too-long" if self._kept > LONGEST_SECTION else "unexpected-bytes"
            yield from self._abandoned(code)
            self._at -= len(taken)  # the line is read again, outside of the section
            return
        self._section.append(taken)
        self._kept += len(taken)

    def _header_line(self, line: bytes, taken: bytes, start: int) -> Iterator[Piece]:
        if self._header is None:
            return
        if line == self._messages_line:
            header = b"".join([*self._header, taken]) + b"]}"
            self._header, self._in_chat, self.is_room_uncertain = None, True, False
            yield (Found.ROOM, self._start, start + len(taken), header, self._name.decode("utf-8", "replace"))
        elif line.startswith(self._field) and self._kept < LONGEST_HEADER:
            self._header.append(taken)
            self._kept += len(taken)
        elif self._kept >= LONGEST_HEADER or not line.startswith(self._field[:-1] + b" "):
            yield from self._abandoned("unexpected-bytes")
            self._at -= len(taken)
        else:
            self._header.append(taken)
            self._kept += len(taken)

    def _abandoned(self, code: str) -> Iterator[Piece]:
        """List a header or section that was begun and never ended."""
        pending = self._header if self._header is not None else self._section
        if pending is not None:
            yield (Found.UNPARSED, self._start, self._start + sum(map(len, pending)), b"", code)
        self._header = self._section = None
