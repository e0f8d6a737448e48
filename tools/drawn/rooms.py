"""The two drawn rooms: who wrote what and when, before any export is made of them.

A room of the first kind began as a basic group and became a supergroup; the second stayed a basic group.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from .album import ALBUM, SEOUL, Drawn
from .brush import chance
from .story import ASIDES, DIALOGUES, EMOJI, LINKS, WITH_PICTURES, words

Object = dict[str, Any]  # a JSON object in writing order
PEOPLE = {"a": "user5530018842", "b": "user6120447731", "c": "user7011930256"}
FIRST_DAY, LATER_DAY = datetime(2026, 10, 4, tzinfo=SEOUL), datetime(2026, 11, 8, tzinfo=SEOUL)  # of the exports
_OWN_CLOCK = datetime(2026, 1, 1, tzinfo=SEOUL)
_WITH_LINK, _WITH_TAG, _BOLD = range(3), range(3, 5), range(5, 6)  # percent of the lines
_AWAKE_S = 17 * 3600  # seconds of a day in which people write
MIGRATED = -1_000_000_000  # tdesktop lowers the ids of a basic group's history by this much


@dataclass(frozen=True, slots=True)
class Post:
    """One message as the server knows it. `who` is a key of PEOPLE; `service` holds an action's fields."""

    number: int
    at: datetime
    who: str
    parts: tuple[str | Object, ...] = ()
    picture: Drawn | None = None
    film: str | None = None
    missing: Object = field(default_factory=dict)
    reply_to: int | None = None
    forwarded_from: str | None = None
    edited_at: datetime | None = None
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    service: Object = field(default_factory=dict)


NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
MISSING: tuple[Object, ...] = (
    {"photo": NOT_INCLUDED, "photo_file_size": 113204, "width": 960, "height": 1280},
    {"file": NOT_INCLUDED, "file_name": "voice.ogg", "file_size": 20418, "media_type": "voice_message", "mime_type": "audio/ogg", "duration_seconds": 6},
    {"file": NOT_INCLUDED, "file_name": "sticker.webp", "file_size": 24110, "thumbnail": NOT_INCLUDED, "thumbnail_file_size": 5512, "media_type": "sticker", "sticker_emoji": "😁", "width": 512, "height": 512},
    {"file": "(File exceeds maximum size. Change data exporting settings to download.)", "file_name": "전시_설치_영상.mp4", "file_size": 1203948811, "media_type": "video_file", "mime_type": "video/mp4", "duration_seconds": 812, "width": 1920, "height": 1080},
    {"photo": "(File unavailable, please try again later)", "width": 1280, "height": 960},
)  # fmt: skip


class _Talk:
    """Writes a room's messages one after the other, on a clock of its own that `placed` then fits to the calendar."""

    def __init__(self, rng: np.random.Generator, *, step: Callable[[], int]) -> None:
        self.rng = rng
        self.posts: list[Post] = []
        self.step = step
        self._now = _OWN_CLOCK
        self._number = 0

    def number_from(self, number: int) -> None:
        """Let the next message have about that number."""
        self._number = number - 1

    def wait(self, minutes: float) -> None:
        """Let some time pass, more or less."""
        self._now += timedelta(seconds=int(minutes * 60 * self.rng.uniform(0.3, 1.8)) + 3)

    def post(self, who: str, **fields: Any) -> None:  # noqa: ANN401 - the fields of Post
        """Add a message."""
        self._number += self.step()
        self.posts.append(Post(self._number, self._now, who, **fields))

    def service(self, who: str, action: str, **fields: Any) -> None:  # noqa: ANN401 - an action's own fields
        """Add a service message."""
        self.wait(30)
        self.post(who, service={"action": action, **fields})

    def line(self, who: str, text: str) -> None:
        """Add a line, now and then with a link, an answer, an edit, a reaction."""
        rng, kind = self.rng, self.rng.integers(100)
        parts: list[str | Object] = [text]
        recent = [one.number for one in self.posts[-9:] if not one.service]
        if kind in _WITH_LINK:
            parts += [" ", {"type": "link", "text": LINKS[rng.integers(len(LINKS))]}]
        elif kind in _WITH_TAG:
            parts += [" ", {"type": "hashtag", "text": "#사진전"}]
        elif kind in _BOLD:
            parts = [{"type": "bold", "text": str(parts[0])}]
        self.post(
            who,
            parts=tuple(parts),
            reply_to=recent[rng.integers(len(recent))] if recent and chance(rng, 0.11) else None,
            forwarded_from=("사진관 소식", "Weekend Photo Walk", "Minho K.")[rng.integers(3)]
            if chance(rng, 0.018)
            else None,
            edited_at=self._now + timedelta(seconds=int(rng.integers(20, 900))) if chance(rng, 0.02) else None,
            reactions=self._reactions(who) if chance(rng, 0.09) else (),
        )

    def _reactions(self, who: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        others = [one for one in PEOPLE if one != who]
        count = int(self.rng.integers(1, 3))
        return ((EMOJI[self.rng.integers(len(EMOJI))], tuple(others[:count])),)

    def chat(self, until: int) -> None:
        """Talk until the room has that many messages."""
        while len(self.posts) < until:
            self.wait(200)
            if chance(self.rng, 0.22):
                who, text = ASIDES[self.rng.integers(len(ASIDES))]
                self.line(who, text.format(**words(self.rng)))
                continue
            about = words(self.rng)
            for who, text in DIALOGUES[self.rng.integers(len(DIALOGUES))]:
                if len(self.posts) >= until:
                    return
                self.line(who, text.format(**about))
                self.wait(1)
            if chance(self.rng, 0.13) and len(self.posts) < until:
                missing = MISSING[self.rng.integers(len(MISSING))]
                self.post("abc"[self.rng.integers(3)], missing=missing)

    def show(self, picture: Drawn) -> None:
        """Post a picture."""
        self.wait(40)
        who, text = WITH_PICTURES[self.rng.integers(len(WITH_PICTURES))]
        reactions = self._reactions(who) if chance(self.rng, 0.4) else ()
        self.post(who, parts=(text.format(**words(self.rng)),) if text else (), picture=picture, reactions=reactions)


def first_room(count: int, more: int) -> list[Post]:
    """Return the supergroup's messages, its basic group's history first: `count` before the first export, `more` after it."""
    rng = np.random.default_rng([0x726F6F6D, 1])
    talk = _Talk(rng, step=lambda: int(rng.integers(1, 4)))
    talk.number_from(MIGRATED + 48120)
    talk.service("a", "create_group", title="사진 산책", members=["라떼한잔", "Minho K."])
    talk.chat(count // 12)
    talk.service("a", "migrate_to_supergroup")
    talk.number_from(1)
    talk.step = lambda: 1 if chance(rng, 0.93) else int(rng.integers(2, 4))  # what is skipped was deleted early
    talk.service("a", "migrate_from_group", title="사진 산책")
    _fill(talk, ALBUM["a"], count, events=(
        lambda: talk.service("a", "edit_group_title", title="사진 산책 · 가을 사진전"),
        lambda: talk.service("c", "join_group_by_link", inviter="파란우산"),
        lambda: talk.service("a", "pin_message", message_id=next(one.number for one in reversed(talk.posts) if one.picture)),
        lambda: talk.service("a", "invite_members", members=["서늘한 구름", None]),
        lambda: talk.post("b", film="film", parts=("짧은 영상입니다",)),
        lambda: talk.service("b", "remove_members", members=["서늘한 구름"]),
    ))  # fmt: skip
    talk.chat(count + more)
    return [
        *placed(talk.posts[:count], datetime(2026, 6, 1, tzinfo=SEOUL), FIRST_DAY),
        *placed(talk.posts[count:], FIRST_DAY + timedelta(days=1), LATER_DAY),
    ]


def second_room(count: int) -> list[Post]:
    """Return the basic group's messages; their numbers are the account's, so they leap."""
    rng = np.random.default_rng([0x726F6F6D, 2])
    talk = _Talk(rng, step=lambda: int(rng.integers(1, 6)))
    talk.number_from(61044)
    talk.service("b", "create_group", title="프사 모음", members=["새벽산책"])
    talk.service("b", "invite_members", members=["Minho K."])
    _fill(talk, ALBUM["b"], count, events=(
        lambda: talk.service("b", "edit_group_title", title="프로필 사진 모음"),
        lambda: talk.service("b", "set_messages_ttl", period=604800),
        lambda: talk.post("c", film="film-copy", parts=("이 영상 저쪽 방에서 봤어요",)),
        lambda: talk.service("a", "pin_message", message_id=next(one.number for one in reversed(talk.posts) if one.picture)),
        lambda: talk.service("a", "take_screenshot"),
        lambda: talk.service("c", "join_group_by_link", inviter="파란우산"),
    ))  # fmt: skip
    return placed(talk.posts, datetime(2026, 8, 10, tzinfo=SEOUL), LATER_DAY)


def placed(posts: list[Post], start: datetime, end: datetime) -> list[Post]:
    """Return the posts spread from the day `start` to the day before `end`; nobody writes between midnight and seven."""
    first, last = posts[0].at, posts[-1].at
    awake = (end - start).days * _AWAKE_S - 3 * 3600
    moved = []
    for one in posts:
        days, seconds = divmod(int((one.at - first) / max(last - first, timedelta(seconds=1)) * awake), _AWAKE_S)
        at = start + timedelta(days=days, seconds=7 * 3600 + 757 + seconds)
        moved.append(replace(one, at=at, edited_at=one.edited_at and at + (one.edited_at - one.at)))
    return moved


def _fill(talk: _Talk, pictures: tuple[Drawn, ...], count: int, *, events: tuple[Callable[[], None], ...]) -> None:
    """Spread pictures and events evenly over the talk."""
    begun = len(talk.posts)
    steps: list[Callable[[], None]] = [lambda picture=picture: talk.show(picture) for picture in pictures]
    for place, event in enumerate(events):
        steps.insert((place + 1) * len(pictures) // (len(events) + 1) + place, event)
    for number, step in enumerate(steps):
        talk.chat(begun + (count - begun) * (number + 1) // (len(steps) + 1))
        step()
    talk.chat(count)


def later(posts: list[Post]) -> list[Post]:
    """Return a room as it stands weeks later: three messages rewritten, four gone."""
    plain = [one for one in posts if one.parts and not one.picture and not one.film and one.number > 0]
    gone = {one.number for one in plain[40:400:97]}
    rewritten = {one.number for one in plain[55:330:101]}
    changed = []
    for one in posts:
        if one.number in gone:
            continue
        text = ("내용을 고쳤어요. 사진은 본인에게 먼저 물어보고 올려 주세요.",)
        edited = replace(one, parts=text, edited_at=one.at + timedelta(days=20)) if one.number in rewritten else one
        changed.append(edited)
    return changed
