"""What a file is known by outside of a vault: digests, and hashes that each say what they are the hash of."""

from dataclasses import dataclass, field

from haechi.domain.canonical import Json
from haechi.domain.evidence import MediaKind, Sha256
from haechi.domain.fingerprint import Reading, Region, Symmetry


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture as shown, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Transform:
    """What was done to a picture before it was hashed, so that an answer can say why it was found.

    `box` is None for the whole picture. `at_ms` is a frame's time in its film.
    """

    region: Region = Region.WHOLE
    symmetry: Symmetry = Symmetry.UPRIGHT
    reading: Reading = Reading.SHOWN
    box: Box | None = None
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Print:
    """One PDQ hash of 32 bytes, its quality 0 to 100, and what it is the hash of."""

    value: bytes
    quality: int
    transform: Transform = field(default_factory=Transform)


@dataclass(frozen=True, slots=True)
class Hashed:
    """All that was computed of one file. `findings` are codes with facts; without prints they say why there are none."""

    sha256: Sha256
    md5: str
    size: int
    kind: MediaKind
    mime: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    prints: tuple[Print, ...] = ()
    findings: tuple[tuple[str, dict[str, Json]], ...] = ()
