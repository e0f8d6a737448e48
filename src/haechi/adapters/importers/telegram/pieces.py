"""What a splitter finds in a file: kinds of pieces, and the limits that keep a hostile file small in memory."""

from collections.abc import Callable
from enum import IntEnum


class Found(IntEnum):
    """Kinds of pieces. Each piece is (kind, start, bytes, name)."""

    MESSAGE = 1
    """One message object."""
    ROOM = 2
    """A chat's header up to its messages, closed so that it is an object; `name` is the section it stands in."""
    SECTION = 3
    """A top-level member other than messages and chats, as `"name": value`."""
    UNPARSED = 4
    """Bytes that fit no layout; `name` is the warning code, the bytes are empty, `end` says how far."""


Piece = tuple[Found, int, int, bytes, str]
"""Kind, start, end (offsets in the file), bytes, name."""
Read = Callable[[int], bytes]
"""Reads up to so many bytes of the file; nothing at its end."""

BLOCK = 1 << 20
LONGEST_SPAN = 4 << 20
"""Bytes of one message. Telegram's own limit of text is 4,096 characters; rich messages and polls stay below 1 MiB."""
LONGEST_HEADER = 1 << 20
LONGEST_SECTION = 1 << 20
