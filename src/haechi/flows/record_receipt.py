"""Record the receipt that a receiver signed: it has to be the very text, by the receiver's key, for a hand-over."""

from haechi.domain.canonical import Json
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import ReceiptRefusedError
from haechi.domain.receipt import RECEIPT_NAMESPACE, Receipt
from haechi.domain.recipient import Transfer
from haechi.flows.open_vault import OpenVault
from haechi.ports.envelope import RecipientKeys, VerifyReceipt


def record_receipt(
    vault: OpenVault, text: bytes, armour: bytes, *, verify: VerifyReceipt, keys: RecipientKeys, actor: str
) -> Transfer:
    """Return the hand-over that this receipt is of. Raises `ReceiptRefusedError`; a receipt that is known is no error."""
    transfer, ssh = _transfer(vault, text)
    verify(text, armour, ssh=ssh, namespace=RECEIPT_NAMESPACE)
    signed = text + armour
    if transfer.receipt_entry is not None:
        if vault.ledger.receipt(transfer.transfer_id) != signed:
            raise ReceiptRefusedError(reason="received-already")
        return transfer
    subject: Json = {
        "v": 1,
        "transfer": transfer.transfer_id,
        "packet": transfer.packet_id,
        "by": transfer.recipient,
        "key": keys.fingerprint(ssh),
        "receipt": text.decode(),
        "signature": armour.decode("ascii"),
    }
    with vault.ledger.begin() as writer:
        entry = writer.append(
            Draft(
                EntryType.RECEIVE,
                actor,
                vault.tools.now(),
                opening=open_record(vault.tools.randomness(32), subject),
                counts={"transfer": transfer.entry},
            )
        )
        writer.set_receipt(transfer.transfer_id, signed, entry=entry.index)
    vault.checkpoint()
    return next(one for one in vault.ledger.transfers() if one.transfer_id == transfer.transfer_id)


def _transfer(vault: OpenVault, text: bytes) -> tuple[Transfer, str]:
    """Return the hand-over that the text names, and the SSH key that has to have signed it."""
    try:
        named = Receipt.parse(text.decode())
    except ValueError as error:
        raise ReceiptRefusedError(reason="form") from error
    found = next((one for one in vault.ledger.transfers() if one.transfer_id == named.transfer_id), None)
    if found is None:
        raise ReceiptRefusedError(reason="transfer-unknown")
    if text.decode() != Receipt(found.packet_id, found.digest, found.transfer_id).text():
        raise ReceiptRefusedError(reason="text")
    if (committed := _key_then(vault, found)) is not None:
        return found, committed
    recipient = next((one for one in vault.ledger.recipients() if one.name == found.recipient), None)
    if recipient is None:
        raise ReceiptRefusedError(reason="recipient-unknown")
    if recipient.ssh is None:
        raise ReceiptRefusedError(reason="key-missing")
    return found, recipient.ssh


def _key_then(vault: OpenVault, transfer: Transfer) -> str | None:
    """Return the SSH key that the hand-over committed to: a key that the directory got later is not whom it was given to."""
    opening = vault.ledger.opening(transfer.entry)
    subject = None if opening is None else opening.subject
    key = subject.get("ssh") if isinstance(subject, dict) else None
    return key if isinstance(key, str) else None
