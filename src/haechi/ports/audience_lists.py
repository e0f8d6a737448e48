"""Reads lists of who could see a person's posts, and her posts, from what a platform gave her or from a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from haechi.domain.evidence import Sha256
from haechi.ports.container import Container


class ListKind(StrEnum):
    """What a file lists."""

    FOLLOWERS = "followers"
    CLOSE_FRIENDS = "close-friends"
    POSTS = "posts"
    TABLE = "table"
    """Accounts with times as somebody wrote them; to what circle they belong is not told."""


@dataclass(frozen=True, slots=True)
class ListedViewer:
    """An account of a list. `since` is unix seconds (None: not told); `first` and `last` are times as a table has them."""

    account: str
    since: int | None = None
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class ListedPost:
    """One picture or video of a post: `uri` is where the download has its file, `at` when it was posted, unix seconds."""

    uri: str
    at: int


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that could not be read: the file, where in it (`entry 17`, `line 17`), and a code that says why."""

    path: str
    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file, read whole. `digest` is of its bytes. `refused` are the first of `refused_count` entries."""

    path: str
    digest: Sha256
    kind: ListKind
    viewers: tuple[ListedViewer, ...]
    posts: tuple[ListedPost, ...]
    refused: tuple[RefusedEntry, ...]
    refused_count: int


class ListReader(Protocol):
    """Parsing happens in a limited worker process; what arrives here is records."""

    def __call__(self, container: Container) -> Iterator[ListedFile]:
        """Yield every list in the container, by path. Raises `AudienceFileError`, which names file and place."""
