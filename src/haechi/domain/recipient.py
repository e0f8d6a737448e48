"""Who gets a packet: the recipient directory, what was handed over, and the receipt that came back."""

from dataclasses import dataclass
from enum import StrEnum


class TransferForm(StrEnum):
    """How a packet was closed for its recipient."""

    AGE = "age"
    """`NAME.zip.age`, to the recipient's age key."""
    ZIP = "zip"
    """`NAME.zip` with AES-256 (WinZip AE-2) and a passphrase told another way."""
    SEALED = "sealed"
    """A case's age files as they are, in a plain zip, with what a reader named at sealing needs to open them."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of the directory: the name chosen here, the age recipient, and the SSH public key that signs receipts.

    Either key may be missing; `note` says how the keys were checked (by phone, on paper).
    """

    name: str
    age: str | None
    ssh: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A packet that was closed for a recipient. `digest` is the SHA-256 (hex) of its tag manifest.

    Of sealed files (`TransferForm.SEALED`) it is the SHA-256 of their manifest.
    """

    transfer_id: str
    packet_id: str
    digest: str
    recipient: str
    form: TransferForm
    at: str
    entry: int
    receipt_entry: int | None = None
