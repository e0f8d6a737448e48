"""Writes an export of a million messages, about 500 MB, in Telegram Desktop's exact layout, as a stream.

Twenty thousand different messages are written by `telegram_writer` once, with gaps for number and time, and then repeated with
the gaps filled: a thousand times faster than writing each one anew, and byte for byte the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from .album import SEOUL
from .brush import chance
from .rooms import MISSING
from .story import DIALOGUES, EMOJI, LINKS, words
from .telegram_writer import ONE_CHAT_LEVEL, Raw, chat_header, serialised, text_fields

HEADER = chat_header(name="큰 방", type="private_supergroup", id=1999888777)
PROTOTYPES = 20_000
MEMBERS = 240
START = datetime(2024, 1, 1, 0, 0, 7, tzinfo=SEOUL)
STEP_S = 41  # between two messages: a million take fifteen months
CHUNK = 4096  # messages a write
_ODD = (" {여는 중괄호", ' "따옴표"', " \\", " ]},", " 100%", " 🙂", " <b>", "\n다음 줄")


def write_big_export(folder: Path, *, messages: int = 1_000_000, seed: int = 1) -> Path:
    """Write `result.json` into a new folder and return its path."""
    folder.mkdir(parents=True)
    path = folder / "result.json"
    with path.open("wb") as out:
        for chunk in chunks(messages=messages, seed=seed):
            out.write(chunk)
    return path


def chunks(*, messages: int, seed: int = 1) -> Iterator[bytes]:
    """Yield the file piece by piece."""
    header = serialised({**HEADER, "messages": Raw(b"[")}, 0)
    yield header.removesuffix(b"\n}")
    forms = [_form(fields) for fields in prototypes(min(messages, PROTOTYPES), seed=seed)]
    start = int(START.timestamp())
    for first in range(0, messages, CHUNK):
        rows = []
        for number in range(first, min(first + CHUNK, messages)):
            local = f"{START + timedelta(seconds=STEP_S * number):%Y-%m-%dT%H:%M:%S}".encode()
            rows.append(forms[number % len(forms)] % (number + 1, local, start + STEP_S * number))
        yield (b",\n  " if first else b"\n  ") + b",\n  ".join(rows)
    yield b"\n ]\n}"


def _form(fields: dict[str, Any]) -> bytes:
    """Return a message as a template of bytes with gaps for number, local time and unix seconds."""
    gaps = {"id": Raw(b"\x01"), "date": "\x02", "date_unixtime": "\x03"}
    form = serialised({name: gaps.get(name, value) for name, value in fields.items()}, ONE_CHAT_LEVEL).replace(
        b"%", b"%%"
    )
    return form.replace(b"\x01", b"%d", 1).replace(b'"\\x02"', b'"%b"', 1).replace(b'"\\x03"', b'"%d"', 1)


def message(number: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return message `number` (from 0) as fields, for whoever wants to compare what the writer makes of it."""
    at = START + timedelta(seconds=STEP_S * number)
    own = {"id": number + 1, "date": f"{at:%Y-%m-%dT%H:%M:%S}", "date_unixtime": str(int(at.timestamp()))}
    return {**fields, **own}


def prototypes(count: int, *, seed: int) -> Iterator[dict[str, Any]]:
    """Yield different messages: text of all lengths, entities, reactions, replies, service, media that was left out."""
    rng = np.random.default_rng([0x626967, seed])
    lines = [line for dialogue in DIALOGUES for _, line in dialogue]
    for index in range(count):
        member = int(rng.integers(MEMBERS))
        name, account = f"회원 {member:03}", f"user{5_000_000_000 + member * 7919}"
        fields: dict[str, Any] = {"id": 0, "type": "message", "date": "", "date_unixtime": ""}
        if index % 97 == 11:  # noqa: PLR2004 - one in a hundred is a service message
            yield fields | {
                "type": "service",
                "actor": name,
                "actor_id": account,
                "action": "pin_message",
                "message_id": index,
                **text_fields(),
            }
            continue
        fields |= {"from": name, "from_id": account}
        if chance(rng, 0.12):
            fields["reply_to_message_id"] = int(rng.integers(1, 900_000))
        if chance(rng, 0.1):
            fields |= MISSING[rng.integers(len(MISSING))]
        said = [lines[rng.integers(len(lines))].format(**words(rng)) for _ in range(1 + int(rng.exponential(1.6)))]
        text = " ".join(said) + (_ODD[rng.integers(len(_ODD))] if chance(rng, 0.2) else "")
        if chance(rng, 0.08):
            fields |= text_fields(
                text + " ",
                {"type": "link", "text": LINKS[rng.integers(len(LINKS))]},
                " ",
                {"type": "bold", "text": f"{index}번"},
            )
        else:
            fields |= text_fields(text)
        if chance(rng, 0.1):
            recent = [{"from": "회원 001", "from_id": "user5000007919", "date": "2024-01-02T03:04:05"}]
            fields["reactions"] = [
                {"type": "emoji", "count": 1 + index % 5, "emoji": EMOJI[index % len(EMOJI)], "recent": recent}
            ]
        yield fields
