"""The match server under load: lookups while a thousand hashes a second are added and segments merge.

    python bench/service.py                         10 million hashes, single lookups and batches
    python bench/service.py --hashes 100000 --seconds 5

The server is `haechi match-server` in a process of its own, the clients are in others: wrk where it is installed (single lookups;
its latencies are the table's), and a client of our own, which also checks that what is known is found. The same load then goes to
the least server that can be built around faiss' IndexBinaryMultiHash(256, 16, 16), as hasher-matcher-actioner uses it: adding
means building the index anew, once a minute, while it answers.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))
from measuring import machine, memory
from recording import Record, Recorder

Hashes = npt.NDArray[np.uint8]
Requests = Sequence[tuple[bytes, int]]
Figures = dict[str, int | float | str]
Row = tuple[str, Figures, tuple[int, int]]

BANK = "BENCH"
KNOWN = 0.1  # of the lookups are for a known hash with some bits flipped
FLIPPED = 8
REBUILD_S = 60
BARS = {"errors": 0, "missed": 0, "longest pause": 50}
LOAD = 10_000  # contents a transaction when the bank is filled


@dataclass
class Load:
    """What one client saw; `pause` is the longest time in which no connection got an answer."""

    latencies: list[float] = field(default_factory=list)
    pause: float = 0.0
    errors: int = 0
    missed: int = 0
    lookups: int = 0


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hashes(count: int, seed: int = 1) -> Hashes:
    """Return `count` random hashes, the same for a seed."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def queries(known: Hashes, count: int, seed: int) -> tuple[Hashes, Any]:
    """Return `count` hashes to ask, and which of them lie near a known one."""
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    is_known = rng.random(count) < KNOWN
    for place in np.flatnonzero(is_known):
        bits = np.unpackbits(known[rng.integers(len(known))])
        bits[rng.choice(256, FLIPPED, replace=False)] ^= 1
        asked[place] = np.packbits(bits)
    return asked, is_known


# --- the client


async def ask_for(port: int, seconds: float, connections: int, requests: Requests, answers_per_request: int) -> Load:
    """Send requests over so many connections for so long, each connection waiting for its answer."""
    load, until = Load(), time.perf_counter() + seconds
    last: float | None = None
    turn = iter(range(1 << 60))

    async def one() -> None:
        nonlocal last
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            request, expected = requests[next(turn) % len(requests)]
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
            body = await reader.readexactly(length)
            now = time.perf_counter()
            load.latencies.append(now - started)
            load.pause, last = max(load.pause, now - (last or now)), now
            load.lookups += answers_per_request
            if not head.startswith(b"HTTP/1.1 200"):
                load.errors += 1
            elif body.count(b'"bank_content_id"') + body.count(b'"content":') < expected:
                load.missed += 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return load


def client(asked: tuple[int, float, int, Requests, int], told: Any) -> None:  # noqa: ANN401 -- a queue
    """Run as a process; put what was seen on a queue."""
    gc.disable()  # a pause of this process would be told as one of the server
    told.put(asyncio.run(ask_for(*asked)))


def get(target: str) -> bytes:
    """Return a request."""
    return f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(target: str, body: bytes) -> bytes:
    """Return a request with JSON."""
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def singles(known: Hashes, count: int = 20_000) -> Iterator[tuple[bytes, int]]:
    """Yield requests for one hash each, and how many of them are known."""
    asked, is_known = queries(known, count, 7)
    for row, expected in zip(asked, is_known, strict=True):
        signal_hex = row.tobytes().hex()
        yield get(f"/m/lookup?signal_type=pdq&signal={signal_hex}"), int(expected)


def batches(known: Hashes, size: int, count: int = 200) -> Iterator[tuple[bytes, int]]:
    """Yield requests for many hashes each, and how many of them are known."""
    asked, is_known = queries(known, size * count, 8)
    for start in range(0, len(asked), size):
        part = [{"signals": [{"type": "pdq", "value": row.tobytes().hex()}]} for row in asked[start : start + size]]
        yield post("/v1/lookups", json.dumps({"queries": part}).encode()), int(is_known[start : start + size].sum())


def add_steadily(port: int, per_second: int, stop: Any, told: Any) -> None:  # noqa: ANN401 -- an event, a queue
    """Add contents, a hundred at a time, until told to stop; as a process."""
    rng, step = np.random.default_rng(99), 100
    added = errors = 0
    due = begun = time.perf_counter()
    while per_second and not stop.is_set():
        rows = rng.integers(0, 256, (step, 32), dtype=np.uint8)
        contents = [
            {"signals": [{"type": "pdq", "value": row.tobytes().hex()}], "tier": "worker-verified"} for row in rows
        ]
        body = json.dumps({"contents": contents}).encode()
        request = Request(
            f"http://127.0.0.1:{port}/v1/banks/{BANK}/contents", body, {"Content-Type": "application/json"}
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 -- our own server
                answer.read()
            added += step
        except OSError:
            errors += 1
        due += step / per_second
        stop.wait(max(0.0, due - time.perf_counter()))
    told.put((added, errors, time.perf_counter() - begun))


# --- the servers


def fill(folder: Path, rows: Hashes) -> float:
    """Fill a bank's records and build the index from them, as after damage; an import looks at each hash for poison too."""
    from haechi.bootstrap.matcher import NewContent
    from haechi.bootstrap.matcher_opening import open_matcher
    from haechi.domain.bank import Depicted, Signal, SignalType, Tier

    started = time.perf_counter()
    with open_matcher(folder) as matcher:
        bank = matcher.add_bank(BANK, Depicted.ADULT, by="bench").name
        catalogue = matcher._tools.catalogue  # noqa: SLF001 -- what a matcher does not offer
        for start in range(0, len(rows), LOAD):
            new = [
                NewContent((Signal(SignalType.PDQ, row.tobytes()),), Tier.WORKER_VERIFIED)
                for row in rows[start : start + LOAD]
            ]
            with catalogue.begin() as writer:
                writer.add_contents(bank, new, by="bench", at="2026-01-01T00:00:00.000000Z")
        matcher.rebuild_index()
    return len(rows) / (time.perf_counter() - started)


@contextmanager
def process(*command: str) -> Iterator[tuple[int, int]]:
    """Run a server; yield its port and process number."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "HAECHI_LANG": "en", "COLUMNS": "4000"}
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment) as server:
        lines = iter(server.stdout or ())
        port = next((int(found[1]) for line in lines if (found := re.search(r"127\.0\.0\.1:(\d+)", line))), 0)
        drained = threading.Thread(target=list, args=(lines,), daemon=True)
        drained.start()
        wait_until_ready(port)
        try:
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                server.wait(60)
            server.kill()


def wait_until_ready(port: int) -> None:
    """Return when the server answers lookups; one that has no such question is ready."""
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10):
                return
        except HTTPError as error:
            if error.code == 404:  # noqa: PLR2004
                return
        except OSError:
            pass
        time.sleep(0.2)


def peer(path: Path) -> None:
    """The least server around faiss: one index, built anew when something was added."""
    import faiss
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    faiss.omp_set_num_threads(1)
    rows, added = np.load(path), []

    def built() -> Any:  # noqa: ANN401 -- faiss has no types
        index = faiss.IndexBinaryIDMap2(faiss.IndexBinaryMultiHash(256, 16, 16))
        faiss.downcast_IndexBinary(index.index).nflip = 1
        everything = np.concatenate([rows, *added]) if added else rows
        index.add_with_ids(everything, np.arange(len(everything)))
        return index

    state = {"index": built(), "built": 0}

    def rebuilding() -> None:
        while True:
            time.sleep(REBUILD_S)
            if len(added) != state["built"]:
                state["built"] = len(added)
                state["index"] = built()

    def near(values: Hashes) -> list[list[dict[str, object]]]:
        lims, distances, found = state["index"].range_search(values, 32)
        return [
            [
                {"bank_content_id": int(found[i]), "distance": str(int(distances[i]))}
                for i in range(lims[q], lims[q + 1])
            ]
            for q in range(len(values))
        ]

    async def single(request: Any) -> Any:  # noqa: ANN401
        value = np.frombuffer(bytes.fromhex(request.query_params["signal"]), np.uint8)[None]
        (found,) = await run_in_threadpool(near, value)
        return JSONResponse({BANK: found} if found else {})

    async def batch(request: Any) -> Any:  # noqa: ANN401
        asked = (await request.json())["queries"]
        values = np.stack([np.frombuffer(bytes.fromhex(one["signals"][0]["value"]), np.uint8) for one in asked])
        found = await run_in_threadpool(near, values)
        return JSONResponse({"answers": [{"hits": one} for one in found]})

    async def add(request: Any) -> Any:  # noqa: ANN401
        contents = (await request.json())["contents"]
        added.append(np.stack([np.frombuffer(bytes.fromhex(one["signals"][0]["value"]), np.uint8) for one in contents]))
        return JSONResponse({})

    threading.Thread(target=rebuilding, daemon=True).start()
    routes = [
        Route("/m/lookup", single),
        Route("/v1/lookups", batch, methods=["POST"]),
        Route(f"/v1/banks/{BANK}/contents", add, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so that asyncio sends at once
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)
    print(f"127.0.0.1:{listening.getsockname()[1]}", flush=True)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


# --- the measurement


def measured(port: int, pid: int, known: Hashes, options: argparse.Namespace) -> Iterator[Row]:
    """Yield a row for each kind of load, all of them while hashes are added."""
    stop, told = multiprocessing.Event(), multiprocessing.Queue()
    adding = multiprocessing.Process(target=add_steadily, args=(port, options.adds, stop, told))
    adding.start()
    try:
        yield "single", loaded((port, pid), options, list(singles(known)), 1), memory(pid)
        if shutil.which("wrk"):
            yield "single, wrk", wrk(port, pid, options, known), memory(pid)
        size = options.batch
        yield (
            f"batch of {size}",
            loaded((port, pid), options, list(batches(known, size)), size, connections=4),
            memory(pid),
        )
    finally:
        stop.set()
        added, errors, seconds = told.get(timeout=120)
        adding.join()
    yield "added", {"added": added, "added/s": round(added / seconds), "errors": errors}, memory(pid)


def loaded(
    server: tuple[int, int],
    options: argparse.Namespace,
    requests: Requests,
    answers: int,
    connections: int | None = None,
) -> Figures:
    """Return the figures of our own client, in a process of its own."""
    port, pid = server
    told: Any = multiprocessing.Queue()
    arguments = (port, options.seconds, connections or options.connections, requests, answers)
    asking = multiprocessing.Process(target=client, args=(arguments, told))
    before = processor_s(pid)
    asking.start()
    load = told.get(timeout=options.seconds + 300)
    asking.join()
    used = processor_s(pid) - before
    ms = sorted(1000 * one for one in load.latencies)
    cut = statistics.quantiles(ms, n=100) if len(ms) > 1 else [0.0] * 99
    return {
        "lookups/s": round(load.lookups / options.seconds),
        "p50 ms": round(cut[49], 2),
        "p95 ms": round(cut[94], 2),
        "p99 ms": round(cut[98], 2),
        "longest ms": round(ms[-1], 1) if ms else 0,
        "longest pause ms": round(1000 * load.pause, 1),
        "errors": load.errors,
        "missed": load.missed,
        "server us/lookup": round(1e6 * used / max(1, load.lookups), 1),
    }


def wrk(port: int, pid: int, options: argparse.Namespace, known: Hashes) -> Figures:
    """Return wrk's figures for single lookups."""
    asked, _ = queries(known, 5_000, 9)
    lines = ",".join(f'"{row.tobytes().hex()}"' for row in asked)
    script = (
        f"local q={{{lines}}}\nlocal i=0\nrequest=function()\n i=i%#q+1\n"
        ' return wrk.format("GET","/m/lookup?signal_type=pdq&signal="..q[i])\nend\n'
        "done=function(s,l,r)\n io.write(string.format('%d %f %f %f %f %d\\n',s.requests,l:percentile(50)/1000,"
        "l:percentile(95)/1000,l:percentile(99)/1000,l.max/1000,s.errors.status+s.errors.timeout+s.errors.read+s.errors.write+s.errors.connect))\nend\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "-s", file.name]
        before = processor_s(pid)
        done = subprocess.run([*command, f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True)
    used = processor_s(pid) - before
    requests, p50, p95, p99, most, errors = done.stdout.splitlines()[-1].split()
    return {
        "lookups/s": round(int(requests) / options.seconds),
        "p50 ms": round(float(p50), 2),
        "p95 ms": round(float(p95), 2),
        "p99 ms": round(float(p99), 2),
        "longest ms": round(float(most), 1),
        "errors": int(errors),
        "missed": "-",
        "server us/lookup": round(1e6 * used / max(1, int(requests)), 1),
    }


def show(server: str, rows: Iterable[Row], record: Record, adds: int) -> None:
    """Print and record what was measured."""
    for what, figures, (resident, _together) in rows:
        facts = ", ".join(
            f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in figures.items()
        )
        print(f"{server:8} {what:16} {facts}, memory {resident / 1e6:,.0f} MB", flush=True)
        is_ours = server == "haechi"
        for name, value in figures.items():
            if not isinstance(value, str):
                name, unit = name.removesuffix(" ms"), "ms" if name.endswith(" ms") else ""  # noqa: PLW2901
                most = BARS.get(name) if is_ours else None
                least = 0.98 * adds if is_ours and name == "added/s" else None
                record.add(f"{server}, {what}: {name}", value, unit, most=most, least=least)
        record.add(f"{server}, {what}: memory", resident / 1e6, "MB")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hashes", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=60, help="of each load")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--adds", type=int, default=1_000, help="hashes added a second")
    parser.add_argument("--folder", type=Path, help="a filled matcher to use again, or where to keep this one")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--peer-server", type=Path, help=argparse.SUPPRESS)
    recorder = Recorder(parser)
    options = parser.parse_args()
    if options.peer_server:
        peer(options.peer_server)
        return
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    known = hashes(options.hashes)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "matcher"
        if not folder.exists():
            print(f"haechi   filled at {fill(folder, known):,.0f} contents/s", flush=True)
        with process(
            "-m", "haechi", "match-server", "--folder", str(folder), "--port", "0", "--keyless", "curator"
        ) as (
            port,
            pid,
        ):
            show("haechi", measured(port, pid, known, options), record, options.adds)
        if not options.no_peer:
            try:
                import faiss  # noqa: F401
            except ImportError:
                print("faiss is not installed: no comparison")
                record.close()
                return
            np.save(Path(scratch) / "rows.npy", known)
            with process(__file__, "--peer-server", str(Path(scratch) / "rows.npy")) as (port, pid):
                show("faiss", measured(port, pid, known, options), record, options.adds)
    record.close()


if __name__ == "__main__":
    main()
