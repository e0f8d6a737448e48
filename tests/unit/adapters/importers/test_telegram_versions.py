"""Each row of the table of versions, and fields that contradict each other."""

import pytest

from drawn.telegram_writer import chat_header
from telegram_parts import chat, message, read

OLD = {"text_entities": ..., "date_unixtime": ...}


@pytest.mark.parametrize(
    ("fields", "at_least", "before"),
    [
        ({**OLD, "id": ..., "from_id": ...}, None, "1.4.8"),
        ({**OLD, "from_id": 5}, "1.4.8", "2.4.0"),
        ({**OLD, "from_id": 5, "edited": "1970-01-01T09:00:00"}, "1.4.8", "2.1.9"),
        ({**OLD, "from_id": (1 << 32) + 5}, "2.4.0", "2.7.2"),
        (OLD, "2.7.2", "3.7.6"),
        ({"text_entities": ...}, "3.7.6", "4.1.2"),
        ({}, "4.1.2", None),
        ({"inline_bot_buttons": []}, "4.13.0", None),
        ({"reactions": []}, "5.5.7", None),
        ({"photo": "photos/a.jpg", "photo_file_size": 4}, "5.11.0", None),
        ({"file": "files/a.bin"}, "4.1.2", "4.16.9"),
        ({"forwarded_from_id": "user1"}, "7.0.0", None),
    ],
)
def test_a_part_tells_which_versions_can_have_written_it(fields, at_least, before):
    done = read(chat(message(**fields))).done
    assert done.facts["versions"] == {"at_least": at_least, "before": before}
    assert "mixed_or_edited" not in done.flags


@pytest.mark.parametrize(
    "messages",
    [
        [message(1), message(2, date_unixtime=...)],
        [message(1), message(2, from_id=5)],
        [message(1, text_entities=..., reactions=[])],
        [message(1, id=..., reactions=[])],
    ],
)
def test_fields_too_new_for_the_others_mean_mixed_or_edited(messages):
    assert "mixed_or_edited" in read(chat(*messages)).done.flags


def test_a_message_the_exporter_did_not_know_says_nothing_of_its_version():
    assert "mixed_or_edited" not in read(chat(message(1), {"id": 2, "type": "unsupported"})).done.flags


def test_an_invented_chat_type_is_not_telegrams():
    header = chat_header(name="x", type="supergroup", id=5)
    assert "not_written_by_tdesktop" in read(chat(message(), header=header)).done.flags
