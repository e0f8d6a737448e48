"""Fingerprints: values that stay near each other when a picture is changed a little."""

from dataclasses import dataclass
from enum import StrEnum

MATCH_WITHIN = 31  # bits of 256; PDQ's published threshold
ENOUGH_QUALITY = 50  # of 100; below it PDQ's authors do not compare
BITS = 256


class Symmetry(StrEnum):
    """The eight ways to turn and mirror a picture.

    A hash under `ROTATE_90` is that of the picture turned 90 degrees counter-clockwise; `MIRROR` is flipped left to right; `TRANSPOSE` swaps rows and columns.
    """

    UPRIGHT = "upright"
    ROTATE_90 = "rotate-90"
    ROTATE_180 = "rotate-180"
    ROTATE_270 = "rotate-270"
    MIRROR = "mirror"
    FLIP = "flip"
    TRANSPOSE = "transpose"
    TRANSVERSE = "transverse"


class Region(StrEnum):
    """What part of the picture was hashed."""

    WHOLE = "whole"
    TRIMMED = "trimmed"
    """Without its plain borders."""
    FRAME = "frame"
    """One frame of a video."""
    CROP = "crop"
    """The middle of the picture: what is left when somebody cuts its edges off."""
    RECTANGLE = "rectangle"
    """A part with straight edges of its own: the picture inside a screenshot or beside another one."""
    CELL = "cell"
    """A half, quarter or ninth: one picture of a regular collage."""


class Reading(StrEnum):
    """How the samples of the file became the picture that was hashed."""

    SHOWN = "shown"
    """As a viewer shows it: turned as its orientation says, palette looked up, inks made colours."""
    STORED = "stored"
    """As python-threatexchange feeds the PDQ reference: what Pillow has in memory, taken for grey or RGB as it is."""


class Expansion(StrEnum):
    """How many hashes are made of one picture."""

    ONE = "one"
    """The picture itself."""
    REFERENCE = "reference"
    """The picture and four middles of it: what a list of known pictures holds."""
    TURNS = "turns"
    """The picture in its eight turns."""
    TRIM = "trim"
    """That, and the same without plain borders."""
    RECTANGLES = "rectangles"
    """That, and the same of each rectangle in it."""
    GRID = "grid"
    """That, and the same of halves, quarters and ninths: what is asked about a picture that nothing else found."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One PDQ hash: 32 bytes, most significant bit first as PDQ prints it, with quality 0 to 100.

    Source: D. Abdelkader, H. Hegde, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019.
    `at_ms` is the frame's time in its video.
    """

    value: bytes
    quality: int
    symmetry: Symmetry = Symmetry.UPRIGHT
    region: Region = Region.WHOLE
    at_ms: int | None = None
    algorithm: str = "pdq"


def distance(left: bytes, right: bytes) -> int:
    """Return the number of differing bits."""
    return (int.from_bytes(left) ^ int.from_bytes(right)).bit_count()
