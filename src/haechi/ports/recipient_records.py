"""What the ledger keeps of recipients and of what was handed to them."""

from collections.abc import Sequence
from typing import Protocol

from haechi.domain.recipient import Recipient, Transfer


class RecipientRecords(Protocol):
    """Reading."""

    def recipients(self) -> Sequence[Recipient]:
        """Return the directory by name."""

    def transfers(self) -> Sequence[Transfer]:
        """Return what was handed over, oldest first."""

    def receipt(self, transfer_id: str) -> bytes | None:
        """Return the signed receipt as it came back."""


class RecipientWriter(Protocol):
    """Part of one transaction."""

    def set_recipient(self, recipient: Recipient) -> None:
        """Add a recipient, or replace the one of this name."""

    def remove_recipient(self, name: str) -> None: ...
    def add_transfer(self, transfer: Transfer) -> None: ...
    def set_receipt(self, transfer_id: str, receipt: bytes, *, entry: int) -> None: ...
