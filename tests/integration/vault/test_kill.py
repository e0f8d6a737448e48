"""A process that is killed while it writes loses nothing that it had said was kept."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from drawn_vault import check, make, opened, sealed_case

WRITE = """
from drawn_vault import *
import os, sys
with opened(Path(sys.argv[1])) as vault:
    case = sealed_case(vault)
    for turn in range(10_000):
        files = [(f"{turn}.png", os.urandom(3_000))]
        take(vault, case, [message(turn * 10 + at, "글") for at in range(8)], files=files)
        print(vault.ledger.item_count(), vault.ledger.log_head().frontier.size, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    path = tmp_path / "v"
    make(path)
    with opened(path) as vault:
        sealed_case(vault)
    rng = random.Random(11)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for _ in range(5):
        writing = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(path)], env=environment, stdout=subprocess.PIPE, text=True
        )
        lines = [writing.stdout.readline()]
        time.sleep(rng.random() / 4)
        writing.send_signal(signal.SIGKILL)
        lines += writing.stdout.read().splitlines()
        writing.wait()
        items, entries = max(tuple(map(int, line.split())) for line in lines if line.count(" ") == 1)
        with opened(path):
            pass
        found = check(path)
        assert found.items >= items
        assert found.entries >= entries
