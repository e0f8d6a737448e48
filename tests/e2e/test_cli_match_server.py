"""The match server's commands, and the server as a process: a key, an answer, a page, an end."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest

from browser import chromium
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.cli import run
from haechi.domain.bank import Depicted
from haechi.domain.errors import CatalogueUnavailableError

_MOST_TRIES = 1_200  # a minute and what the answers take


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "4000")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@contextmanager
def served(folder, *options):
    """Yield the server's address and what it said; it is stopped as a person stops it."""
    command = [sys.executable, "-m", "haechi", "match-server", "--folder", str(folder), "--port", "0", *options]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            first = process.stdout.readline()
            told = [first]
            for line in process.stdout:
                told.append(line)
                if "준비되었습니다" in line:
                    break
            else:
                pytest.fail(f"the server ended before it was ready: {told}")
            yield re.search(r"http://127\.0\.0\.1:[0-9]+", first)[0]
        finally:
            process.send_signal(signal.SIGINT)
            told, troubles = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "멈췄습니다" in told
    assert not troubles


def get(url, secret=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {secret}"} if secret else {})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return answer.read().decode()


def test_keys_are_made_listed_and_revoked_and_their_secret_is_shown_once(tmp_path, capsys):
    where = ["--folder", str(tmp_path / "m")]
    assert run(["match-server", "key", "add", "platform", "matcher", *where]) == 0
    made = capsys.readouterr()
    (secret,) = made.out.split()
    assert secret.startswith("haechi_")
    assert run(["match-server", "key", "list", "--json", *where]) == 0
    told = capsys.readouterr().out
    assert secret not in told
    assert [(one["name"], one["role"]) for one in json.loads(told)["keys"]] == [("platform", "matcher")]
    assert run(["match-server", "key", "revoke", "platform", *where]) == 0
    assert run(["match-server", "key", "revoke", "nobody", *where]) == 3
    assert run(["match-server", "key", "list", *where]) == 0
    assert "없앰" in capsys.readouterr().out
    assert run(["match-server", "rebuild", *where]) == 0


def test_lists_go_in_and_out_by_command(tmp_path, capsys):
    where = ["--folder", str(tmp_path / "m")]
    (tmp_path / "list").write_text("pdq " + "ab" * 32 + "\npdq zz\n", encoding="utf-8")
    words = ["match-server", "import", str(tmp_path / "list"), "A_BANK", "--format", "plain", "--tier", "police"]
    assert run([*words, *where]) == 3
    assert run([*words, "--new", "adult", *where]) == 0
    assert "1" in capsys.readouterr().out
    assert run(["match-server", "export", "A_BANK", str(tmp_path / "out"), "--format", "plain", *where]) == 0
    assert "ab" * 32 in (tmp_path / "out").read_text(encoding="utf-8")


def test_a_folder_of_lists_that_is_not_there_is_told_before_anything_begins(tmp_path, capsys):
    assert run(["match-server", "--folder", str(tmp_path / "m"), "--lists", str(tmp_path / "none")]) == 2
    assert "--lists" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_a_server_without_keys_answers_this_machine_only(tmp_path, capsys):
    assert run(["match-server", "--folder", str(tmp_path / "m"), "--host", "0.0.0.0", "--keyless", "matcher"]) == 2  # noqa: S104
    assert "--keyless" in capsys.readouterr().err


def test_a_server_answers_a_key_and_shows_its_page_in_both_languages(tmp_path, capsys):
    folder = tmp_path / "m"
    run(["match-server", "key", "add", "admin", "admin", "--folder", str(folder)])
    secret = capsys.readouterr().out.strip()
    with served(folder) as url:
        assert get(f"{url}/status") == "I-AM-ALIVE"
        assert get(f"{url}/health/ready") == "ready\n"
        assert json.loads(get(f"{url}/c/banks", secret)) == []
        with chromium() as browser:
            for lang, width, words in (("ko", 1280, "찾아보기"), ("en", 390, "Look up")):
                context = browser.new_context(
                    viewport={"width": width, "height": 900},
                    http_credentials={"username": "me", "password": secret},
                    java_script_enabled=False,
                )
                page = context.new_page()
                said = []
                page.on("console", lambda message, said=said: said.append(message.text))
                page.goto(f"{url}/ui/?lang={lang}")
                assert words in page.content()
                page.fill("input[name=signal_value]", "ab" * 32)
                page.click("form[action^='/ui/query_hash'] button")
                assert "role=" not in page.inner_text("main")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert not said
                context.close()


def test_a_server_that_was_told_to_reads_its_exchanges_by_itself_and_counts_them(tmp_path):
    folder = tmp_path / "m"
    with open_matcher(folder) as matcher:
        matcher.add_bank("SAMPLE", Depicted.ADULT, by="me")
        matcher.exchanges.set("SAMPLE", bank="SAMPLE", api="sample", settings={}, by="me")
    with served(folder, "--fetch-every", "1", "--keyless", "matcher") as url:
        for _try in range(_MOST_TRIES):
            told = get(f"{url}/metrics")
            if 'haechi_exchange_fetches_total{exchange="SAMPLE",result="whole"} 1.0' in told:
                break
            time.sleep(0.05)
        else:
            pytest.fail(f"the server did not read its exchange: {told}")
    assert 'haechi_exchange_up_to_date{exchange="SAMPLE"} 1.0' in told
    assert 'haechi_exchange_rows_total{change="added",exchange="SAMPLE"} 15.0' in told


def test_what_the_server_says_later_is_in_the_language_that_was_asked_for(tmp_path, monkeypatch, capsys):
    def opened(*_folder, on_ready, **_more):
        saying = threading.Thread(target=on_ready)
        saying.start()
        saying.join()
        raise CatalogueUnavailableError(place="x", problem="busy")

    monkeypatch.setenv("HAECHI_LANG", "en")
    monkeypatch.setattr("haechi.web.opening.open_app", opened)
    assert run(["match-server", "--folder", str(tmp_path / "m"), "--port", "0"]) != 0
    assert "Ready." in capsys.readouterr().out
