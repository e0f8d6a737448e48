"""Writes the drawn case to a folder: two rooms as Telegram Desktop exports them, and a folder of her own photos.

    ChatExport_2026-10-04/       the first room
    ChatExport_2026-11-08/       the second room, five weeks later
    ChatExport_2026-11-08 (1)/   the first room again: more messages, some rewritten, some gone
    own-photos/
    truth.json                   which file shows which drawing, after which change

An export writes the names that accounts bear on its day. Between the two days one person has taken a new name, and another
person her old one: one number with two names, one name with two numbers.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from .album import AS_IS, Drawn, drawing, posted, write_own_photos, write_video
from .changes import jpeg
from .rooms import FIRST_DAY, LATER_DAY, PEOPLE, Object, Post, first_room, later, second_room
from .telegram_writer import chat_header, text_fields, write_chat

NAMES = {
    FIRST_DAY: {"a": "파란우산", "b": "라떼한잔", "c": "Minho K."},
    LATER_DAY: {"a": "새벽산책", "b": "파란우산", "c": "Minho K."},
}
FIRST_ROOM = chat_header(name="사진 산책 · 가을 사진전", type="private_supergroup", id=1873300412)
SECOND_ROOM = chat_header(name="프로필 사진 모음", type="private_group", id=4155020931)
EXPORT_A, EXPORT_B, EXPORT_A_LATER = "ChatExport_2026-10-04", "ChatExport_2026-11-08", "ChatExport_2026-11-08 (1)"
OWN_PHOTOS = "own-photos"
THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Shown:
    """One file: where it lies, in which message, which drawing it shows, and what was done to it."""

    export: str
    path: str
    message_id: int | None
    source: str
    change: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about the case because it was drawn."""

    shown: tuple[Shown, ...]
    messages: dict[str, int]
    people: dict[str, list[str]]
    """Account number → the names it bore, in order."""
    gone: tuple[int, ...]
    rewritten: tuple[int, ...]


def draw_case(folder: Path, *, messages: int = 2000, with_later: bool = True) -> Truth:
    """Draw the whole case into a new folder and return the truth about it."""
    folder.mkdir(parents=True)
    first, second = round(messages * 0.65), round(messages * 0.35)
    whole = first_room(first, first // 8)
    early, after = whole[:first], later(whole)
    exports = [
        _Export(folder / EXPORT_A, FIRST_ROOM, early, FIRST_DAY),
        _Export(folder / EXPORT_B, SECOND_ROOM, second_room(second), LATER_DAY),
    ]
    if with_later:
        exports.append(_Export(folder / EXPORT_A_LATER, FIRST_ROOM, after, LATER_DAY))
    for export in exports:
        export.write()
    own = write_own_photos(folder / OWN_PHOTOS)
    kept = {one.number: one for one in after}
    truth = Truth(
        shown=(
            *(shown for export in exports for shown in export.shown),
            *(Shown(OWN_PHOTOS, name, None, source, AS_IS) for name, source in own.items()),
        ),
        messages={export.folder.name: len(export.posts) for export in exports},
        people={PEOPLE[who]: list(dict.fromkeys(names[who] for names in NAMES.values())) for who in PEOPLE},
        gone=tuple(one.number for one in early if one.number not in kept),
        rewritten=tuple(one.number for one in early if one.number in kept and kept[one.number].parts != one.parts),
    )
    (folder / "truth.json").write_text(json.dumps(asdict(truth), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return truth


class _Export:
    """One `ChatExport_…` folder: numbers its media from 1 and writes the names of its day."""

    def __init__(self, folder: Path, header: Object, posts: list[Post], day: datetime) -> None:
        self.folder, self.posts = folder, posts
        self.shown: list[Shown] = []
        self._header, self._names = header, NAMES[day]
        self._numbers = {"photo": 0, "video": 0}

    def write(self) -> None:
        """Write `result.json` and the media it names."""
        self.folder.mkdir()
        with (self.folder / "result.json").open("wb") as out:
            write_chat(out, self._header, (self._message(one) for one in self.posts))

    def _message(self, post: Post) -> Object:
        """Return one message's fields in tdesktop's order."""
        fields: Object = {"id": post.number, "type": "service" if post.service else "message", **_time("date", post.at)}
        if post.edited_at:
            fields |= _time("edited", post.edited_at)
        name, number = self._names[post.who], PEOPLE[post.who]
        if post.service:
            return {**fields, "actor": name, "actor_id": number, **post.service, **text_fields()}
        fields |= {"from": name, "from_id": number}
        if post.forwarded_from:
            fields["forwarded_from"] = post.forwarded_from
        if post.reply_to is not None:
            fields["reply_to_message_id"] = post.reply_to
        fields |= post.missing
        if post.picture:
            fields |= self._picture(post, post.picture)
        if post.film:
            fields |= self._film(post, post.film)
        fields |= text_fields(*post.parts)
        return fields | {"reactions": list(self._reactions(post))} if post.reactions else fields

    def _picture(self, post: Post, drawn: Drawn) -> Object:
        content, (width, height) = posted(drawn)
        if drawn.as_file:
            name = f"IMG_{post.number:04}.jpg"
            path, thumb = f"files/{name}", f"files/{name}_thumb.jpg"
            self._keep(path, content, post, drawn.source, drawn.change)
            small = self._thumbnail(thumb, drawn.source, post)
            return {
                "file": path,
                "file_name": name,
                "file_size": len(content),
                "thumbnail": thumb,
                "thumbnail_file_size": small,
                "mime_type": "image/jpeg",
                "width": width,
                "height": height,
            }
        path = self._numbered("photo", post.at, "photos", "jpg")
        self._keep(path, content, post, drawn.source, drawn.change)
        return {"photo": path, "photo_file_size": len(content), "width": width, "height": height}

    def _film(self, post: Post, film: str) -> Object:
        path = self._numbered("video", post.at, "video_files", "mp4")
        (self.folder / "video_files").mkdir(exist_ok=True)
        width, height, seconds = write_video(self.folder / path, copy=film == "film-copy")
        self.shown.append(
            Shown(self.folder.name, path, post.number, "film", "recompressed" if film == "film-copy" else AS_IS)
        )
        small = self._thumbnail(f"{path}_thumb.jpg", "s6", post)
        return {
            "file": path,
            "file_name": "video.mp4",
            "file_size": (self.folder / path).stat().st_size,
            "thumbnail": f"{path}_thumb.jpg",
            "thumbnail_file_size": small,
            "media_type": "video_file",
            "mime_type": "video/mp4",
            "duration_seconds": seconds,
            "width": width,
            "height": height,
        }

    def _numbered(self, kind: str, at: datetime, folder: str, ending: str) -> str:
        self._numbers[kind] += 1
        return f"{folder}/{kind}_{self._numbers[kind]}@{at:%d-%m-%Y_%H-%M-%S}.{ending}"

    def _thumbnail(self, path: str, source: str, post: Post) -> int:
        small = drawing(source).copy()
        small.thumbnail((320, 320))
        content = jpeg(small)
        self._keep(path, content, post, source, THUMBNAIL)
        return len(content)

    def _keep(self, path: str, content: bytes, post: Post, source: str, change: str) -> None:
        (self.folder / path).parent.mkdir(exist_ok=True)
        (self.folder / path).write_bytes(content)
        self.shown.append(Shown(self.folder.name, path, post.number, source, change))

    def _reactions(self, post: Post) -> Iterator[Object]:
        for emoji, people in post.reactions:
            recent = [
                {"from": self._names[who], "from_id": PEOPLE[who], "date": f"{post.at:%Y-%m-%dT%H:%M:%S}"}
                for who in people
            ]
            yield {"type": "emoji", "count": len(people), "emoji": emoji, "recent": recent}


def _time(key: str, at: datetime) -> Object:
    """Return the local time without zone, as tdesktop writes it, and the unix seconds as a string."""
    return {key: f"{at:%Y-%m-%dT%H:%M:%S}", f"{key}_unixtime": str(int(at.timestamp()))}
