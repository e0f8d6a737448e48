"""Hashes leave a vault through the command line alone, and nothing else does."""

import hashlib
import io
import json
import os
import re

import pytest

from drawn_files import scene
from haechi import bootstrap
from haechi.adapters.exchanges import READERS
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run
from haechi.domain.bank import SignalType
from haechi.domain.custody import EntryType
from haechi.domain.evidence import MediaKind, Role
from haechi.domain.hash_list import ListFormat

PASSPHRASE = "낱말 네 개를 이어서"
FORMS = {
    "plain": ListFormat.PLAIN,
    "stopncii-json": ListFormat.STOPNCII_JSON,
    "threatexchange-csv": ListFormat.THREATEXCHANGE_CSV,
}


class Desk:
    """A vault with an adult's case and one of unknown age, and photos of her own."""

    def __init__(self, folder):
        self.folder = folder
        cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
        bootstrap.create_vault(folder / "vault", passphrase=PASSPHRASE, keys=cheap)
        (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
        self.haechi("case", "어른 사건", "--mode", "sealed", "--age", "adult", "--consent", "동의합니다")
        self.haechi("case", "모름 사건", "--mode", "reference-only", "--age", "unknown")
        self.take("first", "어른 사건", {1: scene(1), 2: scene(2)})
        self.take("second", "모름 사건", {3: scene(3)})
        (folder / "own").mkdir()
        scene(9).save(folder / "own" / "IMG_4242.jpg", quality=90)
        self.haechi("import", folder / "own", "--as", "own-photos", "--case", "어른 사건")

    def haechi(self, *words) -> int:
        options = ["--vault", self.folder / "vault", "--passphrase-file", self.folder / "passphrase"]
        return run([str(word) for word in (*words, *options)])

    def take(self, name, case, pictures):
        export = self.folder / name
        (export / "photos").mkdir(parents=True)
        messages = []
        for number, picture in pictures.items():
            path = f"photos/photo_{number}@01-11-2026_12-00-0{number}.jpg"
            picture.save(export / path, quality=90)
            messages.append(
                {"id": 9000 + number, "type": "message", "date": f"2026-11-01T12:00:0{number}",
                 "date_unixtime": str(1793502000 + number), "from": f"그린이{name}", "from_id": "user4242424", "photo": path,
                 "text": f"그린 글 https://example.org/{name}"}
            )  # fmt: skip
        room = {"name": f"그림방{name}", "type": "private_supergroup", "id": 777000, "messages": messages}
        (export / "result.json").write_text(json.dumps(room, ensure_ascii=False), encoding="utf-8")
        assert self.haechi("import", export, "--case", case) == 0

    def items(self):
        with bootstrap.open_vault(self.folder / "vault", PASSPHRASE) as vault:
            return [item for case in vault.cases() for item in vault.unlocked.ledger.items(case.case_id)]

    def entries(self):
        with bootstrap.open_vault(self.folder / "vault", PASSPHRASE) as vault:
            ledger = vault.unlocked.ledger
            own = [json.loads(entry.raw) for entry in ledger.entries()]
            return [(one, ledger.opening(one["n"])) for one in own if one["type"] == EntryType.SHARE]

    def marks(self):
        """Return everything that would tell whose case this is."""
        with bootstrap.open_vault(self.folder / "vault", PASSPHRASE) as vault:
            ledger = vault.unlocked.ledger
            for case in vault.cases():
                yield from (case.name, case.case_id)
                for item in ledger.items(case.case_id):
                    yield from (item.item_id, item.path, item.path.rpartition("/")[2])
                for stored in ledger.messages(case.case_id):
                    one = stored.message
                    yield from (one.message_id, one.text, one.sender_label, one.sender.value, one.room.value)
                    yield from (one.time_as_written, str(one.sent_at))
                for room in ledger.rooms(case.case_id):
                    yield from (room.key.value, *(name for name in (str(room),)))
        yield from ("그림방", "그린이", "example.org", "4242", "777000", "2026", "haechi", "vault", "/")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "200")
        patch.setenv("HAECHI_LANG", "ko")
        yield Desk(tmp_path_factory.mktemp("desk"))


def read(path, form):
    return list(READERS[FORMS[form]](io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize("form", ["plain", "threatexchange-csv"])
def test_nothing_but_hashes_leaves_and_minors_are_apart(desk, tmp_path, form, capsys):
    both = ["--case", "어른 사건", "--case", "모름 사건"]
    assert desk.haechi("share", tmp_path, *both, "--format", form, "--yes") == 0
    told = capsys.readouterr().out
    assert "보내지는 않았습니다" in told
    suffix = {"plain": "txt", "threatexchange-csv": "csv"}[form]
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"hashes-adult.{suffix}", f"hashes-minor.{suffix}"]
    text = "".join(file.read_text() for file in files)
    for mark in filter(None, desk.marks()):
        assert mark not in text, mark
    items = [item for item in desk.items() if item.examined.kind is MediaKind.IMAGE]
    found = {item.digest for item in items if item.role is Role.FOUND}
    adult, minor = (
        {one.signals[0].value.hex() for one in read(file, form) if one.signals[0].type is SignalType.SHA256}
        for file in files
    )
    assert (adult | minor, adult & minor, len(minor)) == (found, set(), 1)


def test_the_log_says_that_and_what_was_written_without_saying_it(desk, tmp_path):
    before = len(desk.entries())
    assert desk.haechi("share", tmp_path, "--case", "어른 사건", "--yes", "--tier", "worker-verified") == 0
    ((entry, opening),) = desk.entries()[before:]
    digest = hashlib.sha256((tmp_path / "hashes-adult.txt").read_bytes()).hexdigest()
    assert opening.subject == {
        "v": 1,
        "format": "plain",
        "depicted": "adult",
        "tier": "worker-verified",
        "sha256": digest,
    }
    assert entry["counts"] == {"hashes": 4}
    assert digest not in json.dumps(entry)
    assert desk.haechi("verify") == 0


def test_stopncii_gets_pictures_of_adults_only(desk, tmp_path, capsys):
    assert desk.haechi("share", tmp_path, "--case", "어른 사건", "--format", "stopncii-json", "--yes") == 0
    rows = read(tmp_path / "hashes-adult.json", "stopncii-json")
    assert {one.signals[0].type for one in rows} == {SignalType.PDQ}
    assert [one.source for one in rows] == sorted(one.source for one in rows)
    capsys.readouterr()
    assert desk.haechi("share", tmp_path, "--case", "모름 사건", "--format", "stopncii-json", "--yes") == 5
    assert "성인" in capsys.readouterr().err


def test_nothing_is_written_before_somebody_has_agreed(desk, tmp_path, capsys):
    assert desk.haechi("share", tmp_path, "--case", "어른 사건") == 2
    shown = capsys.readouterr()
    assert "이것이 파일에 들어갑니다" in shown.out
    assert re.search(r"pdq [0-9a-f]{64}", shown.out)
    assert "--yes" in shown.err
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_named_goes_and_her_own_photo_only_so(desk, tmp_path):
    (own,) = [item for item in desk.items() if item.role is Role.OWN_PHOTO]
    found = next(item for item in desk.items() if item.role is Role.FOUND and item.path.startswith("photos/photo_2"))
    for name, item in (("own", own), ("found", found)):
        (tmp_path / name).mkdir()
        assert desk.haechi("share", tmp_path / name, "--case", "어른 사건", "--item", item.item_id, "--yes") == 0
        text = (tmp_path / name / "hashes-adult.txt").read_text()
        assert text.splitlines()[0] == "# self-asserted, Active"
        assert len(text.splitlines()) == 3
        assert item.digest in text


def test_a_wrong_number_and_a_file_that_is_there_stop_it(desk, tmp_path):
    assert desk.haechi("share", tmp_path, "--case", "어른 사건", "--item", "f" * 32, "--yes") == 3
    (tmp_path / "hashes-adult.txt").write_text("mine")
    assert desk.haechi("share", tmp_path, "--case", "어른 사건", "--yes") == 5
    assert (tmp_path / "hashes-adult.txt").read_text() == "mine"
    assert desk.haechi("share", tmp_path / "none", "--case", "어른 사건", "--yes") == 3
