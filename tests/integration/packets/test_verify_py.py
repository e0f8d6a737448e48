"""verify.py alone: its options and its JSON say what they should."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from drawn.stamps import authority


def _changes():
    place = Path(__file__).with_name("test_changed_anchors.py")
    spec = importlib.util.spec_from_file_location("changed_anchors_py", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


ANCHORS = _changes()


def run(packet: Path, *options: str):
    command = [sys.executable, packet / "verify/verify.py", "--json", *options]
    return json.loads(subprocess.run(command, capture_output=True, check=False).stdout)


def test_the_json_tells_what_is_proven_and_what_is_not(rich):
    told = run(rich)
    assert told["verdict"] == "PASS"
    assert [one["code"] for one in told["proven"]] == [
        "files", "signature", "log", "exhibits", "messages", "derivatives", *["stamp"] * 3, *["cosignature"] * 3,
    ]  # fmt: skip
    assert told["proven"][6]["certificate"] == ANCHORS.RSA.certificate
    assert told["not_proven"] == ["author", "served", "export-true", "clock", "unpinned", "unpinned-authority"]


def test_a_failed_check_proves_nothing(rich):
    ANCHORS.turned(rich / "data/evidence/E-0001.png", 60)
    told = run(rich)
    assert (told["verdict"], told["proven"], told["not_proven"]) == ("FAIL", [], [])


def test_only_the_authorities_relied_on_are_taken(rich):
    other, nobody = authority("p384", "authority p384").certificate, authority("p256", "nobody").certificate
    told = run(rich, "--authority", nobody)
    assert (told["findings"], told["intact"]) == ([{"code": "authority-other", "place": "authority"}], True)
    told = run(rich, "--authority", other)
    assert told["verdict"] == "PASS"
    assert {one["certificate"] for one in told["proven"] if one["code"] == "stamp"} == {other}
    assert {one["certificate"] for one in told["not_counted"]} == {ANCHORS.RSA.certificate}
    assert run(rich, "--authority", other, "--authority", ANCHORS.RSA.certificate)["not_counted"] == []


def test_a_policy_is_met_or_told(rich, tmp_path):
    ours = [key for key, _ in ANCHORS.WITNESSES]
    third = ANCHORS.NoteKey("witness.invalid/third", ANCHORS.Key("third").public, ANCHORS.COSIGNATURE_ED25519)
    assert run(rich, "--policy", ANCHORS.policy(tmp_path / "a", "2", *ours, third))["findings"] == []
    found = run(rich, "--policy", ANCHORS.policy(tmp_path / "b", "all", *ours, third))["findings"]
    assert found == [{"code": "quorum", "place": "policy"}]
