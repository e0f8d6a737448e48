"""What is not to be told stands nowhere in a packet: not in a table, a document, the case graph, or a file's bytes."""

import hashlib
import re
import subprocess

import pytest

from drawn_files import scene
from haechi.adapters.renderer.typst_renderer import TypstRenderer
from haechi.bootstrap.redacting import redact, redact_message
from haechi.domain.derivative import MessageField, Region
from haechi.domain.packet import Selection
from integration.imports.vaults import VaultAt
from integration.packet_flow.conftest import OTHER, ROOM, Packet, Room, pack
from stock_programs import needed

HIDDEN = "channel1500000088"
FIRST = frozenset({(ROOM, "1")})


@pytest.fixture
def tables_only(monkeypatch):
    """Typeset nothing: what is asked here stands in the tables."""
    monkeypatch.setattr(TypstRenderer, "render", lambda *_: {})


def told(packet: Packet) -> str:
    """Return all that a packet says, documents as `pdftotext` reads them, without the blanks that lines are broken by."""
    program = needed("pdftotext")
    pieces = [*packet.files()]
    for path in sorted(one for one in packet.path.rglob("*") if one.is_file()):
        if path.suffix == ".pdf":
            pieces.append(subprocess.check_output([program, path, "-"], text=True, encoding="utf-8"))
        pieces.append(path.read_bytes().decode("utf-8", "replace"))
    return re.sub(r"[\s\u200b]", "", "\n".join(pieces))


def found(packet: Packet, marks: dict[str, str]) -> set[str]:
    """Return which of the marks stand in a packet."""
    text = told(packet)
    return {name for name, mark in marks.items() if re.sub(r"\s", "", mark) in text}


def digest_of(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def hidden(small, tmp_path):
    """A room of which the only message shows a copy of a picture of another room; and what would give it away."""
    room = Room(tmp_path / "ChatExport_2026-11-11", name="은행나무방", type="private_supergroup", id=1500000088)
    room.say(57, "자작나무 아래", who=(4747, "물총새"), picture=scene(1), quality=60)
    export = room.written()
    picture = next((export / "photos").iterdir())
    small.take(export)
    return {
        "room": "은행나무방", "room key": "1500000088", "sender": "물총새", "account": "user4747", "text": "자작나무 아래",
        "file name": picture.name, "file digest": digest_of(picture), "digest's start": digest_of(picture)[:12],
        "time": "1788231657", "export": export.name, "chat file": digest_of(export / "result.json"),
    }  # fmt: skip


def without(vault: VaultAt, key: tuple[str, str], *fields: MessageField) -> None:
    with vault.opened() as opened:
        redact_message(opened, opened.cases()[0], key, fields=fields, reason="제삼자")


@pytest.mark.parametrize("prove", [False, True])
def test_what_was_redacted_stands_nowhere_in_a_packet_of_copies_alone(small, hidden, tmp_path, prove):
    without(small, (HIDDEN, "57"), *MessageField)
    assert found(pack(small, tmp_path / "both", prove=prove), hidden) == set(hidden)
    only = pack(small, tmp_path / "only", redacted_only=True, prove=prove)
    assert only.findings() == ()
    assert found(only, hidden) == set()
    assert [row["fields"].split() for row in only.rows("derivatives")] == [
        [
            "edited_at",
            "links",
            "media",
            "names",
            "platform",
            "reply_to",
            "room",
            "sender",
            "sender_label",
            "sent_at",
            "text",
            "time_as_written",
        ]
    ]
    assert {row["room"] for row in only.rows("groups") if row["row"] == "sighting"} == {ROOM}


@pytest.fixture(scope="module")
def others(exports) -> dict[str, str]:
    """What tells where else the picture of the first message was posted."""
    turned = next(exports.first.glob("photos/photo_2@*"))
    return {
        "room": "가람", "room key": "user4300", "text": "이것도", "export": exports.other.name,
        "turned copy": digest_of(turned), "turned copy's name": turned.name, "its text": "뒤집은 것",
        "chat file": digest_of(exports.other / "result.json"), "own photo": digest_of(exports.own / "me.png"), "own name": "me.png",
    }  # fmt: skip


def test_a_chosen_message_does_not_tell_where_else_its_picture_was_posted(full, whole, others, tmp_path):
    packet = pack(full, tmp_path / "packet", Selection(messages=FIRST))
    assert packet.findings() == ()
    assert found(whole, others) == set(others)
    assert found(packet, others) == set()
    [row] = packet.rows("exhibits")
    assert (row["group"], row["sightings"], row["seen_in"]) == ("", "1", f"{ROOM} 1")
    assert packet.rows("groups") == []


@pytest.mark.usefixtures("tables_only")
@pytest.mark.parametrize(
    ("selection", "seen"),
    [
        (Selection(messages=frozenset({(ROOM, "1"), (ROOM, "2")})), [(ROOM, "1"), (ROOM, "2")]),
        (Selection(messages=frozenset({(ROOM, "1"), (OTHER, "1")})), [(OTHER, "1"), (ROOM, "1")]),
        (Selection(rooms=frozenset({OTHER}), messages=frozenset({(ROOM, "2")})), [(OTHER, "1"), (ROOM, "2")]),
        (Selection(rooms=frozenset({OTHER})), []),
    ],
)
def test_a_group_has_only_the_chosen_sightings_and_is_none_with_one(full, tmp_path, selection, seen):
    packet = pack(full, tmp_path / "packet", selection)
    rows = [row for row in packet.rows("groups") if row["row"] == "sighting"]
    assert sorted((row["room"], row["message_id"]) for row in rows) == sorted(seen)
    assert packet.built.groups == bool(seen)


def test_a_name_that_only_a_redacted_message_shows_is_not_told_of_its_account(small, tmp_path):
    room = Room(tmp_path / "ChatExport_2026-11-12", name="그림방", type="private_supergroup", id=1500000077)
    room.say(70, "다른 글", who=(4343, "달토끼"))
    room.say(71, "이름이 다른 글", who=(4343, "뻐꾸기"))
    small.take(room.written())
    without(small, (ROOM, "71"), MessageField.SENDER_LABEL)
    assert found(pack(small, tmp_path / "both"), {"name": "뻐꾸기"}) == {"name"}
    only = pack(small, tmp_path / "only", redacted_only=True)
    assert found(only, {"name": "뻐꾸기"}) == set()
    assert {row["name"] for row in only.rows("accounts") if row["account"] == "user4343"} == {"달토끼"}


@pytest.mark.usefixtures("tables_only")
def test_of_a_message_redacted_but_for_its_media_the_picture_stays_and_not_where_it_was(small, tmp_path):
    picture = next(row for row in pack(small, tmp_path / "both").rows("exhibits") if row["seen_in"] == f"{ROOM} 6")
    without(small, (ROOM, "6"), MessageField.TEXT)
    only = pack(small, tmp_path / "only", redacted_only=True)
    [row] = [row for row in only.rows("exhibits") if row["sha256"] == picture["sha256"]]
    assert (row["file"] != "", row["seen_in"]) == (True, "")


@pytest.mark.usefixtures("tables_only")
def test_a_file_that_another_message_shows_is_told_there_though_one_was_redacted(small, exports, tmp_path):
    small.take(exports.other)
    without(small, (OTHER, "1"), MessageField.MEDIA)
    only = pack(small, tmp_path / "only", redacted_only=True)
    assert only.rows("exhibits")[0]["seen_in"] == f"{ROOM} 1"
    assert {row["room"] for row in only.rows("rooms")} == {ROOM}


def painted(vault: VaultAt, digest: str, region: Region) -> None:
    with vault.opened() as opened:
        case = opened.cases()[0]
        item = next(one for one in opened.unlocked.ledger.items(case.case_id) if one.digest == digest)
        redact(opened, case, item.item_id, regions=[region], reason="얼굴")


@pytest.mark.usefixtures("tables_only")
def test_what_is_black_in_one_picture_is_not_seen_in_a_copy_of_it(small, exports, tmp_path):
    one, turned, other = (digest_of(next(exports.first.glob(f"photos/photo_{n}@*"))) for n in (1, 2, 6))
    painted(small, one, Region(1, 2, 30, 40))
    both, only = pack(small, tmp_path / "both"), pack(small, tmp_path / "only", redacted_only=True)
    enclosed = [{row["sha256"] for row in packet.rows("exhibits") if row["file"]} for packet in (both, only)]
    assert enclosed[0] - enclosed[1] == {one, turned}
    assert other in enclosed[1]
    assert len(only.rows("exhibits")) == len(both.rows("exhibits"))


@pytest.mark.usefixtures("tables_only")
def test_of_two_copies_only_the_last_goes_along_alone(small, exports, tmp_path):
    one = digest_of(next(exports.first.glob("photos/photo_1@*")))
    painted(small, one, Region(1, 2, 3, 4))
    painted(small, one, Region(1, 2, 30, 40))
    without(small, (ROOM, "4"), MessageField.TIME)
    without(small, (ROOM, "4"), MessageField.TEXT)
    assert len(pack(small, tmp_path / "both").rows("derivatives")) == 4
    only = pack(small, tmp_path / "only", redacted_only=True)
    assert [(row["derivative"], row["regions"], row["fields"]) for row in only.rows("derivatives")] == [
        ("D-0001", "1 2 30 40", ""), ("D-0002", "", "links text"),
    ]  # fmt: skip


@pytest.mark.usefixtures("tables_only")
def test_a_chat_file_that_holds_a_redacted_message_stays_behind_though_it_was_named(small, tmp_path):
    without(small, (ROOM, "4"), MessageField.TEXT)
    with small.opened() as opened:
        items = opened.unlocked.ledger.items(opened.cases()[0].case_id)
        chat = next(one.item_id for one in items if one.path == "result.json")
    for selection in (Selection(), Selection(items=frozenset({chat}))):
        only = pack(small, tmp_path / f"only{selection.is_whole}", selection, redacted_only=True)
        assert [row["file"] for row in only.rows("exhibits") if row["path"] == "result.json"] == [""]


@pytest.mark.usefixtures("tables_only")
def test_originals_beside_their_copies_are_named(small, exports, tmp_path):
    painted(small, digest_of(next(exports.first.glob("photos/photo_1@*"))), Region(1, 2, 30, 40))
    without(small, (ROOM, "4"), MessageField.TEXT)
    assert pack(small, tmp_path / "both").built.originals == ("E-0001", f"{ROOM}:4")
    assert pack(small, tmp_path / "only", redacted_only=True).built.originals == ()
