"""`haechi verify` says what it shows and what it does not, names every damaged file, and compares with what was kept elsewhere."""

import json
import os
import shutil

import pytest

from drawn_files import scene
from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.cli import run

PASSPHRASE = "낱말 네 개를 이어서"


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@pytest.fixture
def vault(tmp_path):
    """A vault with a sealed case of two pictures, whose key is cheap to compute."""
    cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
    bootstrap.create_vault(tmp_path / "vault", passphrase=PASSPHRASE, keys=cheap)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    assert on(tmp_path / "vault", "case", "사건", "--age", "adult", "--mode", "sealed", "--consent", "동의합니다") == 0
    add(tmp_path / "vault", "하나.png", "둘.png")
    return tmp_path / "vault"


def on(vault, *words):
    return run([*words, "--vault", str(vault), "--passphrase-file", str(vault.parent / "passphrase")])


def add(vault, *names):
    folder = vault.parent / f"files {names[0]}"
    folder.mkdir()
    for shade, name in enumerate(names):
        scene(len(name) * 10 + shade).save(folder / name)
    assert on(vault, "import", str(folder)) == 0


def test_what_is_proven_and_what_is_not_is_said(vault, capsys):
    capsys.readouterr()
    assert on(vault, "verify", "--ask-witnesses") == 0
    told = capsys.readouterr().out
    assert "기록이 모두 맞습니다" in told
    assert "증인이 없어서 아무에게도 묻지 않았습니다" in told
    assert "이것으로 확인되지 않는 것" in told
    assert "--against" in told
    assert "바깥에서 확인받지 않았습니다" in told


def test_every_damaged_file_is_listed_with_the_name_it_came_in_as(vault, capsys):
    for place in vault.glob("blobs/*/*.age"):
        content = bytearray(place.read_bytes())
        content[-1] ^= 1
        place.write_bytes(content)
    capsys.readouterr()
    assert on(vault, "verify") == 5
    told = capsys.readouterr().err
    assert "하나.png" in told
    assert "둘.png" in told
    assert on(vault, "verify", "--json") == 5
    facts = json.loads(capsys.readouterr().out)["error"]["facts"]
    assert [one["kind"] for one in facts["findings"]] == ["blob", "blob"]
    assert facts["count"] == 2


def test_a_vault_that_was_put_back_is_found_with_a_packet_made_before(vault, capsys):
    shutil.copytree(vault, vault.parent / "copy")
    add(vault, "셋.png")
    assert on(vault, "packet", str(vault.parent / "packet")) == 0
    assert on(vault, "verify", "--against", str(vault.parent / "packet")) == 0
    assert "되돌려지지 않았습니다" in capsys.readouterr().out
    shutil.rmtree(vault)
    shutil.move(vault.parent / "copy", vault)
    assert on(vault, "verify") == 0
    assert on(vault, "verify", "--against", str(vault.parent / "packet")) == 5
    shown = capsys.readouterr().err
    assert shown.count("기록이 서명된 것보다 짧습니다") == 1
    assert "예전 백업이나 사본을 되살려 쓰고 있어도" in shown


def test_what_is_no_checkpoint_is_refused_with_what_to_give_instead(vault, capsys):
    assert on(vault, "verify", "--against", str(vault.parent / "passphrase")) == 4
    assert "seal/checkpoint" in capsys.readouterr().err
    assert on(vault, "verify", "--against", str(vault.parent / "nothing")) == 3
