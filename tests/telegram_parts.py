"""Reads drawn Telegram exports in this process: a container in memory, and what the importer made of it."""

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO

import orjson

from drawn.telegram_writer import AccountExport, Value, chat_header, write_chat
from haechi.adapters.importers.telegram.html_reader import read_html
from haechi.adapters.importers.telegram.importer import TelegramImporter
from haechi.adapters.importers.telegram.reader import PartReader, read_json
from haechi.domain import warning
from haechi.domain.message import Message, Span
from haechi.ports.container import Member
from haechi.ports.importer import Part, PartDone, RoomFound, Window

GROUP = chat_header(name="그린 방", type="private_supergroup", id=1234)


class MemoryContainer:
    """Members given as a mapping of path to bytes."""

    kind = "folder"

    def __init__(self, files: Mapping[str, bytes], name: str = "ChatExport_2024-03-05") -> None:
        self.name = name
        self._files = files

    def members(self) -> Iterator[Member]:
        for path, written in self._files.items():
            yield Member(path, path.encode(), "utf-8", len(written), facts={"modified": "2024-03-09T00:00:00Z"})

    def open(self, member: Member) -> BinaryIO:
        return io.BytesIO(self._files[member.path])

    def close(self) -> None:
        pass


@dataclass
class Reading:
    """Everything that reading one part gave."""

    messages: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    rooms: list[RoomFound] = field(default_factory=list)
    warnings: list[warning.ReadWarning] = field(default_factory=list)
    unparsed: list[Span] = field(default_factory=list)
    done: PartDone | None = None

    @property
    def codes(self) -> list[str]:
        return [found.code for found in self.warnings]

    @property
    def only(self) -> Message:
        [message] = self.messages
        return message


def here(task):
    """Return a runner that runs a worker's task in this process, on its own copy of the descriptor."""

    def run(request, fd):
        copy = os.dup(fd)
        try:
            yield from task(request, copy)
        finally:
            os.close(copy)

    return run


def importer() -> TelegramImporter:
    return TelegramImporter(here(read_json), here(read_html))


def gathered(parsed: Iterable[object]) -> Reading:
    reading = Reading()
    for one in parsed:
        match one:
            case Window():
                at = 0
                for message, length in zip(one.messages, one.lengths, strict=True):
                    reading.messages.append(message)
                    reading.raw.append(one.raw[at : at + length])
                    at += length
                assert at == len(one.raw)
            case RoomFound():
                reading.rooms.append(one)
            case warning.ReadWarning():
                reading.warnings.append(one)
            case Span():
                reading.unparsed.append(one)
            case PartDone():
                reading.done = one
    return reading


def read(
    written: bytes,
    *,
    name: str = "result.json",
    beside: Iterable[str] = (),
    skip: int = 0,
    by: TelegramImporter | None = None,
) -> Reading:
    """Read one part whose member is `written`; `beside` are other members' paths."""
    container = MemoryContainer({name: written})
    [member] = container.members()
    paths = frozenset({name, *beside})
    return gathered((by or importer()).read(container, Part(member), paths=paths, skip=skip))


def chat(*messages: Value, header: Mapping[str, Value] = GROUP, **options: bool) -> bytes:
    """Return the bytes of a one-chat export."""
    out = io.BytesIO()
    write_chat(out, header, messages, **options)
    return out.getvalue()


def account(
    chats: Iterable[tuple[Mapping[str, Value], list[Value]]],
    *,
    left: Iterable[tuple[Mapping[str, Value], list[Value]]] = (),
    sections: Mapping[str, Value] | None = None,
) -> bytes:
    """Return the bytes of an account export."""
    out = io.BytesIO()
    with AccountExport(
        out, sections if sections is not None else {"about": "Here is the data you requested."}
    ) as export:
        export.chats(chats)
        if left:
            export.chats(left, section="left_chats")
    return out.getvalue()


def message(number: int = 1, **fields: Value) -> dict[str, Value]:
    """Return a plain message's fields in writing order, with others put in or, where None is given as `...`, left out."""
    plain: dict[str, Value] = {
        "id": number,
        "type": "message",
        "date": "2024-03-01T09:00:00",
        "date_unixtime": "1709251200",
        "from": "하나",
        "from_id": "user1001",
        "text": "안녕",
        "text_entities": [{"type": "plain", "text": "안녕"}],
    }
    return {key: value for key, value in {**plain, **fields}.items() if value is not ...}


def frames_account_for(written: bytes) -> list[str]:
    """Check that every byte is a message, framing or listed, and nothing twice; return the part's flags."""
    stream = io.BytesIO(written)
    frames = list(PartReader(stream.read, skip=0).frames())
    done = frames[-1][0]
    spans = [(header["start"], header["end"]) for header, _ in frames if header["kind"] == "unparsed"]
    lost = sum(end - start for start, end in spans)
    assert done["size"] == len(written)
    assert done["messages"] + done["framing"] + lost == len(written)
    for header, blob in frames:
        if header["kind"] == "window":
            at = header["rows"]
            for row in orjson.loads(blob[:at]):
                length = row[1] - row[0]
                assert blob[at : at + length] == written[row[0] : row[1]]
                at += length
                spans.append((row[0], row[1]))
    spans.sort()
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    return done["flags"]
