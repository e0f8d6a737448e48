"""Keys, people and deletion as a person or a script runs them."""

import json
import os
import shutil
import subprocess
from functools import partialmethod

import pytest
from PIL import Image

from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run

CHEAP = Argon2(memory_kib=64, passes=1, lanes=1)
WORDS = {
    "passphrase": "낱말 네 개를 이어서",
    "second": "둘째 사람의 낱말들",
    "new": "새 낱말 네 개를 이어",
}


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@pytest.fixture(autouse=True)
def quick_slots(monkeypatch):
    """Make new passphrase slots cheap: how slow they are is no matter of these tests."""
    quick = partialmethod(MasterKeySlots.__init__, cost=CHEAP)
    monkeypatch.setattr(MasterKeySlots, "__init__", quick)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    cheap = MasterKeySlots(os.urandom, cost=CHEAP)
    made = bootstrap.create_vault(folder / "vault", passphrase=WORDS["passphrase"], keys=cheap)
    for name, words in {**WORDS, "recovery": made.recovery_key}.items():
        (folder / name).write_text(words + "\n", encoding="utf-8")
    (folder / "files").mkdir()
    for number in range(2):
        Image.new("RGB", (64, 64), (number * 90, 40, 200)).save(folder / "files" / f"drawn-{number}.png")
    assert (
        on(folder / "vault", "import", str(folder / "files"), "--age", "adult", "--consent", "동의", "--mode", "sealed")
        == 0
    )
    return folder


@pytest.fixture
def vault(template, tmp_path):
    return shutil.copytree(template, tmp_path / "all") / "vault"


def on(vault, *words, key="passphrase"):
    option = "--recovery-key-file" if key == "recovery" else "--passphrase-file"
    return run([*words, "--vault", str(vault), option, str(vault.parent / key)])


def test_a_changed_passphrase_opens_and_the_old_one_does_not(vault, capsys):
    assert on(vault, "key", "passphrase", "--new-passphrase-file", str(vault.parent / "new")) == 0
    assert "복구 키는 그대로" in capsys.readouterr().out
    assert [on(vault, "status", key=key) for key in ("passphrase", "new", "recovery")] == [5, 0, 0]


def test_a_new_recovery_key_is_shown_once_and_asked_for_first(vault, capsys):
    assert on(vault, "key", "recovery") == 2
    assert on(vault, "status", key="recovery") == 0
    assert on(vault, "key", "recovery", "--yes") == 0
    shown = next(line.strip() for line in capsys.readouterr().out.splitlines() if line.count("-") == 8)
    assert on(vault, "status", key="recovery") == 5
    (vault.parent / "recovery").write_text(shown, encoding="utf-8")
    assert on(vault, "status", key="recovery") == 0


def test_without_a_choice_the_numbers_to_choose_by_are_listed_and_nothing_goes(vault, capsys):
    assert on(vault, "delete") == 0
    told = capsys.readouterr().out
    assert "drawn-0.png" in told
    assert "아직 아무것도 없애지 않았습니다" in told
    assert on(vault, "delete", "--json") == 0
    assert [one["path"] for one in json.loads(capsys.readouterr().out)["items"]] == ["drawn-0.png", "drawn-1.png"]


def test_a_file_is_destroyed_after_it_was_shown_what_goes(vault, tmp_path, capsys, program):
    on(vault, "delete", "--json")
    item = json.loads(capsys.readouterr().out)["items"][0]["item"]
    assert on(vault, "delete", "--item", item, "--reason", "요청") == 2  # nobody to ask, and no --yes
    assert on(vault, "delete", "--item", item, "--yes") == 2  # no reason
    assert on(vault, "delete", "--item", "0" * 32, "--reason", "요청", "--yes") == 3
    capsys.readouterr()
    words = ["delete", "--item", item, "--reason", "요청", "--yes", "--certificate", str(tmp_path / "c")]
    assert on(vault, *words) == 0
    told = capsys.readouterr()
    assert "증거 파일 1개" in told.err
    assert "없어지는 것" in told.out
    assert "남는 것" in told.out
    assert on(vault, "verify") == 0
    assert "drawn-0" not in capsys.readouterr().out
    checked = subprocess.run(
        [program("bash"), tmp_path / "c" / "check.sh"], capture_output=True, text=True, check=False
    )
    assert checked.stdout.endswith("PASS\n"), checked.stdout + checked.stderr
    assert "요청" in (tmp_path / "c" / "certificate.ko.txt").read_text(encoding="utf-8")


def test_two_people_destroy_a_whole_case(vault, tmp_path, capsys):
    assert on(vault, "person", "add", "둘째", "--new-passphrase-file", str(vault.parent / "second")) == 2  # no own name
    added = ["person", "add", "둘째", "--own-name", "첫째", "--new-passphrase-file", str(vault.parent / "second")]
    assert on(vault, *added) == 0
    capsys.readouterr()
    assert on(vault, "person", "list", "--json", key="second") == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["people"]] == ["첫째", "둘째"]
    whole = ["delete", "--whole-case", "--reason", "요청", "--yes", "--json"]
    approved = ["--approver-passphrase-file", str(vault.parent / "second"), "--approve-as"]
    assert on(vault, *whole) == 5
    assert on(vault, *whole, *approved, "첫째") == 5
    assert on(vault, *whole, *approved, "셋째") == 3
    assert on(vault, *whole, key="recovery") == 5
    assert on(vault, "status", "--json") == 0
    capsys.readouterr()
    assert on(vault, *whole, *approved, "둘째") == 0
    entry = json.loads(capsys.readouterr().out)["entry"]
    assert on(vault, "verify", key="second") == 0
    capsys.readouterr()
    assert on(vault, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["items"] == 0
    assert on(vault, "delete", "--entry", str(entry), "--certificate", str(tmp_path / "c"), key="second") == 0
    assert '"approval":{"person"' in (tmp_path / "c" / "deletion.json").read_text(encoding="utf-8")
    assert on(vault, "person", "remove", "둘째", "--yes") == 0
    assert on(vault, "status", key="second") == 5


def test_a_certificate_with_an_approval_is_checked_with_stock_programs(vault, tmp_path, capsys, program):
    second = str(vault.parent / "second")
    on(vault, "person", "add", "둘째", "--own-name", "첫째", "--new-passphrase-file", second)
    words = ["delete", "--import", "1", "--reason", 'x","reason":"y', "--yes", "--approve-as", "둘째"]
    words += ["--approver-passphrase-file", second, "--certificate", str(tmp_path / "c")]
    assert on(vault, *words) == 0
    capsys.readouterr()
    check = [program("bash"), tmp_path / "c" / "check.sh"]
    good = subprocess.run(check, capture_output=True, text=True, check=False)
    assert "approved by" in good.stdout
    assert good.stdout.endswith("PASS\n"), good.stdout + good.stderr


@pytest.mark.parametrize("words", [["--item", "a", "--whole-case"], ["--entry", "3"]])
def test_an_unclear_command_destroys_nothing(vault, words, capsys):
    assert on(vault, "delete", *words) == 2
    capsys.readouterr()
    on(vault, "status", "--json")
    assert json.loads(capsys.readouterr().out)["items"] == 2


def test_a_place_that_is_taken_is_told_before_anything_goes(vault, tmp_path, capsys):
    words = ["delete", "--whole-case", "--reason", "요청", "--yes", "--certificate"]
    assert on(vault, *words, str(tmp_path)) == 5
    assert on(vault, *words, str(tmp_path / "no" / "where")) == 3
    capsys.readouterr()
    on(vault, "status", "--json")
    assert json.loads(capsys.readouterr().out)["items"] == 2
