"""Time stamps from the command line: what would be sent is shown first, and nothing is sent unasked."""

import json
import os

import pytest

from drawn.authority import Authority, Fault, drawn_identity, serving
from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.bootstrap import anchoring
from haechi.cli import run

PASSPHRASE = "낱말 네 개를 이어서"
IDENTITY = drawn_identity("tsa")


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HAECHI_LANG", "ko")
    monkeypatch.setattr("haechi.flows.anchor.PAUSES_S", (0.0, 0.0))


@pytest.fixture
def vault(tmp_path):
    """Return the folder of a new vault whose key is cheap to compute; beside it lie its passphrase and certificates."""
    cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
    bootstrap.create_vault(tmp_path / "vault", passphrase=PASSPHRASE, keys=cheap)
    (tmp_path / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    (tmp_path / "leaf.pem").write_bytes(IDENTITY.certificate_pem)
    (tmp_path / "chain.pem").write_bytes(IDENTITY.chain_pem)
    return tmp_path / "vault"


@pytest.fixture
def tsa():
    authority = Authority(IDENTITY)
    with serving(authority):
        yield authority


def on(vault, *words):
    return run([*words, "--vault", str(vault), "--passphrase-file", str(vault.parent / "passphrase")])


def add(vault, url, *, certificate="leaf.pem", chain="chain.pem", name="기관", more=()):
    files = "--certificate", str(vault.parent / certificate), "--chain", str(vault.parent / chain)
    return on(vault, "authority", "add", name, url, *files, *more)


def test_an_authority_is_added_listed_and_removed(vault, capsys):
    assert add(vault, "http://127.0.0.1:1/tsa", more=("--policy", "1.2.3")) == 0
    assert IDENTITY.pin in capsys.readouterr().out
    assert on(vault, "authority", "list", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["authorities"]
    assert (one["authority"]["name"], one["authority"]["policy"]) == ("기관", "1.2.3")
    assert add(vault, "http://127.0.0.1:1/tsa") == 5
    assert on(vault, "authority", "remove", "기관") == 0
    assert on(vault, "authority", "remove", "기관") == 3
    assert on(vault, "authority", "list") == 0


def test_an_authority_without_its_certificate_is_refused(vault, capsys):
    assert on(vault, "authority", "add", "기관", "http://127.0.0.1:1/", "--chain", str(vault.parent / "chain.pem")) == 2
    assert add(vault, "http://127.0.0.1:1/", certificate="chain.pem") == 4
    assert add(vault, "http://127.0.0.1:1/", certificate="passphrase") == 4
    assert add(vault, "http://127.0.0.1:1/", certificate="nothing.pem") == 3
    assert add(vault, "http://127.0.0.1:1/", chain="leaf.pem") == 4
    assert add(vault, "ftp://127.0.0.1/") == 4
    assert add(vault, "http://127.0.0.1:1/", more=("--policy", "x")) == 4
    capsys.readouterr()
    assert on(vault, "authority", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"authorities": []}


def test_without_anybody_to_ask_nothing_happens(vault, capsys):
    assert on(vault, "anchor", "--yes") == 5
    assert "haechi authority add" in capsys.readouterr().err


def test_nothing_is_sent_before_somebody_agreed(vault, tsa, capsys):
    assert add(vault, tsa.url) == 0
    capsys.readouterr()
    assert on(vault, "anchor") == 2
    shown = capsys.readouterr().out
    assert on(vault, "anchor", "--preview") == 0
    assert on(vault, "anchor", "--json") == 2
    assert not tsa.asked
    with bootstrap.open_vault(vault, PASSPHRASE) as opened:
        outgoing = anchoring.prepare_anchor(opened)
    assert outgoing.origin in shown
    assert outgoing.root in shown
    assert tsa.url in shown
    capsys.readouterr()
    assert on(vault, "anchor", "--preview", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["root"], told["authorities"], told["outcomes"]) == (outgoing.root, {"기관": tsa.url}, [])
    assert not tsa.asked


def test_a_stamp_is_asked_for_once_and_status_tells_of_it(vault, tsa, capsys):
    assert add(vault, tsa.url) == 0
    assert on(vault, "status") == 0
    assert "아직 없음" in capsys.readouterr().out
    assert on(vault, "anchor", "--yes") == 0
    assert "확인받았습니다" in capsys.readouterr().out
    assert on(vault, "anchor", "--yes") == 0
    assert "더 물을 것이 없습니다" in capsys.readouterr().out
    assert len(tsa.asked) == 1
    assert on(vault, "status") == 0
    assert "끝까지 확인받음" in capsys.readouterr().out
    assert on(vault, "verify") == 0


def test_offline_it_says_that_all_is_sealed_and_who_is_asked_again(vault, capsys):
    assert add(vault, "http://127.0.0.1:1/") == 0
    capsys.readouterr()
    assert on(vault, "anchor", "--yes") == 6
    told = capsys.readouterr().out
    assert "봉인은 되어 있고" in told
    assert "다시 실행하면" in told
    assert on(vault, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["waiting_requests"] == 1


def test_what_was_confirmed_before_is_not_denied_when_the_others_do_not_answer(vault, tsa, capsys):
    add(vault, tsa.url)
    add(vault, "http://127.0.0.1:1/tsa", name="먼곳")
    assert on(vault, "anchor", "--yes") == 0
    capsys.readouterr()
    assert on(vault, "anchor", "--yes") == 6
    told = capsys.readouterr().out
    assert "전에 4줄까지 확인받은 것은 그대로" in told
    assert "아직 바깥에서 확인받지 못했습니다" not in told


def test_a_false_stamp_is_told_and_ends_with_a_code_of_its_own(vault, tsa, capsys):
    assert add(vault, tsa.url) == 0
    tsa.faults = {Fault.ROGUE_ROOT}
    capsys.readouterr()
    assert on(vault, "anchor", "--yes", "--json") == 5
    told = json.loads(capsys.readouterr().out)
    assert [(one["problem"], one["reason"]) for one in told["outcomes"]] == [("stamp-refused", "certificate")]


def test_a_clock_that_is_wrong_is_told(vault, tsa, capsys):
    from datetime import UTC, datetime, timedelta

    assert add(vault, tsa.url) == 0
    tsa.now = lambda: datetime.now(UTC) + timedelta(hours=3)
    assert on(vault, "anchor", "--yes") == 0
    told = capsys.readouterr().out
    assert "180분" in told or "179분" in told
