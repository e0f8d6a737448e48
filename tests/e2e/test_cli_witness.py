"""The witness's commands, from making keys to a vault that is told to ask."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.adapters.signing import verify_ed25519
from haechi.adapters.witness import HttpWitnesses
from haechi.cli import run
from haechi.domain.anchor import Witness
from haechi.domain.errors import WitnessConflictError
from haechi.domain.note import NoteKey, sign_note

PASSPHRASE = "낱말 네 개를 이어서"


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "4000")
    monkeypatch.setenv("HAECHI_LANG", "ko")


@pytest.fixture
def vault(tmp_path):
    cheap = MasterKeySlots(os.urandom, cost=Argon2(memory_kib=64, passes=1, lanes=1))
    bootstrap.create_vault(tmp_path / "vault", passphrase=PASSPHRASE, keys=cheap)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    return tmp_path / "vault"


@pytest.fixture
def partner(tmp_path, capsys):
    """A witness's folder, and its vkeys as they are given to others."""
    assert run(["witness", "keygen", str(tmp_path / "w"), "--name", "w.example/1"]) == 0
    told = capsys.readouterr().out
    vkeys = (tmp_path / "w" / "public-keys").read_text("utf-8").split()
    assert vkeys[0] in told
    assert vkeys[1][:20] in told
    assert max(map(len, told.splitlines())) < 300
    return tmp_path / "w", vkeys


def on(vault, *words):
    return run([*words, "--vault", str(vault), "--passphrase-file", str(vault.parent / "passphrase")])


def test_a_new_witness_shows_an_ed25519_and_an_ml_dsa_key_and_no_private_one(partner, capsys):
    folder, vkeys = partner
    assert [NoteKey.parse(vkey, kinds=(4, 6)).kind for vkey in vkeys] == [4, 6]
    assert "PRIVATE" not in capsys.readouterr().out
    assert run(["witness", "keygen", str(folder), "--name", "w.example/1"]) == 5


def test_the_vaults_key_stands_alone_on_standard_output(vault, capsys):
    assert on(vault, "witness", "vkey") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert NoteKey.parse(line).name.startswith("haechi.invalid/")


def test_witnesses_are_added_listed_and_removed(vault, partner, capsys):
    assert on(vault, "witness", "add", "partner", "https://w.example/", *partner[1]) == 0
    assert "haechi.invalid/" in capsys.readouterr().out
    assert on(vault, "witness", "list", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "witnesses": [{"name": "partner", "url": "https://w.example/", "vkeys": partner[1]}],
        "quorum": None,
    }
    assert on(vault, "witness", "list") == 0
    assert partner[1][1] not in capsys.readouterr().out
    assert on(vault, "witness", "list", "--keys") == 0
    assert partner[1][1] in capsys.readouterr().out
    assert on(vault, "witness", "remove", "partner") == 0
    assert (
        on(vault, "witness", "add", "again", "https://w.example/", "--keys-file", str(partner[0] / "public-keys")) == 0
    )
    capsys.readouterr()
    assert on(vault, "witness", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["witnesses"][0]["vkeys"] == partner[1]
    assert on(vault, "witness", "remove", "again") == 0
    assert on(vault, "witness", "remove", "partner") == 3
    capsys.readouterr()
    assert on(vault, "witness", "list") == 0
    assert "haechi witness add" in capsys.readouterr().out


def test_a_policy_is_kept_and_a_wrong_one_is_told_by_line(vault, partner, tmp_path, capsys):
    (tmp_path / "good").write_text(f"witness partner {partner[1][0]}\nquorum partner\n")
    (tmp_path / "bad").write_text("\n\nquorum nobody\n")
    assert on(vault, "witness", "policy", str(tmp_path / "good")) == 0
    assert on(vault, "witness", "policy", str(tmp_path / "bad")) == 4
    assert "3번 줄" in capsys.readouterr().err
    assert on(vault, "witness", "policy", str(tmp_path / "none")) == 3
    capsys.readouterr()
    assert on(vault, "witness", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["quorum"] == "partner"


def test_what_is_no_key_or_no_folder_is_told_and_not_a_mistake_of_ours(vault, partner, tmp_path):
    folder, vkeys = partner
    assert run(["witness", "trust", str(folder), vkeys[0]]) == 4
    assert run(["witness", "trust", str(tmp_path / "nothing"), NoteKey("log", bytes(32)).vkey]) == 3
    assert run(["witness", "serve", str(tmp_path / "nothing")]) == 3
    assert run(["witness", "keygen", str(tmp_path / "new"), "--name", "a b"]) == 4
    assert on(vault, "witness", "add", "partner", "https://w.example/") == 2
    assert on(vault, "witness", "add", "partner", "w.example", vkeys[0]) == 4


def test_a_port_in_use_is_told(partner, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert run(["witness", "serve", str(partner[0]), "--port", str(other.getsockname()[1])]) == 2
    assert run(["witness", "serve", str(partner[0]), "--port", "99999"]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_served_witness_cosigns_a_trusted_log_and_stops_when_told(vault, partner, capsys):
    folder, vkeys = partner
    on(vault, "witness", "vkey")
    assert run(["witness", "trust", str(folder), capsys.readouterr().out.strip()]) == 0
    with subprocess.Popen(
        [sys.executable, "-m", "haechi", "witness", "serve", str(folder), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        url = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stdout.readline())[0]
        try:
            client = HttpWitnesses({1: verify_ed25519, 4: verify_ed25519, 6: lambda *_anything: True})
            with bootstrap.open_vault(vault, PASSPHRASE) as opened:
                unlocked = opened.unlocked
                witness = Witness("partner", url, tuple(vkeys))
                note = unlocked.note()
                assert len(client.add_checkpoint(witness, old_size=0, proof=(), note=note)) == 2
                size = unlocked.ledger.log_head().frontier.size
                fork = note.partition("\n\n")[0].rpartition("\n")[0] + f"\n{'A' * 43}=\n"
                forged = sign_note(fork, unlocked.log_key, unlocked.log_signer.sign)
                with pytest.raises(WitnessConflictError):
                    client.add_checkpoint(witness, old_size=size, proof=(), note=forged)
        finally:
            process.send_signal(signal.SIGINT)
            told, troubles = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "멈췄습니다" in told
    assert not troubles
