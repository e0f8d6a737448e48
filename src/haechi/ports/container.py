"""An export as it was handed over: a folder, a zip or a single file, read in place and never changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from haechi.domain.canonical import Json


@dataclass(frozen=True, slots=True)
class Member:
    """One thing in a container.

    `path` is the readable name (NFC, `/` between parts); `raw_name` the bytes as stored;
    `name_rule` how they were decoded (`utf-8`, `cp949`, `bytes`). `refused` is the warning code when
    it must not be read (`link-refused`, `path-escapes`, `device-refused`, `too-large`, `ratio-too-high`, `encrypted`),
    `is_directory` and empty files are members too. `facts` go into the seal record.
    """

    path: str
    raw_name: bytes
    name_rule: str
    size: int
    is_directory: bool = False
    refused: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


class Container(Protocol):
    """A folder, zip or file. Members come in an order that depends only on the content."""

    name: str
    kind: str

    def members(self) -> Iterator[Member]: ...
    def open(self, member: Member) -> BinaryIO:
        """Open a member for one reading from its start. Raises `OSError` or `HaechiError`; read limits apply."""

    def close(self) -> None: ...
