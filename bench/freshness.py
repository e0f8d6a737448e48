"""How soon a hash that was added is found, and how many records a second group commit keeps, with a merge going on.

    python bench/freshness.py [--rows 1000000] [--threads 8]

*Found after* is wall time from calling `add` with one row until a search has answered with it, waiting for the disk included:
the disk's own part (a write and an `fdatasync` of the same size) is measured beside it in the same run. *Acknowledged to
found* is what lies between `add` having returned and the answer. *Stall* is the longest single search while segments are made
and merged; so long does another program on the machine take a core away, too.
"""

import argparse
import os
import secrets
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import machine  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

from haechi.adapters.index.following import FollowingIndex  # noqa: E402
from haechi.adapters.index.stored import StoredIndex  # noqa: E402
from haechi.ports.index import Row  # noqa: E402

WANTED = {0: 31}
SINGLE = 200
BATCH = 2000
FOUND_MS = 10
A_SECOND = 200_000


def percentiles(taken: list[float]) -> str:
    """Return median, 99th percentile and maximum, in milliseconds."""
    p50, p99 = np.percentile(taken, [50, 99])
    return f"p50 {1e3 * p50:.2f} ms, p99 {1e3 * p99:.2f} ms, longest {1e3 * max(taken):.2f} ms"


def disk(folder: Path) -> list[float]:
    """Return how long the disk takes to keep 72 bytes."""
    taken = []
    descriptor = os.open(folder / "probe", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for _ in range(SINGLE):
        started = time.perf_counter()
        os.write(descriptor, bytes(72))
        os.fdatasync(descriptor)
        taken.append(time.perf_counter() - started)
    os.close(descriptor)
    return taken


def freshness(index: StoredIndex, folder: Path, record: Record) -> None:
    """Print and record how soon single rows are found, here and by who follows."""
    here: list[float] = []
    after: list[float] = []
    there: list[float] = []
    follower = FollowingIndex(folder, every_s=0)
    for number in range(SINGLE):
        row = Row(secrets.token_bytes(32), (1 << 60) + number, 0)
        started = time.perf_counter()
        index.add([row])
        kept = time.perf_counter()
        assert index.search([row.value], WANTED)[0].rows  # noqa: S101 - a row that is not found has no time
        found = time.perf_counter()
        while not follower.search([row.value], WANTED)[0].rows:
            pass
        here.append(found - started)
        after.append(found - kept)
        there.append(time.perf_counter() - kept)
    print(f"  found after:           {percentiles(here)}")
    print(f"  acknowledged to found: {percentiles(after)}; by a second opening that follows {percentiles(there)}")
    record.add("acknowledged to found, longest", 1e3 * max(after), "ms", most=FOUND_MS)
    record.add("found after calling, disk included, p50", 1e3 * float(np.median(here)), "ms")
    record.add("acknowledged to found by a second opening, longest", 1e3 * max(there), "ms")
    follower.close()


def load(index: StoredIndex, rows: int, threads: int) -> tuple[float, list[float]]:
    """Add rows from some threads; return how long it took, and how long each search took meanwhile."""
    each = rows // threads
    batches = [
        [
            [Row(secrets.token_bytes(32), at, 0) for at in range(start, start + BATCH)]
            for start in range(t * each, (t + 1) * each, BATCH)
        ]
        for t in range(threads)
    ]
    workers = [threading.Thread(target=lambda mine=mine: [index.add(one) for one in mine]) for mine in batches]
    searches: list[float] = []
    asked = batches[0][0][0].value
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        before = time.perf_counter()
        index.search([asked], WANTED)
        searches.append(time.perf_counter() - before)
        time.sleep(0.002)
    return time.perf_counter() - started, searches


def main() -> None:
    """Measure in a new index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="where the index is put: the disk to be measured")
    recorder = Recorder(parser)
    given = parser.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(given, here)
    with tempfile.TemporaryDirectory(dir=given.folder) as place:
        folder = Path(place) / "index"
        index = StoredIndex(folder)
        index.add([Row(secrets.token_bytes(32), 1, 0)])
        index.search([bytes(32)], WANTED)
        alone = disk(Path(place))
        print(f"  the disk alone:        {percentiles(alone)}")
        record.add("the disk alone, 72 bytes, p50", 1e3 * float(np.median(alone)), "ms")
        freshness(index, folder, record)
        used = time.process_time()
        taken, searches = load(index, given.rows, given.threads)
        used = time.process_time() - used
        print(f"  group commit: {given.rows / taken:,.0f} rows/s from {given.threads} threads in batches of {BATCH:,}")
        print(
            f"                {1e6 * used / given.rows:.1f} µs of processor time a row, segments and searches included"
        )
        print(f"  a search meanwhile:    {percentiles(searches)}")
        record.add("group commit", given.rows / taken, "rows/s", least=A_SECOND)
        record.add("a search meanwhile, p99", 1e3 * float(np.percentile(searches, 99)), "ms")
        record.add("a search meanwhile, longest", 1e3 * max(searches), "ms")
        index.settle()
        print(f"  afterwards: {index.status()}")
        index.close()
    record.close()


if __name__ == "__main__":
    main()
