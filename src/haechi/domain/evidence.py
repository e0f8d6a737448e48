"""Evidence items: one finding of some bytes, what they turned out to be, and where they were found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from haechi.domain.canonical import Json
from haechi.domain.fingerprint import Fingerprint

Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits."""
ItemId = NewType("ItemId", str)


class MediaKind(StrEnum):
    """What a file turned out to be once its bytes were looked at."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    OTHER = "other"


class Role(StrEnum):
    """What an item is in its case."""

    FOUND = "found"
    """It came with an export or as a loose file."""
    OWN_PHOTO = "own-photo"
    """It is from the person's own gallery."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What a picture's own metadata claims about its making; every value is the file's word.

    `taken_at` is ISO 8601 with offset when the file gives one, local without zone
    otherwise; `zone_source` is `exif-offset`, `gps` or `none`. `private` holds what
    is shown only to the owner: GPS position, device serial numbers.
    """

    taken_at: str | None = None
    zone_source: str = "none"
    make: str | None = None
    model: str | None = None
    software: str | None = None
    orientation: int = 1
    private: Mapping[str, Json] = field(default_factory=dict)

    @property
    def instant(self) -> int | None:
        """The claimed time in unix seconds when the file gives an offset; a local time alone is no instant."""
        taken = datetime.fromisoformat(self.taken_at) if self.taken_at else None
        return int(taken.timestamp()) if taken and taken.tzinfo else None


@dataclass(frozen=True, slots=True)
class Examined:
    """All that one read of a file's bytes yields: about a kilobyte, never a pixel.

    `mime` is what the bytes are, `width` and `height` are pixels as shown
    (orientation applied), `duration_ms` is a video's length. `findings` are
    (code, facts) of what could not be done, for the import's warnings.
    """

    kind: MediaKind
    mime: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    fingerprints: tuple[Fingerprint, ...] = ()
    capture: Capture | None = None
    findings: tuple[tuple[str, Mapping[str, Json]], ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One finding of some bytes. Two posts of one photo are two items with one digest."""

    item_id: ItemId
    import_id: int
    path: str
    """Where it lay in the export, `/` between parts, as normalised for people."""
    digest: Sha256
    size: int
    role: Role
    examined: Examined
    is_sealed: bool
    """Whether its bytes are kept, encrypted, in this vault."""
