"""The objects of a long JSON list, one at a time, in memory of a fixed size.

A whole list may have gigabytes and one broken object in it. The text is cut at the braces that belong together, and each piece is parsed by itself:
what is wrong inside one object stays there.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

import orjson

from haechi.adapters.exchanges.values import MOST_ROW_BYTES, RowError, refused
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, RefusedRow

_CHUNK = 1 << 18
_MOST_DEPTH = 32
_MOST_HEAD = 1 << 16  # bytes before the list of records begins
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)


def rows(
    stream: BinaryIO, key: str, row: Callable[[dict[str, object], str], ListedRow]
) -> Iterator[ListedRow | RefusedRow]:
    """Yield what `row` makes of each object in the list under `key`, or in the list that the whole text is.

    Raises `HashListRefusedError` when the text is no such list; one that breaks off ends with a refused row `cut`.
    """
    number = 0
    for number, piece in enumerate(_pieces(stream, key), 1):
        place = f"record {number}"
        if isinstance(piece, str):
            yield refused(place, piece, b"")
            continue
        try:
            value = orjson.loads(piece)
            if not isinstance(value, dict):
                yield refused(place, "form", piece)
                continue
            yield row(value, place)
        except RowError as error:
            yield refused(place, error.problem, piece)
        except (ValueError, RecursionError):
            yield refused(place, "form", piece)


def _pieces(stream: BinaryIO, key: str) -> Iterator[bytes | str]:
    """Yield the text of each element; "long" for one that is too long or too deep, and "cut" last when the text breaks off."""
    buffer = _Buffer(stream)
    if not buffer.find_list(key):
        raise HashListRefusedError(path=None, problem="no-list", place=key)
    while True:
        first = buffer.skip(b" \t\r\n,")
        if first == b"]":
            return
        if not first:
            yield "cut"
            return
        piece = buffer.element()
        if piece == "cut":
            yield "cut"
            return
        yield piece


class _Buffer:
    """The part of the text that is looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = b""
        self._at = 0

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        self._held = self._held[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def skip(self, these: bytes) -> bytes:
        """Pass over any of these bytes; return the one after them, which is not taken, or nothing at the end."""
        while True:
            while self._at < len(self._held):
                one = self._held[self._at : self._at + 1]
                if one not in these:
                    return one
                self._at += 1
            if not self._more():
                return b""

    def find_list(self, key: str) -> bool:
        """Go behind the bracket with which the list begins: the outermost value, or the member `key` of an object."""
        while len(self._held) < _MOST_HEAD and self._more():
            pass
        begins = re.match(rb"(?:\xef\xbb\xbf)?\s*(\[|\{)", self._held)
        if begins is None:
            return False
        if begins[1] == b"[":
            self._at = begins.end()
            return True
        wanted, depth = orjson.dumps(key), 0
        for token in _TOKEN.finditer(self._held[:_MOST_HEAD]):
            text = token[0]
            if text in b"{[":
                depth += 1
            elif text in b"}]":
                depth -= 1
            elif depth == 1 and text == wanted:
                opens = re.compile(rb"\s*:\s*\[").match(self._held, token.end())
                if opens is not None:
                    self._at = opens.end()
                    return True
        return False

    def element(self) -> bytes | str:
        """Take one element: an object, a list, a text or a bare word."""
        start = self._held[self._at : self._at + 1]
        if start not in b'{["':
            return self._bare()
        depth, length, is_long, kept = 0, 0, False, bytearray()
        while True:
            at = self._at
            token = _TOKEN.search(self._held, at)
            opening = self._held.find(b'"', at, token.start() if token else len(self._held))
            if token is None or opening >= 0:
                # A text, or what lies between two brackets, goes on behind what is held.
                if len(self._held) - at > MOST_ROW_BYTES or not self._more():
                    return "cut"
                continue
            length += token.end() - at
            depth += (token[0] in b"{[") - (token[0] in b"}]")
            self._at = token.end()
            is_long = is_long or length > MOST_ROW_BYTES or depth > _MOST_DEPTH
            if is_long:
                kept.clear()
            else:
                kept += self._held[at : token.end()]
            if depth <= 0:
                return "long" if is_long else bytes(kept)

    def _bare(self) -> bytes | str:
        found = bytearray()
        while True:
            one = self.skip(b"")
            if not one or one in b',]}[{" \t\r\n':
                break
            if len(found) < MOST_ROW_BYTES:
                found += one
            self._at += 1
        if not found:
            # A bracket that closes nothing: nothing after it can be told apart.
            return "cut"
        return bytes(found)
