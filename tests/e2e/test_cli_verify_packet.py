"""`haechi verify-packet` and what the person gave it: an option that cannot be read, one that names others, one that fits."""

import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from haechi.cli import run
from packets.anchors import quorum
from packets.parts import OTHER, SIGNER, signer_of
from packets.stamped import P256, P384, RSA

CORPUS = Path(__file__).resolve().parents[1] / "packets/corpus.tar.xz"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    target = tmp_path_factory.mktemp("packets")
    with tarfile.open(CORPUS) as archive:
        chosen = [one for one in archive if one.name.split("/")[0] == "good_pass"]
        archive.extractall(target, filter="data", members=chosen)
    return target / "good_pass"


@pytest.fixture(autouse=True)
def plain_screen(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "4000")
    monkeypatch.setenv("HAECHI_LANG", "ko")


def verify(packet, *options, capsys):
    """Return exit code, standard output and standard error, each with its lines joined."""
    capsys.readouterr()
    code = run(["verify-packet", str(packet), *options])
    told = capsys.readouterr()
    return code, re.sub(r"\s+", " ", told.out), re.sub(r"\s+", " ", told.err)


@pytest.mark.parametrize(
    ("option", "value", "example"),
    [
        ("--signer", signer_of(SIGNER)[:-1], "SHA256:47DEQ"),
        ("--signer", signer_of(SIGNER)[:-1] + "9", "SHA256:47DEQ"),
        ("--signer", "", "SHA256:47DEQ"),
        ("--authority", RSA.certificate[:-1], "e3b0c44298fc"),
        ("--authority", "tsa.example", "e3b0c44298fc"),
        ("--policy", "no such file", "witnesses.txt"),
    ],
)
def test_an_option_that_cannot_be_read_is_a_wrong_command_and_says_nothing_of_the_packet(
    good, capsys, option, value, example
):
    code, out, err = verify(good, option, value, capsys=capsys)
    assert (code, out) == (2, "")
    assert option in err
    assert example in err
    assert "처음 만든 그대로가 아닙니다" not in err


@pytest.mark.parametrize(
    ("text", "reason"), [("garbage\n", "1번 줄"), ("", "quorum"), ("\0\n", "1번 줄"), ("quorum none", "잘렸을")]
)
def test_a_policy_that_is_none_is_a_wrong_command_and_names_the_line(good, tmp_path, capsys, text, reason):
    (tmp_path / "policy").write_text(text, encoding="utf-8")
    code, out, err = verify(good, "--policy", str(tmp_path / "policy"), capsys=capsys)
    assert (code, out) == (2, "")
    assert "--policy" in err
    assert reason in err
    assert "quorum none" in err


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--signer", signer_of(OTHER), ("signer-other", "온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다")),
        ("--authority", P256.certificate, ("authority-other", "온전하지만, 알려 준 기관의 시점확인이 없습니다")),
        ("--policy", "every", ("quorum", "온전하지만, 알려 준 정책만큼 증인이 서명하지 않았습니다")),
    ],
)
def test_a_packet_by_others_than_were_named_is_said_to_be_intact_and_fails(
    good, tmp_path, capsys, *, option, value, told
):
    code, headline = told
    if option == "--policy":
        (tmp_path / "policy").write_text(quorum(value), encoding="utf-8")
        value = str(tmp_path / "policy")
    status, _out, err = verify(good, option, value, capsys=capsys)
    assert status == 5
    assert headline in err
    assert "처음 만든 그대로가 아닙니다" not in err
    assert run(["verify-packet", str(good), "--json", option, value]) == 5
    result = json.loads(capsys.readouterr().out)
    assert (result["verdict"], result["intact"], [one["code"] for one in result["findings"]]) == ("FAIL", True, [code])


def test_a_packet_that_was_changed_too_is_not_said_to_be_intact(good, tmp_path, capsys):
    changed = shutil.copytree(good, tmp_path / "changed")
    (changed / "data/evidence/E-0001.png").write_bytes(b"x")
    status, _out, err = verify(changed, "--signer", signer_of(OTHER), capsys=capsys)
    assert status == 5
    assert "온전하지만" not in err


def test_one_of_two_authorities_is_enough_and_the_other_is_listed_as_not_counted(good, capsys):
    given = ":".join(re.findall("..", P384.certificate.upper()))  # as openssl prints it
    status, out, _err = verify(good, "--authority", given, capsys=capsys)
    assert status == 0
    assert "세지 않은 것" in out
    shown, not_counted = out.split("세지 않은 것")
    assert "authority p384" in shown
    assert "authority rsa" not in shown
    assert "authority rsa" in not_counted


def test_a_time_stamp_is_said_to_show_no_later_than_in_the_one_form_of_time(good, capsys):
    status, out, _err = verify(good, capsys=capsys)
    assert status == 0
    assert "늦어도 2026-11-20 03:00:00 UTC+00:00 에는 있었습니다" in out
