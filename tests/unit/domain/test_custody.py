"""The custody log: what an entry holds, and that no change of the log goes unnoticed."""

import hashlib
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.custody import (
    GENESIS,
    MOST_ENTRY_BYTES,
    Draft,
    Entry,
    EntryType,
    LogHead,
    Opening,
    RecordedTime,
    commitment,
    message_leaf,
    open_record,
    replay,
)
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.merkle import Tree

CLOCK = RecordedTime("2026-11-20T00:00:00.000000Z", "Asia/Seoul", 32400, "system clock; TZ")
DIGEST = hashlib.sha256(b"bytes").hexdigest()


def log_of(count: int) -> tuple[list[Entry], LogHead]:
    head, entries = LogHead(), []
    for number in range(count):
        opening = Opening(bytes([number]) * 32, DIGEST)
        entry, head = head.append(Draft(EntryType.CAPTURE, "owner", CLOCK, "case", f"item{number}", opening))
        entries.append(entry)
    return entries, head


def test_an_entry_is_rfc_8785_json_with_exactly_these_members():
    draft = Draft(EntryType.WINDOW, "owner", CLOCK, case="c", item="i", root=b"\1" * 32, counts={"messages": 3})
    entry, _ = LogHead().append(draft)
    members = json.loads(entry.raw)
    assert entry.raw == rfc8785.dumps(members)
    assert members == {
        "v": 1, "n": 0, "type": "window", "actor": "owner", "at": CLOCK.at, "prev": GENESIS, "case": "c", "item": "i",
        "clock": {"zone": "Asia/Seoul", "offset_s": 32400, "source": "system clock; TZ"}, "root": "01" * 32,
        "counts": {"messages": 3},
    }  # fmt: skip


def test_members_without_a_value_are_left_out():
    entry, _ = LogHead().append(Draft(EntryType.CREATE, "owner", CLOCK))
    assert json.loads(entry.raw).keys() == {"v", "n", "type", "actor", "at", "clock", "prev"}


def test_a_commitment_is_the_digest_of_label_salt_and_digest():
    salt = bytes(range(32))
    assert commitment(salt, DIGEST) == hashlib.sha256(b"commit/v1\n" + salt + bytes.fromhex(DIGEST)).digest()


def test_no_entry_holds_a_bare_digest():
    entries, _ = log_of(3)
    assert not any(DIGEST.encode() in entry.raw for entry in entries)


def test_a_record_is_committed_to_by_its_canonical_bytes():
    opening = open_record(bytes(32), {"b": "나", "a": [1, None]})
    assert opening.digest == hashlib.sha256('{"a":[1,null],"b":"나"}'.encode()).hexdigest()


def test_a_message_leaf_is_salted():
    assert message_leaf(bytes(16), b"raw") == hashlib.sha256(b"\0" + bytes(16) + b"raw").digest()


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_salt_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match=str(length)):
        commitment(bytes(length), DIGEST)
    with pytest.raises(ValueError, match=str(length + 1)):
        message_leaf(bytes(length + 1), b"")


def test_an_entry_that_tiles_could_not_hold_is_refused():
    with pytest.raises(ValueError, match=r"\d{5}"):
        LogHead().append(Draft(EntryType.CREATE, "x" * MOST_ENTRY_BYTES, CLOCK))


@given(st.integers(0, 20))
def test_replaying_a_log_leads_to_its_head(count):
    entries, head = log_of(count)
    assert replay(entries) == head
    assert head.frontier.root() == Tree(entry.leaf for entry in entries).root()


@given(st.data())
def test_an_entry_dropped_moved_or_repeated_is_named(data):
    entries, _ = log_of(8)
    at = data.draw(st.integers(0, 6))
    to = data.draw(st.integers(0, 7).filter(lambda to: to != at))
    moved = [entry for entry in entries if entry is not entries[at]]
    for changed in (moved, [*moved[:to], entries[at], *moved[to:]], [*entries[: at + 1], *entries[at:]]):
        with pytest.raises(CustodyBrokenError) as error:
            replay(changed)
        assert error.value.facts["kind"] == "entry-order"


@given(st.integers(0, 6), st.integers(0))
def test_a_changed_byte_is_noticed_at_the_entry_or_at_the_one_after_it(at, byte):
    entries, _ = log_of(8)
    raw = bytearray(entries[at].raw)
    raw[byte % len(raw)] ^= 1
    with pytest.raises(CustodyBrokenError) as error:
        replay([*entries[:at], Entry(at, bytes(raw)), *entries[at + 1 :]])
    assert error.value.facts["place"] in (at, at + 1)


def test_a_change_of_the_last_entry_changes_the_head():
    entries, head = log_of(3)
    last = Entry(2, entries[2].raw.replace(b"item2", b"item9"))
    assert replay([*entries[:2], last]) != head


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"\xff", b"{", b'"text"'])
def test_what_is_no_entry_is_named(raw):
    with pytest.raises(CustodyBrokenError) as error:
        replay([Entry(0, raw)])
    assert error.value.facts == {"kind": "entry-form", "place": 0}
