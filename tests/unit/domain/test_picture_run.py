"""A picture in a text is found however its lines are broken, and what is no picture is left word for word."""

import base64
import hashlib
import io
import random
import string
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from haechi.domain import picture_run
from haechi.domain.embedded_picture import may_hold_picture, without_pictures
from haechi.domain.picture_run import LONG_RUN, picture_runs


def _drawn(kind: str) -> bytes:
    out = io.BytesIO()
    noise = random.Random(3).randbytes(24 * 24 * 3)
    Image.frombytes("RGB", (24, 24), noise).save(out, kind)
    return out.getvalue()


KINDS = {kind: _drawn(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")}
KINDS["HEIC"] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + random.Random(5).randbytes(900)
KINDS["MOV"] = b"\0\0\x10\0moov" + random.Random(6).randbytes(900)
KINDS["MKV"] = b"\x1a\x45\xdf\xa3" + random.Random(7).randbytes(900)
KINDS["JXL"] = b"\0\0\0\x0cJXL \r\n\x87\n" + random.Random(8).randbytes(900)
JOINTS = (" ", "\n", "\r\n", "\r\n ", "=\n", "=\r\n", " \t", "\n> ", "\\n", "\u200b", "\n\n")
AROUND = ("", "이것 봐: ", "여기 있어.\n", "look at this ", "see", "(", "https://example.invalid/ ")


def wrapped(digits: str, width: int, offset: int, joint: str) -> str:
    return joint.join([digits[:offset], *(digits[at : at + width] for at in range(offset, len(digits), width))])


def left_of(text: str) -> str:
    found = []
    left = without_pictures({"text": text}, found)["text"]
    assert (left != text) == bool(found)
    return left


@given(
    kind=st.sampled_from(sorted(KINDS)),
    width=st.integers(4, 100),
    offset=st.integers(1, 100),
    joint=st.sampled_from(JOINTS),
    before=st.sampled_from(AROUND),
    after=st.sampled_from(AROUND),
    way=st.sampled_from(("base64", "urlsafe", "data", "hex", "nested")),
)
@example("JPEG", 4, 2, "\n", "", "", "base64")
@example("BMP", 76, 1, "=\r\n", "see", "", "base64")
def test_a_picture_is_found_however_its_lines_are_broken(  # noqa: PLR0917
    kind, width, offset, joint, before, after, way
):
    content = KINDS[kind]
    digits = {
        "base64": lambda: base64.b64encode(content).decode(),
        "urlsafe": lambda: base64.urlsafe_b64encode(content).decode(),
        "data": lambda: base64.b64encode(content).decode(),
        "hex": content.hex,
        "nested": lambda: base64.b64encode(content).decode(),
    }[way]()
    start = "data:image/x;base64," if way == "data" else " " if way == "hex" else ""
    lines = wrapped(digits, width, min(offset, width), joint)
    lines = lines.replace("/", "\\/") if way == "nested" else lines
    text = before + start + lines + ("." if after else "") + after
    (found,) = picture_runs(text)
    assert found.content.startswith(content)
    assert text[: found.start].removesuffix("\\").endswith(before + start)
    left = left_of(text)
    assert not any(line in left for line in wrapped(digits, width, offset, "\0").split("\0") if len(line) >= 12)
    assert left.startswith(before)
    assert left.endswith(after)


@given(st.sampled_from(sorted(KINDS)), st.integers(4, 100), st.integers(1, 100))
def test_a_short_message_with_a_broken_picture_is_looked_at(kind, width, offset):
    digits = base64.b64encode(KINDS[kind]).decode()[:1000]
    span = b'{\n "text": "' + wrapped(digits, width, min(offset, width), "\\n").encode() + b'"\n}'
    assert may_hold_picture(span)


def test_pieces_of_one_text_are_looked_at_as_one():
    digits = base64.b64encode(KINDS["JPEG"]).decode()
    pieces = ["보내 줄게: ", {"type": "bot_command", "text": digits[:3]}, digits[3:40] + "\n", digits[40:], " 끝"]
    found = []
    left = without_pictures({"text": pieces}, found)["text"]
    assert [left[0], left[2], left[3], left[4]] == ["보내 줄게: ", "", "", " 끝"]
    assert found[0]["sha256"] == hashlib.sha256(KINDS["JPEG"]).hexdigest()


def test_what_stands_behind_padding_is_kept():
    digits = base64.b64encode(KINDS["JPEG"] + b"x" * (-len(KINDS["JPEG"]) % 3 + 1)).decode()
    assert digits.endswith("==")
    assert left_of(wrapped(digits, 76, 76, "\n") + "\nthank you for looking at this").endswith(
        "thank you for looking at this"
    )


@pytest.mark.parametrize("width", [20, 64, 76])
def test_a_later_piece_without_a_mark_is_found_when_it_is_long(width):
    digits = base64.b64encode(random.Random(9).randbytes(LONG_RUN)).decode()
    assert picture_runs("여기:\n" + wrapped(digits, width, width, "\n"))


_SENTENCES = (
    "I have been thinking about what you said",
    "We should meet at the old station on Friday 7 March",
    "my camera writes GIF89a and RIFF files",
    "ok see you there",
    "WHY DO YOU NOT ANSWER ME",
)


@given(st.lists(st.sampled_from(_SENTENCES), min_size=20, max_size=90), st.sampled_from([" ", "\n", "\r\n"]))
def test_writing_without_a_full_stop_is_kept(sentences, joint):
    text = joint.join(sentences)
    assert left_of(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "만나서 이야기하자 언제가 좋아 " * 300,
        "WE HAVE TO TALK ABOUT THIS NOW " * 100,
        "\n".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(200)),
        "\n".join(hashlib.sha256(bytes([at])).hexdigest().upper() for at in range(200)),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvBmWzL0m2g1b7hDq8q1m6bD5q6Vv0d3yE7r1yJb0aB me@example.invalid",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ" + base64.b64encode(random.Random(1).randbytes(253)).decode(),
        "age1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7l" * 2,
        "https://example.invalid/watch?v=dQw4w9WgXcQ&list=PL " * 60,
        "https://example.invalid/a/9j/album/" + "a-long-path/" * 150,
        "010-1234-5678 2024-03-05 12:00:00 " * 100,
        "0123456789abcdef " * 200,
        "ㅋ" * 3000 + "haha " * 800,
    ],
    ids=lambda text: hashlib.sha256(text.encode()).hexdigest()[:6],
)
def test_writing_digests_keys_and_addresses_are_kept(text):
    assert left_of(text) == text


_ALPHABET = string.ascii_letters + string.digits + "+/"
HOSTILE = {
    "marks": "/9j/",
    "bitmaps": "Qk0A ",
    "boxes": "Z0eX",
    "jpeg xl": " /wo",
    "hexadecimal": " 424d ffd8ff",
    "padding": "/9j/" + "A" * 44 + "= ",
    "line ends": "=\n",
    "spaces": " ",
    "backslashes": "\\",
    "one letter": "A",
    "almost runs": "A" * 47 + ".",
    "mixed": "".join(random.Random(2).choices(_ALPHABET + " \n=", k=997)),
    "pictures": "/9j/4AAQ" + "A1b" * 20 + "== ",
}


def steps(text: str) -> int:
    """Return how many lines of the module run for this text."""
    count = 0

    def traced(frame, event, _argument):
        nonlocal count
        if frame.f_code.co_filename != picture_run.__file__:
            return None
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        picture_runs(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_text_costs_what_its_length_costs(kind):
    piece = HOSTILE[kind]
    one, four = (steps(piece * (length // len(piece))) for length in (10_000, 40_000))
    assert four <= 4.2 * one + 100


@pytest.mark.parametrize("kind", ["bitmaps", "mixed", "padding"])
def test_a_megabyte_of_hostile_text_is_read_to_its_end(kind):
    piece = HOSTILE[kind]
    for found in picture_runs(piece * ((1 << 20) // len(piece))):
        assert found.start < found.end
