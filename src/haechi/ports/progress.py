"""Tells the person how far a long task is."""

from typing import Protocol


class Progress(Protocol):
    """Called often and cheaply; `stage` is a stable code (`hashing`, `examining`, `reading`, `matching`, `packing`)."""

    def __call__(self, stage: str, done: int, total: int | None) -> None: ...
