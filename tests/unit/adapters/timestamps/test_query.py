"""A question holds a digest, a number and perhaps a policy, and reads back as it was asked."""

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.timestamps.query import Query, new_query
from haechi.domain.der import DerError

POLICIES = st.none() | st.just("1.3.6.1.4.1.13762.3")


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**128), POLICIES)
def test_a_question_reads_back(imprint, nonce, policy):
    asked = Query(imprint, nonce, policy)
    assert Query.parse(asked.encoded()) == asked


def test_another_reader_reads_the_same():
    read = tsp.TimeStampReq.load(Query(bytes(32), 2**127, "1.2.3").encoded(), strict=True).native
    assert read == {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256", "parameters": None},
            "hashed_message": bytes(32),
        },
        "req_policy": "1.2.3",
        "nonce": 2**127,
        "cert_req": True,
        "extensions": None,
    }


@given(st.binary(min_size=16, max_size=16))
def test_a_nonce_has_its_full_length_whatever_the_dice_say(drawn):
    assert new_query(bytes(32), None, lambda count: drawn[:count]).nonce.bit_length() == 128


@given(st.integers(0, 8 * 78 - 1))
def test_a_question_with_a_changed_bit_is_another_one_or_none(bit):
    asked = Query(bytes(range(32)), 2**127 + 5, None)
    changed = bytearray(asked.encoded())
    changed[bit // 8] ^= 1 << bit % 8
    try:
        assert Query.parse(bytes(changed)) != asked
    except DerError:
        return


def test_bytes_that_are_no_question_are_refused():
    for encoded in (b"", b"0\0", Query(bytes(32), 1, None).encoded() + b"\0"):
        with pytest.raises(DerError):
            Query.parse(encoded)
