"""A list in a file on this machine, one hash a line, as python-threatexchange's `local_file` reads it: the whole file each time.

What stands in the file is the list: a line that is gone is withdrawn, once two readings in a row found the same file. A writer that pauses
leaves a file that nobody can tell from a whole one: lines have no end of their own. Who may set an exchange over HTTP is not who may read this machine's files: only
plain files in one folder are opened, which the operator named, and no link on the way is followed.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from haechi.adapters.exchanges import plain_lines
from haechi.adapters.exchanges.asking import Asking
from haechi.domain.bank import SignalType
from haechi.domain.errors import (
    ExchangeCannotError,
    ExchangeCursorExpiredError,
    ExchangeFailedError,
    HashListRefusedError,
)
from haechi.domain.hash_list import ListedRow
from haechi.ports.exchange import Feedback, Page
from haechi.ports.now import Now

MOST_BYTES = 4 << 30  # 60 million PDQ hashes
_PAGE = 1_000
_BEGUN = "begun"
_ONCE = "once "
_BUFFER = 1 << 20


class LocalFileClient:
    """One file. `settings`: `filename`, in `folder`; `signal_type`, when lines hold a hash alone. There are no credentials."""

    def __init__(
        self,
        folder: Path | None,
        asking: Asking,
        settings: Mapping[str, object],
        _credentials: Mapping[str, str],
        *,
        now: Now,  # noqa: ARG002 - as of every client
    ) -> None:
        if folder is None:
            raise asking.failed(problem="folder")
        self._folder = folder
        self._asking = asking
        self._name = str(settings.get("filename", ""))
        self._confirmed: str | None = None
        named = settings.get("signal_type")
        try:
            self._kind = SignalType(str(named)) if named else None
        except ValueError as error:
            raise ExchangeCannotError(exchange=asking.exchange, problem="type") from error

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield the file's rows, or none when it is the file that `cursor` names.

        A file that has changed since adds what is new. When the next reading finds it the same, it has to be read as a whole
        (`ExchangeCursorExpiredError`; then `pages(None)`), and what it does not have is withdrawn.
        """
        try:
            with _opened(self._folder, self._name) as stream:
                is_now = _identity(stream)
                if cursor == is_now:
                    yield Page((), cursor)
                    return
                if cursor == _ONCE + is_now:
                    self._confirmed = is_now
                    raise ExchangeCursorExpiredError(exchange=self._asking.exchange, problem="changed")
                if self._confirmed not in (None, is_now):
                    raise self._asking.failed(problem="changing")
                self._read_through(stream, is_now)
                # From here on something may have been brought: what the file no longer has, a later reading must find.
                yield Page((), _BEGUN)
                yield from self._rows(stream, is_now)
                yield Page((), is_now if self._confirmed else _ONCE + is_now)
        except HashListRefusedError as error:
            raise self._asking.failed(problem="answer") from error
        except (OSError, UnicodeError) as error:
            raise self._failed(error) from error

    def submit(self, rows: Sequence[ListedRow]) -> None:  # noqa: ARG002 - see the port
        """Raise `ExchangeCannotError`: nobody writes into the operator's file."""
        raise ExchangeCannotError(exchange=self._asking.exchange, problem="submit")

    def tell(self, feedback: Sequence[Feedback]) -> None:  # noqa: ARG002 - see the port
        """Raise `ExchangeCannotError`: nobody reads it."""
        raise ExchangeCannotError(exchange=self._asking.exchange, problem="feedback")

    def _read_through(self, stream: BinaryIO, is_now: str) -> None:
        """Read the file once before anything is taken of it: one that somebody writes into meanwhile is left alone."""
        if not stream.seekable() or os.fstat(stream.fileno()).st_size > MOST_BYTES:
            raise self._asking.failed(problem="long")
        while stream.read(_BUFFER):
            self._asking.go_on()
            self._require_same(stream, is_now)  # each time: a file that grows as fast as it is read has no end
        self._require_same(stream, is_now)
        stream.seek(0)

    def _rows(self, stream: BinaryIO, is_now: str) -> Iterator[Page]:
        rows, is_empty = plain_lines.read(stream, self._kind), True
        while page := list(islice(rows, _PAGE)):
            self._asking.go_on()
            self._require_same(stream, is_now)
            is_empty = is_empty and not any(isinstance(row, ListedRow) for row in page)
            yield Page(page, None)
        self._require_same(stream, is_now)
        if is_empty:
            # A file that somebody is about to fill; read as a list, it would withdraw all that was brought before.
            raise self._asking.failed(problem="answer")

    def _require_same(self, stream: BinaryIO, is_now: str) -> None:
        if _identity(stream) != is_now:
            raise self._asking.failed(problem="changing")

    def _failed(self, error: OSError | UnicodeError) -> ExchangeFailedError:
        # Which of missing, a link or forbidden it is would tell who set the exchange what lies in the folder.
        return self._asking.failed(problem="cut" if getattr(error, "errno", None) == errno.EIO else "file")


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[BinaryIO]:
    """Open a plain file below `folder`, step by step. Raises `OSError` for anything else, and for links on the way."""
    path = PurePosixPath(name)
    if path.is_absolute():
        if not path.is_relative_to(folder):
            raise PermissionError(errno.EACCES, "outside")
        path = path.relative_to(folder)
    if not path.parts or ".." in path.parts or "\0" in name:
        raise PermissionError(errno.EACCES, "outside")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in path.parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # A pipe would wait for somebody to write.
        file = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    with os.fdopen(file, "rb", buffering=_BUFFER) as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise PermissionError(errno.EACCES, "no plain file")
        yield stream


def _identity(stream: BinaryIO) -> str:
    """Return what changes when the file does."""
    found = os.fstat(stream.fileno())
    return f"{found.st_dev:x}-{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}-{found.st_ctime_ns:x}"
