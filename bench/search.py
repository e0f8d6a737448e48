"""How many exact lookups within 31 bits one core answers, beside faiss as python-threatexchange configures it, in the same run.

    python bench/search.py                     a million hashes: random ones, then a skewed set
    python bench/search.py 10000000 --random   ten million
    python bench/search.py --curve             haechi alone from ten thousand to forty million
    python bench/search.py --copies            a list of 10^5 near-copies: taking it in, and asking beside it

The peer is `IndexBinaryMultiHash(256, 16, 16)` with `nflip = 1`, exact at 31 bits. Where faiss is missing, haechi is measured alone:
`pip install --target FOLDER --no-deps faiss-cpu` and `PYTHONPATH=FOLDER` give it without changing anything else. Throughput
is processor time of one thread, median of five; single lookups are told on the clock, where other programs on the machine show in
the 99th percentile, and in processor time. Recall is against comparing a hundred queries with every hash.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import machine  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

from haechi.adapters.index.settings import IndexSettings  # noqa: E402
from haechi.adapters.index.stored import StoredIndex  # noqa: E402
from haechi.adapters.media.pdq import hash_picture  # noqa: E402
from haechi.domain.fingerprint import Symmetry  # noqa: E402
from haechi.ports.index import Row  # noqa: E402

try:
    import faiss
except ImportError:
    faiss = None

Hashes = npt.NDArray[np.uint8]
RADIUS = 31
QUERIES = 1000
CHECKED = 100
FLOOD = 100_000
CURVE = (10_000, 100_000, 1_000_000, 10_000_000, 40_000_000)
AT_ONCE = 1 << 18
MILLION = 1_000_000
COPIES = 100_000
ALIKE = 256  # near-copies that a bank takes before it holds the rest
P99_MS = 20
MOST = 100
BARS = {MILLION: 20_000, 10_000_000: 8_000}  # lookups a second and core, by hashes
MOST_BYTES, MOST_BYTES_FROM = 130, MILLION
FAISS, FAISS_FROM = 300, 10_000_000
MARGIN, BUBBLES_END = 10, 640


def flipped(hashes: Hashes, most: int, dice: np.random.Generator) -> Hashes:
    """Return the hashes with 0 to `most` bits flipped, each another number."""
    changed = hashes.copy()
    counts = dice.integers(0, most + 1, len(hashes))
    for flip in range(most):
        rows = np.flatnonzero(counts > flip)
        bits = dice.integers(0, 256, len(rows))
        changed[rows, bits >> 3] ^= (1 << (bits & 7)).astype(np.uint8)
    return changed


def random_set(count: int, dice: np.random.Generator) -> tuple[Hashes, Hashes]:
    """Return random hashes and queries: half of them have ten neighbours at up to 34 bits."""
    hashes = dice.integers(0, 256, (count, 32), dtype=np.uint8)
    queries = dice.integers(0, 256, (QUERIES, 32), dtype=np.uint8)
    neighbours = flipped(np.repeat(queries[: QUERIES // 2], 10, axis=0), 34, dice)
    hashes[dice.choice(count, len(neighbours), replace=False)] = neighbours
    return hashes, queries[dice.permutation(QUERIES)]


def screens(count: int, dice: np.random.Generator) -> Hashes:
    """Return the hashes of drawn chat screens: bars and bubbles, of low entropy and alike."""
    hashes = []
    for _ in range(count):
        picture = Image.new("RGB", (360, 740), (236, 229, 221))
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, 360, 55), fill=(7, 94, 84))
        y = 70
        while y < BUBBLES_END:
            left, height = int(dice.choice([MARGIN, 150])), int(dice.integers(35, 60))
            draw.rounded_rectangle(
                (left, y, left + 200, y + height), 8, fill=(255, 255, 255) if left == MARGIN else (220, 248, 198)
            )
            draw.line((left + 10, y + 18, left + int(dice.integers(60, 190)), y + 18), fill=(0, 0, 0), width=3)
            y += height + 11
        draw.rectangle((0, 690, 360, 740), fill=(245, 245, 245))
        hashes.append(np.frombuffer(hash_picture(np.asarray(picture))[0][Symmetry.UPRIGHT], np.uint8))
    return np.array(hashes)


def skewed_set(count: int, dice: np.random.Generator) -> tuple[Hashes, Hashes]:
    """Return hashes of which most are near others, and queries near them.

    Three fifths are families of 600 near-duplicates, a tenth are chat screens, a tenth (at most 10^5) is a flood of one
    hash with up to three bits changed, the rest are random.
    """
    flood = min(FLOOD, count // 10)
    families = dice.integers(0, 256, (count * 6 // 10 // 600 + 1, 32), dtype=np.uint8)
    parts = [
        flipped(np.repeat(families, 600, axis=0)[: count * 6 // 10], 30, dice),
        flipped(screens(300, dice)[dice.integers(0, 300, count // 10)], 6, dice),
        flipped(np.repeat(dice.integers(0, 256, (1, 32), dtype=np.uint8), flood, axis=0), 3, dice),
    ]
    rest = count - sum(map(len, parts))
    hashes = np.concatenate([*parts, dice.integers(0, 256, (rest, 32), dtype=np.uint8)])
    return hashes, flipped(hashes[dice.integers(0, count, QUERIES)], 8, dice)


def rows(hashes: Hashes) -> Iterator[Row]:
    """Yield a row a hash, its place being its content."""
    for start in range(0, len(hashes), AT_ONCE):
        flat = hashes[start : start + AT_ONCE].tobytes()
        for at in range(len(flat) // 32):
            yield Row(flat[32 * at : 32 * at + 32], start + at, 1, 80)


def by_definition(hashes: Hashes, query: Hashes) -> set[int]:
    """Return the places of all hashes within the radius, found by comparing with every one."""
    words, asked = hashes.view(np.uint64), query.view(np.uint64)
    near: list[int] = []
    for start in range(0, len(words), AT_ONCE):
        bits = np.bitwise_count(words[start : start + AT_ONCE] ^ asked).sum(axis=1)
        near += (start + np.flatnonzero(bits <= RADIUS)).tolist()
    return set(near)


def measured(hashes: Hashes, queries: Hashes, folder: Path, record: Record, what: str, *, in_memory: bool) -> float:
    """Print and record how haechi does; return lookups a second."""
    most = MOST
    values = [query.tobytes() for query in queries]
    started, wall = time.process_time(), time.perf_counter()
    index = StoredIndex(folder, IndexSettings(in_memory=in_memory))
    index.rebuild(rows(hashes))
    built = f"built in {time.process_time() - started:.1f} s of processor time ({time.perf_counter() - wall:.1f} s)"
    wanted = {1: RADIUS}
    index.search(values[:10], wanted, most=most)
    taken = []
    for _ in range(5):
        started = time.thread_time()
        index.search(values, wanted, most=most)
        taken.append((time.thread_time() - started) / len(values))
    wall_us, core_us = [], []
    for value in values:
        wall, started = time.perf_counter(), time.thread_time()
        index.search([value], wanted, most=most)
        core_us.append(1e6 * (time.thread_time() - started))
        wall_us.append(1e6 * (time.perf_counter() - wall))
    a_second = 1 / float(np.median(taken))
    (segment,) = folder.glob("segment-*.hash")
    size = segment.stat().st_size / len(hashes)
    found = missed = strangers = cut = 0
    for query, answer in zip(queries[:CHECKED], index.search(values[:CHECKED], wanted, most=most), strict=True):
        near, told = by_definition(hashes, query), {row.content for row in answer.rows}
        strangers += len(told - near)
        if answer.is_truncated:
            cut += 1
            missed += len(told) != most
        else:
            missed += len(near - told)
        found += len(told & near)
    index.close()
    least = BARS.get(len(hashes))
    record.add(f"{what}: lookups", a_second, "/s a core", least=least if what.startswith("random") else None)
    record.add(
        f"{what}: found of what a full scan finds", f"{found} of {found + missed}", exactly=f"{found} of {found}"
    )
    record.add(f"{what}: found wrongly", strangers, exactly=0)
    if len(hashes) >= MOST_BYTES_FROM:
        record.add(f"{what}: size", size, "bytes a hash", most=MOST_BYTES)
    record.add(f"{what}: one lookup, p50 of the core", float(np.percentile(core_us, 50)), "µs")
    record.add(
        f"{what}: one lookup, p99 of the core",
        float(np.percentile(core_us, 99)),
        "µs",
        most=1e3 * P99_MS if what.startswith("skewed") else None,
    )
    print(f"  haechi: {a_second:,.0f}/s a core, {size:.1f} bytes a hash, {built}")
    for name, taken_us in (("on the clock", wall_us), ("of the core", core_us)):
        p50, p99 = np.percentile(taken_us, [50, 99])
        print(f"          one at a time, {name}: p50 {p50:.0f} µs, p99 {p99:.0f} µs, longest {max(taken_us):.0f} µs")
    print(
        f"          of {CHECKED} queries checked by full scan: {found} found, {missed} missed, {strangers} strangers, {cut} cut at {most}"
    )
    return a_second


def peer(hashes: Hashes, queries: Hashes) -> float:
    """Print how faiss does; return lookups a second."""
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryMultiHash(256, 16, 16)
    index.nflip = 1
    before, started = resident(), time.process_time()
    index.add(hashes)
    built, size = time.process_time() - started, (resident() - before) / len(hashes)
    asked = queries[: max(20, min(QUERIES, 2 * 10**8 // len(hashes)))]
    index.range_search(asked[:2], RADIUS + 1)
    taken = []
    for _ in range(3):
        started = time.process_time()
        index.range_search(asked, RADIUS + 1)
        taken.append((time.process_time() - started) / len(asked))
    a_second = 1 / float(np.median(taken))
    print(
        f"  faiss:  {a_second:,.0f}/s a core, about {size:.0f} bytes a hash, built in {built:.1f} s of processor time"
    )
    return a_second


def near_copies(count: int, record: Record, place: Path | None) -> None:
    """Take a list of near-copies of one hash into a matcher whose bank holds a thousand others; ask near it and elsewhere, before and after.

    The matcher holds such a list for a curator beyond 256 contents. The engine itself, which has no such rule, is filled with all of them and asked
    for the nearest hundred: what a lookup there costs is the worst that a list can do.
    """
    from haechi.bootstrap.matcher import ListFormat, Query
    from haechi.bootstrap.matcher_opening import open_matcher
    from haechi.domain.bank import Depicted, Signal, SignalType, Tier

    dice = np.random.default_rng(4)
    one = dice.integers(0, 256, (1, 32), dtype=np.uint8)
    copies, others = (
        flipped(np.repeat(one, count, axis=0), 15, dice),
        dice.integers(0, 256, (1_000, 32), dtype=np.uint8),
    )
    near = [row.tobytes() for row in flipped(np.repeat(one, QUERIES, axis=0), 8, dice)]
    far = [row.tobytes() for row in others]
    with tempfile.TemporaryDirectory(dir=place) as made:
        folder = Path(made)
        with open_matcher(folder / "matcher") as matcher:
            matcher.add_bank("BENCH", Depicted.ADULT, by="bench")
            for name, rows_of_it in (("others", others), ("copies", copies)):
                (folder / name).write_text(
                    "".join(f"pdq {row.tobytes().hex()}\n" for row in rows_of_it), encoding="ascii"
                )
            matcher.import_list(folder / "others", ListFormat.PLAIN, "BENCH", tier=Tier.WORKER_VERIFIED, by="bench")
            started = time.perf_counter()
            report = matcher.import_list(
                folder / "copies", ListFormat.PLAIN, "BENCH", tier=Tier.WORKER_VERIFIED, by="bench"
            )
            taken = time.perf_counter() - started
            record.add("taking the list in", report.added / taken, "rows/s")
            record.add("held for a curator", report.held, "contents", least=report.added - 2 * ALIKE)
            for what, values in (("near the copies", near), ("elsewhere", far)):
                asked = [Query.of(Signal(SignalType.PDQ, value)) for value in values]
                p99, answers = each(asked, lambda query: matcher.look_up([query], depicted=Depicted.ADULT)[0])
                record.add(f"matcher, a lookup {what}: p99", p99, "ms of the core", most=P99_MS)
                if what == "near the copies":
                    cut = sum(answer.is_truncated for answer in answers)
                    record.add(
                        "matcher, lookups near the copies told as truncated",
                        cut,
                        f"of {len(answers)}",
                        least=len(answers),
                    )
        index = StoredIndex(folder / "index")
        index.rebuild(rows(np.concatenate([copies, others])))
        for what, values in (("near the copies", near), ("elsewhere", far)):
            p99, found = each(values, lambda value: index.search([value], {1: RADIUS}, most=MOST)[0])
            record.add(f"engine with all of them, a lookup {what}: p99", p99, "ms of the core", most=P99_MS)
            if what == "near the copies":
                cut = sum(one.is_truncated and len(one.rows) == MOST for one in found)
                record.add("engine, lookups near the copies cut at 100", cut, f"of {len(found)}", exactly=len(found))
        index.close()


def each(asked: list[Any], ask: Callable[[Any], Any]) -> tuple[float, list[Any]]:
    """Return the 99th percentile of the milliseconds of the core that a question takes, and all answers."""
    ask(asked[0])
    taken, answers = [], []
    for one in asked:
        started = time.thread_time()
        answers.append(ask(one))
        taken.append(1e3 * (time.thread_time() - started))
    return float(np.percentile(taken, 99)), answers


def resident() -> int:
    """Return how much memory this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=MILLION)
    parser.add_argument("--random", action="store_true", help="random hashes only")
    parser.add_argument("--skewed", action="store_true", help="the skewed set only")
    parser.add_argument("--alone", action="store_true", help="without the peer")
    parser.add_argument("--curve", action="store_true", help="haechi alone from 10^4 to 4 * 10^7")
    parser.add_argument(
        "--copies", action="store_true", help="a poisoned list: near-copies of one hash, 10^5 if not told"
    )
    parser.add_argument("--in-memory", action="store_true", help="copy segments into memory of large pages")
    parser.add_argument("--folder", type=Path, help="where the index is put (13 GB for the whole curve)")
    recorder = Recorder(parser)
    given = parser.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(given, here)
    if given.copies:
        near_copies(given.count if given.count != MILLION else COPIES, record, given.folder)
        record.close()
        return
    for count in CURVE if given.curve else (given.count,):
        for name, make in (("random", random_set), ("skewed", skewed_set)):
            if (given.skewed or given.random or given.curve) and name != ("skewed" if given.skewed else "random"):
                continue
            hashes, queries = make(count, np.random.default_rng(31))
            print(f"{count:,} hashes, {name}")
            with tempfile.TemporaryDirectory(dir=given.folder) as place:
                what = f"{name}, {count:,}"
                ours = measured(hashes, queries, Path(place) / "index", record, what, in_memory=given.in_memory)
                shutil.rmtree(place, ignore_errors=True)
                Path(place).mkdir()
            is_barred = name == "random" and count >= FAISS_FROM and not given.curve
            if faiss is not None and not given.alone and not given.curve:
                ratio = ours / (theirs := peer(hashes, queries))
                print(f"          {ratio:,.0f} times as many as faiss")
                record.add(
                    f"{what}: lookups, of faiss'", ratio, "times", least=FAISS if is_barred else None, peer=theirs
                )
            elif is_barred:  # a bar that nobody was held to is not met
                record.add(f"{what}: lookups, of faiss'", "not compared", exactly=f">= {FAISS} times")
    record.close()


if __name__ == "__main__":
    main()
