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
    """One key frame of a video."""


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
