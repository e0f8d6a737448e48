"""List the messages of a room by number, so that a person can choose some; of their words only what is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId
from haechi.ports.ledger import Ledger, StoredMessage


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as a list of numbers names it: `sent_at` in unix seconds, `items` it carries."""

    message_id: str
    sent_at: int | None
    account: str | None
    items: tuple[ItemId, ...]
    sender: str | None = None
    """The name that was written beside it, where words were asked for."""
    text: str | None = None
    """What it said when it was first read, where words were asked for."""


def list_messages(case: CaseId, room: str, *, ledger: Ledger, with_text: bool = False) -> Iterator[Listed]:
    """Yield the messages of one room, oldest first; of a message with several versions the items of all of them.

    Names and texts are told only `with_text`.
    """
    for versions in versions_by_key(case, ledger=ledger):
        first = versions[0].message
        if first.room.value == room:
            items = dict.fromkeys(item for one in versions for _, item in one.media if item is not None)
            account = first.sender.value if first.sender is not None else None
            words = (first.sender_label, first.text) if with_text else (None, None)
            yield Listed(first.message_id, first.sent_at, account, tuple(items), *words)


def versions_by_key(case: CaseId, *, ledger: Ledger) -> Iterator[list[StoredMessage]]:
    """Yield the messages of a case in the ledger's order, all versions of one room and number together."""
    for _, versions in groupby(ledger.messages(case), key=key_of):
        yield list(versions)


def key_of(stored: StoredMessage) -> tuple[str, str]:
    """Return the key of a message, which all its versions share: room key and message id."""
    return stored.message.room.value, stored.message.message_id
