"""Chosen messages are proven, and the packet tells nothing of the others."""

import json
from datetime import UTC, datetime

import pytest

from drawn.packet_plan import WITNESSES
from drawn.stamps import authority, stamp
from haechi import bootstrap
from haechi.bootstrap.redacting import redact, redact_message
from haechi.domain.anchor import Cosignature, Witness
from haechi.domain.case import CustodyMode
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.derivative import MessageField, Region
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.packet import Selection
from integration.imports.vaults import VaultAt
from integration.packet_flow.conftest import OTHER, ROOM, Packet, Room, pack

MANY = 40_000
CHOSEN = (1, 20_000, 30_000)


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> VaultAt:
    folder = tmp_path_factory.mktemp("many")
    room = Room(folder / "ChatExport_2026-10-01", name="큰 방", type="private_supergroup", id=1500000077)
    for number in range(1, MANY + 1):
        room.messages.append(
            {
                "id": number, "type": "message", "date": "2026-09-01T12:00:00", "date_unixtime": "1788231600",
                "from": "초록우산", "from_id": "user4242", "text": f"비밀-{number:06d}-말",
            }
        )  # fmt: skip
    vault = VaultAt(folder / "vault", mode=CustodyMode.REFERENCE_ONLY)
    vault.take(room.written())
    return vault


@pytest.fixture(scope="module")
def three(many, tmp_path_factory) -> Packet:
    chosen = Selection(messages=frozenset((ROOM, str(number)) for number in CHOSEN))
    return pack(many, tmp_path_factory.mktemp("three") / "packet", chosen)


def test_three_of_forty_thousand_messages_are_proven_with_sixteen_hashes_each(three):
    assert three.findings() == ()
    rows = three.rows("disclosed")
    assert [(row["message"], row["index"], row["size"]) for row in rows] == [
        (f"M-000{at}", str(number - 1), str(MANY)) for at, number in enumerate(CHOSEN, 1)
    ]
    for row in rows:
        head = (three.path / f"seal/messages/{row['message']}.tlog-proof").read_text().partition("\n\n")[0]
        assert len(head.split("\n")) == 3 + 16


def test_the_shown_bytes_are_the_messages_as_they_stood_in_the_export(three):
    said = [json.loads((three.path / row["file"]).read_bytes()) for row in three.rows("disclosed")]
    assert [one["text"] for one in said] == [f"비밀-{number:06d}-말" for number in CHOSEN]
    assert [row["disclosed"] for row in three.rows("messages")] == ["M-0001", "M-0002", "M-0003"]


def test_nothing_of_the_other_messages_is_in_the_packet(three):
    told = set()
    for content in three.files().values():
        told |= {content[at + 7 : at + 13] for at in _places(content, "비밀-".encode())}
    assert told == {f"{number:06d}".encode() for number in CHOSEN}


def _places(content: bytes, word: bytes):
    at = content.find(word)
    while at >= 0:
        yield at
        at = content.find(word, at + 1)


def test_a_whole_case_proves_its_messages_only_when_asked(small, tmp_path):
    assert pack(small, tmp_path / "plain").rows("disclosed") == []
    proven = pack(small, tmp_path / "proven", prove=True)
    assert len(proven.rows("disclosed")) == len(proven.rows("messages")) == 6
    assert proven.findings() == ()
    assert pack(small, tmp_path / "again", prove=True).built.digest == proven.built.digest


def test_of_a_message_in_two_exports_the_version_that_is_told_is_proven(full, tmp_path):
    packet = pack(full, tmp_path / "packet", Selection(messages=frozenset({(ROOM, "5")})))
    assert packet.findings() == ()
    [row] = packet.rows("disclosed")
    assert json.loads((packet.path / row["file"]).read_bytes())["text"] == "고친 뒤"


def test_messages_of_two_parts_are_proven_in_their_own_trees(full, tmp_path):
    packet = pack(full, tmp_path / "packet", Selection(messages=frozenset({(ROOM, "6"), (OTHER, "1")})))
    assert packet.findings() == ()
    notes = {
        (packet.path / f"seal/messages/{row['message']}.tlog-proof").read_text().partition("\n\n")[2].split("\n")[0]
        for row in packet.rows("disclosed")
    }
    assert len(notes) == 2


def test_packets_with_other_content_have_other_numbers(small, tmp_path):
    plain, proven = pack(small, tmp_path / "plain"), pack(small, tmp_path / "proven", prove=True)
    assert plain.built.packet_id != proven.built.packet_id


def anchored(vault: VaultAt) -> None:
    """Have the log as it stands stamped and cosigned, and noted in it."""
    with vault.opened() as opened:
        inner = opened.unlocked
        head = inner.ledger.log_head().frontier
        text = Checkpoint(inner.origin, head.size, head.root()).text()
        note = sign_note(text, NoteKey(inner.origin, inner.log_signer.public), inner.log_signer.sign)
        at = datetime(2026, 11, 20, tzinfo=UTC)
        key, signer = WITNESSES[0]
        with inner.ledger.begin() as writer:
            writer.set_witness(Witness(key.name, "https://witness.invalid/", (key.vkey,)))
            number = writer.add_anchor(size=head.size, note=note)
            writer.add_stamp(number, stamp(authority("p256", "drawn"), note.encode(), at))
            seconds = int(at.timestamp()) + head.size
            line = cosign(text, key, signer.sign, at=seconds)
            writer.add_cosignature(number, Cosignature(key.name, key.vkey, line, seconds))
            subject = {"anchor": number}
            writer.append(Draft(EntryType.ANCHOR, "owner", inner.tools.now(), opening=open_record(b"s" * 32, subject)))
        inner.checkpoint()


def test_anchors_go_along_the_oldest_that_covers_an_exhibit_and_the_newest(small, tmp_path):
    before = pack(small, tmp_path / "before")
    for _ in range(4):
        anchored(small)
    packet = pack(small, tmp_path / "packet")
    again = pack(small, tmp_path / "again")
    assert before.rows("anchors") == []
    sizes = [int(row["size"]) for row in packet.rows("anchors") if row["kind"] == "stamp"]
    with small.opened() as opened:
        kept = [one.size for one in opened.unlocked.ledger.anchors()]
    assert sizes == [kept[0], *kept[-2:]]
    assert [row["kind"] for row in packet.rows("anchors")] == ["stamp", "cosignature"] * 3
    assert packet.findings() == ()
    assert "unanchored" in verdict(before).not_proven
    assert "unanchored" not in verdict(packet).not_proven
    assert packet.built.packet_id != before.built.packet_id
    assert (again.built.packet_id, again.built.digest) == (packet.built.packet_id, packet.built.digest)


def verdict(packet: Packet):
    return bootstrap.verify_packet(packet.path, signer=None)


def redacted(vault: VaultAt, *, message: tuple[str, str] | None = None) -> None:
    """Have a redacted copy of the first picture, or of a message without its text, in the vault."""
    with vault.opened() as opened:
        case = opened.cases()[0]
        if message is not None:
            redact_message(opened, case, message, fields=[MessageField.TEXT], reason="이름")
            return
        items = opened.unlocked.ledger.items(case.case_id)
        item = next(one for one in items if one.examined.mime == "image/jpeg")
        redact(opened, case, item.item_id, regions=[Region(1, 2, 30, 40)], reason="얼굴")


def test_a_redacted_copy_goes_along_beside_its_original_or_in_its_place(small, tmp_path):
    redacted(small)
    both, only = pack(small, tmp_path / "both"), pack(small, tmp_path / "only", redacted_only=True)
    assert both.findings() == only.findings() == ()
    [row] = both.rows("derivatives")
    original = f"{row['source_exhibit']}.jpg"
    assert original in both.evidence()
    assert only.evidence() == both.evidence() - {original, "E-0002.jpg"}  # its turned copy
    assert (row["regions"], row["reason"]) == ("1 2 30 40", "얼굴")
    assert (only.path / row["file"]).is_file()
    assert both.built.packet_id != only.built.packet_id


def test_of_a_redacted_message_no_word_goes_along_when_only_the_copy_may(small, tmp_path):
    redacted(small, message=(ROOM, "4"))
    chosen = Selection(rooms=frozenset({ROOM}))
    both = pack(small, tmp_path / "both", chosen)
    only = pack(small, tmp_path / "only", chosen, redacted_only=True)
    whole = pack(small, tmp_path / "whole", redacted_only=True, prove=True)
    secret = "곧 지울 글".encode()
    assert any(secret in content for content in both.files().values())
    for packet in (only, whole):
        assert packet.findings() == ()
        assert not any(secret in content for content in packet.files().values())
        assert [row["fields"] for row in packet.rows("derivatives")] == ["links text"]
        assert "4" not in {row["message_id"] for row in packet.rows("disclosed")}
