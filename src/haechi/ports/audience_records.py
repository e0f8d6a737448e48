"""What the ledger keeps of posts and of who could see them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.audience import Post, ViewerList
from haechi.domain.case import CaseId
from haechi.domain.membership import RoomRow


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post as it was recorded. `salt` is that of its digest, `entry` the number of the log entry that commits to it."""

    post_id: str
    case: CaseId
    salt: bytes
    entry: int
    post: Post


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A list of viewers as it was recorded; `salt` and `entry` as in `PostRecord`."""

    list_id: str
    case: CaseId
    salt: bytes
    entry: int
    told: ViewerList


class AudienceRecords(Protocol):
    """Reading."""

    def posts(self, case: CaseId) -> Sequence[PostRecord]:
        """Return the case's posts in the order in which they were recorded."""

    def viewer_lists(self, case: CaseId) -> Sequence[ListRecord]:
        """Return the case's lists in the order in which they were recorded."""

    def room_rows(self, case: CaseId, platform: str, room: str) -> Iterator[RoomRow]:
        """Yield what the room's messages with a sender and a time tell of who was there, oldest first.

        Of an account that no message says left, its first and its last may stand for all between them. The room's own
        key is no account: a channel speaks in its own name.
        """


class AudienceWriter(Protocol):
    """Part of one transaction."""

    def add_post(self, record: PostRecord) -> None: ...
    def add_viewer_list(self, record: ListRecord) -> None: ...
