"""The recipient directory, and what was handed over."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from haechi.adapters.ledger.reading import Reading, sound_rows
from haechi.adapters.ledger.schema import recipients, transfers
from haechi.domain.recipient import Recipient, Transfer, TransferForm


class ReadsRecipients(Reading):
    """Reads recipients and transfers."""

    def recipients(self) -> Sequence[Recipient]:
        """Return the directory by name."""
        return [
            Recipient(row.name, row.age, row.ssh, row.note)
            for row in self._rows(select(recipients).order_by(recipients.c.name))
        ]

    @sound_rows()
    def transfers(self) -> Sequence[Transfer]:
        """Return what was handed over, oldest first."""
        return [
            Transfer(
                row.transfer_id,
                row.packet_id,
                row.digest,
                row.recipient,
                TransferForm(row.form),
                row.at,
                row.entry,
                row.receipt_entry,
            )
            for row in self._rows(select(transfers).order_by(transfers.c.number))
        ]

    def receipt(self, transfer_id: str) -> bytes | None:
        """Return the signed receipt as it came back."""
        row = self._first(select(transfers.c.receipt).where(transfers.c.transfer_id == transfer_id))
        return None if row is None or row.receipt is None else bytes(row.receipt)


class WritesRecipients:
    """Writes recipients and transfers in the transaction of its connection."""

    _connection: Connection

    def set_recipient(self, recipient: Recipient) -> None:
        """Add a recipient, or replace the one of this name."""
        self.remove_recipient(recipient.name)
        self._connection.execute(
            insert(recipients).values(name=recipient.name, age=recipient.age, ssh=recipient.ssh, note=recipient.note)
        )

    def remove_recipient(self, name: str) -> None:
        """Take the recipient of this name out of the directory; what was handed over stays on record."""
        self._connection.execute(delete(recipients).where(recipients.c.name == name))

    def add_transfer(self, transfer: Transfer) -> None:
        """Record what was handed over."""
        self._connection.execute(
            insert(transfers).values(
                transfer_id=transfer.transfer_id,
                packet_id=transfer.packet_id,
                digest=transfer.digest,
                recipient=transfer.recipient,
                form=transfer.form.value,
                at=transfer.at,
                entry=transfer.entry,
                receipt_entry=transfer.receipt_entry,
            )
        )

    def set_receipt(self, transfer_id: str, receipt: bytes, *, entry: int) -> None:
        """Keep the signed receipt of a transfer and the entry that notes it."""
        self._connection.execute(
            update(transfers).where(transfers.c.transfer_id == transfer_id).values(receipt=receipt, receipt_entry=entry)
        )
