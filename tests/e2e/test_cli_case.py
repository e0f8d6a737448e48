"""From an export to a packet that holds, through the command line alone, without anybody to ask."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime

import pytest
from PIL import ImageOps

from drawn_files import scene
from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run

PASSPHRASE = "낱말 네 개를 이어서"
TEXTS = ("이 사진 봐", "뒤집은 것", "다른 것")


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """Draw a room of three messages: a picture, its mirror image saved again, and another picture."""
    folder = tmp_path_factory.mktemp("drawn") / "ChatExport_2026-11-01"
    (folder / "photos").mkdir(parents=True)
    pictures = [scene(1), ImageOps.mirror(scene(1)), scene(2)]
    messages = []
    for number, (picture, text) in enumerate(zip(pictures, TEXTS, strict=True), 1):
        name = f"photos/photo_{number}@01-11-2026_12-00-0{number}.jpg"
        picture.save(folder / name, quality=95 - 20 * (number == 2))
        messages.append(
            {
                "id": number, "type": "message", "date": f"2026-11-01T12:00:0{number}",
                "date_unixtime": str(1793502000 + number), "from": "그린이", "from_id": "user4242",
                "photo": name, "photo_file_size": (folder / name).stat().st_size, "width": 480, "height": 360,
                "text": text, "text_entities": [{"type": "plain", "text": text}],
            }
        )  # fmt: skip
    room = {"name": "그림방", "type": "private_supergroup", "id": 777, "messages": messages}
    (folder / "result.json").write_text(json.dumps(room, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


@pytest.fixture
def vault(tmp_path, monkeypatch):
    """Return a new vault that the settings name, so that commands need only their key."""
    cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
    bootstrap.create_vault(tmp_path / "vault", passphrase=PASSPHRASE, keys=cheap)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    monkeypatch.setenv("HAECHI_VAULT", str(tmp_path / "vault"))
    return tmp_path / "vault"


def haechi(vault, *words):
    return run([*map(str, words), "--passphrase-file", str(vault.parent / "passphrase")])


def told(vault, capsys, *words):
    capsys.readouterr()
    assert haechi(vault, *words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_without_anybody_to_ask_a_case_keeps_records_only_and_says_where_to_hand_over(vault, export, capsys):
    assert haechi(vault, "import", export) == 0
    shown = capsys.readouterr()
    assert "텔레그램" in shown.out
    assert "어디에도 저장하지 않았습니다" in shown.out
    assert "112" in shown.out
    assert not list((vault / "blobs").rglob("*.age"))
    (case,) = (told(vault, capsys, "match")["case"],)
    assert (case["mode"], case["age"]) == ("reference-only", "unknown")


def test_nothing_is_read_before_the_case_may_receive_it(vault, export, capsys):
    assert haechi(vault, "import", export, "--mode", "sealed", "--consent", "동의") == 5
    assert told(vault, capsys, "status")["imports"] == 0


def test_an_adult_who_consents_gets_her_files_sealed(vault, export, capsys):
    consent = ["--mode", "sealed", "--age", "adult", "--consent", "동의합니다"]
    assert haechi(vault, "import", export, *consent) == 0
    assert "암호화해서 금고에" in capsys.readouterr().out
    assert told(vault, capsys, "status")["sealed_items"] == 4


def test_the_same_export_again_adds_nothing(vault, export, capsys):
    first = told(vault, capsys, "import", export)["imported"]
    again = told(vault, capsys, "import", export)["imported"]
    assert (first["new_messages"], first["known_messages"]) == (3, 0)
    assert (again["new_messages"], again["known_messages"]) == (0, 3)


def test_a_mirrored_copy_is_a_candidate_with_method_and_distance(vault, export, capsys):
    haechi(vault, "import", export)
    (group,) = told(vault, capsys, "match")["groups"]
    assert [sighting["message_id"] for sighting in group["sightings"]] == ["1", "2"]
    assert {pair["symmetry"] for pair in group["pairs"]} == {"mirror"}
    assert haechi(vault, "match") == 0
    shown = capsys.readouterr().out
    assert "후보" in shown
    assert "좌우 뒤집음" in shown
    assert "/256 비트" in shown
    assert "user4242" in shown


def test_own_photos_are_told_apart_from_what_was_found(vault, export, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    scene(1).save(tmp_path / "mine" / "me.png")
    haechi(vault, "import", export)
    assert haechi(vault, "import", tmp_path / "mine", "--as", "own-photos") == 0
    capsys.readouterr()
    assert haechi(vault, "match") == 0
    assert "내 사진 me.png" in capsys.readouterr().out


def test_a_packet_holds_until_one_byte_is_changed(vault, export, tmp_path, capsys):
    haechi(vault, "import", export)
    packet = tmp_path / "packet"
    assert haechi(vault, "packet", packet) == 0
    shown = capsys.readouterr().out
    signer = next(word for word in shown.split() if word.startswith("SHA256:"))
    assert run(["verify-packet", str(packet), "--signer", signer]) == 0
    assert "만든 그대로" in capsys.readouterr().out
    assert run(["verify-packet", str(packet), "--signer", "SHA256:" + "A" * 43]) == 5
    assert "알려 준 열쇠로 서명한 것이 아닙니다" in capsys.readouterr().out
    report = packet / "report.pdf"
    report = report if report.exists() else next(packet.rglob("report.pdf"))
    content = bytearray(report.read_bytes())
    content[100] ^= 1
    report.write_bytes(content)
    assert run(["verify-packet", str(packet)]) == 5
    assert "report.pdf" in capsys.readouterr().out
    assert run(["verify-packet", str(packet), "--json"]) == 5
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["code"] for finding in findings} >= {"file-changed"}


def test_a_packet_of_one_message_brings_its_picture_and_no_other(vault, export, tmp_path, capsys):
    haechi(vault, "import", export)
    assert haechi(vault, "packet", tmp_path / "packet", "--message", "channel777:3") == 0
    assert "E-0001" in "".join(path.read_text("utf-8", "ignore") for path in (tmp_path / "packet").rglob("*.csv"))
    assert "E-0002" not in "".join(path.read_text("utf-8", "ignore") for path in (tmp_path / "packet").rglob("*.csv"))
    assert haechi(vault, "packet", tmp_path / "none", "--room", "nowhere") == 3
    assert not (tmp_path / "none").exists()
    capsys.readouterr()


def test_rooms_and_messages_are_listed_by_number_without_a_word_of_them(vault, export, capsys):
    assert haechi(vault, "import", export) == 0
    rooms = told(vault, capsys, "rooms")["rooms"]
    assert [(room["key"]["value"], room["messages"]) for room in rooms] == [("channel777", 3)]
    listed = told(vault, capsys, "rooms", "channel777")["messages"]
    assert [(one["message_id"], one["account"], len(one["items"])) for one in listed] == [
        (number, "user4242", 1) for number in "123"
    ]
    assert haechi(vault, "rooms", "channel777") == 0
    assert not any(text in capsys.readouterr().out for text in TEXTS)
    assert haechi(vault, "rooms", "channel778") == 3


def test_messages_are_told_with_sender_and_words_only_when_asked_for(vault, export, capsys):
    assert haechi(vault, "import", export) == 0
    capsys.readouterr()
    assert haechi(vault, "rooms", "channel777", "--text") == 0
    shown = capsys.readouterr().out
    assert all(text in shown for text in TEXTS)
    listed = told(vault, capsys, "rooms", "channel777", "--text")["messages"]
    assert all(one["sender"] for one in listed)
    at = listed[1]["sent_at"]
    moments = [datetime.fromtimestamp(one["sent_at"]).isoformat() for one in listed]  # noqa: DTZ006 - as a person types it
    between = told(vault, capsys, "rooms", "channel777", "--from", moments[1], "--to", moments[1])["messages"]
    assert [one["sent_at"] for one in between] == [at]
    assert told(vault, capsys, "rooms", "channel777", "--to", moments[0][:10])["messages"] == [
        {**one, "sender": None, "text": None}
        for one in listed
        if one["sent_at"] // 86400 == listed[0]["sent_at"] // 86400
    ]
    assert haechi(vault, "rooms", "channel777", "--from", "어제") == 2
    assert haechi(vault, "rooms", "--text") == 2


def test_what_could_not_be_read_is_named_with_what_to_do(vault, export, tmp_path, capsys):
    broken = tmp_path / export.name
    shutil.copytree(export, broken)
    content = (broken / "result.json").read_bytes()
    (broken / "result.json").write_bytes(content[: len(content) // 2])
    (broken / "photos" / "photo_3@01-11-2026_12-00-03.jpg").write_bytes(b"")
    assert haechi(vault, "import", broken) == 0
    shown = capsys.readouterr().out
    assert "읽지 못했거나 알아 둘 것" in shown
    assert "잘려" in shown
    assert "설명을 갖고 있지 않은" not in shown


def test_a_vault_is_never_imported_into_itself(vault, capsys):
    assert haechi(vault, "import", vault.parent) == 2
    assert told(vault, capsys, "status")["imports"] == 0


def test_an_interrupted_import_says_so_and_the_same_command_goes_on(vault, export, capsys):
    words = [sys.executable, "-m", "haechi", "import", str(export)]
    words += ["--passphrase-file", str(vault.parent / "passphrase")]
    held = (
        "import haechi.flows.receive as r, os, signal, time\n"
        "def stop(*a):\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(60)\n"
        "r.Receiver._seal = stop\nfrom haechi.cli import main\nmain()"
    )
    program = [sys.executable, "-c", held, *words[3:]]
    done = subprocess.run(program, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONUTF8": "1"})
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert "잃지 않았습니다" in done.stderr
    assert "Traceback" not in done.stderr
    imported = told(vault, capsys, "import", export)["imported"]
    assert imported["resumed"]
    assert imported["new_messages"] == 3
    assert haechi(vault, "verify") == 0
    capsys.readouterr()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_result_fits_into_forty_columns(vault, export, capsys, monkeypatch, language):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("HAECHI_LANG", language)
    packet = str(vault.parent / "packet")
    for words in (["import", export], ["match"], ["packet", packet], ["status"], ["verify"], ["case"]):
        assert haechi(vault, *words) == 0
    run(["verify-packet", packet])
    shown = capsys.readouterr().out
    assert max(cell_len(line) for line in shown.splitlines()) <= 40
    assert any("가" <= letter <= "힣" for letter in shown.replace("그림방", "").replace("사건", "")) == (
        language == "ko"
    )
