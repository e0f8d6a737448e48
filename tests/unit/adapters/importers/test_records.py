"""What a worker says is checked before it is believed: one that a file has taken over may say anything."""

import json

import pytest

from haechi.adapters.importers.records import Records
from haechi.adapters.importers.references import References
from haechi.domain.errors import WorkerRefusedError

ROOM = {"kind": "room", "key": "1", "name": None, "type": None, "flags": []}
ROW = [0, 1, 0, "1", "text", "m", "user1", "가", "", 1, 2, "epoch", None, "글", None, [], [], [], [], {}]


class Fed:
    size, digest = 9, "0" * 64


def records(*frames, paths=frozenset()):
    return list(Records(platform="telegram", path="x", references=References("", paths)).records(iter(frames), Fed()))


def window(row):
    written = json.dumps([row]).encode()
    return {"kind": "window", "first": 0, "rows": len(written), "end": 1, "messages": 1}, written + b"x"


def done(**more):
    return {"kind": "done", "messages": 1, "framing": 8, "flags": [], "facts": {}, **more}, b""


@pytest.mark.parametrize(
    "frame",
    [
        done(messages=float("inf")),
        done(framing=None),
        window([*ROW[:6], 5, *ROW[7:]]),  # a sender that is a number
        window(ROW[:5]),
        window([*ROW[:4], "telepathy", *ROW[5:]]),
        ({"kind": "window"}, b""),
    ],
    ids=range(6),
)
def test_a_frame_that_makes_no_sense_ends_the_reading_early_and_is_told(frame):
    found = records((ROOM, b""), frame)
    assert "reading_ended_early" in found[-1].flags
    assert any(getattr(one, "code", None) == WorkerRefusedError.code for one in found)


def test_a_file_that_a_message_names_outside_the_export_is_told_of_the_whole_part():
    row = [*ROW[:15], [["../../etc/passwd", "file", "original", None, None, None]], *ROW[16:]]
    assert "reference_escapes" in records((ROOM, b""), window(row), done())[-1].flags
