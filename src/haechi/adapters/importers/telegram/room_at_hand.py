"""The room whose messages are being read: its header as written, and what its messages show of it."""

import re
from typing import Any

from haechi.adapters.importers.telegram.decode import UnreadableError, decoded
from haechi.domain import embedded_picture as withheld

_HEADER_FIELD = re.compile(rb'^ *("(?:name|type|id)": .*?),?$', re.MULTILINE)


class RoomAtHand:
    """What is known of the room at hand: its number among the frames sent, and who wrote in it."""

    __slots__ = ("index", "is_others", "key", "last_id", "messages", "name", "type")

    def __init__(self, index: int, key: str, name: str | None, kind: str | None) -> None:
        self.index, self.key, self.name, self.type = index, key, name, kind
        self.last_id: int | None = None
        self.messages = 0
        self.is_others = False


def header_fields(header: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return the header's fields; of a damaged one, those whose line can still be read."""
    try:
        fields, _, repeated = decoded(header)
    except (UnreadableError, RecursionError):
        found: dict[str, Any] = {}
        for line in _HEADER_FIELD.findall(header):
            try:
                found.update(decoded(b"{" + line + b"}")[0])
            except (UnreadableError, RecursionError):
                continue
        return withheld.without_pictures(found, []), ["header_damaged"]
    if repeated:
        fields["duplicate_keys"] = repeated
    return withheld.without_pictures(fields, []), []
