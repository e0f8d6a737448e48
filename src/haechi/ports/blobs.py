"""Sealed bytes: age files under keyed names, one age identity for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from haechi.domain.case import CaseId
from haechi.domain.evidence import Sha256


@dataclass(frozen=True, slots=True)
class Blob:
    """A sealed file: its keyed name, the size of the clear bytes, and the identity wrapped for each reader.

    `wraps` are (reader's age recipient, age file that holds the identity). `sealed_digest` is the SHA-256 of the age
    file itself, which shows damage where nobody holds a wrap; None in a blob that an earlier haechi sealed.
    """

    name: str
    size: int
    wraps: tuple[tuple[str, bytes], ...]
    sealed_digest: Sha256 | None = None


class OpenBlobs(Protocol):
    """Makes the store of one kind of sealed bytes in a vault's folder; `key` (32 bytes) makes their names."""

    def __call__(self, folder: Path, key: bytes, kind: str = "blobs") -> "Blobs": ...


class Blobs(Protocol):
    """The vault's blob store. `seal` returns only once the blob would survive a power cut."""

    def name(self, case: CaseId, digest: Sha256) -> str:
        """Return the blob's keyed name; it reveals nothing of the digest without the vault's key."""

    def seal(self, name: str, stream: BinaryIO, *, readers: Sequence[str]) -> Blob:
        """Encrypt the stream to a fresh identity and wrap that for each reader (age recipients)."""

    def open(self, blob: Blob, *, identity: str) -> BinaryIO:
        """Return the clear bytes, for a reader who holds this age identity.

        Raises `VaultDamagedError`, `SealedForOthersError`.
        """

    def open_sealed(self, name: str) -> BinaryIO:
        """Return the age file itself. Raises `VaultDamagedError` when it is not there."""

    def recipient(self, identity: str) -> str:
        """Return the age recipient of an age identity."""

    def wrap_for(self, blob: Blob, reader: str, *, identity: str) -> bytes:
        """Return the blob's identity wrapped for a reader (age recipient): the wrap there is, or a new one.

        Raises `SealedForOthersError` when there is none and `identity` opens none, `VaultDamagedError`.
        """

    def sealed_digest(self, name: str) -> Sha256:
        """Return the SHA-256 of the age file on disk. Raises `VaultDamagedError` when it cannot be read."""

    def names(self) -> Sequence[str]:
        """Return the names of all blobs on disk."""

    def remove(self, name: str) -> None: ...
    def size(self) -> int:
        """Return the bytes all blobs take on disk."""
