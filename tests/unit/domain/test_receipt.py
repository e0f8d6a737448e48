"""Receipts: three values in one fixed text, read back from it and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.receipt import MOST_RECEIPT_BYTES, Receipt

HEX = "0123456789abcdef"
receipts = st.builds(
    Receipt,
    st.from_regex(r"[A-Za-z0-9-]{1,64}", fullmatch=True),
    st.text(HEX, min_size=64, max_size=64),
    st.text(HEX, min_size=32, max_size=32),
)


@given(receipts)
def test_what_a_receipt_names_is_read_back(receipt):
    text = receipt.text()
    assert Receipt.parse(text) == receipt
    assert len(text.encode()) < MOST_RECEIPT_BYTES
    assert "\r" not in text


@given(receipts, receipts)
def test_different_hand_overs_have_different_texts(one, other):
    assert (one.text() == other.text()) is (one == other)


@given(st.text())
def test_what_is_no_receipt_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any text at all
        Receipt.parse(text)
