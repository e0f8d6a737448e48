"""Reads one kind of export. Parsing happens in a limited worker process; what arrives here is records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from haechi.domain.canonical import Json
from haechi.domain.evidence import Sha256
from haechi.domain.message import Message, Span
from haechi.domain.room import Room
from haechi.domain.span import Accounting
from haechi.domain.warning import ReadWarning
from haechi.ports.container import Container, Member


@dataclass(frozen=True, slots=True)
class Part:
    """One member that holds messages. `exported_at` is when the export was made (ISO date or time), as far as it tells."""

    member: Member
    exported_at: str | None = None


@dataclass(frozen=True, slots=True)
class RoomFound:
    """A room's header, before its messages. `flags` are codes such as `only_my_messages_suspected`."""

    room: Room
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A run of messages with consecutive ordinals, and their raw spans one after the other.

    `lengths` are the bytes of `raw` that belong to each message. They equal its span, except where bytes had
    to be withheld (an embedded picture) and a marker that names their digest stands for them.
    """

    messages: tuple[Message, ...]
    raw: bytes
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PartDone:
    """The end of a part: accounting, digest of the bytes that were parsed, versions seen and flags of the whole part."""

    accounting: Accounting
    digest: Sha256
    flags: tuple[str, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)


Parsed = RoomFound | Window | ReadWarning | Span | PartDone
"""What reading a part yields; a bare `Span` is unparsed bytes."""


class Importer(Protocol):
    """One kind of export. `name` and `version` go into the seal record."""

    name: str
    version: str
    takes_everything: bool
    """Whether it also takes a container without any part: loose pictures and videos."""

    def is_resource(self, path: str) -> bool:
        """Say whether a member is the exporter's own furniture (style sheets, icons), not something anyone sent."""

    def parts(self, container: Container) -> tuple[Part, ...]:
        """Return the members to parse, or nothing when this is not an export of this kind."""

    def read(self, container: Container, part: Part, *, paths: frozenset[str], skip: int) -> Iterator[Parsed]:
        """Yield the part's records in order, the same on every run; ends with `PartDone`.

        `paths` are the container's readable member paths, to resolve media references. Messages with an ordinal
        below `skip` were committed earlier: they are counted, not yielded.
        """
