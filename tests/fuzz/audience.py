"""What people hand in about who could see their posts: lists of a platform, and tables; and what the worker says that reads them."""

import contextlib
import json
from collections.abc import Iterable

from fuzz.target import Target, descriptor
from haechi.domain.errors import AudienceFileError, WorkerCrashedError


def _audience_list(data: bytes) -> None:
    from haechi.adapters.importers.audience.reader import read

    with descriptor(data) as file:
        frames = [frame for frame, _ in read({"most": 1 << 20, "name": "close_friends.json"}, file)]
    assert "problem" in frames[-1] or "refused" in frames[-1]


def _audience_frames(data: bytes) -> None:
    """Believe a worker that a file has taken over: whatever it sends becomes records or an error with a name."""
    from haechi.adapters.importers.audience.lists import read_lists
    from telegram_parts import MemoryContainer

    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return
    frames = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    with contextlib.suppress(AudienceFileError, WorkerCrashedError):
        list(
            read_lists(
                MemoryContainer({"followers_1.json": b""}), run=lambda _request, _fd: ((one, b"") for one in frames)
            )
        )


def _lists() -> Iterable[bytes]:
    follower = {
        "title": "",
        "string_list_data": [{"href": "https://www.instagram.com/drawn", "value": "drawn", "timestamp": 9}],
    }
    yield json.dumps([follower]).encode()
    yield json.dumps({"relationships_close_friends": [follower]}).encode()
    yield json.dumps(
        [{"media": [{"uri": "media/posts/1.jpg", "creation_timestamp": 9}], "title": "\u00ea\u00b0\u0080"}]
    ).encode()
    yield json.dumps([{"timestamp": 9, "label_values": [{"label": "Username", "value": "drawn"}]}]).encode()
    yield "계정,부터,까지\n@drawn,2024-05-01,\n".encode("cp949")


def _frames() -> Iterable[bytes]:
    rows = [["drawn", 9, "", ""]]
    yield json.dumps(
        [{"kind": "followers"}, {"rows": rows}, {"refused": [["entry 1", "bad-time"]], "count": 1}]
    ).encode()
    yield json.dumps([{"kind": "posts"}, {"rows": [["a.jpg", 9]]}, {"problem": "empty", "place": ""}]).encode()


TARGETS = (Target("audience-list", _audience_list, _lists), Target("audience-frames", _audience_frames, _frames))
