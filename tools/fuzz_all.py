"""Fuzz every parser by coverage, ten minutes each, as many at once as there are cores: `make fuzz`.

`HAECHI_FUZZ_SECONDS` sets another time, `make fuzz ARGS="zip name"` takes these targets only. A finding is written to
`fuzz-findings`, and is a bug: mend it, then keep the input in `tests/fuzz/corpus` under a name that tells what it is.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FINDINGS = ROOT / "fuzz-findings"
_UNITS, _MEMORY = "number_of_executed_units", "peak_rss_mb"
_SLICE = 20_000
"""Where the instrumented process grows with every input that is decoded, it begins anew after so many, with what it found."""


def main(names: Sequence[str]) -> int:
    """Fuzz the targets of these names, or all, and print what each did."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
    from fuzz.targets import TARGETS  # noqa: PLC0415 - found only now

    if unknown := sorted(set(names) - set(TARGETS)):
        print(f"fuzz: no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
        return 2
    seconds = int(os.environ.get("HAECHI_FUZZ_SECONDS", "600"))
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    failed = []
    print(f"{'target':<30}{'units':>12}{'a second':>10}{'MiB':>6}  finding", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="haechi-fuzz.", dir=memory if memory.is_dir() else None) as scratch,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        for name, (status, log) in zip(
            names or TARGETS, pool.map(lambda one: _fuzzed(one, seconds, scratch), names or TARGETS), strict=True
        ):
            units, memory_mib = sum(_counted(_UNITS, log)), max(_counted(_MEMORY, log), default=0)
            told = "yes" if status else "none"
            print(f"{name:<30}{units:>12}{units // seconds:>10}{memory_mib:>6}  {told}", flush=True)
            if status:
                failed.append(name)
                print(log[-3000:], flush=True)
    print(f"fuzz: findings in {FINDINGS.name}: {', '.join(failed)}" if failed else "fuzz: no finding")
    return int(bool(failed))


def _counted(name: str, log: str) -> list[int]:
    return [int(number) for number in re.findall(rf"stat::{name}:\s+(\d+)", log)]


def _fuzzed(name: str, seconds: int, scratch: str) -> tuple[int, str]:
    """Return how fuzzing one target ended, and what the fuzzer said."""
    from fuzz.run import DECODERS  # noqa: PLC0415 - found only by now

    most = ["--inputs", str(_SLICE)] if name in DECODERS else []
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT / "tools")]),
        "HAECHI_FUZZ_SCRATCH": scratch,
    }
    command = [sys.executable, "-m", "fuzz.run", name, "--findings", str(FINDINGS), "--keep", f"{scratch}/kept-{name}"]
    said = []
    ends = time.monotonic() + seconds
    while (left := round(ends - time.monotonic())) > 0:
        done = subprocess.run(
            [*command, *most, "--seconds", str(left)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        said.append(done.stderr)
        if done.returncode:
            return done.returncode, "".join(said)
    return 0, "".join(said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
