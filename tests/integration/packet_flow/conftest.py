"""A small drawn room, its two exports, own photos, and vaults that hold them."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import ImageOps

from drawn_files import scene
from haechi import bootstrap
from haechi.bootstrap.packets import build_packet
from haechi.domain.case import CustodyMode
from haechi.domain.packet import Selection
from haechi.flows.build_packet import Built
from integration.imports.vaults import VaultAt, quiet

ROOM, OTHER = "channel1500000077", "user4300"
WHOLE = Selection()


class Room:
    """An export of one room being drawn."""

    def __init__(self, folder: Path, **head) -> None:
        self.folder, self.head, self.messages = folder, head, []
        (folder / "photos").mkdir(parents=True)

    def say(self, number: int, text: str, *, who=(4242, "초록우산"), picture=None, quality=90, **more) -> None:
        message = {
            "id": number, "type": "message", "date": f"2026-09-01T12:00:{number:02d}",
            "date_unixtime": str(1788231600 + number), "from": who[1], "from_id": f"user{who[0]}",
        }  # fmt: skip
        if picture is not None:
            name = f"photos/photo_{number}@01-09-2026_12-00-{number:02d}.jpg"
            picture.save(self.folder / name, quality=quality)
            message |= {"photo": name, "width": picture.width, "height": picture.height}
        self.messages.append(message | {"text": text} | more)

    def written(self) -> Path:
        whole = {**self.head, "messages": self.messages}
        (self.folder / "result.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
        return self.folder


@dataclass(frozen=True)
class Exports:
    first: Path
    later: Path
    other: Path
    own: Path


@pytest.fixture(scope="session")
def exports(tmp_path_factory) -> Exports:
    folder = tmp_path_factory.mktemp("rooms")
    head = {"name": "그림방", "type": "private_supergroup", "id": 1500000077}
    first = Room(folder / "ChatExport_2026-10-01", **head)
    first.say(1, "봐요", picture=scene(1))
    first.say(2, "뒤집은 것", picture=ImageOps.mirror(scene(1)), quality=70)
    first.say(3, "여기로 https://t.me/+AbCdEfGh 오세요, t.me/some_room/12 도. https://example.org/ 는 아님")
    first.say(4, "곧 지울 글", who=(4343, "달토끼"))
    first.say(5, "고치기 전 t.me/+AbCdEfGh", who=(4343, "달토끼"))
    first.say(6, "다른 것", picture=scene(2))
    later = Room(folder / "ChatExport_2026-10-20", **head)
    later.say(1, "봐요", who=(4242, "검은우산"), picture=scene(1))
    later.say(3, "여기로 https://t.me/+AbCdEfGh 오세요, t.me/some_room/12 도. https://example.org/ 는 아님", who=(4242, "검은우산"))  # fmt: skip
    later.say(5, "고친 뒤", who=(4343, "달토끼"), edited="2026-10-05T10:00:00", edited_unixtime="1791162000")
    later.say(6, "다른 것", who=(4242, "검은우산"), picture=scene(2))
    other = Room(folder / "ChatExport_2026-10-02", name="가람", type="personal_chat", id=4300)
    other.say(1, "이것도", who=(4300, "가람"), picture=scene(1))
    own = folder / "mine"
    own.mkdir()
    scene(1).save(own / "me.png")
    scene(9).save(own / "unseen.png")
    return Exports(first.written(), later.written(), other.written(), own)


@dataclass
class Packet:
    """A packet on disk, and what stands in its tables."""

    path: Path
    built: Built

    def rows(self, table: str) -> list[dict[str, str]]:
        with (self.path / "meta" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def evidence(self) -> set[str]:
        return {path.name for path in (self.path / "data" / "evidence").glob("*")}

    def findings(self):
        return bootstrap.verify_packet(self.path, signer=None).findings

    def files(self) -> dict[str, bytes]:
        return {str(one.relative_to(self.path)): one.read_bytes() for one in self.path.rglob("*") if one.is_file()}


def pack(
    vault: VaultAt,
    target: Path,
    selection: Selection = WHOLE,
    *,
    progress=quiet,
    own=False,
    prove=False,
    redacted_only=False,
) -> Packet:
    with vault.opened() as opened:
        case = opened.cases()[0]
        built = build_packet(
            opened,
            case,
            target,
            selection=selection,
            with_own_photos=own,
            prove_messages=prove,
            redacted_only=redacted_only,
            progress=progress,
        )
    return Packet(target, built)


def groups(vault: VaultAt):
    with vault.opened() as opened:
        return opened.match(opened.cases()[0], progress=quiet)


@pytest.fixture(scope="module")
def full(exports, tmp_path_factory) -> VaultAt:
    """A sealed vault that holds everything drawn. Tests only read it and make packets."""
    from haechi.domain.evidence import Role

    vault = VaultAt(tmp_path_factory.mktemp("full") / "vault", mode=CustodyMode.SEALED)
    vault.take(exports.first)
    vault.take(exports.other)
    vault.take(exports.own, role=Role.OWN_PHOTO)
    vault.take(exports.later)
    return vault


@pytest.fixture(scope="module")
def whole(full, tmp_path_factory) -> Packet:
    return pack(full, tmp_path_factory.mktemp("whole") / "packet")


@pytest.fixture
def small(exports, tmp_path) -> VaultAt:
    """A sealed vault of one import, for tests that damage it or add to it."""
    vault = VaultAt(tmp_path / "vault", mode=CustodyMode.SEALED)
    vault.take(exports.first)
    return vault
