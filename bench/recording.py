"""What a benchmark found: told at its end with the bar it had to reach, and kept in `bench/measured` where `--record` says so.

records = Recorder(parser)
options = parser.parse_args()
record = records.begin(options, machine())
record.add("lookups", 24_100, "/s a core", least=20_000, peer=62)
record.close()
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from numbers import Integral
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "measured"
_DIGITS = 3  # of a figure: machines differ by more


@dataclass(frozen=True)
class Figure:
    """One figure. `bar` is what it has to be, in words; `peer` is the same of whom it is compared with; `is_met` None where there is no bar."""

    name: str
    value: float | str
    unit: str = ""
    bar: str = ""
    peer: float | str | None = None
    is_met: bool | None = None


class Recorder:
    """Adds `--record` to a benchmark's options."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._name = Path(sys.argv[0]).stem
        parser.add_argument(
            "--record",
            nargs="?",
            const=self._name,
            metavar="NAME",
            help="keep the figures in bench/measured/NAME.json (this benchmark's name if none is given)",
        )

    def begin(self, options: argparse.Namespace, machine: str) -> "Record":
        """Return what takes the figures of this run."""
        return Record(self._name, options.record, machine)


class Record:
    """The figures of one run."""

    def __init__(self, bench: str, name: str | None, machine: str) -> None:
        self._bench = bench
        self._name = name
        self._machine = machine
        self._figures: list[Figure] = []

    def add(
        self,
        name: str,
        value: float | str,
        unit: str = "",
        *,
        least: float | None = None,
        most: float | None = None,
        exactly: float | str | None = None,
        peer: float | str | None = None,
    ) -> None:
        """Take a figure, with at most one of the bars `least`, `most` and `exactly`."""
        bar, is_met = "", None
        if not isinstance(value, str):
            value = int(value) if isinstance(value, Integral) else float(value)  # NumPy's, too
        if exactly is not None:
            bar, is_met = f"{shown(exactly)}", value == exactly
        elif least is not None or most is not None:
            if isinstance(value, str):
                raise TypeError(name)
            if least is not None:
                bar, is_met = f">= {shown(least)}", bool(value >= least)
            elif most is not None:
                bar, is_met = f"<= {shown(most)}", bool(value <= most)
        self._figures.append(Figure(name, value, unit, bar, peer, is_met))

    def close(self) -> None:
        """Tell what was reached, and keep it where that was asked for."""
        print("\nreached")
        for one in self._figures:
            beside = f", peer {shown(one.peer)}" if one.peer is not None else ""
            verdict = "" if one.is_met is None else f", bar {one.bar}: {'met' if one.is_met else 'NOT MET'}"
            print(f"  {one.name}: {shown(one.value)} {one.unit}".rstrip() + beside + verdict)
        missed = sum(one.is_met is False for one in self._figures)
        bars = sum(one.is_met is not None for one in self._figures)
        print(f"  {bars - missed} of {bars} bars met" if bars else "  no bar was set for this")
        if self._name is None:
            return
        try:
            release = version("haechi")
        except PackageNotFoundError:
            release = "not installed"
        kept = {
            "bench": self._bench,
            # Of a path of this machine its last name only.
            "command": f"python bench/{self._bench}.py {' '.join(Path(one).name for one in sys.argv[1:])}".strip(),
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "machine": self._machine,
            "haechi": release,
            "figures": [asdict(one) for one in self._figures],
        }
        FOLDER.mkdir(exist_ok=True)
        target = FOLDER / f"{Path(self._name).name}.json"
        target.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"  kept in bench/measured/{target.name}; python tools/measured.py makes the page")


def shown(value: float | str | None) -> str:
    """Return a figure as it is told: whole numbers whole, others with three digits."""
    if isinstance(value, str) or value is None:
        return value or "-"
    if isinstance(value, int) or abs(value) >= 10**_DIGITS:
        return f"{value:,.0f}"
    return f"{value:.{_DIGITS}g}"
