"""verify.sh says what verify.py says: each new finding, stamps of every kind, and pages a stranger may have written."""

import importlib.util
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from drawn.packet_plan import LATE
from drawn.stamps import authority


def _changes():
    place = Path(__file__).with_name("test_changed_anchors.py")
    spec = importlib.util.spec_from_file_location("changed_anchors", place)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


ANCHORS = _changes()
ONE_EACH = {code: name for name, (_, code, _) in reversed(ANCHORS.CHANGES.items())}
FEW = sorted(ONE_EACH)[::4]  # the corpus has all, and does not compare where they are


def codes(outcome) -> set[str]:
    return {code for code, _ in outcome.findings}


@pytest.mark.parametrize("code", FEW)
def test_the_shell_names_a_finding_where_it_is(rich, verifiers, rich_written, forge, code):
    change, _, place = ANCHORS.CHANGES[ONE_EACH[code]]
    change(rich)
    forge(rich, rich_written[0].signer)
    found = verifiers["verify.sh"](rich)
    assert (code, place) in found.findings
    assert codes(found) == codes(verifiers["verify.py"](rich))


def test_the_shell_and_python_say_the_same_of_a_good_packet(rich, verifiers):
    shell, python = (
        re.sub(r"(?m)^[1-6]\. .*\n", "", verifiers[one](rich).output) for one in ("verify.sh", "verify.py")
    )
    assert shell == python
    assert "by 2026-11-20 03:00:00 UTC+00:00 (no later), according to authority p384" in shell


def test_a_stamp_whose_certificate_died_long_ago_still_counts(rich, verifiers, rich_written, forge):
    start = LATE - timedelta(days=1)
    dead = authority("p256", "dead", begins=start, ends=LATE + timedelta(minutes=1))
    ANCHORS.put_stamp(rich, by=dead)
    forge(rich, rich_written[0].signer)
    assert verifiers["verify.sh"](rich).findings == []
    assert verifiers["verify.py"](rich).findings == []


def test_the_shell_asks_for_the_authority_it_was_told(rich, verifiers):
    other = authority("p384", "authority p384").certificate
    found = verifiers["verify.sh"](rich, "--authority", authority("p256", "nobody").certificate)
    assert found.findings == [("authority-other", "authority")]
    assert "Intact, but without a time stamp by an authority you gave." in found.output
    assert "does not verify" not in found.output
    found = verifiers["verify.sh"](rich, "--authority", other)
    assert found.findings == []
    assert "according to authority rsa" in found.output.partition("\nNot counted")[2]
    assert verifiers["verify.sh"](rich, "--authority", other, "--authority", ANCHORS.RSA.certificate).findings == []


def test_the_shell_reads_a_policy(rich, verifiers, tmp_path):
    (tmp_path / "policy").write_text("quorum none\n")
    assert codes(verifiers["verify.sh"](rich, "--policy", str(tmp_path / "policy"))) == set()


MISUSED = [
    ("--signer", "SHA256:abc"),
    ("--signer", ""),
    ("--authority", "00"),
    ("--policy", "no such file"),
    ("--policy", ""),
]


@pytest.mark.parametrize(("option", "value"), MISUSED)
@pytest.mark.parametrize("name", ["verify.sh", "verify.py"])
def test_an_option_that_cannot_be_read_is_named_with_an_example_and_nothing_is_checked(
    rich, program, travelling, *, name, option, value
):
    interpreter = program("bash") if name == "verify.sh" else sys.executable
    done = subprocess.run(
        [interpreter, rich / "verify" / name, option, value, rich], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{option} ")
    assert all(words in done.stderr for words in travelling.OPTIONS[option.removeprefix("--")])


@pytest.mark.parametrize("text", ["quorum one\n", "\0", "", "quorum none"])
def test_the_shell_tells_a_policy_that_is_none_from_one_that_is_not_met(rich, program, tmp_path, text):
    (tmp_path / "policy").write_text(text)
    command = [program("bash"), rich / "verify/verify.sh", "--policy", tmp_path / "policy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--policy ")


def test_the_shell_counts_the_witnesses_a_policy_asks_for(rich, verifiers, tmp_path):
    ours = [key for key, _ in ANCHORS.WITNESSES]
    third = ANCHORS.NoteKey("witness.invalid/third", ANCHORS.Key("third").public, ANCHORS.COSIGNATURE_ED25519)
    assert verifiers["verify.sh"](rich, "--policy", ANCHORS.policy(tmp_path / "a", "2", *ours, third)).findings == []
    found = verifiers["verify.sh"](rich, "--policy", ANCHORS.policy(tmp_path / "b", "all", *ours, third))
    assert found.findings == [("quorum", "policy")]


def test_a_table_that_is_one_open_quote_is_read_in_time(rich, verifiers, rich_written, forge):
    place = rich / "meta/messages.csv"
    header = place.read_bytes().split(b"\r\n")[0]
    place.write_bytes(header + b'\r\n"' + b"line\n" * 300_000)
    forge(rich, rich_written[0].signer)
    assert verifiers["verify.sh"](rich).findings == [("csv-form", "meta/messages.csv:2")]


def test_an_awk_that_falls_over_is_no_pass(rich, tmp_path, program):
    broken = tmp_path / "bin" / "awk"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    done = subprocess.run(
        [program("bash"), rich / "verify/verify.sh"],
        env={"PATH": f"{broken.parent}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "PASS" not in done.stdout
