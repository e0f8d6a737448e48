"""A folder as a container: walked in the order of its names' bytes; links and devices are listed, never followed.

Every part of a member's name is opened from the folder before it and without following links, so that a link put in
place between listing and reading leads nowhere.
"""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO, cast

from haechi.adapters.containers.names import decoded_name, is_ignored, unused_path
from haechi.domain.canonical import Json
from haechi.ports.container import Member

DEEPEST = 200
"""Folders within folders; deeper ones are refused."""
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0) | _NO_FOLLOW
_OPENS_RELATIVE = os.open in os.supports_dir_fd


class FolderContainer:
    """The folder at `root`, which may itself be reached through a link: the person named it."""

    kind = "folder"

    def __init__(self, root: Path) -> None:
        found = root.resolve()
        self._root = os.fsencode(found)
        self.name = decoded_name(os.fsencode(found.name))[0]

    def members(self) -> Iterator[Member]:
        """Yield folders, files and what is refused, each folder before what it holds."""
        renamed: dict[str, int] = {}
        folders: list[tuple[bytes, int]] = [(b"", 0)]
        while folders:
            inside, depth = folders.pop()
            try:
                with os.scandir(self._at(inside)) as entries:
                    children = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                if inside:
                    path, rule = decoded_name(inside)
                    yield Member(path, inside, rule, 0, is_directory=True, refused="unreadable")
                    continue
                raise
            if inside:
                path, rule = decoded_name(inside)
                yield Member(path, inside, rule, 0, is_directory=True)
            below: list[tuple[bytes, int]] = []
            for child in children:
                raw = inside + b"/" + child.name if inside else child.name
                if child.is_dir(follow_symlinks=False) and depth < DEEPEST:
                    below.append((raw, depth + 1))
                else:
                    yield self._member(raw, child, renamed)
            folders.extend(reversed(below))

    def open(self, member: Member) -> BinaryIO:
        """Open a file of the folder. Raises `OSError`, also for what is no plain file any more."""
        if not _OPENS_RELATIVE:
            return opened(self._at(member.raw_name))
        *folders, name = member.raw_name.split(b"/")
        here = os.open(self._root, _FOLDER & ~_NO_FOLLOW)
        try:
            for folder in folders:
                inner = os.open(folder, _FOLDER, dir_fd=here)
                os.close(here)
                here = inner
            return _plain(os.open(name, _READ | _NO_FOLLOW, dir_fd=here), member.path)
        finally:
            os.close(here)

    def close(self) -> None:
        """Do nothing: every reading closes itself."""

    def _at(self, raw: bytes) -> bytes:
        """Return the place of a member; bytes, as a name need not be text."""
        return self._root + os.fsencode(os.sep) + raw if raw else self._root

    def _member(self, raw: bytes, entry: os.DirEntry[bytes], renamed: dict[str, int]) -> Member:
        path, rule = decoded_name(raw)
        if path.encode("utf-8", "surrogatepass") != raw:  # two names, one of them decomposed, may read the same
            read, number = path, renamed.get(path, 0) + 1
            path = read if number == 1 else unused_path(read, number)
            while os.path.lexists(self._at(path.encode("utf-8", "surrogatepass"))):
                number += 1
                path = unused_path(read, number)
            renamed[read] = number
        facts: dict[str, Json] = {"ignored": True} if is_ignored(path) else {}
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            return Member(path, raw, rule, 0, refused="unreadable", facts=facts)
        facts["modified"] = modified(found.st_mtime_ns)
        refused = None
        if stat.S_ISLNK(found.st_mode):
            refused = "link-refused"
        elif stat.S_ISDIR(found.st_mode):
            refused = "too-deep"
        elif not stat.S_ISREG(found.st_mode):
            refused = "device-refused"
        return Member(path, raw, rule, found.st_size if refused is None else 0, refused=refused, facts=facts)


def opened(path: bytes, *, follow: bool = False) -> BinaryIO:
    """Open a plain file at `path`, through a link only if `follow`. Raises `OSError`."""
    if not follow and stat.S_ISLNK(os.lstat(path).st_mode):  # where the system cannot refuse it while opening
        message = "a link"
        raise OSError(message)
    return _plain(os.open(path, _READ | (0 if follow else _NO_FOLLOW)), os.fsdecode(path))


def modified(nanoseconds: int) -> str | None:
    """Return a time of modification as ISO 8601 in UTC, to the second; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _plain(descriptor: int, name: str) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        message = "not a plain file"
        raise OSError(message, name)
    return cast("BinaryIO", FileIO(descriptor, "rb"))
