"""`haechi trace` says what was found, what that shows and what it does not, in both languages and as JSON."""

import json

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from haechi.cli import run
from haechi.domain.case import CustodyMode
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


def test_an_unknown_item_is_answered_with_a_sentence(vault, capsys):
    assert run(["trace", "nothing", *vault]) == 3
    assert "nothing" in capsys.readouterr().err
