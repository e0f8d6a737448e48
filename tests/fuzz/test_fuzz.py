"""Every parser of a stranger's bytes survives what a fuzzer finds: 20 seconds a group here in CI, 10 minutes each by `make fuzz`."""

import base64
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import pytest

from fuzz.run import CORPUS
from fuzz.targets import GROUPS, TARGETS
from stock_programs import REQUIRED

SECONDS = int(os.environ.get("HAECHI_FUZZ_SECONDS", "20" if os.environ.get("CI") else "1"))
TESTS = Path(__file__).parent.parent


@pytest.mark.parametrize("name", TARGETS)
def test_everything_in_the_corpus_is_read_or_refused(name):
    target = TARGETS[name]
    for data in [*target.seeds(), *(one.read_bytes() for one in sorted((CORPUS / name).glob("*")))]:
        target.run(data)
        for cut in (len(data) // 2, len(data) - 1):
            target.run(data[: max(0, cut)])
    target.run(b"")


def test_every_target_is_fuzzed_in_one_group_and_every_kept_input_has_its_target():
    assert sorted(chain.from_iterable(GROUPS)) == sorted(TARGETS)
    assert {folder.name for folder in CORPUS.iterdir()} <= set(TARGETS)


def fuzz(names, folder, scratch):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "tools")]),
        "HAECHI_FUZZ_SCRATCH": str(scratch),
    }
    # By way of a shell: libFuzzer counts what a process was before it became this program, such as a large test runner.
    command = [
        "sh",
        "-c",
        '"$@"; exit $?',
        "sh",
        sys.executable,
        "-m",
        "fuzz.run",
        *names,
        "--seconds",
        str(SECONDS),
        "--findings",
        folder,
    ]
    return names, subprocess.run(
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )


def test_a_fuzzer_finds_no_parser_that_crashes_hangs_or_grows(tmp_path):
    if importlib.util.find_spec("atheris") is None:
        if "atheris" in REQUIRED:
            pytest.fail("atheris is required here and missing")
        pytest.skip("needs the package atheris, which has wheels for Linux on x86-64")
    findings, scratch = tmp_path / "findings", tmp_path / "scratch"
    findings.mkdir()
    scratch.mkdir()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda names: fuzz(names, findings, scratch), GROUPS))
    # Python's own error is on standard output; the input comes along so that a finding of another machine can be kept.
    bad = [
        f"{' '.join(names)}:\n{done.stdout[-2000:]}\n{done.stderr[-300:]}" for names, done in ends if done.returncode
    ]
    found = [f"{one.name}: {base64.b85encode(one.read_bytes()).decode()}" for one in sorted(findings.iterdir())]
    assert not bad, "\n".join(bad + found)
    assert found == []
    assert all("number_of_executed_units" in done.stderr for _, done in ends)
