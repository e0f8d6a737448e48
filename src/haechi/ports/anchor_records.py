"""What the ledger keeps of anchors: whom to ask, the outbox, and what came back."""

from collections.abc import Sequence
from typing import Protocol

from haechi.domain.anchor import Anchor, Authority, Cosignature, Request, Stamp, Witness


class AnchorRecords(Protocol):
    """Reading; sequences by number, or by name."""

    def authorities(self) -> Sequence[Authority]: ...
    def witnesses(self) -> Sequence[Witness]: ...
    def anchors(self) -> Sequence[Anchor]:
        """Return all anchors with their stamps (by time) and cosignatures (by time), oldest first."""

    def requests(self) -> Sequence[Request]:
        """Return the outbox, by anchor, kind and name."""


class AnchorWriter(Protocol):
    """Part of one transaction."""

    def set_authority(self, authority: Authority) -> None:
        """Add an authority, or replace the one of this name."""

    def remove_authority(self, name: str) -> None: ...
    def set_witness(self, witness: Witness) -> None:
        """Add a witness, or replace the one of this name."""

    def remove_witness(self, name: str) -> None: ...
    def add_anchor(self, *, size: int, note: str) -> int:
        """Add an anchor without any answer and return its number."""

    def set_request(self, request: Request) -> None:
        """Add a line to the outbox, or replace the one with the same anchor, kind and name."""

    def add_stamp(self, anchor: int, stamp: Stamp) -> None: ...
    def add_cosignature(self, anchor: int, cosignature: Cosignature) -> None: ...
