"""Keys, people and deletion as a person or a script runs them."""

import json
import os
import re
import shutil
import subprocess
from functools import partialmethod

import pytest
from PIL import Image

from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.adapters.keys.split import Slip39Splitter
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


def test_a_certificate_that_cannot_be_written_does_not_hide_that_it_is_gone(vault, tmp_path, capsys):
    longest = tmp_path / ("c" * 255)  # fits by itself, not with what stands around it while it is made
    assert on(vault, "delete", "--whole-case", "--reason", "요청", "--yes", "--certificate", str(longest)) == 6
    told = capsys.readouterr()
    assert "없앴습니다" in told.out
    assert "없애는 일은 되었지만" in told.err
    entry = re.search(r"--entry ([0-9]+)", told.err)[1]
    assert on(vault, "delete", "--entry", entry, "--certificate", str(tmp_path / "c")) == 0
    assert on(vault, "verify") == 0


def test_two_people_remove_a_list_of_third_persons(vault, capsys):
    place = ["--platform", "instagram", "--account", "drawn.owner", "--to", "followers"]
    assert on(vault, "audience", "viewer", "a.drawn", *place, "--from", "2024-04-01", "--json") == 0
    listed = json.loads(capsys.readouterr().out)["list_id"]
    add_second(vault)
    remove = ["audience", "remove", listed, "--yes"]
    second = ["--approve-as", "둘째", "--approver-passphrase-file", str(vault.parent / "second")]
    assert on(vault, *remove, *second) == 2  # no reason to agree to
    assert on(vault, *remove, "--reason", "잘못 넣음") == 5
    assert on(vault, *remove, "--reason", "잘못 넣음", *second) == 0
    capsys.readouterr()
    assert on(vault, "audience", "show", "--json") == 0
    assert json.loads(capsys.readouterr().out)["lists"] == []
    assert on(vault, "verify") == 0


def add_second(vault):
    words = ["person", "add", "둘째", "--own-name", "첫째", "--new-passphrase-file", str(vault.parent / "second")]
    assert on(vault, *words) == 0


def test_a_new_recovery_key_tells_that_the_helpers_sheets_stop_and_so_do_the_sheets(vault, tmp_path, capsys):
    words = Slip39Splitter().split((vault.parent / "recovery").read_text("utf-8").strip(), needed=2, total=3)
    sheets = tmp_path / "words"
    sheets.write_text("\n".join(" ".join(sheet.words) for sheet in words[:2]), encoding="utf-8")
    opening = ["status", "--vault", str(vault), "--recovery-sheets-file", str(sheets)]
    assert run(opening) == 0
    assert on(vault, "key", "recovery", "--yes") == 0
    assert "도우미들의 종이를 만든 적이 있다면 이제 쓸 수 없습니다" in " ".join(capsys.readouterr().out.split())
    assert run(opening) == 5
    told = capsys.readouterr().err
    assert "도우미 종이들로는" in told
    assert "한/영" not in told
    back_up = tmp_path / "b"
    assert on(vault, "back-up", str(back_up)) == 0
    assert run(["restore", str(back_up), str(tmp_path / "r"), "--recovery-sheets-file", str(sheets)]) == 5
    assert "도우미 종이들로는" in capsys.readouterr().err


def test_who_removes_herself_is_told_and_that_the_rule_of_two_ends(vault, capsys):
    add_second(vault)
    capsys.readouterr()
    assert on(vault, "person", "remove", "첫째", "--yes") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "당신 자신을 뺐습니다" in told
    assert "두 사람이 함께 동의해야 없앨 수 있던 규칙은 끝났습니다" in told
    assert [on(vault, "status", key=key) for key in ("passphrase", "second")] == [5, 0]


def test_removing_somebody_else_says_nothing_of_oneself(vault, capsys):
    add_second(vault)
    capsys.readouterr()
    assert on(vault, "person", "remove", "둘째", "--yes") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "당신 자신" not in told
    assert "규칙은 끝났습니다" in told


def test_a_wrong_passphrase_of_who_approves_is_told_as_theirs(vault, capsys):
    add_second(vault)
    words = ["delete", "--whole-case", "--reason", "요청", "--yes", "--approve-as", "둘째"]
    assert on(vault, *words, "--approver-passphrase-file", str(vault.parent / "new")) == 5
    told = capsys.readouterr().err
    assert "둘째의 암호가 아닙니다" in told
    assert "종이에 적어 둔 복구 키" not in told


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["key", "passphrase"], "--new-passphrase-file"),
        (["person", "add", "둘째", "--own-name", "첫째"], "--new-passphrase-file"),
        (["delete", "--whole-case", "--reason", "요청", "--yes", "--approve-as", "없음"], "--approver-passphrase-file"),
    ],
    ids=["key", "person", "delete"],
)
def test_a_passphrase_that_nobody_can_be_asked_for_names_the_option_of_this_command(vault, words, option, capsys):
    assert on(vault, *words) == 5
    assert f"{option} 로" in " ".join(capsys.readouterr().err.split())


def test_a_file_without_a_key_is_told_by_name(vault, tmp_path, capsys):
    (tmp_path / "empty").write_bytes(b"\n")
    assert run(["status", "--vault", str(vault), "--passphrase-file", str(tmp_path / "empty")]) == 5
    assert "empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "numbers", [("--helpers", "1"), ("--helpers", "17"), ("--needed", "1"), ("--needed", "4")], ids=" ".join
)
def test_a_key_that_cannot_be_split_so_is_told_before_a_passphrase_is_asked_for(vault, tmp_path, numbers, capsys):
    assert run(["split-key", str(tmp_path / "sheets"), *numbers, "--vault", str(vault)]) == 5
    assert "복구 키를 그렇게는 나눌 수 없습니다" in capsys.readouterr().err


def test_after_a_deletion_the_back_ups_are_named_and_a_wrong_number_says_where_to_look(vault, capsys):
    assert on(vault, "delete", "--item", "0" * 32, "--reason", "요청", "--yes") == 3
    told = capsys.readouterr().err
    assert "haechi delete --all" in told
    assert "아무것도 없애지 않았습니다" in " ".join(told.split())
    assert on(vault, "delete", "--whole-case", "--reason", "요청", "--yes") == 0
    assert "haechi back-up 백업_폴더" in " ".join(capsys.readouterr().out.split())


def test_a_list_that_is_cut_is_shown_whole_with_all(vault, tmp_path, capsys):
    (tmp_path / "many").mkdir()
    for number in range(23):
        (tmp_path / "many" / f"note-{number}.txt").write_text(str(number), encoding="utf-8")
    assert on(vault, "import", str(tmp_path / "many")) == 0
    capsys.readouterr()
    assert on(vault, "delete") == 0
    told = capsys.readouterr().out
    assert "--all" in told
    assert told.count("note-") == 20
    assert on(vault, "delete", "--all") == 0
    assert capsys.readouterr().out.count("note-") == 23


def test_a_back_up_that_is_not_there_is_told_with_those_that_are(vault, tmp_path, capsys):
    assert on(vault, "back-up", str(tmp_path / "b")) == 0
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "r"), "--copy", "9"]) == 3
    told = capsys.readouterr().err
    assert "9번 백업이 없습니다" in told
    assert "있는 번호는 1 입니다" in told


def test_a_place_where_nothing_can_be_restored_is_told_before_a_passphrase_is_asked_for(vault, tmp_path, capsys):
    assert on(vault, "back-up", str(tmp_path / "b")) == 0
    capsys.readouterr()
    assert run(["restore", str(tmp_path / "b"), str(vault)]) == 5
    assert "여기는 이미 쓰이고 있습니다" in capsys.readouterr().err
    assert run(["restore", str(tmp_path / "b"), str(tmp_path / "missing" / "r")]) == 3
    assert "missing" in capsys.readouterr().err


def test_sealed_files_and_items_with_a_file_are_two_counts_with_two_names(vault, tmp_path, capsys):
    shutil.copytree(vault.parent / "files", tmp_path / "again" / "copies")
    assert on(vault, "import", str(tmp_path / "again")) == 0
    capsys.readouterr()
    assert on(vault, "status", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sealed_items"], told["sealed_files"]) == (4, 2)
    assert on(vault, "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["blobs"] == told["sealed_files"]
