"""Where a command is not to write: in the vault's folder, and in the packet that is handed over."""

import pytest

from haechi.cli import run


@pytest.mark.parametrize(
    "words",
    [
        ["packet", "PLACE"],
        ["split-key", "PLACE"],
        ["tiles", "PLACE"],
        ["hand-over", "packet", "PLACE", "--to", "경찰서"],
        ["hand-over", "사건", "PLACE", "--to", "경찰서", "--sealed"],
        ["delete", "--whole-case", "--certificate", "PLACE"],
        ["share", "VAULT"],
    ],
)
def test_nothing_is_made_in_the_vaults_folder(tmp_path, capsys, words):
    vault = tmp_path / "vault"
    vault.mkdir()
    typed = [word.replace("PLACE", str(vault / "new")).replace("VAULT", str(vault)) for word in words]
    assert run([*typed, "--vault", str(vault), "--lang", "ko"]) == 2
    assert "금고 폴더 안에는 만들지 않습니다" in capsys.readouterr().err
    assert not any(vault.iterdir())


def test_a_packet_is_not_handed_over_into_itself(tmp_path, capsys, monkeypatch):
    packet = tmp_path / "packet"
    packet.mkdir()
    monkeypatch.chdir(packet)
    words = ["hand-over", ".", "out.zip.age", "--to", "경찰서", "--vault", str(tmp_path / "vault"), "--lang", "ko"]
    assert run(words) == 2
    assert "증거 묶음 폴더 안에는 만들지 않습니다" in capsys.readouterr().err
