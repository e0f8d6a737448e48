"""Turns a packet plan into files on disk, and reads packets that others hand in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from haechi.domain.packet import Exhibit, PacketPlan, ShownDerivative
from haechi.domain.policy import Policy
from haechi.ports.signer import Signer


class Renderer(Protocol):
    """Makes the report. Keys are file names (`report.pdf`, `report.en.pdf`, `hash-confirmation.pdf`)."""

    def render(self, plan: PacketPlan) -> Mapping[str, bytes]: ...

    def render_traces(self, plan: PacketPlan) -> Mapping[str, bytes]:
        """Return the pages on what was traced (`exhibit.pdf`, `exhibit.en.pdf`); none where nothing was."""


class PacketWriter(Protocol):
    """Writes a packet (BagIt 1.0) into a folder that must not exist; it appears complete or not at all."""

    def write(
        self,
        plan: PacketPlan,
        target: Path,
        *,
        documents: Mapping[str, bytes],
        open_exhibit: Callable[[Exhibit], BinaryIO],
        open_derivative: Callable[[ShownDerivative], BinaryIO],
        signer: Signer,
        progress: Callable[[int], None],
        graph: Iterable[bytes] | None = None,
        traces: Mapping[str, bytes] | None = None,
    ) -> str:
        """Return the SHA-256 (hex) of `tagmanifest-sha256.txt`; `graph` goes along as `meta/case-graph.jsonld`.

        `traces` are the files of `data/traces`, by name.

        Raises `PacketExistsError`, `DiskFullError`.
        """


FINDING_CODES = (
    "link", "special-file", "file-too-large", "too-many-files", "bagit-txt", "manifest-form", "manifest-line",
    "manifest-duplicate", "file-missing", "file-added", "directory-added", "file-changed", "oxum",
    "signer-form", "signature", "signer-other",
    "log-key", "checkpoint-form", "checkpoint-signature", "entry-form", "entry-order", "entry-link", "entry-count",
    "log-root",
    "openings-form", "opening-wrong", "opening-missing", "csv-form", "csv-count", "csv-row", "exhibit-digest",
    "exhibit-unlisted", "proof-missing", "proof-form", "proof-wrong",
    "window-wrong", "derivative-digest", "derivative-source",
    "anchor-form", "anchor-root", "stamp-form", "stamp-imprint", "stamp-nonce", "stamp-signature", "stamp-certificate",
    "authority-other", "cosignature", "witness-form", "quorum",
)  # fmt: skip
"""Every code a finding can have; docs/formats/packet.md says what each means."""

EXPECTATION_CODES = frozenset({"signer-other", "authority-other", "quorum"})
"""What is told of a packet that is intact, but not by those whom the checker named."""

PROVEN_CODES = (
    "files", "signature", "log", "exhibits", "messages", "derivatives", "stamp", "cosignature",
)  # fmt: skip
"""What a packet that holds proves, in this order."""

NOT_PROVEN_CODES = ("author", "served", "export-true", "clock", "unpinned", "unpinned-authority", "unanchored")
"""What no packet proves, and what this one does not because nothing was given to compare, or nobody outside was asked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a packet: a stable code of `FINDING_CODES` and the place (file, `file:line`, `file#entry`).

    A place is safe to print: a name outside the packet's own alphabet is percent-encoded.
    """

    code: str
    place: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a packet proves: a code of `PROVEN_CODES` and what its words name (times in unix seconds)."""

    code: str
    facts: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a checker knows from elsewhere.

    `signer` is the signing key's fingerprint (`SHA256:…`), `authorities` the SHA-256 (hex) of the signing certificates of
    the authorities relied on: one of them has to have stamped, and stamps by others do not count (none: any will do).
    """

    signer: str | None = None
    authorities: tuple[str, ...] = ()
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to. `signer` is the fingerprint of the key that the packet names, None when it names none.

    `proven` is empty when there is a finding. `not_counted` are stamps that hold, by authorities that were not named;
    `noted` are ML-DSA-44 cosignatures that hold. Both decide nothing.
    """

    findings: tuple[Finding, ...]
    signer: str | None
    proven: tuple[Claim, ...] = ()
    not_counted: tuple[Claim, ...] = ()
    noted: tuple[Claim, ...] = ()


class PacketVerifier(Protocol):
    """Checks a packet without any vault."""

    def verify(self, packet: Path, expected: Expected) -> Checked:
        """Return what is wrong in the order of the checks, and what is proven. Raises `PacketUnreadableError`."""
