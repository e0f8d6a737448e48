"""`haechi audience` tells a range of people with its gaps, in calm words, and never anybody's guilt."""

import json
from datetime import UTC, datetime

import pytest

from drawn_vault import PASSPHRASE, make, opened, sealed_case, take
from haechi.cli import run
from haechi.domain.evidence import Role

OWNER = ["--platform", "instagram", "--account", "@Drawn.Owner", "--to", "followers"]
SINCE = int(datetime(2024, 4, 1, tzinfo=UTC).timestamp())


@pytest.fixture
def vault(tmp_path):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        take(vault, sealed_case(vault), files=[("may.png", b"may" * 9)], role=Role.OWN_PHOTO)
        photo = next(iter(vault.ledger.items(vault.ledger.cases()[0].case_id))).item_id
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    return photo, ["--vault", str(tmp_path / "v"), "--passphrase-file", str(tmp_path / "passphrase")]


def told(capsys):
    return json.loads(capsys.readouterr().out)


def test_a_post_and_a_downloaded_list_are_recorded_and_shown_with_their_gaps(vault, tmp_path, capsys):
    photo, options = vault
    listed = [
        {"string_list_data": [{"value": name, "timestamp": SINCE}], "title": ""} for name in ("z.drawn", "a.drawn", "no handle")
    ]  # fmt: skip
    (tmp_path / "followers_1.json").write_text(json.dumps(listed))
    assert run(["audience", "add", photo, *OWNER, "--posted", "2024-05-01 21:30", *options]) == 0
    download = ["--account", "drawn.owner", "--as-of", "2024-06-01 15:00", "--complete"]
    assert run(["audience", "import", str(tmp_path / "followers_1.json"), *download, *options]) == 0
    imported = capsys.readouterr().out
    assert "entry 3: 계정 이름이 아닙니다." in imported
    assert "빠짐없는 명단으로 세지 않았습니다" in imported
    assert run(["audience", "show", *options]) == 0
    shown = capsys.readouterr().out
    assert "누가 했다는 뜻이 아닙니다" in shown
    assert "적어도 2개" in shown
    assert "끝은 모름" in shown
    assert "a.drawn" not in shown
    assert run(["audience", "show", "--names", *options]) == 0
    names = capsys.readouterr().out
    assert 0 < names.index("a.drawn") < names.index("z.drawn")
    assert run(["audience", "show", "--json", *options]) == 0
    assert told(capsys)["posts"][0]["accounts"] == ["a.drawn", "z.drawn"]


def test_who_came_on_the_day_of_a_post_whose_hour_is_not_known_may_have_seen_it(vault, capsys):
    photo, options = vault
    assert run(["audience", "add", photo, *OWNER, "--posted", "2024-05-01", *options]) == 0
    for name, since in (("a.drawn", "2024-04-01"), ("b.drawn", "2024-05-01 12:00"), ("c.drawn", "2024-05-02")):
        assert run(["audience", "viewer", name, *OWNER, "--from", since, *options]) == 0
    capsys.readouterr()
    assert run(["audience", "show", *options]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "더 정확히는 모름" in shown
    assert "적어도 1개, 더 있을 수 있음" in shown
    assert "그때 볼 수 있었을 수도 있음 1개." in shown


def test_what_is_removed_is_shown_first_and_asked_for(vault, capsys, tmp_path):
    photo, options = vault
    typed = ["a.drawn", "--from", "2024-04-01", "--until", "2024-05-01", "--complete", "--json"]
    assert run(["audience", "add", photo, *OWNER, "--json", *options]) == 0
    post = told(capsys)["post_id"]
    assert run(["audience", "viewer", *typed, *OWNER, *options]) == 0
    listed = told(capsys)["list_id"]
    assert run(["audience", "remove", listed, *options]) == 2
    asked = capsys.readouterr()
    assert "계정 1개" in asked.out
    assert "--yes" in asked.err
    assert run(["audience", "remove", listed, "--json", *options]) == 2
    assert run(["audience", "remove", listed, "--yes", *options]) == 0
    assert "--certificate" in capsys.readouterr().out
    assert run(["audience", "remove", post, "--yes", "--json", *options]) == 0
    entry = told(capsys)["entry"]
    assert run(["delete", "--entry", str(entry), "--certificate", str(tmp_path / "c"), *options]) == 0
    capsys.readouterr()
    assert run(["audience", "remove", post, "--yes", *options]) == 3
    assert run(["audience", "show", "--json", *options]) == 0
    left = told(capsys)
    assert (left["posts"], left["lists"]) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["viewer", "a", "--from", "어제"], "2026-03-05"),
        (["viewer", "--from", "2024-04-01"], "하나 이상"),
        (["viewer", "@", "--from", "2024-04-01"], "하나 이상"),
        (["import", "nothing.json", "--from", "2024-04-01"], "--complete"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_a_sentence(vault, capsys, arguments, words):
    assert run(["audience", *arguments, *OWNER, *vault[1]]) == 2
    assert words in capsys.readouterr().err


def test_a_list_of_whom_she_follows_is_refused_with_what_to_give_instead(vault, tmp_path, capsys):
    (tmp_path / "following.json").write_text(json.dumps({"relationships_following": [{"title": "a"}]}))
    assert run(["audience", "import", str(tmp_path / "following.json"), "--account", "drawn.owner", *vault[1]]) == 4
    assert "followers_1.json" in capsys.readouterr().err
