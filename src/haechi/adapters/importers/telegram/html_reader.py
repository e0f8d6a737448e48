"""The worker's side of reading `messages*.html`: one page in, frames of rows and raw bytes out.

HTML holds no account ids, no epoch and no entities; it is read where JSON is missing. A page holds 1,000 messages, so
it is read whole, with the standard library's parser, which loads and runs nothing. A message's span goes from its
opening tag to its closing tag.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from html.parser import HTMLParser
from typing import Any

import orjson

from haechi.adapters.importers.telegram.html_message import HtmlMessage, row_of
from haechi.adapters.importers.telegram.normalise import Row
from haechi.adapters.importers.telegram.reader import Frame, reader_of
from haechi.domain import embedded_picture as withheld

LONGEST_PAGE = 32 << 20
"""A page of 1,000 messages of the longest text with every entity stays below 16 MiB."""
FRAME_TEXT = 32 << 10
"""Characters kept of what stands around the messages; the exporter itself writes a title and page links."""
MOST_UNCLOSED = 8
"""Tags and comments that may have no end. HTMLParser looks for each one's end up to the end of the page: 20,000 of
them in 120 kB took half a minute."""
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_MESSAGE_ID = re.compile(r"message(-?\d{1,18})")


def read_html(request: Mapping[str, Any], fd: int | None) -> Iterator[Frame]:
    """Yield the frames of one page, read from `fd`; `page` in the request is its number, `skip` as for JSON."""
    assert fd is not None  # noqa: S101 - the caller always hands a descriptor
    read = reader_of(fd)
    page = read(LONGEST_PAGE)
    rest = 0
    while block := read(1 << 20):
        rest += len(block)
    yield from page_frames(page, rest=rest, skip=int(request.get("skip", 0)))


def page_frames(page: bytes, *, rest: int, skip: int) -> Iterator[Frame]:
    """Yield the frames of a page's bytes; `rest` bytes behind them were too many to read."""
    yield {"kind": "progress", "offset": 0}, b""
    parser = _PageParser(page)
    parser.feed(parser.text)
    parser.close()
    title = str(withheld.without_pictures(parser.title.strip(), []))
    yield {"kind": "room", "key": f"label:{title}", "name": title or None, "type": None, "flags": ["no_room_id"]}, b""
    rows, raw, unparsed = _rows(page, parser.messages)
    flags = Counter(flag for row in rows for flag in row[18])
    spans = sum(map(len, raw))
    last = rows[-1][3] if rows else None
    if flags["migrated"]:
        yield (
            {
                "kind": "room",
                "key": f"migrated:label:{title}",
                "name": title or None,
                "type": None,
                "flags": ["migrated"],
            },
            b"",
        )
    if rest:
        unparsed.append((len(page), len(page) + rest, "page-too-long"))
    if rows[skip:]:
        written = orjson.dumps(rows[skip:])
        header = {"kind": "window", "first": skip, "rows": len(written), "end": rows[-1][1], "messages": spans}
        yield header, b"".join((written, *raw[skip:]))
    for start, end, code in unparsed:
        yield {"kind": "unparsed", "start": start, "end": end}, b""
        yield {"kind": "warning", "code": code, "place": f"byte {start}", "facts": {"bytes": end - start}}, b""
    part_flags = {"ids_missing", *parser.flags, *flags}
    if not parser.is_complete:
        part_flags.add("truncated")
        facts = {"last_message": last, "messages": len(rows)}
        yield {"kind": "warning", "code": "truncated", "place": f"byte {len(page)}", "facts": facts}, b""
    lost = sum(end - start for start, end, _ in unparsed)
    yield (
        {
            "kind": "done",
            "size": len(page) + rest,
            "messages": spans,
            "framing": len(page) + rest - spans - lost,
            "flags": sorted(part_flags),
            "facts": {
                "layout": "html",
                "messages": len(rows),
                "last_message": last,
                "message_flags": dict(sorted(flags.items())),
                "frame_text": withheld.without_pictures(parser.frame_text, []),
            },
        },
        b"",
    )


def _rows(page: bytes, messages: Iterable[HtmlMessage]) -> tuple[list[Row], list[bytes], list[tuple[int, int, str]]]:
    """Return the rows, the bytes to keep of each, and what could not be read as start, end and warning code."""
    rows: list[Row] = []
    raw: list[bytes] = []
    unparsed: list[tuple[int, int, str]] = []
    previous: HtmlMessage | None = None
    for message in messages:
        if message.number is None or not message.is_closed:
            code = "message-without-id" if message.is_closed else "truncated"
            unparsed.append((message.start, message.end, code))
            continue
        row = row_of(message, previous, len(rows))
        if not message.is_service:
            previous = message
        raw.append(_without_pictures(row, page[message.start : message.end]))
        row[5] = _meaning(row)
        row[2] = int("migrated" in row[18])
        rows.append(row)
    return rows, raw, unparsed


def _without_pictures(row: list[Any], span: bytes) -> bytes:
    """Replace pictures written as text in the row; return the bytes to keep."""
    if len(span) <= withheld.LONG and not withheld.may_hold_picture(span):
        return span
    taken: list[dict[str, Any]] = []
    row[:] = withheld.without_pictures(row, taken)
    if not taken:  # it may stand in an attribute that no field is read from
        withheld.without_pictures(html.unescape(span.decode("utf-8", "replace")), taken)
    if not taken:
        return span
    row[18].append("embedded_media_withheld")
    row[19]["withheld"] = taken
    return withheld.padded_marker(span)


def _meaning(row: list[Any]) -> str:
    kind, label, written, text, reply_to, links, facts = row[4], row[7], row[8], row[13], row[14], row[17], row[19]
    statuses = [reference[1] for reference in row[15]]
    meant = orjson.dumps((kind, label, written, text, reply_to, links, statuses, facts), option=orjson.OPT_SORT_KEYS)
    return blake2b(meant, digest_size=16).hexdigest()


class _PageParser(HTMLParser):
    """Finds each `div.message` with its bytes, and feeds what is inside to an `HtmlMessage`."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        # Latin-1 keeps one character a byte, so positions in the text are offsets in the file.
        self.text = page.decode("latin-1")
        self._lines = [0]
        for match in re.finditer("\n", self.text):
            self._lines.append(match.end())
        self.messages: list[HtmlMessage] = []
        self.title = ""
        self.flags: set[str] = set()
        self.is_complete = False
        self.frame_text = ""
        self._message: HtmlMessage | None = None
        self._depth = 0
        self._open: list[str] = []
        self._title_depth = 0
        self._unclosed = 0

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; a `div.message` outside of a message begins one."""
        values = {name: _utf8(value or "") for name, value in attrs}
        classes = values.get("class", "").split()
        if tag == "div" and self._message is None and "message" in classes:
            number = _MESSAGE_ID.fullmatch(values.get("id", ""))
            self._message = HtmlMessage(
                start=self._offset(), number=int(number[1]) if number else None, classes=frozenset(classes)
            )
            self._depth = 1
            return
        if self._message is not None:
            if tag == "div":
                self._depth += 1
            self._message.open(tag, values, is_void=tag in _VOID)
            return
        if tag == "div":
            self._open.append(tag)
            if "page_header" in classes or (self._title_depth == 0 and "text" in classes and "bold" in classes):
                self._title_depth = len(self._open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<br/>` as `<br>`."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and the message with its own `div`."""
        if tag == "html":
            self.is_complete = True
        if self._message is None:
            if tag == "div" and self._open:
                self._open.pop()
                self._title_depth = self._title_depth if len(self._open) >= self._title_depth else 0
            return
        if tag == "div":
            self._depth -= 1
            if self._depth == 0:
                end = self.text.find(">", self._offset())
                self._finish(len(self.text) if end < 0 else end + 1, is_closed=end >= 0)
                return
        self._message.shut(tag)

    def handle_data(self, data: str) -> None:
        """Take text: a message's, the page's title, or the frame's."""
        if self._message is not None:
            self._message.say(_utf8(data))
        elif data.strip():
            text = _utf8(data)
            if self._title_depth and len(self.title) < FRAME_TEXT:
                self.title += text.strip()
            elif len(self.frame_text) + len(text) < FRAME_TEXT:
                self.frame_text += text.strip() + "\n"
            else:
                self.flags.add("frame_text_cut")

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Pass over `<![…>` as a comment, as HTML does: the parser of SGML that is inherited fails on unknown ones."""
        return self.parse_bogus_comment(i, bool(report))

    def parse_starttag(self, i: int) -> int:
        """Take `<a …>`."""
        return self._bounded(super().parse_starttag, i)

    def parse_endtag(self, i: int) -> int:
        """Take `</a>`."""
        return self._bounded(super().parse_endtag, i)

    def parse_comment(self, i: int, report: int = 1) -> int:
        """Take `<!--…-->`."""
        return self._bounded(lambda at: super(_PageParser, self).parse_comment(at, bool(report)), i)

    def parse_pi(self, i: int) -> int:
        """Take `<?…>`."""
        return self._bounded(super().parse_pi, i)

    def parse_html_declaration(self, i: int) -> int:
        """Take `<!…>`."""
        return self._bounded(super().parse_html_declaration, i)

    def _bounded(self, parse: Callable[[int], int], start: int) -> int:
        """Return where the markup at `start` ends, or a negative number; past `MOST_UNCLOSED`, all that is left is text."""
        if self._unclosed >= MOST_UNCLOSED:
            self.handle_data(self.rawdata[start:])
            self.is_complete = False
            return len(self.rawdata)
        end = parse(start)
        self._unclosed += end < 0
        return end

    def close(self) -> None:
        """End a message that the file does not end."""
        super().close()
        if self._message is not None:
            self._finish(len(self.text), is_closed=False)

    def _finish(self, end: int, *, is_closed: bool) -> None:
        if self._message is not None:
            self._message.finish(end, is_closed=is_closed)
            self.messages.append(self._message)
        self._message = None


def _utf8(text: str) -> str:
    """Return what the page's bytes say: references such as `&#128077;` stand beside bytes still to be decoded."""
    if text.isascii():
        return text
    pieces = re.split("([^\u0000-\u00ff]+)", text)
    return "".join(
        piece if index % 2 else piece.encode("latin-1").decode("utf-8", "replace") for index, piece in enumerate(pieces)
    )
