"""Every byte of every file is a message, layout, or listed as unparsed, whatever happened to the file."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drawn.telegram_writer import chat_header, text_fields
from haechi.adapters.importers.telegram import reader, split_layout, split_tokens
from haechi.adapters.importers.telegram.reader import PartReader
from telegram_parts import account, chat, frames_account_for, message, read

TRAP = '{"a": [\n  },\n  {\n     }\x0b\u2028'
ONE = chat(*(message(number, **text_fields(TRAP[: 4 * number])) for number in range(1, 5)))
ACCOUNT = account(
    [(chat_header(name=f"방 {k}", type="private_group", id=k), [message(1), message(2)]) for k in (1, 2)],
    left=[(chat_header(name="L", type="private_supergroup", id=7), [message(1)])],
    sections={"about": "x", "personal_information": {"user_id": 5}, "contacts": {"about": "a", "list": [{"first_name": "b"}]}},
)  # fmt: skip
COMPACT = ONE.replace(b"\n ", b"\n\t")


@pytest.mark.parametrize("whole", [ONE, ACCOUNT, COMPACT], ids=["one chat", "account", "another layout"])
def test_a_whole_file_has_nothing_unparsed_and_is_not_cut(whole):
    reading = read(whole)
    assert reading.unparsed == []
    assert reading.done.accounting.is_complete
    assert "truncated" not in reading.done.flags


@pytest.mark.parametrize("whole", [ONE, ACCOUNT, COMPACT], ids=["one chat", "account", "another layout"])
def test_a_file_cut_at_any_byte_is_accounted_for_and_said_to_be_cut(whole):
    for length in range(len(whole)):
        assert "truncated" in frames_account_for(whole[:length]), length


def test_a_cut_file_gives_every_message_before_the_cut_and_the_last_number():
    written = chat(*(message(number) for number in range(1, 6)))
    reading = read(written[: written.index(b'"id": 4') + 50])
    assert [one.message_id for one in reading.messages] == ["1", "2", "3"]
    assert reading.done.facts["last_message"] == 3
    assert "truncated" in reading.codes


cuts = st.tuples(
    st.integers(0, 5000),
    st.integers(0, 80),
    st.one_of(st.binary(max_size=8), st.text('{}[],\n "\\', max_size=8).map(str.encode)),
)


@given(st.sampled_from([ONE, ACCOUNT, COMPACT]), st.lists(cuts, min_size=1, max_size=4))
@example(
    ACCOUNT, [(12, 14, b""), (3676, 18, b"\x80")]
)  # the name of the section is no UTF-8, and its room lost its beginning
def test_a_mangled_file_never_fails_and_always_adds_up(whole, damage):
    mangled = bytearray(whole)
    for position, length, inserted in damage:
        at = position % len(mangled)
        mangled[at : at + length] = inserted
    frames_account_for(bytes(mangled))


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_accounted_for(written):
    frames_account_for(written)


def read_in_blocks(written: bytes, size: int, monkeypatch) -> list:
    for module in (split_layout, split_tokens):
        monkeypatch.setattr(module, "BLOCK", size)
    monkeypatch.setattr(reader, "BLOCK", max(size, 110))
    return list(PartReader(io.BytesIO(written).read, skip=0).frames())


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64])
def test_where_a_block_ends_changes_nothing(size, monkeypatch):
    for written in (ONE, ACCOUNT, COMPACT, ACCOUNT.replace(b"\n ", b"\n\t")):
        assert read_in_blocks(written, size, monkeypatch) == read_in_blocks(written, 1 << 20, monkeypatch)


def test_one_broken_message_costs_no_other():
    written = chat(message(1), message(2), message(3)).replace(b'"id": 2,', b'"id": 2;,')
    reading = read(written)
    assert [one.message_id for one in reading.messages] == ["1", "3"]
    [lost] = reading.unparsed
    assert b'"id": 2;' in written[lost.start : lost.end]
    assert reading.codes == ["not-json"]


def test_a_message_without_its_end_costs_only_itself():
    whole = chat(message(1), message(2), message(3))
    at = whole.index(b"\n  },\n  {\n", whole.index(b'"id": 2'))
    reading = read(whole[: at - 20] + whole[at + 5 :])
    assert [one.message_id for one in reading.messages] == ["1", "3"]


def test_bytes_between_messages_are_listed():
    reading = read(chat(message(1), message(2)).replace(b"  },\n  {", b"  },garbage\n  {"))
    assert len(reading.messages) == 2
    assert "unexpected-bytes" in reading.codes


def test_messages_after_a_lost_chat_boundary_are_marked():
    start = ACCOUNT.index(b"\n    ]\n   },\n   {\n")
    reading = read(ACCOUNT[:start] + b"\nxx\n" + ACCOUNT[ACCOUNT.index(b"     {\n", start) :])
    assert ["room_uncertain" in one.flags for one in reading.messages] == [False, False, True, True, False]


def test_a_message_too_long_is_listed_and_the_next_one_read(monkeypatch):
    monkeypatch.setattr(split_layout, "LONGEST_SPAN", 2000)
    reading = read(chat(message(1), message(2, **text_fields("x" * 3000)), message(3)))
    assert [one.message_id for one in reading.messages] == ["1", "2", "3"]  # one block: the end was in sight
    monkeypatch.setattr(split_layout, "BLOCK", 500)
    monkeypatch.setattr(reader, "BLOCK", 500)
    cut = read(chat(message(1), message(2, **text_fields("x" * 3000)), message(3)))
    assert [one.message_id for one in cut.messages] == ["1", "3"]
    assert "message-too-long" in cut.codes


def test_nesting_without_end_is_listed():
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    reading = read(chat(message(1, what=deep), message(2)))
    assert [one.message_id for one in reading.messages] == ["2"]
    assert reading.codes == ["nested-too-deep"]


def test_messages_committed_before_are_counted_and_not_given_again():
    written = chat(*(message(number) for number in range(1, 2501)))
    whole, rest = read(written), read(written, skip=1200)
    assert rest.messages == whole.messages[1200:]
    assert rest.messages[0].ordinal == 1200
    assert rest.done == whole.done


@pytest.mark.parametrize("ending", [b"\r\n", b"\n\n"])
def test_other_line_ends_are_read_by_their_tokens(ending):
    reading = read(ONE.replace(b"\n", ending))
    assert [one.text for one in reading.messages] == [one.text for one in read(ONE).messages]
    assert "not_written_by_tdesktop" in reading.done.flags


def test_a_byte_order_mark_is_framing():
    reading = read(b"\xef\xbb\xbf" + ONE)
    assert len(reading.messages) == 4
    assert reading.unparsed == []
    assert {"byte_order_mark", "not_written_by_tdesktop"} <= set(reading.done.flags)


def test_an_empty_file_and_an_empty_chat_hold_nothing():
    assert read(b"").done.accounting.size == 0
    assert read(chat()).done.flags == ()


def test_a_megabyte_of_spaces_before_a_wrong_byte_is_looked_at_once():
    assert "truncated" in frames_account_for(b'{ "messages": [' + b" " * (1 << 20) + b"\x01{" + b" " * (1 << 20))


def test_an_account_export_of_another_layout_has_the_same_rooms_and_messages():
    plain, compact = read(ACCOUNT), read(ACCOUNT.replace(b"\n ", b"\n\t"))
    assert [found.room.key for found in compact.rooms] == [found.room.key for found in plain.rooms]
    assert [(one.room, one.message_id, one.meaning) for one in compact.messages] == [
        (one.room, one.message_id, one.meaning) for one in plain.messages
    ]
    assert compact.unparsed == []
