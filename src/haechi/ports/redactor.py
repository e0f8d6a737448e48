"""Paints over parts of a picture, in a limited worker process; nothing of the picture is written or shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from haechi.domain.derivative import Region
from haechi.domain.evidence import Sha256


@dataclass(frozen=True, slots=True)
class Painted:
    """The new picture, whole: its bytes, media type, and pixels as shown."""

    content: bytes
    mime: str
    width: int
    height: int


class Redactor(Protocol):
    """Makes a new picture from the decoded pixels of another one."""

    method: str
    """What is done and by what, such as `black-rectangles/1; pillow 13.0.0`."""

    def paint(self, picture: BinaryIO, *, digest: Sha256, regions: Sequence[Region]) -> Painted:
        """Return the picture with these regions black and no metadata; `digest` is what the bytes must have.

        Raises `RedactionRefusedError`, `CustodyBrokenError`, and what a worker can raise.
        """

    def close(self) -> None: ...
