"""Markup and heads made to cost time: what is read stays in step with its length, and what is kept is the same."""

import pytest

from haechi.adapters.importers.telegram.html_reader import MOST_UNCLOSED, page_frames
from haechi.adapters.importers.telegram.importer import TelegramImporter
from telegram_parts import MemoryContainer

GOOD = (
    b'<div class="message default clearfix" id="message1"><div class="body"><div class="from_name">\xea\xb0\x80</div>'
    b'<div class="text">first</div></div></div>'
)


def frames(page: bytes):
    found = list(page_frames(page, rest=0, skip=0))
    done = found[-1][0]
    unparsed = sum(header["end"] - header["start"] for header, _ in found if header["kind"] == "unparsed")
    assert done["messages"] + done["framing"] + unparsed == len(page)
    return found, done


# Each of these kept the parser for minutes: its work grew with the square of the page.
@pytest.mark.parametrize("part", [b'<a x="', b"<!--", b"<a ", b"<?", b"</a ", b"<![CDATA["])
def test_markup_that_never_ends_is_text_after_a_few_tries_and_the_page_is_said_to_be_cut(part):
    _found, done = frames(GOOD + part * (2_000_000 // len(part)) + b"</html>")
    assert done["facts"]["messages"] == 1
    assert "truncated" in done["flags"]


def test_messages_behind_a_few_unclosed_tags_are_read():
    _found, done = frames(GOOD + b"<a x=' >" * (MOST_UNCLOSED // 4) + b"'>" + GOOD.replace(b"message1", b"message2"))
    assert done["facts"]["messages"] >= 1


@pytest.mark.parametrize("inner", [b"<b>x" * 200_000, b"<b>x</i>" * 100_000, b"<b>x</b>" * 100_000])
def test_elements_inside_each_other_cost_no_more_than_beside_each_other(inner):
    _found, done = frames(GOOD.replace(b"first", inner))
    assert done["facts"]["messages"] == 1


def test_text_counts_for_the_innermost_class_that_means_something():
    page = GOOD.replace(b"first", b'<b><i>a</i></b><span class="signature">b</span>c')
    found, _done = frames(page)
    (window,) = [blob for header, blob in found if header["kind"] == "window"]
    assert b'"ac"' in window
    assert b'"signature":"b"' in window


@pytest.mark.parametrize("head", [b'{"name":', b'{"type":1,', b'{"name":"x",\n"type":', b"{"])
def test_a_json_file_of_spaces_is_no_export(head):
    assert TelegramImporter().parts(MemoryContainer({"chat.json": head + b" " * 60_000})) == ()


@pytest.mark.parametrize("name", [b'"\\"a\\\\"', b"null", '"방, \\"type\\":"'.encode()])
@pytest.mark.parametrize("space", [b"", b" ", b"\n "])
def test_an_empty_chat_is_known_by_its_header_whatever_the_rooms_name(name, space):
    fields = b",".join(
        space + one for one in (b'"name":' + name, b'"type":"private_group"', b'"id":-5', b'"messages":[]')
    )
    (part,) = TelegramImporter().parts(MemoryContainer({"chat.json": b"{" + fields + b"}"}))
    assert part.member.path == "chat.json"
