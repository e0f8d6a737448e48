"""Pictures written inside an export's own text, in every way a program or a person writes bytes, are not kept."""

import base64
import html
import io
import json
import random
from urllib.parse import quote_from_bytes

import pytest
from PIL import Image

from drawn.telegram_writer import text_fields
from telegram_parts import chat, message, read


def _drawn() -> bytes:
    noise = random.Random(7)
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 48), noise.randbytes(48 * 48 * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


START = (
    '<!DOCTYPE html>\n<html><body><div class="page_header"><div class="text bold">방</div></div><div class="history">\n'
)
PICTURE = _drawn()
BASE64 = base64.b64encode(PICTURE).decode()


def text(written: str) -> str:
    return f'<div class="text">{written}</div>'


def kept_of(reading) -> str:
    """Everything that leaves the worker, and so everything that can reach the ledger."""
    return repr([reading.messages, reading.raw, reading.rooms, reading.warnings, reading.done])


def holds_run(kept: str, written: str, length: int = 40) -> bool:
    return any(written[at : at + length] in kept for at in range(0, len(written) - length, 7))


def in_message(**fields) -> bytes:
    return chat(message(1, **text_fields("이것 봐"), **fields), message(2))


@pytest.mark.parametrize(
    "written",
    [
        in_message(unknown={"thumb": BASE64}),
        in_message(unknown={BASE64: "a key"}),
        in_message(unknown=[BASE64[at : at + 76] for at in range(0, len(BASE64), 76)]),
        in_message(contact_information={"vcard": "PHOTO;ENCODING=b:" + "\r\n ".join(
            BASE64[at : at + 74] for at in range(0, len(BASE64), 74))}),
        in_message(file_name=BASE64 + ".jpg"),
        in_message(thumb="data:image/jpeg," + quote_from_bytes(PICTURE)),
        chat(message(1, **text_fields(BASE64[:4000])), message(2)),
        chat(message(1, **text_fields(BASE64[2000:])), message(2)),
    ],
    ids=["value", "key", "lines", "vcard", "file name", "percent", "first piece", "piece without its beginning"],
)  # fmt: skip
def test_a_picture_in_a_message_is_withheld_however_it_is_written(written):
    reading = read(written)
    kept = kept_of(reading)
    assert not holds_run(kept, BASE64)
    assert not holds_run(kept, quote_from_bytes(PICTURE))
    assert "embedded_media_withheld" in reading.messages[0].flags
    assert reading.messages[1].text == "안녕"
    assert reading.done.accounting.is_complete


SMALL = PICTURE[:600]


@pytest.mark.parametrize("joint", ["\n", " ", "=\r\n"])
@pytest.mark.parametrize("width", [4, 19, 40, 47, 60])
def test_a_picture_in_short_lines_is_withheld_from_either_format(width, joint):
    digits = base64.b64encode(SMALL).decode()
    lines = [digits[: width // 2], *(digits[at : at + width] for at in range(width // 2, len(digits), width))]
    written = "여기:\n" + joint.join(lines) + joint
    inside = f'<div class="text">{written.replace(chr(10), "<br>")}</div>'
    page = (START + message_of(inside) + "</div></body></html>").encode()
    for reading in (read(chat(message(1, **text_fields(written)))), read(page, name="messages.html")):
        kept = kept_of(reading)
        assert not any(line in kept for line in lines if len(line) >= 12)
        assert "embedded_media_withheld" in reading.only.flags
        assert reading.only.text.startswith("여기:")
        assert "AAQSkZJRg" not in "".join(filter(str.isalnum, kept))


@pytest.mark.parametrize("upper", [False, True])
def test_a_picture_in_hexadecimal_is_withheld(upper):
    digits = PICTURE.hex().upper() if upper else PICTURE.hex()
    reading = read(in_message(data=digits))
    assert not holds_run(kept_of(reading), digits)


def test_a_picture_as_a_list_of_numbers_is_withheld():
    reading = read(in_message(data=list(PICTURE)))
    assert not holds_run(kept_of(reading), ", ".join(map(str, PICTURE)))
    assert "embedded_media_withheld" in reading.messages[0].flags


def test_raw_bytes_of_a_picture_in_a_text_are_withheld():
    plain = in_message(data="HERE")
    raw = PICTURE.replace(b'"', b"'").replace(b"\\", b"/").replace(b"\n", b" ").replace(b"\r", b" ")
    reading = read(plain.replace(b"HERE", raw))
    kept = [*reading.raw, repr(reading.messages).encode("utf-8", "surrogatepass")]
    assert not any(raw[at : at + 24] in one for one in kept for at in range(0, len(raw) - 24, 5))
    assert reading.messages[1].text == "안녕"


def test_a_picture_whose_bytes_became_letters_is_withheld():
    reading = read(in_message(data=PICTURE.decode("latin-1")))
    assert not holds_run(repr(reading.messages), repr(PICTURE.decode("latin-1"))[1:-1], 24)
    assert "embedded_media_withheld" in reading.messages[0].flags


@pytest.mark.parametrize(
    "damage",
    [lambda written: written, lambda written: written.replace(b'"type":', b'"type": x', 1)],
    ids=["whole", "damaged"],
)
def test_a_picture_in_a_rooms_header_is_withheld_also_from_a_damaged_one(damage):
    written = chat(message(1)).replace("그린 방".encode(), BASE64.encode())
    reading = read(damage(written))
    assert not holds_run(kept_of(reading), BASE64)


def test_a_picture_in_another_section_is_withheld_also_when_it_is_repeated():
    written = chat(message(1)).rstrip().removesuffix(b"}")
    section = json.dumps({"about": "a", BASE64: 1, "list": [{"photo": BASE64}]})
    written += b',\n "contacts": ' + section.encode() + b',\n "contacts": ' + section.encode() + b"\n}"
    assert not holds_run(kept_of(read(written)), BASE64)


@pytest.mark.parametrize(
    "inside",
    [
        text(BASE64),
        text(f'<a href="data:image/jpeg;base64,{BASE64}">x</a>'),
        f'<div style="background: url(data:image/jpeg;base64,{BASE64})"></div>' + text("x"),
        f'<img alt="{html.escape(BASE64).replace("/", "&#47;")}">' + text("x"),
        f'<div class="from_name">{BASE64}</div>' + text("x"),
        f"<svg><image xlink:href='{BASE64}'/></svg><!-- {BASE64} -->",
    ],
    ids=["text", "link", "style", "references", "sender", "svg"],
)
def test_a_picture_in_a_page_is_withheld(inside):
    reading = read((START + message_of(inside) + "</div></body></html>").encode(), name="messages.html")
    assert not holds_run(kept_of(reading).replace("&#47;", "/"), BASE64)


def message_of(inside: str) -> str:
    return f'<div class="message default clearfix" id="message7"><div class="body">{inside}</div></div>'


@pytest.mark.parametrize(
    "said",
    [
        "ㅋ" * 3000,
        "haha" * 800,
        "https://example.invalid/" + "a-long-path/" * 150,
        "GIF89a 는 그림 형식의 이름이다. " * 60,
        "-" * 2000,
    ],
)
def test_long_writing_that_is_no_picture_is_kept_word_for_word(said):
    reading = read(chat(message(1, **text_fields(said))))
    assert reading.only.text == said
    assert "embedded_media_withheld" not in reading.only.flags


def test_korean_written_in_another_encoding_is_kept():
    said = "만나서 이야기하자. 언제가 좋아? " * 60
    written = chat(message(1, **text_fields("HERE"))).replace(b"HERE", said.encode("cp949"))
    reading = read(written)
    assert said.encode("cp949") in reading.raw[0]
    assert "embedded_media_withheld" not in reading.only.flags
