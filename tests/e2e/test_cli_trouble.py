"""Whatever goes wrong, a person reads sentences: never a traceback, never content, never a key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from haechi.cli import keys, main, run, trouble
from haechi.domain import errors
from haechi.domain.errors import HaechiError

SECRET = "서연의 비밀 메시지"


def raising(error):
    def fail(*_arguments, **_options):
        raise error

    return fail


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """Return a function that makes `haechi status` meet an error and returns its exit code."""
    import haechi.cli.status

    def meet(error, *words):
        monkeypatch.setattr(haechi.cli.status, "opened", raising(error))
        return run(["status", "--vault", str(tmp_path), "--lang", "ko", *words])

    return meet


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.VaultMissingError(path="x"), 3),
        (errors.VaultNewerError(features="quantum", operation="read"), 4),
        (errors.WrongKeyError(), 5),
        (errors.VaultInUseError(path="x", pid=7), 5),
        (errors.DiskFullError(path="x"), 6),
        (OSError(5, "Input/output error", "x"), 6),
        (RuntimeError(SECRET), 1),
        (HaechiError(), 1),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_family_of_errors_has_its_exit_code_and_nobody_sees_a_traceback(failing, error, code, capsys):
    assert failing(error) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err
    assert "Traceback" not in shown.err
    assert SECRET not in shown.err


def test_the_unexpected_has_a_short_code_that_stays_the_same(failing, capsys):
    failing(RuntimeError(SECRET))
    first = capsys.readouterr().err
    failing(RuntimeError("something else"))
    assert first == capsys.readouterr().err
    assert "H-" in first


def test_debug_says_where_and_never_what(failing, capsys):
    error = RuntimeError(SECRET)
    error.__cause__ = ValueError(SECRET)
    assert failing(error, "--debug") == 1
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert "ValueError" in shown
    assert "haechi/cli/status.py" in shown
    assert SECRET not in shown
    assert str(Path.home()) not in shown


def test_an_error_is_json_when_json_was_asked_for(failing, capsys):
    import json

    assert failing(errors.VaultMissingError(path="x"), "--json") == 3
    body = json.loads(capsys.readouterr().out)["error"]
    assert body["code"] == "vault-missing"
    assert body["facts"] == {"path": "x"}


def test_ctrl_c_says_that_nothing_is_lost_and_what_goes_on(failing, capsys):
    assert failing(KeyboardInterrupt()) == 130
    assert "같은 명령" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_trouble():
    # `true` reads nothing, and is gone long before there is anything to read.
    pipe = f"(sleep 0.2; {sys.executable} -m haechi import --help) | true"
    done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"correct horse\n", "correct horse"),
        (b"correct horse\r\nnext", "correct horse"),
        (b"\xef\xbb\xbf" + "한글 암호\n".encode(), "한글 암호"),
        (b" spaces kept \n", " spaces kept "),
    ],
)
def test_a_key_is_the_first_line_of_its_file(tmp_path, content, key):
    (tmp_path / "key").write_bytes(content)
    assert keys.from_file(tmp_path / "key") == key


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 5000])
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(errors.KeyMissingError):
        keys.from_file(tmp_path / "key")


def test_a_key_is_read_from_a_descriptor_to_its_end():
    read, write = os.pipe()
    os.write(write, b"correct ")
    os.write(write, b"horse\n")
    os.close(write)
    assert keys.from_descriptor(read) == "correct horse"


def test_two_sources_of_a_key_are_one_too_many(tmp_path, capsys):
    (tmp_path / "vault").mkdir()
    words = ["--vault", str(tmp_path / "vault"), "--passphrase-file", "a", "--keyring", "--lang", "en"]
    assert run(["status", *words]) == 2
    assert "one source" in capsys.readouterr().err


def test_a_place_in_the_code_does_not_name_the_home_folder_it_lies_in():
    import traceback

    frame = traceback.FrameSummary("/home/seoyeon/.venv/lib/python3.11/site-packages/x/y.py", 3, "f")
    assert trouble.short_code(ValueError()).startswith("H-")
    assert trouble.place(frame) == "x/y.py:3"


def test_a_slip_in_a_command_is_met_with_the_nearest_one(capsys):
    assert run(["improt", "x", "--lang", "ko"]) == 2
    assert "haechi import?" in capsys.readouterr().err


def test_the_word_help_is_as_good_as_the_option(capsys):
    assert run(["help", "import", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("Usage: haechi import")


def test_ctrl_c_before_a_command_runs_is_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr("haechi.isolation.limits.forbid_dumps", raising(KeyboardInterrupt()))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "")
    loaded = "import sys, haechi.cli; sys.exit(any(name.startswith('haechi.cli.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
