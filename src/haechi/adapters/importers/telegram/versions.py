"""Which versions of Telegram Desktop can have written a part, from the fields it uses and leaves out.

Sources: the exporter's history by tags, 1.4.8 (December 2018) to 6.1.2, and a port of 7.2.10. A field that is too new
for the others means that exports were mixed or that the file was edited.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from haechi.adapters.importers.telegram.accounts import USERS_FROM

Version = tuple[int, int, int]

_SINCE: Mapping[str, Version] = {
    "date_unixtime": (3, 7, 6),
    "text_entities": (4, 1, 2),
    "inline_bot_buttons": (4, 13, 0),
    "reactions": (5, 5, 7),
    "media_spoiler": (5, 9, 0),
    "photo_file_size": (5, 11, 0),
    "file_size": (5, 11, 0),
    "thumbnail_file_size": (5, 11, 0),
    "contact_vcard_file_size": (5, 11, 0),
    "forwarded_from_id": (7, 0, 0),
    "rich_message": (7, 0, 0),
}
_UNSUPPORTED = {"id", "type"}
"""All that a message holds which the exporting version did not know."""
_SHAPES = 4096
_TEXT_KEYS = {"text_entities", "rich_message"}


class VersionsSeen:
    """Counts, over the messages of one part, what tells versions apart.

    Messages have few shapes (which keys they hold), so shapes are counted and looked into once, at the end.
    """

    def __init__(self) -> None:
        self._shapes: Counter[tuple[str, ...]] = Counter()
        self._keys: set[str] = set()
        self._messages = self._without_id = self._with_unixtime = self._with_entities = 0
        self._has_nameless_document = False
        self._text_ids = self._numeric_ids = self._large_numeric_ids = 0
        self._edited_1970 = 0

    def see(self, fields: Mapping[str, Any]) -> None:
        """Count one message, before anything is taken out of it."""
        self._shapes[tuple(fields)] += 1
        account = fields.get("from_id", fields.get("actor_id"))
        if type(account) is str:
            self._text_ids += 1
        elif isinstance(account, int):
            self._numeric_ids += 1
            self._large_numeric_ids += account >= USERS_FROM
        if "edited" in fields and "date_unixtime" not in fields and str(fields["edited"]).startswith("1970-01-01"):
            self._edited_1970 += 1
        if len(self._shapes) > _SHAPES:
            self._fold()

    def _fold(self) -> None:
        """Add the shapes to the sums."""
        for shape, count in self._shapes.items():
            keys = set(shape)
            if keys <= _UNSUPPORTED:
                continue
            self._messages += count
            self._keys.update(keys)
            self._without_id += count * ("id" not in keys)
            self._with_unixtime += count * ("date_unixtime" in keys)
            self._with_entities += count * (not _TEXT_KEYS.isdisjoint(keys))
            self._has_nameless_document |= "file" in keys and keys.isdisjoint(("file_name", "media_type"))
        self._shapes.clear()

    def interval(self) -> tuple[dict[str, str | None], list[str]]:
        """Return `at_least` and `before` as text (either may be None) and the flags of contradictions."""
        self._fold()
        lower, upper = self._lower(), self._upper()
        flags = []
        split = any(
            0 < count < self._messages for count in (self._without_id, self._with_unixtime, self._with_entities)
        ) or (self._text_ids and self._numeric_ids)
        if split or (lower and upper and max(lower) >= min(upper)):
            flags.append("mixed_or_edited")
        return {"at_least": _text(max(lower, default=None)), "before": _text(min(upper, default=None))}, flags

    def _lower(self) -> list[Version]:
        lower = [since for key, since in _SINCE.items() if key in self._keys]
        if self._messages > self._without_id:
            lower.append((1, 4, 8))
        if self._text_ids:
            lower.append((2, 7, 2))
        if self._large_numeric_ids:
            lower.append((2, 4, 0))
        return lower

    def _upper(self) -> list[Version]:
        if not self._messages:
            return []
        upper: list[Version] = []
        if self._without_id:
            upper.append((1, 4, 8))
        if self._numeric_ids:
            upper.append((2, 7, 2) if self._large_numeric_ids else (2, 4, 0))
        if self._edited_1970:
            upper.append((2, 1, 9))
        if not self._with_unixtime:
            upper.append((3, 7, 6))
        if not self._with_entities:
            upper.append((4, 1, 2))
        if self._has_nameless_document:
            upper.append((4, 16, 9))
        return upper


def _text(version: Version | None) -> str | None:
    return ".".join(map(str, version)) if version else None
