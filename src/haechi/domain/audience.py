"""Who could see a post and when, as intervals, with the gaps stated.

A photo that was traced was posted somewhere: to the public, to followers, to a list, into a chat. What is known of its
audience comes from an export or from what the person types, and holds for some time only. What lies between is a gap,
never filled in. Nobody in an audience is said to have done anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.evidence import ItemId


class Circle(StrEnum):
    """To whom a post was open."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    CLOSE_FRIENDS = "close-friends"
    CHAT = "chat"


class Word(StrEnum):
    """Whose word an audience is."""

    EXPORT = "export"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Post:
    """Her own photo where she posted it: platform, account, and from when to when, in unix seconds. None is not known."""

    photo: ItemId
    platform: str
    account: str
    posted_at: int | None
    removed_at: int | None
    circle: Circle
    word: Word


@dataclass(frozen=True, slots=True)
class Interval:
    """Half open: from `start` up to but not including `end`, unix seconds; None is without end on that side."""

    start: int | None
    end: int | None

    def __post_init__(self) -> None:
        """Raise `ValueError` for an interval that ends before it starts."""
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account that could see the post during one interval, by whose word. `account` is the platform's own key."""

    account: str
    during: Interval
    word: Word


@dataclass(frozen=True, slots=True)
class Audience:
    """Everything known of who could see a post. `known` are the intervals for which the list of viewers is complete."""

    post: Post
    viewers: tuple[Viewer, ...]
    known: tuple[Interval, ...]

    @property
    def gaps(self) -> tuple[Interval, ...]:
        """The times the post was up for which nobody knows the whole list."""
        return without(Interval(self.post.posted_at, self.post.removed_at), self.known)

    def at(self, moment: int) -> tuple[str, ...] | None:
        """Return the accounts that could see it at a moment, or None where the list is not known then.

        A public post has no list: everybody could see it.
        """
        if self.post.circle is Circle.PUBLIC or not any(_holds(one, moment) for one in self.known):
            return None
        return tuple(sorted({one.account for one in self.viewers if _holds(one.during, moment)}))


def without(whole: Interval, parts: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return what of `whole` no part covers, in order."""
    left: list[Interval] = []
    start, is_open = whole.start, whole.start is None
    ordered = sorted(parts, key=lambda one: (one.start is not None, one.start or 0))
    for part in ordered:
        if part.end is not None and start is not None and part.end <= start:
            continue
        if whole.end is not None and part.start is not None and part.start >= whole.end:
            break
        if part.start is not None and (is_open or start is None or part.start > start):
            left.append(Interval(start, part.start))
        if part.end is None or (whole.end is not None and part.end >= whole.end):
            return tuple(left)
        start, is_open = part.end, False
    return (*left, Interval(start, whole.end))


def _holds(interval: Interval, moment: int) -> bool:
    return (interval.start is None or interval.start <= moment) and (interval.end is None or moment < interval.end)
