"""Finds the lists in a container and reads each in a worker."""

import re
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from haechi.adapters.importers.feeding import Feed, Run, in_worker
from haechi.domain.errors import AudienceFileError, WorkerCrashedError
from haechi.domain.evidence import Sha256
from haechi.ports.audience_lists import ListedFile, ListedPost, ListedViewer, ListKind, RefusedEntry
from haechi.ports.container import Container, Member

MOST_BYTES = 64 << 20
"""Of one file. A follower takes about 200 bytes of `followers_1.json`: three hundred thousand of them."""
MOST_FILES = 1000
MOST_BYTES_TOGETHER = 256 << 20
"""Of all files of one import, as their bytes were read: a million followers."""
MOST_ROWS = 1_000_000
"""Accounts and posts of all files of one import: they are held in memory until all of it is recorded at once."""
LONGEST = 1000
LATEST = 4_102_444_800
"""The year 2100, in unix seconds."""
_NAMES = re.compile(r"(?:followers|close_friends|posts)(?:_\d{1,4})?(?: ?\(\d{1,3}\))?\.json")
"""The lists of a download, and copies that a browser or a file manager numbered."""
_TASK = "haechi.adapters.importers.audience.reader:read"


def read_lists(container: Container, run: Run | None = None) -> Iterator[ListedFile]:
    """Yield every list, by path; see the port. `run` is for tests that look at one step."""
    run = run or in_worker(_TASK)
    found = sorted(_lists_in(container), key=lambda member: member.path)
    if not found:
        raise AudienceFileError(reason="nothing-found", path=container.name, place="")
    if len(found) > MOST_FILES:
        raise AudienceFileError(reason="too-many", path=container.name, place="")
    size = rows = 0
    for member in found:
        if member.size > MOST_BYTES:
            raise AudienceFileError(reason="too-large", path=member.path, place="")
        if size + member.size > MOST_BYTES_TOGETHER:
            raise AudienceFileError(reason="together-too-large", path=container.name, place=member.path)
        listed, read = _read(container, member, run, most_rows=MOST_ROWS - rows)
        size += read  # what an archive says of a size is only its word
        rows += len(listed.viewers) + len(listed.posts)
        yield listed


def _lists_in(container: Container) -> Iterator[Member]:
    for member in container.members():
        if member.is_directory:
            continue
        if container.kind == "file" or _NAMES.fullmatch(member.path.rpartition("/")[2]):
            if member.refused is not None:  # left out in silence, it would make the rest look like the whole list
                raise AudienceFileError(reason="not-opened", path=member.path, place="")
            yield member


def _read(container: Container, member: Member, run: Run, *, most_rows: int) -> tuple[ListedFile, int]:
    """Return what a file lists, and how many bytes of it were read."""
    feed = Feed(container.open(member))
    found = _Found(member.path, most_rows)
    frames = feed.frames(run, {"most": MOST_BYTES, "name": member.path.rpartition("/")[2]})
    try:
        for frame, _ in frames:
            found.take(frame)
    except (ValueError, TypeError, LookupError) as error:  # a worker that a file has taken over may send anything
        raise WorkerCrashedError(reason="frame") from error
    finally:
        if isinstance(frames, Generator):
            frames.close()  # ends the worker where its answer was not taken to the end
    return found.listed(feed.digest), feed.size


class _Found:
    """What a worker says of one file."""

    def __init__(self, path: str, most: int) -> None:
        self._path = path
        self._most = most
        self._kind: ListKind | None = None
        self._viewers: list[ListedViewer] = []
        self._posts: list[ListedPost] = []
        self._refused: list[RefusedEntry] = []
        self._count = 0

    def take(self, frame: Mapping[str, Any]) -> None:
        """Take a frame. Raises `AudienceFileError` for what the worker could not read, and what a wrong frame leads to."""
        if "problem" in frame:
            raise AudienceFileError(reason=str(frame["problem"]), path=self._path, place=str(frame["place"]))
        if "kind" in frame:
            self._kind = ListKind(frame["kind"])
        elif "refused" in frame:
            self._refused += [RefusedEntry(self._path, str(place), str(code)) for place, code in frame["refused"]]
            self._count = int(frame["count"])
        elif self._kind is ListKind.POSTS:
            self._posts += [ListedPost(_text(uri), _time(at)) for uri, at in frame["rows"]]
        else:
            self._viewers += [_viewer(row) for row in frame["rows"]]
        if len(self._viewers) + len(self._posts) > self._most:
            raise AudienceFileError(reason="together-too-many", path=self._path, place="")

    def listed(self, digest: Sha256) -> ListedFile:
        """Return all of it."""
        if self._kind is None:
            raise AudienceFileError(reason="unknown-layout", path=self._path, place="")
        return ListedFile(
            self._path, digest, self._kind, tuple(self._viewers), tuple(self._posts), tuple(self._refused), self._count
        )


def _viewer(row: Any) -> ListedViewer:  # noqa: ANN401 - a row as the worker sent it
    account, since, first, last = row
    return ListedViewer(_text(account), None if since is None else _time(since), _text(first), _text(last))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise TypeError
    return value


def _time(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LATEST:
        raise TypeError
    return value
