"""Every bit of a good reply, changed one at a time: none is accepted with another meaning.

The suite takes a sample; `HAECHI_SWEEP=all` takes every bit (some 14,000, about a minute).
"""

import hashlib
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.timestamps.checking import StampError
from haechi.adapters.timestamps.query import Query
from haechi.adapters.timestamps.reply import parse_reply
from integration.timestamps.stamping import NOTE, checked, drawn, openssl_verifies, query

GOOD = drawn()
STRIDE = 1 if os.environ.get("HAECHI_SWEEP") == "all" else 37  # odd, so that every bit of a byte is met


def changed_replies(good):
    for bit in range(0, 8 * len(good), STRIDE):
        changed = bytearray(good)
        changed[bit // 8] ^= 0x80 >> bit % 8
        yield bytes(changed)


def test_no_changed_bit_is_accepted_with_another_meaning(program, tmp_path):
    """What is accepted in spite of it (bits that no signature covers) OpenSSL accepts as well."""
    asked = Query(hashlib.sha256(NOTE).digest(), 2**127 + 1, None).encoded()
    good = drawn().reply(asked)
    said, meaning = checked(asked, good), parse_reply(good).info
    tried = accepted = 0
    for changed in changed_replies(good):
        tried += 1
        try:
            assert checked(asked, changed) == said
        except StampError:
            continue
        assert parse_reply(changed).info == meaning
        assert openssl_verifies(program("openssl"), tmp_path, asked, changed)
        accepted += 1
    sys.stdout.write(f"{tried} changed bits, {accepted} accepted, none with another meaning\n")
    assert tried > 300


def test_no_reply_that_was_cut_short_is_accepted():
    asked = query()
    good = drawn().reply(asked)
    for size in range(0, len(good), 13):
        with pytest.raises(StampError, match="form"):
            checked(asked, good[:size])


@given(st.lists(st.tuples(st.integers(0, 1_800), st.integers(0, 40), st.binary(max_size=40)), min_size=1, max_size=4))
def test_a_reply_with_other_bytes_in_it_is_refused_by_name_or_means_the_same(edits):
    asked = Query(hashlib.sha256(NOTE).digest(), 2**127 + 1, None).encoded()
    good = GOOD.reply(asked)
    changed = good
    for at, length, new in edits:
        changed = changed[:at] + new + changed[at + length :]
    try:
        checked(asked, changed)
    except StampError:
        return
    assert parse_reply(changed).info == parse_reply(good).info
