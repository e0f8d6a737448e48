"""The vault's commands from making it to locking it, as a person or a script runs them."""

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run

PASSPHRASE = "낱말 네 개를 이어서"


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@pytest.fixture
def vault(tmp_path):
    """Return the folder of a new vault whose key is cheap to compute; beside it lie its keys."""
    cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
    made = bootstrap.create_vault(tmp_path / "vault", passphrase=PASSPHRASE, keys=cheap)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    (tmp_path / "recovery").write_text(made.recovery_key.lower(), encoding="utf-8")
    (tmp_path / "wrong").write_text("틀린 낱말 네 개를", encoding="utf-8")
    return tmp_path / "vault"


def on(vault, *words, key="passphrase"):
    option = {"passphrase": "--passphrase-file", "wrong": "--passphrase-file", "recovery": "--recovery-key-file"}[key]
    return run([*words, "--vault", str(vault), option, str(vault.parent / key)])


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


@pytest.mark.parametrize("key", ["passphrase", "recovery"])
def test_either_key_opens_the_vault(vault, key, capsys):
    assert on(vault, "status", "--json", key=key) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["messages"]) == (0, 0)


def test_a_wrong_key_is_refused_with_what_to_try(vault, capsys):
    assert on(vault, "status", key="wrong") == 5
    assert "복구 키" in capsys.readouterr().err


def test_a_recovery_key_with_a_slip_is_told_apart_from_a_wrong_one(vault, capsys):
    key = vault.parent / "recovery"
    written = key.read_text(encoding="utf-8")
    key.write_text(written[:-1] + ("2" if written[-1] != "2" else "3"), encoding="utf-8")
    assert on(vault, "status", key="recovery") == 5
    assert "네 글자씩" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "verify", "match", "case", "open", "import ."])
def test_a_mistyped_vault_is_not_made(vault, command, capsys):
    assert on(vault.parent / "valut", *command.split()) == 3
    assert sorted(path.name for path in vault.parent.iterdir()) == ["passphrase", "recovery", "vault", "wrong"]
    assert "valut" in capsys.readouterr().err


def test_a_vault_is_never_made_over_something(vault, capsys):
    before = contents(vault)
    assert on(vault, "create") == 5
    assert contents(vault) == before
    capsys.readouterr()


def test_nobody_thinks_up_a_passphrase_for_a_place_that_is_taken(vault):
    screen = Terminal("create", "--vault", str(vault), columns=80)
    assert screen.end() == 5
    assert "새 암호" not in screen.shown


def test_a_short_passphrase_makes_no_vault(tmp_path, capsys):
    (tmp_path / "passphrase").write_text("짧다", encoding="utf-8")
    assert on(tmp_path / "new", "create") == 5
    assert not (tmp_path / "new").exists()
    assert "낱말" in capsys.readouterr().err


def test_nobody_to_ask_and_no_key_is_said_plainly(vault, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["status", "--vault", str(vault)]) == 5
    assert "--passphrase-file" in capsys.readouterr().err


def test_the_vault_is_found_by_its_setting(vault, monkeypatch, capsys):
    monkeypatch.setenv("HAECHI_VAULT", str(vault))
    assert run(["status", "--passphrase-file", str(vault.parent / "passphrase")]) == 0
    assert str(vault) in re.sub(r"\s", "", capsys.readouterr().out)


def test_a_new_vault_verifies_and_says_what_that_does_not_show(vault, capsys):
    assert on(vault, "verify") == 0
    told = capsys.readouterr().out
    assert "모두 맞습니다" in told
    assert "확인되지 않는 것" in told


def test_status_and_verify_change_nothing(vault, capsys):
    before = contents(vault)
    for command in ("status", "verify"):
        assert on(vault, command) == 0
    after = contents(vault)
    changed = {str(path) for path in before | after if before.get(path) != after.get(path)}
    assert changed <= {"lock", "ledger.db-shm", "ledger.db-wal"}
    capsys.readouterr()


def test_a_case_of_unknown_age_keeps_records_only_and_says_where_to_get_help(vault, capsys):
    assert on(vault, "case", "첫 사건") == 0
    told = capsys.readouterr().out
    assert "기록만" in told
    assert "112" in told
    assert "※" in told


@pytest.mark.parametrize(
    ("words", "code", "word"),
    [
        (["--mode", "sealed", "--age", "minor", "--consent", "동의"], 5, "19세 미만이면"),
        (["--mode", "sealed", "--consent", "동의"], 5, "나이를 모르면"),
        (["--mode", "sealed", "--age", "adult"], 5, "동의"),
        (["--mode", "sealed", "--age", "adult", "--consent", "동의합니다"], 0, "봉인"),
        (["--mode", "authority", "--age", "minor", "--consent", "법 7조의3"], 0, "기관"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_pictures_are_kept_only_of_adults_with_consent_or_on_a_legal_basis(vault, words, code, word, capsys):
    assert on(vault, "case", "사건", *words) == code
    shown = capsys.readouterr()
    assert word in shown.out + shown.err


def test_a_settled_case_changes_only_with_a_reason(vault, capsys):
    on(vault, "case", "사건", "--age", "adult")
    raised = ["case", "사건", "--mode", "sealed", "--consent", "동의합니다"]
    assert on(vault, *raised) == 5
    assert on(vault, *raised, "--reason", "원본이 지워질까 봐") == 0
    capsys.readouterr()
    assert on(vault, "case") == 0
    assert "봉인" in capsys.readouterr().out


def test_a_case_is_named_just_so(vault, capsys):
    on(vault, "case", "하나")
    on(vault, "case", "둘")
    assert on(vault, "match", "--case", "셋") == 3
    assert on(vault, "match") == 2
    assert "둘" in capsys.readouterr().err


def test_a_name_cannot_draw_on_the_screen(vault, capsys):
    assert on(vault, "case", "a\x1b[2J\u202eb\x9b") == 0
    assert on(vault, "case", "other") == 0
    assert on(vault, "case") == 0
    assert on(vault, "match") == 2
    assert on(vault, "match", "--case", "a\x1b[2J\u202eb\x9b", "--json") == 0
    shown = "".join(capsys.readouterr())
    assert "\x9b" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_message_is_chosen_by_room_and_number(vault, capsys):
    assert on(vault, "packet", str(vault.parent / "packet"), "--message", "nonsense") == 2
    assert "방:번호" in capsys.readouterr().err


def test_what_is_no_packet_is_said_to_be_none(vault, capsys):
    assert run(["verify-packet", str(vault.parent)]) == 4
    assert run(["verify-packet", str(vault.parent / "missing")]) == 3
    assert capsys.readouterr().out == ""


def test_without_a_keyring_open_says_so_and_lock_finds_it_locked(vault, monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    arguments = ["--vault", str(vault), "--passphrase-file", str(vault.parent / "passphrase")]
    for command in (["open", *arguments], ["lock", "--vault", str(vault)]):
        done = subprocess.run([sys.executable, "-m", "haechi", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert re.search("키링|이미 잠겨", done.stdout)
    assert run(["lock", "--vault", str(vault.parent / "valut")]) == 3


KEYRING = """
import json, pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1
    file = pathlib.Path(__file__).with_suffix(".json")

    def _all(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._all().get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))

    def delete_password(self, service, username):
        self.file.write_text(json.dumps({k: v for k, v in self._all().items() if k != f"{service}/{username}"}))
"""


def test_with_a_keyring_the_vault_stays_open_until_it_is_locked(vault, tmp_path):
    (tmp_path / "filering.py").write_text(KEYRING, encoding="utf-8")
    ring = {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "filering.Keyring", "PYTHONUTF8": "1"}

    def code(*words):
        program = [sys.executable, "-m", "haechi", *words, "--vault", str(vault)]
        done = subprocess.run(
            program, env={**os.environ, **ring}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        assert PASSPHRASE not in done.stdout + done.stderr
        return done.returncode

    assert code("status") == 5
    assert code("open", "--passphrase-file", str(tmp_path / "passphrase")) == 0
    assert code("status") == 0
    assert code("status", "--keyring") == 0
    assert PASSPHRASE not in (tmp_path / "filering.json").read_text(encoding="utf-8")
    assert code("lock") == 0
    assert code("status", "--keyring") == 5


class Terminal:
    """The program on a terminal of its own: `answer` waits for words on the screen and types."""

    def __init__(self, *words, columns=40):
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            environment = {**os.environ, "HAECHI_LANG": "ko", "COLUMNS": str(columns), "PYTHONUTF8": "1"}
            os.execve(sys.executable, [sys.executable, "-m", "haechi", *words], environment)  # noqa: S606
        self.shown = ""

    def answer(self, prompt, line):
        self._read(until=prompt)
        os.write(self._end, line.encode() + b"\n")

    def end(self):
        self._read(until=None)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _read(self, until):
        seen = len(self.shown)
        while until is None or until not in self.shown[seen:]:
            ready, _, _ = select.select([self._end], [], [], 60)
            assert ready, f"nothing came after: {self.shown}"
            try:
                piece = os.read(self._end, 65536)
            except OSError:  # Linux reports the other end's closing as an error
                piece = b""
            if not piece:
                assert until is None, f"ended before {until!r}: {self.shown}"
                return
            self.shown += piece.decode(errors="replace")


def test_a_person_makes_a_vault_by_answering_and_the_passphrase_is_never_shown(tmp_path):
    screen = Terminal("create", "--vault", str(tmp_path / "vault"))
    screen.answer("새 암호", PASSPHRASE)
    screen.answer("한 번 더", PASSPHRASE + "다른")
    screen.answer("새 암호", PASSPHRASE)
    screen.answer("한 번 더", PASSPHRASE)
    assert screen.end() == 0
    assert PASSPHRASE not in screen.shown
    assert "복구 키" in screen.shown
    assert (tmp_path / "vault" / "haechi.vault").exists()


def test_a_person_is_asked_for_age_before_pictures_may_be_kept(vault):
    screen = Terminal("case", "사건", "--vault", str(vault))
    screen.answer("암호", PASSPHRASE)
    screen.answer("번호", "1")
    screen.answer("번호", "2")
    screen.answer("그대로 쓰세요", "동의합니다")
    assert screen.end() == 0
    assert "봉인" in screen.shown


@pytest.mark.parametrize("age", ["2", "3", ""])
def test_only_an_adult_is_asked_whether_pictures_may_be_kept(vault, age):
    screen = Terminal("case", "사건", "--vault", str(vault))
    screen.answer("암호", PASSPHRASE)
    screen.answer("번호", age)
    assert screen.end() == 0
    assert "어떻게 할까요" not in screen.shown
    assert "기록만" in screen.shown


def test_words_of_consent_that_differ_are_no_consent(vault):
    screen = Terminal("case", "사건", "--vault", str(vault))
    screen.answer("암호", PASSPHRASE)
    screen.answer("번호", "1")
    screen.answer("번호", "2")
    screen.answer("그대로 쓰세요", "네")
    assert screen.end() == 0
    assert "동의가 없으므로" in screen.shown


def test_a_person_who_imports_is_asked_for_age_before_anything_is_read(vault, tmp_path):
    (tmp_path / "found").mkdir()
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "found" / "a.png")
    screen = Terminal("import", str(tmp_path / "found"), "--vault", str(vault), columns=80)
    screen.answer("암호", PASSPHRASE)
    screen.answer("뭐라고 부를까요", "내 사건")
    assert "다 넣었습니다" not in screen.shown
    screen.answer("번호", "")
    assert screen.end() == 0
    assert "내 사건" in screen.shown
    assert "어디에도 저장하지 않았습니다" in screen.shown


def test_ctrl_c_at_a_question_ends_calmly(vault):
    screen = Terminal("case", "사건", "--vault", str(vault))
    screen.answer("암호", PASSPHRASE)
    screen.answer("번호", "\x03")
    assert screen.end() == 130
    assert "Traceback" not in screen.shown
    assert "같은 명령" in screen.shown
