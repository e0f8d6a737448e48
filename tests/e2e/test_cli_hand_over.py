"""Redacting, handing over and receipts through the command line alone, with nobody to ask."""

import hashlib
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pyrage
import pytest
import pyzipper

from drawn_files import scene
from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run
from stock_programs import needed

PASSPHRASE = "낱말 네 개를 이어서"
ZIP_PASSPHRASE = "파일과 다른 길로 알려 주는 긴 암호"


@pytest.fixture(scope="module", autouse=True)
def plain_screen():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "200")
        patch.setenv("HAECHI_LANG", "ko")
        yield


class Desk:
    """A sealed vault, a receiver with real keys, and a packet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
        bootstrap.create_vault(folder / "vault", passphrase=PASSPHRASE, keys=cheap)
        (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
        (folder / "zip-passphrase").write_text(ZIP_PASSPHRASE, encoding="utf-8")
        self.identity = pyrage.x25519.Identity.generate()
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "drawn", "-f", str(folder / "key")]
        subprocess.run(command, check=True)
        self.take("export", {1: scene(1), 2: scene(2)}, case=True)

    def haechi(self, *words) -> int:
        options = ["--vault", self.folder / "vault", "--passphrase-file", self.folder / "passphrase"]
        return run([str(word) for word in (*words, *options)])

    def take(self, name: str, pictures, *, case: bool = False) -> None:
        export = self.folder / name
        (export / "photos").mkdir(parents=True)
        messages = []
        for number, picture in pictures.items():
            path = f"photos/photo_{number}@01-11-2026_12-00-0{number}.jpg"
            picture.save(export / path, quality=90)
            messages.append(
                {"id": number, "type": "message", "date": f"2026-11-01T12:00:0{number}",
                 "date_unixtime": str(1793502000 + number), "from": "그린이", "from_id": "user4242", "photo": path,
                 "text": f"그린 글 {number}"}
            )  # fmt: skip
        room = {"name": "그림방", "type": "private_supergroup", "id": 777, "messages": messages}
        (export / "result.json").write_text(json.dumps(room, ensure_ascii=False), encoding="utf-8")
        if case:
            assert self.haechi("case", "사건", "--mode", "sealed", "--age", "adult", "--consent", "동의합니다") == 0
        assert self.haechi("import", export, "--case", "사건") == 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    needed("ssh-keygen")
    desk = Desk(tmp_path_factory.mktemp("desk"))
    recipient = ["경찰서", "--age", desk.identity.to_public(), "--ssh-key", desk.folder / "key.pub", "--note", "전화로"]
    assert desk.haechi("recipient", "add", *recipient) == 0
    assert desk.haechi("packet", desk.folder / "packet") == 0
    return desk


def numbers(desk, capsys) -> str:
    """Return the first item's number, as `haechi rooms` tells it."""
    capsys.readouterr()
    assert desk.haechi("rooms", "channel777", "--json") == 0
    return json.loads(capsys.readouterr().out)["messages"][0]["items"][0]


def test_a_picture_and_a_message_are_redacted_and_the_result_says_what_it_shows(desk, capsys):
    item = numbers(desk, capsys)
    assert desk.haechi("redact", item, "--box", "10,10,50,40", "--box", "0,0,4,4", "--reason", "제삼자") == 0
    told = capsys.readouterr().out
    assert "10,10,50,40; 0,0,4,4" in told
    assert "원본은 한 바이트도" in told
    assert desk.haechi("redact", "channel777:1", "--remove", "sender", "--reason", "이름") == 0
    assert "names, sender, sender_label" in capsys.readouterr().out


def test_wherever_there_are_copies_it_is_said_whether_originals_go_along(desk, capsys, tmp_path):
    item = numbers(desk, capsys)
    assert desk.haechi("redact", item, "--box", "10,10,50,40", "--reason", "제삼자") == 0
    assert "가리지 않은 원본도 함께" in capsys.readouterr().out
    assert desk.haechi("redact", "channel777:2", "--remove", "text", "--reason", "이름") == 0
    assert "--redacted-only" in capsys.readouterr().out
    chosen = ["--message", "channel777:1", "--message", "channel777:2"]
    for name, more in (("both", []), ("only", ["--redacted-only"])):
        assert desk.haechi("packet", tmp_path / name, *chosen, *more) == 0
        packed = capsys.readouterr().out
        assert desk.haechi("hand-over", tmp_path / name, tmp_path / "p", "--to", "경찰서") == 2
        previewed = capsys.readouterr().out
        for shown in (packed, previewed):
            assert ("channel777:2" in shown) is (name == "both")
            assert ("E-0001, channel777:" in shown) is (name == "both")
        assert "--redacted-only" in previewed or name == "only"
        assert ("가린 사본만 들어 있습니다" in packed) is (name == "only")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--reason", "r"], 2),
        (["--box", "1,2,3", "--reason", "r"], 2),
        (["--box", "-1,2,3,4", "--reason", "r"], 2),
        (["--box", "1,2,3,4", "--remove", "text", "--reason", "r"], 2),
        (["--box", "0,0,481,1", "--reason", "r"], 5),
        (["--box", "0,0,1,1", "--reason", " "], 5),
        (["--box", "0,0,1,1"], 2),
    ],
)
def test_what_cannot_be_redacted_is_told_with_its_exit_code(desk, capsys, words, code):
    item = numbers(desk, capsys)
    assert desk.haechi("redact", item, *words) == code
    assert capsys.readouterr().err


def test_the_directory_shows_the_fingerprint_that_ssh_keygen_shows(desk, capsys):
    capsys.readouterr()
    assert desk.haechi("recipient", "list") == 0
    listed = subprocess.run(["ssh-keygen", "-lf", str(desk.folder / "key")], check=True, capture_output=True, text=True)
    told = capsys.readouterr().out
    assert listed.stdout.split()[1] in told
    assert str(desk.identity.to_public()) in told


def test_without_a_yes_the_preview_is_shown_and_nothing_is_made(desk, capsys, tmp_path):
    assert desk.haechi("hand-over", desk.folder / "packet", tmp_path / "p.zip.age", "--to", "경찰서") == 2
    told = capsys.readouterr()
    for path in (
        one.relative_to(desk.folder / "packet") for one in (desk.folder / "packet").rglob("*") if one.is_file()
    ):
        assert str(path) in told.out
    assert "E-0001, E-0002, E-0003" in told.out
    assert "모든 메시지가 들어 있습니다: E-0003" in told.out
    assert str(desk.identity.to_public()) in told.out
    assert "--yes" in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_packet_goes_to_its_recipient_and_a_signed_receipt_comes_back(desk, capsys, tmp_path):
    target = tmp_path / "p.zip.age"
    assert desk.haechi("hand-over", desk.folder / "packet", target, "--to", "경찰서", "--yes") == 0
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(target.read_bytes(), [desk.identity]))) as archive:
        archive.extractall(tmp_path / "there")
    (packet,) = (tmp_path / "there").iterdir()
    assert bootstrap.verify_packet(packet, signer=None).holds
    receipt = tmp_path / "p.zip.age.receipt.txt"
    signing = ["ssh-keygen", "-q", "-Y", "sign", "-n", "receipt@haechi", "-f", str(desk.folder / "key"), str(receipt)]
    subprocess.run(signing, check=True, capture_output=True)
    capsys.readouterr()
    assert desk.haechi("receipt", receipt, f"{receipt}.sig") == 0
    assert "경찰서" in capsys.readouterr().out
    assert desk.haechi("recipient", "list") == 0
    assert "수령증 있음" in capsys.readouterr().out
    receipt.write_text(receipt.read_text() + " ")
    assert desk.haechi("receipt", receipt) == 5


def test_a_zip_with_a_passphrase_is_made_for_who_has_no_age_key(desk, tmp_path):
    assert desk.haechi("recipient", "add", "상담소", "--ssh-key", desk.folder / "key.pub") == 0
    packet = desk.folder / "packet"
    assert desk.haechi("hand-over", packet, tmp_path / "p", "--to", "상담소", "--yes") == 5
    how = ["--zip-passphrase-file", desk.folder / "zip-passphrase", "--yes"]
    assert desk.haechi("hand-over", packet, tmp_path / "p.zip", "--to", "상담소", *how) == 0
    with pyzipper.AESZipFile(tmp_path / "p.zip") as archive:
        archive.setpassword(ZIP_PASSPHRASE.encode())
        assert archive.testzip() is None
    assert desk.haechi("recipient", "remove", "상담소") == 0


@pytest.mark.parametrize(
    ("to", "source", "code"), [("아무개", "packet", 3), ("경찰서", "none", 3), ("경찰서", "vault", 4)]
)
def test_a_wrong_name_or_folder_is_told_with_its_exit_code(desk, tmp_path, to, source, code):
    assert desk.haechi("hand-over", desk.folder / source, tmp_path / "p", "--to", to, "--yes") == code
    assert list(tmp_path.iterdir()) == []


def test_a_changed_packet_does_not_leave(desk, tmp_path):
    import shutil

    shutil.copytree(desk.folder / "packet", tmp_path / "packet")
    (tmp_path / "packet" / "meta" / "rooms.csv").write_bytes(b"changed")
    assert desk.haechi("hand-over", tmp_path / "packet", tmp_path / "p", "--to", "경찰서", "--yes") == 5
    assert not (tmp_path / "p").exists()


def test_write_only_is_said_plainly_and_a_packet_names_what_it_cannot_open(tmp_path, capsys):
    needed("ssh-keygen")
    desk = Desk(tmp_path)
    age = str(desk.identity.to_public())
    assert desk.haechi("case", "사건", "--write-only") == 5
    capsys.readouterr()
    assert desk.haechi("case", "사건", "--reader", age, "--write-only") == 0
    assert "메시지 글, 이름, 주소는 가려지지 않습니다" in capsys.readouterr().out
    desk.take("later", {3: scene(3)})
    assert desk.haechi("packet", tmp_path / "packet") == 5
    assert "E-0003" in capsys.readouterr().err
    assert not (tmp_path / "packet").exists()
    assert desk.haechi("recipient", "add", "경찰서", "--age", age) == 0
    assert desk.haechi("hand-over", "사건", tmp_path / "s.zip", "--sealed", "--to", "경찰서", "--yes") == 0
    with zipfile.ZipFile(tmp_path / "s.zip") as archive:
        held = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    rows = json.loads(pyrage.decrypt(held["manifest.json.age"], [desk.identity]))["items"]
    assert sorted(row["path"].rpartition(".")[2] for row in rows) == ["jpg", "jpg", "jpg", "json", "json"]
    for row in rows:
        key = pyrage.decrypt(held[f"wraps/{row['blob']}.age"], [desk.identity]).decode()
        clear = pyrage.decrypt(held[f"blobs/{row['blob']}.age"], [pyrage.x25519.Identity.from_str(key)])
        assert hashlib.sha256(clear).hexdigest() == row["sha256"]
