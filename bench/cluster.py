"""What Ray costs and gives: lookups a second in this process, and through one and two replicas, by size of question; then a node lost.

    python bench/cluster.py                 a million random hashes
    python bench/cluster.py 100000          fewer

Replicas are on two nodes of a local Ray cluster, which share this machine's cores and disk: read overhead, not speed-up. One thread asks,
one question after the other; `pipelined` is four threads. Throughput is on the clock, median of five; p50 is of single questions. A
question that is asked through replicas passes the router, which waits a millisecond for others.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from bench.measuring import machine  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

from haechi.adapters.index.stored import StoredIndex  # noqa: E402
from haechi.bootstrap.clustering import Spread, open_clustered_index  # noqa: E402
from haechi.ports.index import HashIndex, Row  # noqa: E402

RADII = {1: 31}
SIZES = {1: 300, 100: 20, 1_000: 4}
"""Values in a question, and how many questions make a measurement."""
TIMES = 5
THREADS = 4
START_S = 600
STORE = 80 << 20
OTHER = "127.0.0.2"
AT_ONCE = 1 << 18


def asked(index: HashIndex, values: Sequence[bytes], size: int, threads: int = 1) -> tuple[float, float]:
    """Return values a second and the median seconds of a question."""
    rates, each = [], []
    for _ in range(TIMES):

        def ask() -> None:
            for at in range(SIZES[size]):
                start = at * size % len(values)
                begun = time.perf_counter()
                index.search(values[start : start + size], RADII)
                each.append(time.perf_counter() - begun)

        asking = [threading.Thread(target=ask) for _ in range(threads)]
        begun = time.perf_counter()
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        rates.append(threads * SIZES[size] * size / (time.perf_counter() - begun))
    return statistics.median(rates), statistics.median(each)


def told(name: str, index: HashIndex, values: Sequence[bytes], record: Record) -> None:
    """Print and record a line of the table."""
    index.search(values[:10], RADII)
    cells = []
    for size in SIZES:
        rate, p50 = asked(index, values, size)
        cells.append(f"{rate:,.0f} ({1000 * p50:.1f} ms)")
        record.add(f"{name}, {size:,} at a time", rate, "/s")
    pipelined = asked(index, values, 1_000, THREADS)[0]
    cells.append(f"{pipelined:,.0f}")
    record.add(f"{name}, 1,000 at a time, pipelined", pipelined, "/s")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def lose_a_node(index: HashIndex, values: Sequence[bytes], lose: threading.Thread, record: Record) -> None:
    """Ask from four threads while a node is killed, compare every answer, and print what came of it."""
    parts = [values[start : start + 50] for start in range(0, len(values), 50)]
    expected = [index.search(part, RADII) for part in parts]
    taken: list[float] = []
    wrong: list[int] = []
    is_over = threading.Event()

    def ask(at: int) -> None:
        while not is_over.is_set():
            begun = time.perf_counter()
            try:
                is_right = index.search(parts[at % len(parts)], RADII) == expected[at % len(parts)]
            except Exception:  # noqa: BLE001 - whatever it is, the question is lost
                is_right = False
            if not is_right:
                wrong.append(at)
            taken.append(time.perf_counter() - begun)
            at += 1

    asking = [threading.Thread(target=ask, args=(at,)) for at in range(THREADS)]
    for thread in asking:
        thread.start()
    time.sleep(3)
    lose.start()
    lose.join()
    time.sleep(10)
    is_over.set()
    for thread in asking:
        thread.join()
    usual, longest = 1000 * statistics.median(taken), 1000 * max(taken)
    print(f"a node killed under load: {len(taken):,} questions of 50, {len(wrong)} wrong or lost, ", end="")
    print(f"p50 {usual:.0f} ms, the longest {longest:.0f} ms")
    record.add("a node killed under load: questions wrong or lost", len(wrong), f"of {len(taken):,}", exactly=0)
    record.add("a node killed under load: the longest question", longest, "ms")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("hashes", type=int, nargs="?", default=1_000_000)
    recorder = Recorder(arguments)
    given = arguments.parse_args()
    hashes = given.hashes
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # so that it listens on the loopback alone
    from ray.cluster_utils import Cluster

    here = machine()
    print(here)
    record = recorder.begin(given, here)
    print(f"{hashes:,} hashes within 31 bits\n")
    print("| | 1 at a time | 100 | 1,000 | 1,000, pipelined |\n|---|---|---|---|---|")
    dice = np.random.default_rng(6)
    with tempfile.TemporaryDirectory(prefix="haechi-bench-") as made:
        folder = Path(made) / "index"
        known: list[bytes] = []
        with closing(StoredIndex(folder)) as index:
            for start in range(0, hashes, AT_ONCE):
                flat = dice.bytes(32 * min(AT_ONCE, hashes - start))
                index.add([Row(flat[at : at + 32], start + at // 32, 1) for at in range(0, len(flat), 32)])
                known = known or [flat[at : at + 32] for at in range(0, len(flat), 32)]
            index.settle()
            # Half of them are there: an answer that is always empty could not be wrong.
            values = [one for row in known[:2_000] for one in (row, dice.bytes(32))]
            told("in this process", index, values, record)
        cluster = Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False},
        )
        node = cluster.add_node(num_cpus=1, object_store_memory=STORE, node_ip_address=OTHER)
        for replicas in (1, 2):
            with closing(open_clustered_index(folder, Spread(cluster.address, replicas=replicas))) as spread:
                if not spread.is_full(within_s=START_S):
                    sys.exit("the replicas did not start")
                told(f"Ray, {replicas} replica{'s'[: replicas - 1]}", spread, values, record)
                if replicas == 2:  # noqa: PLR2004 - there is another one then
                    print()
                    lose = threading.Thread(target=cluster.remove_node, args=(node,), kwargs={"allow_graceful": False})
                    lose_a_node(spread, values, lose, record)
        cluster.shutdown()
    record.close()


if __name__ == "__main__":
    main()
