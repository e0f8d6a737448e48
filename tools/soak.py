"""The long runs of the suite: faults in every system call, thousands of kills, all of the corpus, changed packets.

`make soak` runs all of it and takes hours on two cores; `make soak ARGS=faults` runs one part. Each prints what it counted.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS: dict[str, tuple[dict[str, str], list[str]]] = {
    "faults": ({"HAECHI_FAULTS": "all"}, ["-m", "pytest", "-q", "tests/faults"]),
    "kills": (
        {"HAECHI_KILLS": "2000"},
        ["-m", "pytest", "-q", "tests/faults/test_kills.py", "tests/integration/imports/test_kill.py"],
    ),
    # verify.sh takes minutes for the whole corpus, and says nothing meanwhile.
    "corpus": (
        {"HAECHI_WHOLE_CORPUS": "1"},
        ["-m", "pytest", "-q", "-o", "faulthandler_timeout=0", "tests/integration/packets/test_corpus.py"],
    ),
    "differential": ({}, ["tools/mutate_packets.py", "10000"]),
    "sweep": ({}, ["tools/sweep_packets.py"]),
}


def main() -> int:
    """Run the parts that are named, or all, and say how each ended."""
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        print(f"soak: {', '.join(PARTS)}; not: {', '.join(unknown)}")
        return 2
    failed = []
    for name in names:
        settings, command = PARTS[name]
        print(f"soak: {name}", flush=True)
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=os.environ | settings, check=False).returncode:
            failed.append(name)
    print(f"soak: failed: {', '.join(failed)}" if failed else "soak: all is well")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
