"""Fuzz every parser by coverage, ten minutes each, as many at once as there are cores: `make fuzz`.

`HAECHI_FUZZ_SECONDS` sets another time, `make fuzz ARGS="zip name"` takes these targets only. A finding is written to
`fuzz-findings`, and is a bug: mend it, then keep the input in `tests/fuzz/corpus` under a name that tells what it is.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FINDINGS = ROOT / "fuzz-findings"
_TOLD = ("number_of_executed_units", "average_exec_per_sec", "peak_rss_mb")


def main(names: Sequence[str]) -> int:
    """Fuzz the targets of these names, or all, and print what each did."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
    from fuzz.targets import TARGETS  # noqa: PLC0415 - found only now

    if unknown := sorted(set(names) - set(TARGETS)):
        print(f"fuzz: no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
        return 2
    seconds = os.environ.get("HAECHI_FUZZ_SECONDS", "600")
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    failed = []
    print(f"{'target':<18}{'units':>12}{'a second':>10}{'MiB':>6}  finding", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="haechi-fuzz.", dir=memory if memory.is_dir() else None) as scratch,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        for name, (status, log) in zip(
            names or TARGETS, pool.map(lambda one: _fuzzed(one, seconds, scratch), names or TARGETS), strict=True
        ):
            found = {label: match[1] for label in _TOLD if (match := re.search(rf"stat::{label}:\s+(\d+)", log))}
            units, rate, memory_mib = (found.get(label, "?") for label in _TOLD)
            print(f"{name:<18}{units:>12}{rate:>10}{memory_mib:>6}  {'yes' if status else 'none'}", flush=True)
            if status:
                failed.append(name)
                print(log[-3000:], flush=True)
    print(f"fuzz: findings in {FINDINGS.name}: {', '.join(failed)}" if failed else "fuzz: no finding")
    return int(bool(failed))


def _fuzzed(name: str, seconds: str, scratch: str) -> tuple[int, str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT / "tools")]),
        "HAECHI_FUZZ_SCRATCH": scratch,
    }
    command = [sys.executable, "-m", "fuzz.run", name, "--seconds", seconds, "--findings", str(FINDINGS)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    return done.returncode, done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
