"""Which members of a container are Telegram's, and what is said of the ones that are not read."""

import pytest

from drawn.telegram_writer import chat_header
from haechi.adapters.importers import importers
from telegram_parts import MemoryContainer, account, chat, gathered, importer, message

HTML = (
    b'<html><body><div class="history"><div class="message default clearfix" id="message1"></div></div></body></html>'
)
DISCORD = b'{"guild": {"id": "1"}, "channel": {"type": "x"}, "messages": [{"id": "1", "type": "Default"}]}'
INSTAGRAM = b'{"participants": [], "messages": [{"sender_name": "a", "timestamp_ms": 1, "content": "x"}]}'


def parts(files, name="somewhere"):
    return [(part.member.path, part.exported_at) for part in importer().parts(MemoryContainer(files, name))]


def test_every_result_json_is_a_part_with_the_date_of_its_folder():
    files = {"ChatExport_2024-01-02 (1)/result.json": chat(message()), "b/result.json": account([])}
    assert parts(files) == [
        ("ChatExport_2024-01-02 (1)/result.json", "2024-01-02"), ("b/result.json", "2024-03-09T00:00:00Z"),
    ]  # fmt: skip


def test_an_archives_own_name_gives_the_date():
    assert parts({"result.json": chat(message())}, "DataExport_2023-12-31.zip") == [("result.json", "2023-12-31")]


@pytest.mark.parametrize(
    "written",
    [chat(message()), chat(), account([]), chat(message()).replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + chat(message())],
)
def test_a_renamed_export_is_recognised_by_what_it_holds(written):
    assert [path for path, _ in parts({"내 대화.json": written})] == ["내 대화.json"]


@pytest.mark.parametrize("written", [DISCORD, INSTAGRAM, b"", b"{}", b"[1, 2]", b"\x00\x01", b"not json at all"])
def test_what_other_programs_write_is_not_telegrams(written):
    assert parts({"messages.json": written}) == []


@pytest.mark.parametrize("written", [b"", b'{\n "name": "A",\n "ty'])
def test_a_result_json_that_was_cut_early_is_still_read(written):
    assert [path for path, _ in parts({"result.json": written})] == ["result.json"]


def test_pages_are_read_in_page_order_where_there_is_no_json():
    files = {"messages10.html": HTML, "messages.html": HTML, "messages2.html": HTML, "other.html": HTML}
    assert [path for path, _ in parts(files)] == ["messages.html", "messages2.html", "messages10.html"]


def test_pages_beside_json_are_no_second_room_but_are_noted():
    files = {"result.json": chat(message()), "messages.html": HTML, "messages2.html": HTML}
    assert [path for path, _ in parts(files)] == ["result.json"]
    container, reader = MemoryContainer(files), importer()
    [part] = reader.parts(container)
    reading = gathered(reader.read(container, part, paths=frozenset(files), skip=0))
    assert [(warning.code, warning.facts["pages"]) for warning in reading.warnings] == [("html-beside-json", 2)]


def test_the_exporters_own_pages_and_icons_are_no_evidence_but_what_was_sent_is():
    reader = importer()
    reader.parts(MemoryContainer({"a/messages.html": HTML, "a/css/style.css": b"", "a/photos/x.jpg": b""}))
    assert reader.is_resource("a/css/style.css")
    assert reader.is_resource("a/images/media_photo@2x.png")
    assert reader.is_resource("a/messages.html")
    assert not reader.is_resource("a/photos/x.jpg")
    assert not reader.is_resource("a/images/face.png")
    assert not reader.is_resource("css/style.css")


def test_loose_pictures_have_no_parts_and_are_taken_last():
    container = MemoryContainer({"a.jpg": b"x", "b.txt": b"y"})
    telegram, media = importers()
    assert (telegram.parts(container), telegram.takes_everything) == ((), False)
    assert (media.parts(container), media.takes_everything, media.name) == ((), True, "media")


def test_her_own_photos_are_never_read_as_somebodys_export():
    assert [one.name for one in importers(own_photos=True)] == ["media"]


def test_a_bare_header_of_a_chat_is_telegrams():
    assert chat(header=chat_header(name=None, type="saved_messages", id=1)).startswith(b'{\n "type"')
    assert parts({"x.json": chat(header=chat_header(name=None, type="saved_messages", id=1))})
