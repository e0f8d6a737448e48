"""Each oddity of Telegram Desktop's messages, as a file of one message."""

import base64
import hashlib
import unicodedata

import pytest

from drawn.telegram_writer import Raw, chat_header, text_fields
from haechi.domain.account import KeyStrength
from haechi.domain.canonical import canonical
from haechi.domain.message import MediaRole, MediaStatus, MessageKind, ZoneSource
from telegram_parts import GROUP, account, chat, message, read

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"


def one(header=GROUP, beside=(), **fields):
    return read(chat(message(**fields), header=header), beside=beside).only


def service(action, **fields):
    return one(**{"type": "service", "from": ..., "from_id": ..., "actor": "하나", "actor_id": "user1001", "action": action,
                  **text_fields(), **fields})  # fmt: skip


def named(found):
    return [(key.value, label) for key, label in found.named]


def test_a_plain_message_needs_no_facts():
    found = one()
    assert (found.message_id, found.kind, found.text, found.facts) == ("1", MessageKind.TEXT, "안녕", {})
    assert (found.sender.value, found.sender.strength, found.sender_label) == ("user1001", KeyStrength.ID, "하나")
    assert (found.sent_at, found.sent_until, found.zone_source) == (1709251200, 1709251201, ZoneSource.EPOCH)
    assert found.room.value == "channel1234"


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("personal_chat", "user7"), ("bot_chat", "user7"), ("saved_messages", "user7"), ("private_group", "chat7"),
        ("private_supergroup", "channel7"), ("public_channel", "channel7"), (None, "peer7"),
    ],
)  # fmt: skip
def test_a_room_is_keyed_by_its_peer(kind, key):
    [found] = read(chat(message(), header=chat_header(name="x", type=kind, id=7))).rooms
    assert found.room.key.value == key


def test_a_room_keeps_its_name_with_control_bytes_in_it():
    [found] = read(chat(message(), header=chat_header(name="a\x0bb\u2029", type="private_group", id=7))).rooms
    assert found.room.names[0].name == "a\x0bb\u2029"
    assert found.flags == ()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("user5", "user5"), ("channel5", "channel5"), (5, "user5"), ((1 << 32) + 5, "user5"),
        ((1 << 33) + 5, "chat-or-channel5"), ("somebody", "label:하나"), (None, "label:하나"), (True, "label:하나"),
    ],
)  # fmt: skip
def test_every_numbering_of_accounts_gives_a_key(written, key):
    assert one(from_id=written).sender.value == key


def test_a_room_numbered_before_2_7_2_gets_its_bare_number():
    old = chat_header(name="x", type="private_supergroup", id=(1 << 33) + 7)
    [found] = read(chat(message(from_id=5), header=old)).rooms
    assert found.room.key.value == "channel7"


def test_a_new_account_number_past_two_to_the_32_is_not_taken_for_an_old_one():
    [found] = read(chat(message(), header=chat_header(name="x", type="personal_chat", id=7_000_000_000))).rooms
    assert found.room.key.value == "user7000000000"


def test_a_deleted_account_keeps_its_key_and_has_no_label():
    found = one(**{"from": None})
    assert (found.sender.value, found.sender_label) == ("user1001", None)


def test_without_numbers_of_their_own_messages_count_from_zero():
    reading = read(chat(message(id=...), message(id=...)))
    assert [found.message_id for found in reading.messages] == ["ordinal-0", "ordinal-1"]
    assert all("no_native_ids" in found.flags for found in reading.messages)


def test_a_migrated_group_is_a_room_of_its_own_with_its_old_numbers():
    old = message(-999_999_995, reply_to_message_id=-999_999_997)
    reading = read(chat(old, message(3)))
    first, second = reading.messages
    assert (first.message_id, first.room.value, first.reply_to) == ("5", "migrated:channel1234", "3")
    assert "migrated" in first.flags
    assert first.facts["id"] == -999_999_995
    assert second.room.value == "channel1234"
    assert [found.room.key.value for found in reading.rooms] == ["channel1234", "migrated:channel1234"]


def test_numbers_that_do_not_rise_are_marked():
    reading = read(chat(message(5), message(4), message(5)))
    assert ["ids_out_of_order" in found.flags for found in reading.messages] == [False, True, False]
    assert "ids_out_of_order" in reading.done.flags


def test_members_of_a_service_message_are_names_and_bound_to_nobody():
    found = service("invite_members", members=["둘", None])
    assert found.kind is MessageKind.SERVICE
    assert named(found) == [("user1001", "하나")]
    assert found.facts == {"action": "invite_members", "members": ["둘", None]}


def test_an_unknown_action_passes_through_untouched():
    assert service("community_of_2031", what={"deep": [1, None, True]}).facts == {
        "action": "community_of_2031",
        "what": {"deep": [1, None, True]},
    }


def test_a_call_is_a_call():
    assert service("phone_call", duration_seconds=3, discard_reason="hangup").kind is MessageKind.CALL


def test_a_repeated_key_is_kept():
    pairs = (*message(type="service", text=..., text_entities=...).items(), ("text", "Button"), ("text", ""))
    found = read(chat(pairs)).only
    assert found.facts["duplicate_keys"] == {"text": ["Button"]}
    assert (found.text, "duplicate_keys" in found.flags) == ("", True)


def test_large_numbers_and_fractions_are_kept_as_text():
    found = one(gift_id=2**64 - 1, location_information={"latitude": Raw(b"37.123456789012345678"), "longitude": -1.5})
    assert found.facts["gift_id"] == str(2**64 - 1)
    assert found.facts["location_information"] == {"latitude": "37.123456789012345678", "longitude": "-1.5"}
    assert found.kind is MessageKind.MEDIA
    canonical(found.facts)


def test_a_forward_names_an_account_only_by_its_number():
    assert named(one(forwarded_from="셋")) == [("user1001", "하나")]
    assert named(one(forwarded_from="셋", forwarded_from_id="channel9")) == [("user1001", "하나"), ("channel9", "셋")]


def test_reactions_name_accounts():
    people = [{"from": "둘", "from_id": "user2", "date": "2024-03-01T10:00:00"}]
    found = one(reactions=[{"type": "emoji", "count": 4, "emoji": "👍", "recent": people}])
    assert named(found)[1:] == [("user2", "둘")]


def test_a_mention_by_number_names_the_account_without_the_writers_words():
    entity = {"type": "mention_name", "text": "the boss", "user_id": 42}
    assert named(one(**text_fields("hi ", entity)))[1:] == [("user42", None)]


def test_a_bot_is_named_by_its_handle():
    [_, (key, label)] = one(via_bot="@somebot").named
    assert (key.value, key.strength, label) == ("@somebot", KeyStrength.USERNAME, None)


def test_replies_here_and_in_another_chat():
    assert one(reply_to_message_id=7).reply_to == "7"
    elsewhere = one(reply_to_message_id=7, reply_to_peer_id="channel5")
    assert (elsewhere.reply_to, elsewhere.facts["reply_to_peer_id"]) == ("7", "channel5")
    assert "reply_in_another_chat" in elsewhere.flags


def test_an_edit_has_its_instant():
    found = one(edited="2024-03-01T09:00:05", edited_unixtime="1709251205")
    assert (found.edited_at, found.flags) == (1709251205, ("edited",))


def test_the_edit_of_1970_is_none_and_gives_the_exporters_zone_away():
    found = one(date_unixtime=..., edited="1970-01-01T09:00:00", text_entities=...)
    assert (found.edited_at, "edited" in found.flags) == (None, False)
    assert (found.sent_at, found.sent_until, found.zone_source) == (1709251200, 1709251201, ZoneSource.DERIVED)
    summer = one(date_unixtime=..., edited="1970-01-01T01:00:00", text_entities=...)
    assert summer.sent_until - summer.sent_at == 3601


def test_a_time_without_zone_is_no_instant():
    found = one(date_unixtime=...)
    assert (found.time_as_written, found.sent_at, found.zone_source) == ("2024-03-01T09:00:00", None, ZoneSource.NONE)


def test_a_local_time_that_no_zone_explains_is_marked():
    assert "clock_fields_disagree" in one(date="2024-03-01T09:01:00").flags
    assert "clock_fields_disagree" in one(date="2024-03-02T09:00:00").flags


@pytest.mark.parametrize("unix", ["later", "", -5, 10**12, True, "\uff11\uff12"])
def test_an_odd_time_is_kept_as_written(unix):
    found = one(date_unixtime=unix)
    assert (found.sent_at, found.facts["date_unixtime"], "odd_time" in found.flags) == (None, unix, True)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (NOT_INCLUDED, MediaStatus.SKIPPED_BY_SETTING),
        ("(Photo not included. Change data exporting settings to download.)", MediaStatus.SKIPPED_BY_SETTING),
        ("(File exceeds maximum size. Change data exporting settings to download.)", MediaStatus.TOO_BIG),
        ("(File unavailable, please try again later)", MediaStatus.UNAVAILABLE),
        ("(Something new in 2031)", MediaStatus.NOT_EXPORTED),
        ("https://example.com/a.jpg", MediaStatus.REMOTE_ONLY),
        ("photos/a.jpg", MediaStatus.MISSING_FROM_ARCHIVE),
        ("photos/here.jpg", MediaStatus.PRESENT),
        ("../photos/here.jpg", MediaStatus.MISSING_FROM_ARCHIVE),
        ("/photos/here.jpg", MediaStatus.MISSING_FROM_ARCHIVE),
        ("C:/photos/here.jpg", MediaStatus.MISSING_FROM_ARCHIVE),
    ],
)
def test_a_file_has_a_status(written, status):
    [media] = one(photo=written, beside=["photos/here.jpg"]).media
    assert (media.status, media.path) == (status, "photos/here.jpg" if status is MediaStatus.PRESENT else None)


def test_a_document_has_its_claims_and_its_thumbnail():
    found = one(
        file="files/a.pdf",
        file_name="계약.pdf",
        file_size=9,
        thumbnail="files/a.pdf_thumb.jpg",
        mime_type="application/pdf",
    )
    document, thumbnail = found.media
    assert (document.claimed_name, document.claimed_size, document.claimed_mime) == ("계약.pdf", 9, "application/pdf")
    assert (thumbnail.role, thumbnail.reference) == (MediaRole.THUMBNAIL, "files/a.pdf_thumb.jpg")


def test_what_destroyed_itself_leaves_its_mark():
    [media] = one(media_type="video_message", self_destruct_period_seconds=5).media
    assert media.status is MediaStatus.SELF_DESTRUCTED


def test_files_inside_rich_messages_are_found():
    rich = {"blocks": [{"type": "photo", "photo": "photos/x.jpg"}, {"inner": [{"file": NOT_INCLUDED}]}]}
    found = one(text=..., text_entities=..., rich_message=rich)
    assert [(media.reference, media.status) for media in found.media] == [
        ("photos/x.jpg", "missing_from_archive"), (NOT_INCLUDED, "skipped_by_setting"),
    ]  # fmt: skip


def test_a_name_is_found_by_its_normal_form_and_then_but_for_case():
    apple = unicodedata.normalize("NFD", "files/사진.jpg")
    by_form = one(file=apple, beside=["files/사진.jpg"])
    assert (by_form.media[0].path, by_form.flags) == ("files/사진.jpg", ("media_found_by_nfc",))
    by_case = one(file="files/A.JPG", beside=["files/a.jpg"])
    assert (by_case.media[0].path, by_case.flags) == ("files/a.jpg", ("media_found_by_case",))
    assert one(file="files/A.JPG", beside=["files/a.jpg", "files/a.JPG"]).media[0].path is None


def test_kinds_come_from_what_a_message_holds():
    assert one(poll={"question": "?", "answers": []}).kind is MessageKind.POLL
    assert one(contact_information={"first_name": "a", "phone_number": "1"}).kind is MessageKind.MEDIA
    assert read(chat({"id": 4, "type": "unsupported"})).only.kind is MessageKind.UNSUPPORTED
    assert one(type="hologram").facts["type"] == "hologram"


def test_one_message_in_two_exports_means_the_same():
    first = one(photo="photos/photo_1@01-03-2024_09-00-00.jpg", date="2024-03-01T09:00:00",
                reactions=[{"type": "emoji", "recent": [{"from_id": "user2", "date": "2024-03-01T10:00:00"}]}])  # fmt: skip
    second = one(photo="photos/photo_9@01-03-2024_01-00-00.jpg", date="2024-03-01T00:00:00",
                 reactions=[{"type": "emoji", "recent": [{"from_id": "user2", "date": "2024-03-01T01:00:00"}]}])  # fmt: skip
    assert first.meaning == second.meaning
    old = one(text=["a ", {"type": "bold", "text": "b"}], text_entities=...)
    assert old.meaning == one(**text_fields("a ", {"type": "bold", "text": "b"})).meaning


@pytest.mark.parametrize(
    "change",
    [
        {"text": "안녕!", "text_entities": [{"type": "plain", "text": "안녕!"}]}, {"from": "두나"}, {"photo": "photos/1.jpg"},
        {"from_id": "user5"}, {"date_unixtime": "1709251201"}, {"reply_to_message_id": 3}, {"edited_unixtime": "1709251209"},
        text_fields({"type": "bold", "text": "안녕"}), {"forwarded_from": "x"},
    ],
)  # fmt: skip
def test_a_changed_message_means_something_else(change):
    assert one(**change).meaning != one().meaning


def test_a_placeholder_and_the_file_are_two_versions():
    assert one(photo=NOT_INCLUDED).meaning != one(photo="photos/1.jpg").meaning


def test_only_my_messages_is_suspected_where_the_account_alone_wrote():
    mine = [message(1, from_id="user5"), message(2, from_id="user5")]
    theirs = [message(1, from_id="user5"), message(2, from_id="user6")]
    header = [chat_header(name=name, type="private_group", id=index) for index, name in enumerate("abc", 1)]
    me = {"personal_information": {"user_id": 5, "first_name": "나"}}
    reading = read(account([(header[0], mine), (header[1], theirs)], left=[(header[2], mine)], sections=me))
    assert [warning.facts["room"] for warning in reading.warnings] == ["chat1", "chat3"]
    assert [found.flags for found in reading.rooms] == [(), (), ("only_my_messages_suspected",)]
    assert reading.done.facts["only_my_messages"] == ["chat1", "chat3"]


def test_the_other_sections_of_an_account_are_kept_or_listed(monkeypatch):
    contacts = {"about": "a", "list": [{"first_name": "b\x0b", "rating": 0.5}]}
    written = account([], sections={"about": "x", "contacts": contacts})
    reading = read(written)
    assert reading.done.facts["sections"]["contacts"] == {
        "about": "a",
        "list": [{"first_name": "b\x0b", "rating": "0.5"}],
    }
    assert reading.unparsed == []
    monkeypatch.setattr("haechi.adapters.importers.telegram.reader.SECTIONS_KEPT", 40)
    reading = read(written)
    assert reading.codes == ["section-too-long"]
    assert b"first_name" in written[reading.unparsed[0].start : reading.unparsed[0].end]


PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 3


@pytest.mark.parametrize("form", ["data:image/jpeg;base64,{}", "see {} there", "{}"])
def test_a_picture_written_as_text_is_not_kept_anywhere(form):
    written = base64.b64encode(PICTURE).decode()
    reading = read(chat(message(**text_fields(form.format(written))), message(2)))
    found = reading.messages[0]
    assert "embedded_media_withheld" in found.flags
    kept = repr(found) + repr(reading.raw)
    assert all(written[at : at + 40] not in kept for at in range(0, len(written) - 40, 4))
    assert hashlib.sha256(PICTURE).hexdigest() in found.text
    assert found.facts["withheld"][0]["bytes"] == len(PICTURE)
    assert reading.messages[1].text == "안녕"
    assert reading.done.accounting.is_complete


def test_a_long_text_that_is_no_picture_is_kept():
    text = base64.b64encode(b"not a picture " * 40).decode()
    assert one(**text_fields(text)).text == text
