"""The port of tdesktop's writer, byte for byte, mistakes included."""

import io

from drawn.telegram_writer import (
    AccountExport,
    Raw,
    chat_header,
    serialised,
    serialised_string,
    text_fields,
    write_chat,
)


def written(*messages, **options):
    out = io.BytesIO()
    write_chat(out, chat_header(name="A", type="personal_chat", id=7), messages, **options)
    return out.getvalue()


def test_one_chat_has_the_layout_of_telegram_desktop():
    assert written({"id": 1, **text_fields("hi")}) == (
        b'{\n "name": "A",\n "type": "personal_chat",\n "id": 7,\n "messages": [\n  {\n   "id": 1,\n   "text": "hi",\n'
        b'   "text_entities": [\n    {\n     "type": "plain",\n     "text": "hi"\n    }\n   ]\n  }\n ]\n}'
    )


def test_an_empty_chat_and_an_empty_text_have_their_own_forms():
    assert written().endswith(b'"messages": [\n ]\n}')
    assert serialised(text_fields(), 0) == b'{\n "text": "",\n "text_entities": []\n}'


def test_account_messages_stand_at_level_five():
    out = io.BytesIO()
    with AccountExport(out, {"about": "x"}) as export:
        export.chats([(chat_header(name=None, type=None, id=1), [{"id": 1}, {"id": 2}])])
    assert (
        b'\n    "messages": [\n     {\n      "id": 1\n     },\n     {\n      "id": 2\n     }\n    ]\n   }\n  ]\n }\n}'
        in out.getvalue()
    )


def test_control_bytes_become_an_escape_that_is_not_json():
    assert serialised_string("a\x0b\x00\x1f") == rb'"a\x0B\x00\x1F"'


def test_line_separators_leave_their_last_two_bytes_behind():
    assert serialised_string("\u2028\u2029") == b'"\\u2028\x80\xa8\\u2029\x80\xa9"'


def test_what_somebody_typed_is_escaped_once():
    assert serialised_string('\\x0B "\n/') == rb'"\\x0B \"\n/"'


def test_the_path_of_an_emoji_can_stand_without_quotes():
    entity = {"type": "custom_emoji", "text": "x", "document_id": "stickers/a.webp"}
    assert b'"document_id": stickers/a.webp\n' in serialised(entity, 0, quotes_document_id=False)


def test_a_file_can_be_cut_and_raw_bytes_put_in():
    whole = written({"id": Raw(b"0x1")})
    assert b'"id": 0x1\n' in whole
    assert written({"id": Raw(b"0x1")}, truncate_after=20) == whole[:20]
