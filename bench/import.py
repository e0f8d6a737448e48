"""How fast a large Telegram export is parsed and imported, and in how much memory: `make bench ARGS="import"`.

Every row runs in a process of its own over the same file and visits every message. The peers are measured in the same run, so
the ratios hold on another machine, the seconds do not. Memory is sampled every 50 ms: of the process, and of it and its
workers together.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import SAMPLE_S, machine, memory  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

PASSPHRASE = "a passphrase for a benchmark only"
BARS = {"haechi parse": 50_000, "haechi import": 10_000}
MOST_MB = 120


@dataclass(frozen=True, slots=True)
class Row:
    """One measured way. `cpu_s` is of all its processes: on a busy machine it says more than `seconds`.

    Memory is None where the system does not tell.
    """

    name: str
    messages: int
    seconds: float
    cpu_s: float
    parent_mb: float | None
    family_mb: float | None
    note: str = ""

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds


# What runs in a process of its own. Each is given the export's folder, says `begin`, and returns the number of messages.


def haechi_parse(folder: Path, begin: Callable[[], None]) -> tuple[int, str]:
    """Run the importer alone: spans, repairs, normalised messages."""
    from haechi.adapters.containers import open_container
    from haechi.adapters.importers import importers
    from haechi.ports.importer import Window

    container = open_container(folder, None)
    begin()
    importer, parts = next((one, found) for one in importers(own_photos=False) if (found := one.parts(container)))
    paths = frozenset(member.path for member in container.members())
    count = 0
    for part in parts:
        for record in importer.read(container, part, paths=paths, skip=0):
            if isinstance(record, Window):
                count += len(record.messages)
    return count, ""


def haechi_import(folder: Path, begin: Callable[[], None]) -> tuple[int, str]:
    """Import into a real vault: digests, seal, parsing, ledger, log. Opening the vault (Argon2id) comes before."""
    from haechi import bootstrap
    from haechi.domain.case import Age, CustodyMode

    stages: dict[str, float] = {}
    place = folder.parent / "vault"
    bootstrap.create_vault(place, passphrase=PASSPHRASE)
    with bootstrap.open_vault(place, PASSPHRASE) as vault:
        case = vault.open_case("bench", mode=CustodyMode.REFERENCE_ONLY, age=Age.UNKNOWN)
        begin()
        done = vault.import_export(
            folder, case=case, progress=lambda stage, *_: stages.setdefault(stage, time.perf_counter()) and None
        )
        ended = time.perf_counter()
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    shutil.rmtree(place)
    spans = zip(stages, [*list(stages.values())[1:], ended], strict=True)
    told = ", ".join(f"{stage} {end - stages[stage]:.1f} s" for stage, end in spans)
    return done.messages, f"{told}; vault {size / 1e6:.0f} MB"


def ijson_items(folder: Path, begin: Callable[[], None]) -> tuple[int, str]:
    """Stream with ijson's C backend."""
    import ijson.backends.yajl2_c as ijson

    begin()
    with (folder / "result.json").open("rb") as stream:
        return _visited(ijson.items(stream, "messages.item")), "yajl2_c"


def orjson_whole(folder: Path, begin: Callable[[], None]) -> tuple[int, str]:
    """Read and parse the whole file at once."""
    import orjson

    begin()
    return _visited(orjson.loads((folder / "result.json").read_bytes())["messages"]), "whole file"


def _visited(messages: Iterator[dict[str, Any]]) -> int:
    count = length = 0
    for message in messages:
        count += 1
        length += len(message["text"])
    return count if length else 0


WAYS: dict[str, Callable[[Path, Callable[[], None]], tuple[int, str]]] = {
    "haechi parse": haechi_parse,
    "haechi import": haechi_import,
    "ijson": ijson_items,
    "orjson": orjson_whole,
}


def child(name: str, folder: Path) -> None:
    """Run one way and report on standard output."""
    started = [0.0, 0.0]

    def begin() -> None:
        print("begin", flush=True)
        started[:] = time.perf_counter(), _cpu_s()

    count, note = WAYS[name](folder, begin)
    seconds, cpu_s = time.perf_counter() - started[0], _cpu_s() - started[1]
    print(json.dumps({"messages": count, "seconds": seconds, "cpu_s": cpu_s, "note": note}), flush=True)


def _cpu_s() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


def measured(name: str, folder: Path) -> Row:
    """Run one way in a process of its own and sample its memory from `begin` to the end."""
    command = [sys.executable, __file__, "--one", name, "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        if process.stdout is None or process.stdout.readline() != "begin\n":
            sys.exit(f"{name}: did not start")
        parent = family = 0
        while process.poll() is None:
            resident, together = memory(process.pid)
            parent, family = max(parent, resident), max(family, together)
            time.sleep(SAMPLE_S)
        if process.returncode:
            sys.exit(f"{name}: exit status {process.returncode}")
        answer = json.loads(process.stdout.read().splitlines()[-1])
    return Row(
        name,
        answer["messages"],
        answer["seconds"],
        answer["cpu_s"],
        parent / 1e6 or None,
        family / 1e6 or None,
        answer["note"],
    )


def table(rows: list[Row], size: int, record: Record) -> None:
    """Print and record what was measured, with ratios to the slowest peer that streams."""
    peer = next((row for row in rows if row.name == "ijson"), rows[0])
    print(
        f"{'':14}{'seconds':>9}{'CPU s':>8}{'messages/s':>12}{'MB/s':>8}{'x ijson':>9}{'process MB':>11}{'with workers':>13}"
    )
    for row in rows:
        memory = [f"{value:.0f}" if value else "-" for value in (row.parent_mb, row.family_mb)]
        rates = f"{row.seconds:>9.1f}{row.cpu_s:>8.1f}{row.rate:>12,.0f}{size / 1e6 / row.seconds:>8.0f}{row.rate / peer.rate:>9.2f}"
        print(f"{row.name:14}{rates}{memory[0]:>11}{memory[1]:>13}")
    for row in rows:
        if row.note:
            print(f"  {row.name}: {row.note}")
    for row in rows:
        bar = BARS.get(row.name)
        record.add(row.name, row.rate, "messages/s", least=bar, peer=None if row is peer else peer.rate)
        if row.family_mb is not None:
            record.add(f"{row.name}: memory with workers", row.family_mb, "MB", most=MOST_MB if bar else None)


def main() -> None:
    """Write the export, measure every way, print the table."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    reader.add_argument("--messages", type=int, default=1_000_000)
    reader.add_argument("--ways", nargs="+", choices=tuple(WAYS), default=list(WAYS))
    reader.add_argument("--one", choices=tuple(WAYS), help=argparse.SUPPRESS)
    reader.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    recorder = Recorder(reader)
    options = reader.parse_args()
    if options.one:
        child(options.one, options.folder)
        return
    from tools.drawn.big_export import write_big_export

    with tempfile.TemporaryDirectory(prefix="haechi-bench-") as place:
        started = time.perf_counter()
        path = write_big_export(Path(place) / "ChatExport_2026-11-08", messages=options.messages)
        size = path.stat().st_size
        print(f"{options.messages:,} messages, {size / 1e6:.0f} MB, written in {time.perf_counter() - started:.1f} s")
        here = machine()
        print(here)
        record = recorder.begin(options, here)
        table([measured(name, path.parent) for name in options.ways], size, record)
        record.close()


if __name__ == "__main__":
    main()
