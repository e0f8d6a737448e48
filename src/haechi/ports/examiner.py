"""Reads a file's bytes once: digest, kind by content, fingerprints and EXIF, in limited worker processes."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol, TypeVar

from haechi.domain.evidence import Examined, Sha256

Key = TypeVar("Key")


class Snapshot(Protocol):
    """A file's bytes as read once, held in memory (or behind an open descriptor when too large), never on disk."""

    digest: Sha256
    size: int
    head: bytes
    """The first 4,096 bytes."""

    def open(self) -> BinaryIO:
        """Return a new reader over the same bytes. Raises `OSError` when they were too many to be held."""

    def close(self) -> None: ...


class Examiner(Protocol):
    """Takes snapshots and has workers look into them. A crash or hang costs a worker, never the import."""

    def snapshot(self, stream: BinaryIO, name: str) -> Snapshot:
        """Read `stream` to its end, digesting; `name` is compared with what the bytes are. Raises `OSError`."""

    def examine(self, rows: Iterable[tuple[Key, Snapshot]]) -> Iterator[tuple[Key, Snapshot, Examined]]:
        """Yield one result a row, in order. A file that cannot be examined yields its findings, not an error."""

    def close(self) -> None: ...
