"""Redacted derivatives: a copy with parts taken out, that names what it was made from and what was taken out.

The original stays as it was sealed. A derivative is a claim of whoever made it, and the log says who, when and how.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId, Sha256

DerivativeId = NewType("DerivativeId", str)


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle that was painted over, in pixels of the picture as shown (orientation applied), from the top left."""

    x: int
    y: int
    width: int
    height: int

    def record(self) -> Json:
        """Return the region as four numbers: x, y, width, height."""
        return [self.x, self.y, self.width, self.height]


class MessageField(StrEnum):
    """What can be taken out of a message. The names of its members are those of the derivative's JSON."""

    TEXT = "text"
    """What was written, with its links."""
    SENDER = "sender"
    """Who wrote it: account, and every name."""
    SENDER_LABEL = "sender_label"
    """The names shown, but not the account's own identifier."""
    NAMES = "names"
    """Accounts with the names seen beside them."""
    LINKS = "links"
    """Links, and the text, which repeats them."""
    REPLY = "reply_to"
    """Which message it answers."""
    MEDIA = "media"
    """Names of the files it carries."""
    TIME = "time"
    """When it was sent and edited, and the files' names, which often repeat it."""
    ROOM = "room"
    """Where it stands."""


_TAKEN_OUT: dict[MessageField, tuple[str, ...]] = {
    MessageField.TEXT: ("text", "links"),
    MessageField.SENDER: ("sender", "sender_label", "names"),
    MessageField.SENDER_LABEL: ("sender_label", "names"),
    MessageField.NAMES: ("sender_label", "names"),
    MessageField.LINKS: ("links", "text"),
    MessageField.REPLY: ("reply_to",),
    MessageField.MEDIA: ("media",),
    MessageField.TIME: ("time_as_written", "sent_at", "edited_at", "media"),
    MessageField.ROOM: ("platform", "room"),
}


def taken_out(chosen: Iterable[MessageField]) -> tuple[str, ...]:
    """Return, in order, the JSON members that go when these fields are chosen: also those that repeat what they say."""
    return tuple(sorted({name for field in chosen for name in _TAKEN_OUT[field]}))


@dataclass(frozen=True, slots=True)
class Derivative:
    """A redacted copy of a picture, or of a message with fields taken out.

    Exactly one of `regions` and `fields` is not empty. `source_entry` is the log entry that captured the source item,
    or the last `window` entry of the message's part; `source_commit` (hex) that entry's commitment. For a message, `message` is
    (room key, message id) and `source_item` None.
    """

    derivative_id: DerivativeId
    case: CaseId
    source_item: ItemId | None
    message: tuple[str, str] | None
    source_entry: int
    source_commit: str
    entry: int
    digest: Sha256
    size: int
    mime: str
    method: str
    """What was done and by what, such as `black-rectangles/1; pillow 13.0.0`."""
    regions: tuple[Region, ...]
    fields: tuple[str, ...]
    reason: str


def derivative_record(
    *,
    source_entry: int,
    source_commit: str,
    digest: Sha256,
    method: str,
    regions: Sequence[Region],
    fields: Sequence[str],
    reason: str,
) -> Json:
    """Return the record that a `derive` entry commits to."""
    return {
        "v": 1,
        "source": {"entry": source_entry, "commit": source_commit},
        "digest": digest,
        "method": method,
        "regions": [region.record() for region in regions],
        "fields": list(fields),
        "reason": reason,
    }


def derivative_number(position: int) -> str:
    """Return the number of the derivative at `position` (from 1) in a packet: `D-0001`."""
    return f"D-{position:04d}"
