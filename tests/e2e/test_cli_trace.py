"""`haechi trace` says what was found, what that shows and what it does not, in both languages and as JSON."""

import json
from pathlib import Path

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from haechi.cli import run
from haechi.domain.case import CustodyMode
from haechi.domain.errors import VaultReadOnlyError
from haechi.domain.evidence import Role
from integration.imports.vaults import PASSPHRASE, VaultAt


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trace")
    (folder / "own").mkdir()
    (folder / "own" / "may.jpg").write_bytes(jpeg(person(0).rgb))
    (folder / "own" / "june.jpg").write_bytes(jpeg(person(30).rgb))
    (folder / "found").mkdir()
    (folder / "found" / "picture.jpg").write_bytes(jpeg(composite(0, 22, Treatment(width=150)).rgb))
    made = VaultAt(folder / "vault", mode=CustodyMode.SEALED)
    made.take(folder / "own", role=Role.OWN_PHOTO)
    made.take(folder / "found")
    (folder / "passphrase").write_text(PASSPHRASE)
    return ["--vault", str(folder / "vault"), "--passphrase-file", str(folder / "passphrase")]


def test_the_answer_names_the_photo_its_ratios_and_what_is_not_shown(vault, capsys):
    assert run(["trace", *vault]) == 0
    told = capsys.readouterr().out
    assert "may.jpg" in told
    assert "배" in told
    assert "진짜 사진이라는 뜻이 아닙니다" in told
    assert "SHA-256" in told


def test_the_numbers_are_there_for_programs(vault, capsys):
    assert run(["trace", "--json", *vault]) == 0
    told = json.loads(capsys.readouterr().out)["traced"]
    assert told["photos"] == 2
    fit = told["answers"][0]["faces"][0]["groups"][0]["fits"][0]
    assert 0.7 < fit["numbers"]["third"] <= 1
    assert "features" not in json.dumps(told)


def test_a_second_run_tells_the_record_and_what_was_kept_can_be_deleted(vault, capsys):
    assert run(["trace", *vault]) == 0
    assert "--again" in capsys.readouterr().out
    assert run(["status", *vault]) == 0
    assert "2개 (생체 정보" in capsys.readouterr().out
    assert run(["trace", "--no-record", *vault]) == 0
    assert "기록에 남지 않았습니다" not in capsys.readouterr().out  # what is told was recorded before
    assert run(["trace", "--forget", "--again", *vault]) == 2
    assert run(["trace", "nothing", "--forget", *vault]) == 3
    capsys.readouterr()
    assert run(["trace", "--forget", "--json", *vault]) == 0
    assert json.loads(capsys.readouterr().out) == {"forgotten": 2}
    assert run(["verify", *vault]) == 0


def test_a_vault_that_cannot_be_written_answers_from_its_records(vault, capsys, monkeypatch):
    def refuse(path):
        raise VaultReadOnlyError(path=str(path))

    monkeypatch.setattr("haechi.adapters.vault_folder.folders._lock_alone", refuse)
    assert run(["trace", *vault]) == 0
    assert "may.jpg" in capsys.readouterr().out


def test_without_a_record_nothing_is_written_and_the_answer_says_so(vault, capsys):
    folder = Path(vault[1])
    log = (folder / "checkpoint").read_bytes()
    assert run(["trace", "--no-record", "--again", *vault]) == 0
    assert "기록에 남지 않았습니다" in capsys.readouterr().out
    assert (folder / "checkpoint").read_bytes() == log
    assert not list((folder / "features").rglob("*.age"))


def test_an_unknown_item_is_answered_with_a_sentence(vault, capsys):
    assert run(["trace", "nothing", *vault]) == 3
    assert "nothing" in capsys.readouterr().err


def test_where_the_photo_was_posted_is_told_in_numbers(vault, capsys):
    assert run(["trace", "--json", *vault]) == 0
    photo = json.loads(capsys.readouterr().out)["traced"]["answers"][0]["faces"][0]["groups"][0]["fits"][0]["photo"]
    place = ["--platform", "instagram", "--account", "drawn.owner", "--to", "followers"]
    assert run(["audience", "add", photo, *place, "--posted", "2024-05-01", *vault]) == 0
    assert run(["audience", "viewer", "a.drawn", "b.drawn", *place, "--from", "2024-05-01", *vault]) == 0
    capsys.readouterr()
    assert run(["trace", *vault]) == 0
    told = capsys.readouterr().out
    assert "인스타그램 @drawn.owner" in told
    assert "아는 계정 2개, 빈 기간 1개" in " ".join(told.split())
    assert "a.drawn" not in told
