"""From records to a packet: what is chosen, what goes along, and what two exports of one room tell."""

import hashlib
import json
import re

import pypdfium2
import pytest
from asn1crypto import cms

from haechi.domain.case import CustodyMode
from haechi.domain.errors import SelectionUnknownError
from haechi.domain.packet import Selection
from integration.imports.vaults import VaultAt
from integration.packet_flow.conftest import OTHER, ROOM, groups, pack

GOES_ALONG = {"E-0001.jpg", "E-0002.jpg", "E-0003.jpg", "E-0004.json", "E-0005.json", "E-0006.json"}


def report(packet, name="report.pdf") -> str:
    document = pypdfium2.PdfDocument(packet.path / "data" / "report" / name)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))


def test_a_whole_case_holds_every_message_room_and_different_file_once(whole):
    assert whole.findings() == ()
    assert len(whole.rows("messages")) == 7
    assert {row["room"] for row in whole.rows("rooms")} == {ROOM, OTHER}
    found = [row for row in whole.rows("exhibits") if row["role"] == "found"]
    assert len({row["sha256"] for row in found}) == len(found)
    assert sorted(row["path"].rpartition(".")[2] for row in found) == ["jpg", "jpg", "jpg", "json", "json", "json"]


def test_only_those_of_her_photos_that_have_copies_are_listed_and_none_goes_along(whole):
    own = [row for row in whole.rows("exhibits") if row["role"] == "own-photo"]
    assert [(row["path"], row["file"]) for row in own] == [("me.png", "")]
    assert whole.evidence() == GOES_ALONG
    assert report(whole).count("·파일없음") == 1
    assert len(re.findall(r"[0-9]있음", report(whole, "hash-confirmation.pdf"))) == len(GOES_ALONG)


def test_her_photos_go_along_when_she_says_so(full, tmp_path):
    packet = pack(full, tmp_path / "packet", own=True)
    assert packet.evidence() == {*GOES_ALONG, "E-0007.png"}
    assert packet.findings() == ()


def test_the_same_bytes_in_two_rooms_are_one_exhibit_seen_twice(whole):
    first = whole.rows("exhibits")[0]
    assert first["seen_in"] == f"{ROOM} 1; {OTHER} 1"


def test_exhibit_numbers_are_the_same_in_every_table_and_in_the_report(whole):
    listed = {row["exhibit"]: row["sha256"] for row in whole.rows("exhibits")}
    assert {row["exhibit"]: row["sha256"] for row in whole.rows("groups") if row["row"] == "sighting"}.items() <= (
        listed.items()
    )
    assert {number for row in whole.rows("messages") for number in row["exhibits"].split()} <= listed.keys()
    for name in ("report.pdf", "report.en.pdf"):
        assert set(re.findall(r"E-\d{4}", report(whole, name))) - {"E-0001"} == listed.keys() - {"E-0001"}


@pytest.mark.parametrize(
    ("selection", "messages", "exhibits"),
    [
        (Selection(rooms=frozenset({OTHER})), [(OTHER, "1")], 1),
        (Selection(messages=frozenset({(ROOM, "6")})), [(ROOM, "6")], 1),
        (Selection(messages=frozenset({(ROOM, "4")})), [(ROOM, "4")], 0),
        (Selection(rooms=frozenset({OTHER}), messages=frozenset({(ROOM, "4")})), [(ROOM, "4"), (OTHER, "1")], 1),
    ],
)
def test_a_selection_brings_its_messages_and_their_files_only(full, tmp_path, selection, messages, exhibits):
    packet = pack(full, tmp_path / "packet", selection)
    assert [(row["room"], row["message_id"]) for row in packet.rows("messages")] == messages
    assert len(packet.rows("exhibits")) == exhibits
    assert {row["room"] for row in packet.rows("rooms")} == {room for room, _ in messages}
    assert packet.findings() == ()


def test_what_a_match_names_can_be_chosen_and_brings_every_message_with_it(full, tmp_path):
    group = groups(full)[0]
    items = frozenset(sighting.item_id for sighting in group.sightings)
    packet = pack(full, tmp_path / "packet", Selection(items=items))
    assert {(row["room"], row["message_id"]) for row in packet.rows("messages")} == {(ROOM, "1"), (ROOM, "2"), (OTHER, "1")}  # fmt: skip
    assert {row["sha256"] for row in packet.rows("exhibits")} == set(group.digests)
    assert packet.built.groups == 1


def test_a_selection_counts_only_what_it_holds(full, tmp_path):
    packet = pack(full, tmp_path / "packet", Selection(messages=frozenset({(ROOM, "6")})))
    assert [row["messages"] for row in packet.rows("rooms")] == ["1"]
    assert {row["messages"] for row in packet.rows("accounts")} == {"1"}


def test_a_mistyped_selection_is_named_and_makes_nothing_even_beside_a_right_one(full, tmp_path):
    with pytest.raises(SelectionUnknownError) as refused:
        pack(full, tmp_path / "packet", Selection(rooms=frozenset({ROOM, "channel9"}), items=frozenset({"nothing"})))
    assert refused.value.facts["names"] == "channel9, nothing"
    assert list(tmp_path.iterdir()) == []


def test_a_case_without_bytes_gives_exhibits_by_digest_only(exports, tmp_path):
    vault = VaultAt(tmp_path / "vault", mode=CustodyMode.REFERENCE_ONLY)
    vault.take(exports.first)
    packet = pack(vault, tmp_path / "packet", own=True)
    assert not (packet.path / "data" / "evidence").exists()
    assert [row["file"] for row in packet.rows("exhibits")] == ["", "", "", ""]
    assert len(list((packet.path / "seal" / "proofs").iterdir())) == 4
    assert packet.findings() == ()


def test_two_exports_tell_versions_and_between_which_dates_a_message_went(whole):
    rows = {(row["room"], row["message_id"]): row for row in whole.rows("messages")}
    gone = {
        key: (row["last_export_with"], row["first_export_without"])
        for key, row in rows.items()
        if row["last_export_with"]
    }
    assert gone == dict.fromkeys([(ROOM, "2"), (ROOM, "4")], ("2026-10-01", "2026-10-20"))
    assert (rows[ROOM, "5"]["versions"], rows[ROOM, "5"]["text"]) == ("2", "고친 뒤")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.pdf", ["다른이름으로보임", "초록우산→검은우산", "메시지사라짐", "메시지고침", "링크올림"]),
        ("report.en.pdf", ["Seenunderanothername", "초록우산→검은우산", "Messagegone", "Messageedited", "Linkposted"]),
    ],
)
def test_the_report_tells_names_edits_and_disappearances_by_the_exports_days(whole, name, words):
    text = report(whole, name)
    assert [word for word in words if word not in text] == []
    assert "2026-10-20" in text
    assert "2026-10-2000:00" not in text  # the folder's name tells a day, no time


def test_a_room_lists_the_links_posted_in_it_and_marks_the_derived_one(whole):
    room = next(row for row in whole.rows("rooms") if row["room"] == ROOM)
    assert room["links"] == "https://t.me/+AbCdEfGh t.me/some_room/12"
    assert "https://t.me/c/1500000077/메시지번호(숫자ID에서만든것이며" in report(whole)
    assert "https://t.me/c/1500000077/NUMBER(derivedfrom" in report(whole, "report.en.pdf")


def test_importing_the_older_export_after_the_newer_one_tells_the_same(exports, tmp_path, whole):
    vault = VaultAt(tmp_path / "vault", mode=CustodyMode.SEALED)
    for export in (exports.later, exports.other, exports.first):
        vault.take(export)
    packet = pack(vault, tmp_path / "packet")
    assert packet.rows("messages") == whole.rows("messages")


def test_every_document_is_signed_by_the_key_that_the_packet_names(whole):
    named = (whole.path / "bag-info.txt").read_text(encoding="ascii").split("Haechi-Report-Certificate: ")[1].strip()
    for document in (whole.path / "data" / "report").glob("*.pdf"):
        content = document.read_bytes()
        signature = bytes.fromhex(re.search(rb"/Contents <([0-9A-Fa-f]+)>", content)[1].decode())
        (certificate,) = cms.ContentInfo.load(signature)["content"]["certificates"]
        assert hashlib.sha256(certificate.dump()).hexdigest() == named


def test_the_case_graph_tells_of_every_exhibit(whole):
    graph = json.loads((whole.path / "meta" / "case-graph.jsonld").read_bytes())["@graph"]
    numbers = {one.get("case-investigation:exhibitNumber") for one in graph} - {None}
    assert {row["exhibit"] for row in whole.rows("exhibits")} <= numbers
