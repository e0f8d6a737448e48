"""The generated export is what the exact writer would have written, message by message."""

import io
import json
from itertools import islice

from tools.drawn.big_export import HEADER, PROTOTYPES, chunks, message, prototypes, write_big_export
from tools.drawn.telegram_writer import write_chat

COUNT = 9_000  # more than two chunks


def test_the_stream_equals_the_exact_writer_byte_for_byte():
    out = io.BytesIO()
    write_chat(out, HEADER, (message(number, fields) for number, fields in enumerate(prototypes(COUNT, seed=1))))
    assert b"".join(chunks(messages=COUNT)) == out.getvalue()


def test_after_the_last_prototype_the_first_comes_again_with_its_own_number_and_time(tmp_path):
    path = write_big_export(tmp_path / "export", messages=PROTOTYPES + 2)
    rows = json.loads(path.read_bytes())["messages"]
    first, again = rows[1], rows[PROTOTYPES + 1]
    assert [row["id"] for row in rows] == list(range(1, PROTOTYPES + 3))
    assert first["text"] == again["text"]
    assert int(again["date_unixtime"]) > int(first["date_unixtime"])


def test_another_seed_writes_other_messages():
    one, other = (next(islice(prototypes(8, seed=seed), 1, None)) for seed in (1, 2))
    assert one != other
