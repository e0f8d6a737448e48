"""When accounts were in a room, as far as its messages show: who wrote was there, and service messages tell who came and went.

A lower bound: who only read left no sign. Telegram's service messages name those who were added or removed by their display
name alone, so only somebody who came or went by themselves is bound to an account.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.audience import Interval
from haechi.domain.canonical import Json


class Sign(StrEnum):
    """What a message shows of its sender."""

    THERE = "there"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class RoomRow:
    """What one message of a room tells of its sender: `facts` are those of a service message, empty for all others.

    `at` is in unix seconds; `label` is the display name that the message has for the sender.
    """

    account: str
    at: int
    label: str | None
    facts: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Members:
    """`stays` say from when to when each account was there, alphabetically.

    `unbound` counts those who came or went, are named by a display name alone, and so cannot be bound to an account.
    """

    stays: tuple[tuple[str, Interval], ...]
    unbound: int


def members_seen(rows: Iterable[RoomRow]) -> Members:
    """Return who was in the room from their first sign to their last, cut where they left. `rows` come oldest first.

    Between two signs with no leaving between them an account is taken to have been there; where one left unseen and came back,
    that is too much by this time.
    """
    found: list[tuple[str, Interval]] = []
    begun: dict[str, tuple[int, int]] = {}
    named = 0
    for row in rows:
        if sign_of(row) is Sign.LEFT:
            # Somebody who leaves was there in the second before.
            since, last = begun.pop(row.account, (row.at - 1, row.at - 1))
            found.append((row.account, Interval(since, max(row.at, last + 1))))
        else:
            since, last = begun.get(row.account, (row.at, row.at))
            begun[row.account] = since, max(last, row.at)
            named += _others(row)
    found += [(account, Interval(since, last + 1)) for account, (since, last) in begun.items()]
    return Members(tuple(sorted(found, key=lambda one: (one[0], one[1].start or 0))), named)


def sign_of(row: RoomRow) -> Sign:
    """Return what the message shows: `remove_members` of oneself is how tdesktop writes that somebody left."""
    return Sign.LEFT if row.facts.get("action") == "remove_members" and _is_about_self(row) else Sign.THERE


def _others(row: RoomRow) -> int:
    """Return how many this message says came or went by somebody else's hand."""
    if row.facts.get("action") not in {"invite_members", "remove_members"} or _is_about_self(row):
        return 0
    members = row.facts.get("members")
    return len(members) if isinstance(members, Sequence) and not isinstance(members, str) else 0


def _is_about_self(row: RoomRow) -> bool:
    return row.label is not None and row.facts.get("members") == [row.label]
