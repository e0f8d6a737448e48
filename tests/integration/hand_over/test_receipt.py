"""Receipts: the very text, signed by the key in the directory with the stock program, for a hand-over of this vault."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from haechi.adapters.envelopes import PublicKeys, verify_receipt
from haechi.adapters.ledger.schema import transfers
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import ReceiptRefusedError, RecipientKeyError
from haechi.domain.receipt import Receipt
from haechi.domain.recipient import Transfer, TransferForm
from haechi.flows.manage_recipients import add_recipient, remove_recipient
from haechi.flows.record_receipt import record_receipt
from integration.hand_over.conftest import receiver_with

TRANSFER = "ab" * 16
RECEIPT = Receipt("HP-0123456789ab", "cd" * 32, TRANSFER)
KEYS = PublicKeys()


@pytest.fixture
def asked(vault, receiver, tmp_path):
    """A hand-over to the receiver, and the text that was asked to be signed."""
    add_recipient(vault, "경찰서", age=receiver.age, ssh=receiver.ssh, note="", keys=KEYS, actor="person")
    with vault.ledger.begin() as writer:
        entry = writer.append(Draft(EntryType.TRANSFER, "person", vault.tools.now()))
        writer.add_transfer(
            Transfer(TRANSFER, RECEIPT.packet_id, RECEIPT.digest, "경찰서", TransferForm.AGE, "2026-01-01T00:00:00Z", entry.index)
        )  # fmt: skip
    path = tmp_path / "receipt.txt"
    path.write_text(RECEIPT.text(), encoding="utf-8")
    return path


def record(vault, text: Path | bytes, armour: bytes):
    content = text.read_bytes() if isinstance(text, Path) else text
    return record_receipt(vault, content, armour, verify=verify_receipt, keys=KEYS, actor="person")


def refused(vault, text, armour) -> str:
    size = vault.ledger.log_head().frontier.size
    with pytest.raises(ReceiptRefusedError) as raised:
        record(vault, text, armour)
    assert vault.ledger.log_head().frontier.size == size
    return raised.value.facts["reason"]


def test_a_signed_receipt_is_kept_and_logged(vault, asked, receiver):
    armour = receiver.sign(asked)
    done = record(vault, asked, armour)
    assert vault.ledger.transfers() == [done]
    assert vault.ledger.receipt(TRANSFER) == asked.read_bytes() + armour
    entry = next(vault.ledger.entries(done.receipt_entry))
    assert b'"type":"receive"' in entry.raw
    told = vault.ledger.opening(done.receipt_entry).subject
    assert told["receipt"].encode() == asked.read_bytes()
    assert told["signature"].encode() == armour
    listed = subprocess.run(["ssh-keygen", "-lf", str(receiver.key)], check=True, capture_output=True, text=True).stdout
    assert told["key"] == listed.split()[1]


def test_the_key_that_the_hand_over_committed_to_counts_and_not_a_later_one(vault, asked, receiver):
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    later = replace(RECEIPT, transfer_id="cd" * 16)
    for text, key in ((RECEIPT, other), (later, receiver.ssh)):
        with vault.ledger.begin() as writer:
            opening = open_record(bytes(32), {"v": 1, "transfer": text.transfer_id, "ssh": key})
            entry = writer.append(Draft(EntryType.TRANSFER, "person", vault.tools.now(), opening=opening))
            rows = delete(transfers).where(transfers.c.transfer_id == text.transfer_id)
            writer._connection.execute(rows)  # noqa: SLF001 - no flow forgets a hand-over
            writer.add_transfer(
                Transfer(text.transfer_id, RECEIPT.packet_id, RECEIPT.digest, "경찰서", TransferForm.AGE, "2026-01-01T00:00:00Z", entry.index)
            )  # fmt: skip
    assert refused(vault, asked, receiver.sign(asked)) == "key-other"
    add_recipient(vault, "경찰서", age=None, ssh=other, note="", keys=KEYS, actor="person")
    asked.write_text(later.text(), encoding="utf-8")
    assert record(vault, asked, receiver.sign(asked)).receipt_entry is not None


def test_the_same_receipt_again_changes_nothing_and_another_one_is_refused(vault, asked, receiver):
    done = record(vault, asked, receiver.sign(asked))
    assert record(vault, asked, receiver.sign(asked)) == done
    other = receiver.sign(asked, options=("-O", "hashalg=sha256"))
    assert refused(vault, asked, other) == "received-already"


def test_another_key_is_refused_by_name(vault, asked, tmp_path):
    stranger = receiver_with(tmp_path / "stranger")
    assert refused(vault, asked, stranger.sign(asked)) == "key-other"


def test_another_namespace_is_refused_by_name(vault, asked, receiver):
    assert refused(vault, asked, receiver.sign(asked, namespace="packet@haechi")) == "namespace-other"
    assert refused(vault, asked, receiver.sign(asked, namespace="file")) == "namespace-other"


def test_a_changed_text_is_refused_though_it_is_signed(vault, asked, receiver):
    asked.write_text(RECEIPT.text().replace("받았습니다", "받지 않았습니다"), encoding="utf-8")
    assert refused(vault, asked, receiver.sign(asked)) == "text"
    asked.write_text(RECEIPT.text().replace(RECEIPT.digest, "ee" * 32), encoding="utf-8")
    assert refused(vault, asked, receiver.sign(asked)) == "text"
    asked.write_text(RECEIPT.text().replace(TRANSFER, "00" * 16), encoding="utf-8")
    assert refused(vault, asked, receiver.sign(asked)) == "transfer-unknown"
    asked.write_text("I received it", encoding="utf-8")
    assert refused(vault, asked, receiver.sign(asked)) == "form"
    assert refused(vault, b"\xff" + RECEIPT.text().encode(), b"") == "form"


def test_a_signature_over_another_text_is_refused(vault, asked, receiver):
    signed = asked.with_name("other.txt")
    signed.write_text("another text", encoding="utf-8")
    assert refused(vault, asked, receiver.sign(signed)) == "signature"


def test_a_recipient_without_a_signing_key_or_gone_is_named(vault, asked, receiver):
    armour = receiver.sign(asked)
    remove_recipient(vault, "경찰서", actor="person")
    assert refused(vault, asked, armour) == "recipient-unknown"
    add_recipient(vault, "경찰서", age=receiver.age, ssh=None, note="", keys=KEYS, actor="person")
    assert refused(vault, asked, armour) == "key-missing"


@pytest.mark.parametrize(
    ("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 2048)]
)
def test_every_kind_of_key_that_is_taken_signs_receipts(tmp_path, kind, bits):
    receiver = receiver_with(tmp_path / "r", kind, bits)
    text = tmp_path / "receipt.txt"
    text.write_text(RECEIPT.text(), encoding="utf-8")
    ssh = KEYS.ssh(receiver.ssh)
    for hashing in ("sha256", "sha512", "sha512"):  # ECDSA's numbers differ in length from one signature to the next
        armour = receiver.sign(text, options=("-O", f"hashalg={hashing}"))
        verify_receipt(text.read_bytes(), armour, ssh=ssh, namespace="receipt@haechi")
        with pytest.raises(ReceiptRefusedError):
            verify_receipt(text.read_bytes() + b" ", armour, ssh=ssh, namespace="receipt@haechi")


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    receiver = receiver_with(folder / "r")
    text = folder / "receipt.txt"
    text.write_text(RECEIPT.text(), encoding="utf-8")
    return KEYS.ssh(receiver.ssh), text.read_bytes(), receiver.sign(text)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_signature_is_refused_by_name_or_means_the_same(signed, data):
    ssh, text, armour = signed
    at = data.draw(st.integers(0, len(armour) - 1))
    changed = armour[:at] + data.draw(st.binary(max_size=3)) + armour[at + data.draw(st.integers(0, 3)) :]
    try:
        verify_receipt(text, changed, ssh=ssh, namespace="receipt@haechi")
    except ReceiptRefusedError:
        return
    assert b"".join(changed.split()) == b"".join(armour.split())


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_anything_else_is_no_signature(signed, content):
    ssh, text, _ = signed
    with pytest.raises(ReceiptRefusedError):
        verify_receipt(text, content, ssh=ssh, namespace="receipt@haechi")


def test_a_key_is_taken_without_its_comment_and_as_ssh_keygen_tells_it(receiver):
    word = KEYS.ssh(receiver.ssh)
    assert len(word.split(" ")) == 2
    listed = subprocess.run(["ssh-keygen", "-lf", str(receiver.key)], check=True, capture_output=True, text=True).stdout
    assert KEYS.fingerprint(word) == listed.split()[1]


@pytest.mark.parametrize(
    "text", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-dss " + "A" * 100, "age1qqqq", "x" * 10_000]
)
def test_what_is_no_ssh_key_is_refused(text):
    with pytest.raises(RecipientKeyError) as raised:
        KEYS.ssh(text)
    assert raised.value.facts == {"kind": "ssh"}


def test_a_private_key_two_keys_and_a_weak_key_are_refused(receiver, tmp_path):
    weak = receiver_with(tmp_path / "weak", "rsa", 1024)
    for text in (receiver.key.read_text(), receiver.ssh * 2, weak.ssh):
        with pytest.raises(RecipientKeyError):
            KEYS.ssh(text)


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1QQQ", "age1" + "q" * 58, "https://example.org"])
def test_what_is_no_age_key_is_refused(text):
    with pytest.raises(RecipientKeyError) as raised:
        KEYS.age(text)
    assert raised.value.facts == {"kind": "age"}


def test_an_age_key_is_taken_as_it_is(receiver):
    assert KEYS.age(f" {receiver.age}\n") == receiver.age
