"""Chat exports that break or lie, as the bytes of one `result.json` or `messages.html` each, with what an import says of them."""

import json
from collections.abc import Iterator

from .hostile_media import Bad, Make

Row = tuple[str, Make, str]
_MESSAGE = {
    "id": 1, "type": "message", "date": "2026-10-01T12:00:00", "date_unixtime": "1790823600", "from": "하나",
    "from_id": "user1001", "text": "글", "text_entities": [{"type": "plain", "text": "글"}],
}  # fmt: skip
_GOOD = json.dumps(_MESSAGE, ensure_ascii=False, indent=1)


def bad_chats() -> Iterator[Bad]:
    """Yield the exports, named `CASE/result.json` or `CASE/messages.html`; their rooms are different."""
    for number, (name, text, codes) in enumerate(_messages()):
        yield Bad(
            f"{name}/result.json",
            (lambda text=text, number=number: chat(number, _GOOD, text)),
            frozenset(codes.split()),
        )
    for name, make, codes in _whole():
        yield Bad(f"{name}/result.json", make, frozenset(codes.split()))
    for name, make, codes in _pages():
        yield Bad(f"{name}/messages.html", make, frozenset(codes.split()))


def chat(number: int, *messages: str | bytes) -> bytes:
    """Return a chat of these messages, each as it is to stand there."""
    head = f'{{\n "name": "방 {number}",\n "type": "private_group",\n "id": {5000000000 + number},\n "messages": [\n  '
    parts = [one if isinstance(one, bytes) else one.encode() for one in messages]
    return head.encode() + b",\n  ".join(part.replace(b"\n", b"\n  ") for part in parts) + b"\n ]\n}"


def _but(**changes: object) -> str:
    return json.dumps({**_MESSAGE, "id": 2, **changes}, ensure_ascii=False, indent=1)


def _raw(key: str, value: str) -> str:
    """Return a message with a value that JSON's writer would not write."""
    return _but(**{key: "@@"}).replace('"@@"', value, 1)


def _messages() -> Iterator[tuple[str, str | bytes, str]]:
    """Yield a second message, behind a good one."""
    yield "number-of-a-million-digits", _raw("id", "9" * 1_000_000), "not-json"
    yield "number-beyond", _raw("id", "1e999"), ""
    yield "number-of-fraction", _raw("id", "1.5"), ""
    yield "not-a-number", _raw("id", "NaN"), ""
    yield "infinite-time", _raw("date_unixtime", "-Infinity"), "odd_time"
    yield "time-of-ages", _but(date_unixtime="9" * 30), "odd_time"
    yield "time-that-is-none", _but(date="2026-99-99T99:99:99", date_unixtime="x"), "odd_time"
    yield "times-that-disagree", _but(date="2001-01-01T00:00:00"), "clock_fields_disagree"
    yield "half-a-character", _raw("text", '"\\ud800"'), "lone_surrogates"
    yield "bytes-that-are-no-text", _but(text="@@").encode().replace(b"@@", b"\xff\xfe\x80"), "invalid_utf8"
    yield "nul", _raw("text", '"a\\u0000b"'), "text_entities_differ"
    yield "control-characters", _but(text="@@").encode().replace(b"@@", b"\x00\x01\x1b"), "raw_control_characters"
    yield "keys-twice", _GOOD.replace('"id": 1,', '"id": 2,\n "id": 3,'), "duplicate_keys"
    yield "nested", _raw("text", "[" * 100_000 + "]" * 100_000), "nested-too-deep"
    yield "nested-objects", _raw("text", '{"a":' * 50_000 + "1" + "}" * 50_000), "nested-too-deep"
    yield "an-array", "[1, 2, 3]", "unexpected-bytes"
    yield "a-text", '"message"', "unexpected-bytes"
    yield "nothing", "null", "unexpected-bytes"
    yield "no-id", '{\n "type": "message"\n}', "no_native_ids"
    yield "an-object-of-nothing", "{}", "unexpected-bytes"
    yield "unknown-type", _but(type="telepathy"), "unknown_message_type"
    yield (
        "types-of-everything-wrong",
        _but(date=1, text=5, text_entities="x", photo=[], reply_to_message_id={}),
        "text_entities_differ",
    )
    yield "sender-of-nonsense", _but(from_id="../../x"), "odd_account_id"
    yield "file-outside", _but(photo="../../../etc/passwd", width=1, height=1), "reference_escapes"
    yield "file-absolute", _but(photo="/etc/passwd", width=1, height=1), "reference_escapes"
    yield "file-of-another-machine", _but(photo="\\\\server\\share\\a.jpg", width=1, height=1), "reference_escapes"
    yield "file-by-address", _but(photo="file:///etc/passwd", width=1, height=1), "reference_escapes"
    yield "picture-in-text", _but(text="data:image/png;base64," + "iVBORw0KGgo" + "A" * 4000), "embedded_media_withheld"
    yield "text-that-differs", _but(text="다른 글"), "text_entities_differ"
    yield "right-to-left", _but(**{"from": "\u202e나하", "text": "\u202e\u2066글\u200b"}), "text_entities_differ"
    yield "page-in-text", _but(text="<script>alert(1)</script>", **{"from": "<b>x</b>"}), "text_entities_differ"
    yield "id-that-goes-back", _but(id=-5), "migrated"
    yield "id-again", _but(id=1, text="다른 글"), "ids_out_of_order"
    yield "formula-name", _but(**{"from": "=cmd|' /C calc'!A1"}), ""
    yield "text-of-megabytes", _but(text="글" * 700_000), "text_entities_differ"
    yield "a-thousand-entities", _but(text=[{"type": "link", "text": "t.me/x"}] * 1000), "text_entities_differ"
    yield "comment-between", "/* hidden */ " + _but(), "unexpected-bytes not-json"
    yield "comma-too-many", "," + _but(), "unexpected-bytes not-json"
    yield "quotes-of-another-kind", _but().replace('"', "'"), "unexpected-bytes not-json"
    yield "line-separators", _raw("text", '"\\u2028\\u2029"'), "text_entities_differ"


def _whole() -> Iterator[Row]:
    good = chat(900, _GOOD, _but())
    yield "cut-in-a-key", (lambda: chat(901, _GOOD, _but())[: -len('"글"}]}  \n ]\n}') - 30]), "truncated"
    yield "cut-after-a-message", (lambda: chat(902, _GOOD, _but())[: -len("\n ]\n}")]), "truncated"
    yield "cut-before-the-end", (lambda: chat(903, _GOOD, _but())[:-1]), "truncated"
    yield "cut-in-its-header", (lambda: chat(904, _GOOD)[:60]), "truncated"
    yield (
        "cut-in-a-character",
        (lambda: (whole := chat(905, _GOOD, _but()))[: whole.rindex("글".encode()) + 1]),
        "truncated",
    )
    yield (
        "cut-in-an-escape",
        (lambda: chat(906, _GOOD, _raw("text", '"\\u20')).split(b"\\u20")[0] + b"\\u2"),
        "truncated",
    )
    yield "byte-order-mark", (lambda: b"\xef\xbb\xbf" + chat(907, _GOOD)), "byte_order_mark"
    yield "line-ends-of-windows", (lambda: chat(908, _GOOD).replace(b"\n", b"\r\n")), "crlf"
    yield (
        "zeros-behind",
        (lambda: chat(909, _GOOD) + bytes(4096)),
        "unparsed-bytes unexpected-bytes not_written_by_tdesktop",
    )
    yield "another-chat-behind", (lambda: chat(910, _GOOD) + chat(911, _GOOD)), "unparsed-bytes unexpected-bytes"
    yield "no-name", (lambda: chat(912, _GOOD).replace(' "name": "방 912",\n'.encode(), b"")), ""
    yield "no-room-id", (lambda: chat(913, _GOOD).replace(b' "id": 5000000913,\n', b"")), "no_room_id"
    yield "unknown-room", (lambda: chat(914, _GOOD).replace(b"private_group", b"hive_mind")), "room_type_unknown"
    yield (
        "header-like-body",
        (lambda: chat(915, _GOOD, _but(text='{\n "name": "x",\n "messages": [\n'))),
        "text_entities_differ",
    )
    yield (
        "one-line",
        (lambda: json.dumps(json.loads(good)).replace("5000000900", "5000000916").encode()),
        "not_written_by_tdesktop",
    )


def page(*messages: str) -> bytes:
    """Return an HTML page of these messages."""
    return (
        '<!DOCTYPE html><html><body><div class="page_wrap"><div class="page_header"><div class="text bold">방</div></div>'
        f'<div class="history">{"".join(messages)}</div></div></body></html>'
    ).encode()


def _pages() -> Iterator[Row]:
    good = (
        '<div class="message default clearfix" id="message1"><div class="body"><div class="pull_right date details" '
        'title="01.10.2026 12:00:00 UTC+09:00">12:00</div><div class="from_name">가</div><div class="text">글</div></div></div>'
    )
    yield "page-that-never-closes", (lambda: page(good).split(b"</div></div></body>")[0] + b"<div>" * 5000), "truncated"
    yield "page-of-open-comments", (lambda: page(good) + b"<!--" * 50_000), "truncated"
    yield "page-of-open-tags", (lambda: page(good).replace(b"</body></html>", b'<a x="' * 30_000)), "truncated"
    yield "page-of-deep-elements", (lambda: page(good, good.replace("글", "<b>x" * 30_000))), "ids_missing"
    yield (
        "page-cut-in-a-message",
        (lambda: page(good, good)[: -len("글</div></div></div></div></div></body></html>") - 20]),
        "truncated",
    )
    yield "page-of-odd-ids", (lambda: page(good, good.replace("message1", "message" + "9" * 99))), "message-without-id"
    yield (
        "page-of-wrong-times",
        (lambda: page(good, good.replace("01.10.2026", "99.99.0000").replace("message1", "message2"))),
        "odd_time",
    )
    yield (
        "page-with-a-picture",
        (
            lambda: page(
                good,
                good.replace("글", '<img src="data:image/png;base64,' + "A" * 4000 + '">').replace(
                    "message1", "message2"
                ),
            )
        ),
        "embedded_media_withheld",
    )
    yield "page-of-bytes", (lambda: page(good).replace("글".encode(), b"\xff\xfe\x00\x1b")), "ids_missing"
    yield "page-of-marked-sections", (lambda: page(good, "<![if x]><![CDATA[a]]><![endif]>")), "ids_missing"
    yield "page-with-a-script", (lambda: page(good, "<script>document.write('</div>')</script>")), "ids_missing"
    yield (
        "page-outside",
        (lambda: page(good.replace("글", '<a class="photo_wrap" href="../../etc/passwd">x</a>'))),
        "reference_escapes",
    )
