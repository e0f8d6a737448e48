"""Turns a packet plan into files on disk, and reads packets that others hand in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from haechi.domain.packet import Exhibit, PacketPlan
from haechi.ports.signer import Signer


class Renderer(Protocol):
    """Makes the report. Keys are file names (`report.pdf`, `report.en.pdf`, `hash-confirmation.pdf`)."""

    def render(self, plan: PacketPlan) -> Mapping[str, bytes]: ...


class PacketWriter(Protocol):
    """Writes a packet (BagIt 1.0) into a folder that must not exist; it appears complete or not at all."""

    def write(
        self,
        plan: PacketPlan,
        target: Path,
        *,
        documents: Mapping[str, bytes],
        open_exhibit: Callable[[Exhibit], BinaryIO],
        signer: Signer,
        progress: Callable[[int], None],
    ) -> str:
        """Return the SHA-256 (hex) of `tagmanifest-sha256.txt`. Raises `PacketExistsError`, `DiskFullError`."""


FINDING_CODES = (
    "link", "special-file", "file-too-large", "too-many-files", "bagit-txt", "manifest-form", "manifest-line",
    "manifest-duplicate", "file-missing", "file-added", "directory-added", "file-changed", "oxum",
    "signer-form", "signature", "signer-other",
    "log-key", "checkpoint-form", "checkpoint-signature", "entry-form", "entry-order", "entry-link", "entry-count",
    "log-root",
    "openings-form", "opening-wrong", "opening-missing", "csv-form", "csv-count", "csv-row", "exhibit-digest",
    "exhibit-unlisted", "proof-missing", "proof-form", "proof-wrong",
)  # fmt: skip
"""Every code a finding can have; docs/formats/packet.md says what each means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a packet: a stable code of `FINDING_CODES` and the place (file, `file:line`, `file#entry`).

    A place is safe to print: a name outside the packet's own alphabet is percent-encoded.
    """

    code: str
    place: str


class PacketVerifier(Protocol):
    """Checks a packet without any vault."""

    def verify(self, packet: Path, *, signer: str | None) -> Iterator[Finding]:
        """Yield what is wrong, nothing when all holds. `signer` pins the key's fingerprint (`SHA256:…`).

        Raises `PacketUnreadableError`.
        """
