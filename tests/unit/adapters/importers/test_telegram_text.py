"""What was typed comes out as it was typed, through Telegram Desktop's own mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn.telegram_writer import Raw, text_fields
from telegram_parts import chat, message, read

typed = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from([*'\x00\x01\x0b\x1f\x7f\u2028\u2029\\x0Bu28{}[]",\n\r\t ', "👩", "\u200d", "가", "\u200f"]),
    )
)


@given(st.lists(typed, min_size=1, max_size=5))
def test_any_text_comes_back_from_the_file_as_it_was_typed(texts):
    reading = read(chat(*(message(number, **text_fields(text)) for number, text in enumerate(texts, 1))))
    assert [one.text for one in reading.messages] == texts
    assert reading.unparsed == []


@given(st.lists(typed, min_size=2, max_size=4))
def test_runs_of_formatted_text_are_joined_and_kept(texts):
    runs = [{"type": "bold", "text": text} for text in texts]
    found = read(chat(message(**text_fields(*runs)))).only
    assert found.text == "".join(texts)
    assert found.facts["text_entities"] == runs
    assert "text_entities_differ" not in found.flags


def test_a_literal_escape_that_somebody_typed_is_left_alone():
    found = read(chat(message(**text_fields(r"\x0B \\x0B \u2028")))).only
    assert found.text == r"\x0B \\x0B \u2028"
    assert found.flags == ()


@pytest.mark.parametrize(
    ("text", "flag"), [("a\x0bb", "repaired_control_bytes"), ("a\u2028b", "repaired_line_separators")]
)
def test_a_repair_is_named(text, flag):
    found = read(chat(message(**text_fields(text)))).only
    assert (found.text, found.flags) == (text, (flag,))


def test_an_unquoted_path_is_read_and_refers_to_a_file():
    emoji = {"type": "custom_emoji", "text": "x", "document_id": "stickers/a (1).webp"}
    written = chat(message(**text_fields("a", emoji)), quotes_document_id=False)
    found = read(written, beside=["stickers/a (1).webp"]).only
    assert found.flags == ("repaired_document_id",)
    assert [(one.path, one.status, one.role) for one in found.media] == [("stickers/a (1).webp", "present", "preview")]


def test_bytes_that_are_no_text_are_marked_and_kept_in_the_raw_bytes():
    reading = read(chat(message(**text_fields("x"), title=b"\xff\xfe")))
    assert "invalid_utf8" in reading.only.flags
    assert reading.only.facts["title"] == "\ufffd\ufffd"
    assert b"\xff\xfe" in reading.raw[0]


def test_a_lone_surrogate_is_marked():
    found = read(chat(message(text=Raw(rb'"a\ud83d"'), text_entities=...))).only
    assert (found.text, found.flags) == ("a\ufffd", ("lone_surrogates",))


def test_texts_that_disagree_are_both_kept():
    found = read(chat(message(text="one", text_entities=[{"type": "plain", "text": "two"}]))).only
    assert found.flags == ("text_entities_differ",)
    assert found.text == "one"
    assert (found.facts["text"], found.facts["text_entities"]) == ("one", [{"type": "plain", "text": "two"}])


def test_links_come_from_entities_and_invitations_from_the_text():
    runs = [{"type": "text_link", "text": "here", "href": "https://a.example"}, "and t.me/+AbC_1."]
    assert read(chat(message(**text_fields(*runs)))).only.links == ("https://a.example", "t.me/+AbC_1")
