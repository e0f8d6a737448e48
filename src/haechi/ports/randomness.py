"""Where salts and random identifiers come from."""

from typing import Protocol


class Randomness(Protocol):
    """Returns `count` bytes from the operating system's generator."""

    def __call__(self, count: int) -> bytes: ...
