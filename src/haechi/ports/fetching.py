"""Fetching a file from an address that a client of the match server named."""

from collections.abc import Callable
from typing import Protocol

MOST_BYTES = 100 * 1024 * 1024  # as HMA: larger is answered with 413


class Fetcher(Protocol):
    """Gets strangers' files, from any thread, and reaches nothing that only this machine or its network may reach."""

    def fetch(self, url: str, keep: Callable[[bytes], object], *, most_bytes: int = MOST_BYTES) -> str:
        """Hand the file's bytes to `keep`, part by part, and return the content type that the other side claims.

        Raises `AddressRefusedError`, whose `problem` says why, and `FileTooLargeError`.
        """
