"""Does scenarios in children forked from one process that has everything loaded, so that only the scenario's calls are counted.

Reads lines `SCENARIO FOLDER WITNESS-FILE` from standard input. For each: forks; the child prints its number when it is ready and
waits for `GO`, then prints how it ended as one JSON line.
"""

import gc
import json
import os
import signal
import sys
from pathlib import Path

from faults.scenario import acknowledging
from faults.scenarios import ENDLESS, SCENARIOS
from haechi.domain.errors import HaechiError

GO = signal.SIGUSR1
"""A signal, because waiting for it is no call that is counted: who watches may come before the child waits or after."""


def _child(scenario: str, folder: str, witness: str) -> None:
    tell = acknowledging(Path(witness))
    os.write(1, f"{os.getpid()}\n".encode())
    signal.sigwait({GO})
    try:
        SCENARIOS.get(scenario, ENDLESS).act(Path(folder), tell)
    except HaechiError as error:
        os.write(1, json.dumps({"refused": error.code}).encode() + b"\n")
    except OSError as error:
        os.write(1, json.dumps({"error": f"{type(error).__name__} {error.errno}"}).encode() + b"\n")
    except BaseException as error:  # noqa: BLE001 - whatever it is has to be told
        os.write(1, json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}).encode() + b"\n")
    else:
        os.write(1, b'{"done": true}\n')


def main() -> None:
    """Serve until standard input ends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {GO})
    for name in ("haechi.flows.verify", "haechi.adapters.packets.writer", "haechi.adapters.renderer.typst_renderer"):
        __import__(name)
    gc.freeze()
    for line in sys.stdin:
        scenario, folder, witness = line.split()
        child = os.fork()
        if child == 0:
            try:
                _child(scenario, folder, witness)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            os.write(1, json.dumps({"killed": signal.Signals(os.WTERMSIG(status)).name}).encode() + b"\n")
        os.write(1, b"end\n")


if __name__ == "__main__":
    main()
