"""Who could see a post and when, as intervals, with the gaps stated.

A photo that was traced was posted somewhere: to the public, to followers, to a list, into a chat. What is known of its
audience comes from an export or from what the person types, and holds for some time only. What lies between is a gap,
never filled in. Nobody in an audience is said to have done anything.

The worksheet that lays audiences of several photos over each other belongs here: it may call an account excluded only at a
moment for which `Audience.at` is not None for each post; an account that is unknown is never excluded.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.canonical import Json, canonical
from haechi.domain.evidence import ItemId, Sha256

INSTAGRAM = "instagram"


class Circle(StrEnum):
    """To whom a post was open."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    CLOSE_FRIENDS = "close-friends"
    CHAT = "chat"


class Access(StrEnum):
    """Whether an account could see a post when it was posted, as far as lists and the known time tell."""

    COULD = "could"
    """All through the time within which it was posted."""
    MAY_HAVE = "may-have"
    """For a part of that time: it depends on when exactly it was posted."""
    COULD_NOT = "could-not"
    """At no moment of that time, and the whole list is known all through it."""
    UNKNOWN = "unknown"


class Word(StrEnum):
    """Whose word an audience is."""

    EXPORT = "export"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where posts are shown, and to whom. `account` is her own account there; for a chat it is the room's key."""

    platform: str
    account: str
    circle: Circle


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
class Post:
    """Her own photo where she posted it, and from when to when. None is not known.

    `posted` is the time within which it was posted: one second of an export, the day or month of which she knows no more. It
    was up until `removed_at` (unix seconds) at the latest. `account` is as in `Place`. `word` is whose word the time is; to
    whom it was open is always hers.
    """

    photo: ItemId
    platform: str
    account: str
    posted: Interval | None
    removed_at: int | None
    circle: Circle
    word: Word

    def __post_init__(self) -> None:
        """Raise `ValueError` for a time of posting that is open on one side: no such time is written or read."""
        if self.posted is not None and None in (self.posted.start, self.posted.end):
            raise ValueError(self)

    @property
    def place(self) -> Place:
        """Where it was shown."""
        return Place(self.platform, self.account, self.circle)


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account that could see the post during one interval, by whose word. `account` is the platform's own key."""

    account: str
    during: Interval
    word: Word


@dataclass(frozen=True, slots=True)
class ViewerList:
    """Who could see what was posted at a place, as one list tells. `known` are the intervals for which it is complete.

    A list that was downloaded tells of the moment of the download only: whoever left before is not in it.
    """

    place: Place
    viewers: tuple[Viewer, ...]
    known: tuple[Interval, ...]
    word: Word


@dataclass(frozen=True, slots=True)
class Audience:
    """Everything known of who could see a post. `known` are the intervals for which the list of viewers is complete."""

    post: Post
    viewers: tuple[Viewer, ...]
    known: tuple[Interval, ...]

    @property
    def gaps(self) -> tuple[Interval, ...]:
        """The times the post was up, or may have been, for which nobody knows the whole list."""
        posted = self.post.posted
        return without(Interval(None if posted is None else posted.start, self.post.removed_at), self.known)

    @property
    def is_whole_at_posting(self) -> bool:
        """Whether the whole list is known all through the time within which it was posted."""
        posted = self.post.posted
        return posted is not None and self.post.circle is not Circle.PUBLIC and not without(posted, self.known)

    def accesses(self) -> Mapping[str, Access]:
        """Return for every known account, alphabetically, whether it could see the post when it was posted."""
        stays: dict[str, list[Interval]] = {}
        for one in self.viewers:
            stays.setdefault(one.account, []).append(one.during)
        is_whole = self.is_whole_at_posting
        return {account: self._access(stays[account], is_whole=is_whole) for account in sorted(stays)}

    def _access(self, stays: Iterable[Interval], *, is_whole: bool) -> Access:
        """Decide with intervals: what is known only to the day is not taken for that day's midnight."""
        if self.post.circle is Circle.PUBLIC:
            return Access.COULD
        posted = self.post.posted
        if posted is None:
            return Access.UNKNOWN
        left = without(posted, stays)
        if not left:
            return Access.COULD
        if left != (posted,):
            return Access.MAY_HAVE
        return Access.COULD_NOT if is_whole else Access.UNKNOWN

    def at(self, moment: int) -> tuple[str, ...] | None:
        """Return the accounts that could see it at a moment, or None where the list is not known then.

        A public post has no list: everybody could see it.
        """
        if self.post.circle is Circle.PUBLIC or not any(_holds(one, moment) for one in self.known):
            return None
        return self.at_least(moment)

    def at_least(self, moment: int) -> tuple[str, ...]:
        """Return the accounts that are known to have been able to see it at a moment. There may have been others."""
        return tuple(sorted({one.account for one in self.viewers if _holds(one.during, moment)}))


def place_of(platform: str, account: str, circle: Circle) -> Place:
    """Return the place as it is kept, however it was typed. Raises `ValueError` where platform or account is empty."""
    platform = platform.strip().casefold()
    account = account_key(platform, account)
    if not platform or not account:
        raise ValueError(circle)
    return Place(platform, account, circle)


def account_key(platform: str, written: str) -> str:
    """Return an account as it is kept: without the `@`, and in small letters where the platform knows no others."""
    name = written.strip().lstrip("@").strip()
    return name.lower() if platform == INSTAGRAM else name


def audience_of(post: Post, lists: Iterable[ViewerList]) -> Audience:
    """Return what these lists tell of who could see the post; those of other places tell nothing of it."""
    own = [one for one in lists if one.place == post.place]
    viewers = sorted({viewer for one in own for viewer in one.viewers}, key=_by_account)
    return Audience(post, tuple(viewers), tuple(dict.fromkeys(interval for one in own for interval in one.known)))


def post_digest(post_id: str, salt: bytes, post: Post) -> Sha256:
    """Return what an `audience` entry commits to of a post: SHA-256 over its canonical record, with a salt of its own.

    With the salt, which goes with the post when it is removed, the digest tells nothing of account or time.
    """
    return _digest(
        {
            "v": 1,
            "post": post_id,
            "salt": salt.hex(),
            "photo": post.photo,
            **_place(post.place),
            "posted": None if post.posted is None else [post.posted.start, post.posted.end],
            "removed_at": post.removed_at,
            "word": post.word.value,
        }
    )


def list_digest(list_id: str, salt: bytes, told: ViewerList) -> Sha256:
    """Return what an `audience` entry commits to of a list, as `post_digest` does of a post."""
    return _digest(
        {
            "v": 1,
            "list": list_id,
            "salt": salt.hex(),
            **_place(told.place),
            "word": told.word.value,
            "viewers": [[one.account, one.during.start, one.during.end] for one in told.viewers],
            "known": [[one.start, one.end] for one in told.known],
        }
    )


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


def _digest(record: dict[str, Json]) -> Sha256:
    return Sha256(hashlib.sha256(canonical(record)).hexdigest())


def _place(place: Place) -> dict[str, Json]:
    return {"platform": place.platform, "account": place.account, "circle": place.circle.value}


def _by_account(viewer: Viewer) -> tuple[str, bool, int, bool, int]:
    """Alphabetical, then by date: never by what anybody might think of an account."""
    during = viewer.during
    return viewer.account, during.start is not None, during.start or 0, during.end is None, during.end or 0


def _holds(interval: Interval, moment: int) -> bool:
    return (interval.start is None or interval.start <= moment) and (interval.end is None or moment < interval.end)
