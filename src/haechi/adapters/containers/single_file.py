"""One file as a container with one member."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from haechi.adapters.containers.folder import modified, opened
from haechi.adapters.containers.names import decoded_name
from haechi.ports.container import Member


class FileContainer:
    """The file at `path`."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = decoded_name(os.fsencode(path.name))[0]

    def members(self) -> Iterator[Member]:
        """Yield the file itself."""
        raw = os.fsencode(self._path.name)
        path, rule = decoded_name(raw)
        found = self._path.stat()
        yield Member(path, raw, rule, found.st_size, facts={"modified": modified(found.st_mtime_ns)})

    def open(self, member: Member) -> BinaryIO:
        """Open the file. Raises `OSError`."""
        del member
        return opened(os.fsencode(self._path), follow=True)

    def close(self) -> None:
        """Do nothing: every reading closes itself."""
