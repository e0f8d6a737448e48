"""HTML pages: what they say, what they cannot say, and every byte accounted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.importers.telegram.html_reader import page_frames
from haechi.domain.message import MediaRole, MediaStatus, MessageKind
from telegram_parts import read

START = (
    '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8"/>\n<title>Exported Data</title>\n</head>\n<body>\n'
    '<div class="page_wrap">\n<div class="page_header">\n<div class="content">\n<div class="text bold">\n방 &amp; 이름 \n</div>\n</div>\n</div>\n'
    '<div class="page_body chat_page">\n<div class="history">\n'
)
END = "</div>\n</div>\n</div>\n</body>\n</html>\n"


def message(number, body, *, joined=False, time="01.07.2024 09:00:00 UTC+09:00", name="하나"):
    said = "" if joined else f'<div class="from_name">\n{name} \n</div>\n'
    return (
        f'<div class="message default clearfix{" joined" if joined else ""}" id="message{number}">\n<div class="body">\n'
        f'<div class="pull_right date details" title="{time}">\n09:00\n</div>\n{said}{body}\n</div>\n</div>\n'
    )


def service(number, sentence):
    return (
        f'<div class="message service" id="message{number}">\n<div class="body details">\n{sentence}\n</div>\n</div>\n'
    )


def text(written):
    return f'<div class="text">\n{written}\n</div>'


def page(*messages):
    return (START + "".join(messages) + END).encode()


def one(body, **options):
    return read(page(message(2, body, **options)), name="messages.html").only


@pytest.mark.parametrize("marked", ["<![C", "<![CDATA[x]]>", "<![x[>", "<![>", "<!x", "<!-", "<?php"])
def test_a_marked_section_or_half_a_comment_does_not_end_the_reading(marked):
    whole = page(marked, message(1, text("a")))
    frames = [header for header, _ in page_frames(whole, rest=0, skip=0)]
    assert frames[-1]["kind"] == "done"
    assert frames[-1]["size"] == len(whole)


def test_a_page_gives_room_senders_and_texts():
    reading = read(
        page(service(-1, "1 July 2024"), message(2, text("안녕 <b>a</b><br>b &lt;c&gt; &#128077;"))),
        name="messages.html",
    )
    [found] = reading.rooms
    assert (found.room.key.value, found.room.names[0].name) == ("label:방 & 이름", "방 & 이름")
    day, first = reading.messages
    assert (day.kind, day.text, day.message_id) == (MessageKind.SERVICE, "1 July 2024", "day-1")
    assert (first.text, first.sender.value, first.message_id) == ("안녕 a\nb <c> 👍", "label:하나", "2")
    assert reading.raw[1].startswith(b'<div class="message default')
    assert reading.raw[1].endswith(b"</div>")


def test_a_joined_message_has_the_sender_before_it_and_service_lines_do_not_count():
    pages = page(message(2, text("a"), name="하나"), service(3, "하나 joined"), message(4, text("b"), joined=True))
    last = read(pages, name="messages2.html").messages[-1]
    assert (last.sender_label, "sender_from_message_before" in last.flags) == ("하나", True)


def test_the_printed_offset_is_the_standard_one_also_in_summer():
    seoul, berlin = one(text("a")), one(text("a"), time="01.07.2024 09:00:00 UTC+01:00")
    assert (seoul.sent_at, seoul.sent_until) == (1719792000, 1719792001)
    assert "html_offset_is_standard_time" in berlin.flags
    midnight = 1719792000
    assert berlin.sent_at == midnight + 7 * 3600  # what the clock meant: summer time, UTC+2
    assert berlin.sent_until == midnight + 8 * 3600 + 1  # what the offset says


def test_an_old_page_without_offset_has_no_instant():
    found = one(text("a"), time="01.07.2018 09:00:00")
    assert (found.time_as_written, found.sent_at) == ("01.07.2018 09:00:00", None)


def test_replies_forwards_links_and_reactions():
    found = one(
        '<div class="reply_to details">\nIn reply to <a href="messages2.html#go_to_message7" onclick="x">this message</a></div>'
        '<div class="forwarded body"><div class="from_name">\n둘 <span class="date details" title="30.06.2024 09:00:00">30.06</span>'
        '</div><div class="text">a <a href="https://t.me/x">b</a></div></div>'
        '<span class="reactions"><span class="reaction active"><span class="emoji">\n👍\n</span><span class="userpics">'
        '<div class="userpic"><div class="initials" title="셋">셋</div></div></span></span></span>'
    )
    assert (found.reply_to, found.links, found.text) == ("7", ("https://t.me/x",), "a b")
    assert (found.facts["forwarded_from"], found.facts["forwarded_at"]) == ("둘", "30.06.2024 09:00:00")
    assert found.facts["reactions"] == [{"active": True, "paid": False, "emoji": "👍", "count": "", "people": ["셋"]}]
    assert found.sender_label == "하나"


def test_a_reply_into_another_chat_loses_its_number():
    assert (
        "reply_in_another_chat"
        in one('<div class="reply_to details">In reply to a message in another chat</div>').flags
    )


def test_linked_files_are_found_and_left_out_files_have_their_reason():
    photo = (
        '<a class="photo_wrap clearfix pull_left" href="photos/a.jpg"><img class="photo" src="photos/a_thumb.jpg"></a>'
    )
    left_out = (
        '<div class="media clearfix media_video"><div class="body"><div class="title bold">Video file</div>'
        '<div class="description">Not included, change data exporting settings to download.</div></div></div>'
    )
    reading = read(page(message(1, photo), message(2, left_out)), name="messages.html", beside=["photos/a.jpg"])
    shown, missing = reading.messages
    assert [(media.status, media.role) for media in shown.media] == [
        (MediaStatus.PRESENT, MediaRole.ORIGINAL), (MediaStatus.MISSING_FROM_ARCHIVE, MediaRole.THUMBNAIL),
    ]  # fmt: skip
    assert [media.status for media in missing.media] == [MediaStatus.SKIPPED_BY_SETTING]


def test_a_migrated_message_keeps_its_old_number_in_a_room_of_its_own():
    reading = read(page(message(-999_999_990, text("a")), message(3, text("b"))), name="messages.html")
    assert [(found.message_id, found.room.value[:9]) for found in reading.messages] == [
        ("10", "migrated:"),
        ("3", "label:방 &"),
    ]


def test_scripts_and_styles_are_data_and_never_text():
    found = one(text("a<script>alert('x')</script><style>b{}</style>c"))
    assert found.links == ()
    assert found.kind is MessageKind.TEXT


def test_a_picture_in_an_attribute_is_withheld_from_the_raw_bytes():
    picture = "/9j/4AAQSkZJRgABAQAAAQABAAD" + "A" * 200
    reading = read(page(message(2, f'<img src="data:image/jpeg;base64,{picture}">')), name="messages.html")
    assert "embedded_media_withheld" in reading.only.flags
    assert picture[:40] not in repr(reading.only) + repr(reading.raw)


def test_a_cut_page_gives_what_is_whole_and_lists_the_rest():
    whole = page(message(1, text("a")), message(2, text("b")))
    reading = read(whole[: whole.index(b'id="message2"') + 60], name="messages.html")
    assert [found.message_id for found in reading.messages] == ["1"]
    assert len(reading.unparsed) == 1
    assert "truncated" in reading.done.flags


WHOLE = page(service(-1, "x"), message(1, text("a &amp; <b>b</b>")), message(2, text("c"), joined=True))
pieces = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"</div>", b"<div>", b"<!--", b'<div class="message" id="message9">', b"&#1;"]),
)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 60), pieces), max_size=4))
def test_a_mangled_page_never_fails_and_always_adds_up(damage):
    mangled = bytearray(WHOLE)
    for position, length, inserted in damage:
        at = position % len(mangled)
        mangled[at : at + length] = inserted
    frames = [header for header, _ in page_frames(bytes(mangled), rest=0, skip=0)]
    done = frames[-1]
    lost = sum(header["end"] - header["start"] for header in frames if header["kind"] == "unparsed")
    assert done["messages"] + done["framing"] + lost == len(mangled)
    assert done["framing"] >= 0


@pytest.mark.parametrize("skip", [0, 1, 3])
def test_messages_committed_before_are_not_given_again(skip):
    whole, rest = read(WHOLE, name="messages.html"), read(WHOLE, name="messages.html", skip=skip)
    assert rest.messages == whole.messages[skip:]
