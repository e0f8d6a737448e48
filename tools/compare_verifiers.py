"""What every verifier says of one packet after another, and where they differ: the half that random and orderly changes share."""

import argparse
import functools
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools"), str(ROOT / "src")]

from packets.verifiers import VERIFIERS, Asked, Said  # noqa: E402  # the paths above lead there

BATCH = 100  # packets on the disk at once
DISAGREEMENTS = ("verdicts differ", "codes differ", "claims differ")
Heard = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Sample:
    """A packet to be made: `write` writes it into a folder and returns what was done to it, `ask` makes the question of it."""

    name: str
    write: Callable[[Path], str]
    ask: Callable[[Path], Asked] = Asked


def compare(
    samples: Sequence[Sample],
    names: Sequence[str],
    kept: Path | None = None,
    *,
    shell_every: int = 1,
    heard: Heard = print,
) -> Counter[str]:
    """Return how many packets had which verdict, or a disagreement; `heard` is told each disagreement, and how far it is.

    verify.sh, which starts some hundred programs for a packet, is asked about each `shell_every`-th only.
    """
    tally: Counter[str] = Counter()
    for start in range(0, len(samples), BATCH):
        batch = samples[start : start + BATCH]
        with tempfile.TemporaryDirectory() as scratch:
            folders = [Path(scratch) / sample.name for sample in batch]
            done = [sample.write(folder) for sample, folder in zip(batch, folders, strict=True)]
            asked = [sample.ask(folder) for sample, folder in zip(batch, folders, strict=True)]
            said: list[dict[str, Said]] = [{} for _ in batch]
            for name in names:
                told_of = [at for at in range(len(batch)) if name != "verify.sh" or (start + at) % shell_every == 0]
                answers = VERIFIERS[name]([asked[at] for at in told_of])
                for at, answer in zip(told_of, answers, strict=True):
                    said[at][name] = answer
                tally[f"asked of {name}"] += len(told_of)
            for folder, what, question, answers_of in zip(folders, done, asked, said, strict=True):
                kind = _kind(answers_of)
                tally[kind] += 1
                if kind in DISAGREEMENTS:
                    lines = [
                        f"    {name:12} {one.verdict} {' '.join(sorted(one.codes))}" for name, one in answers_of.items()
                    ]
                    heard("\n".join([f"{kind}: {folder.name} ({what}) {' '.join(question.arguments())}", *lines]))
                    if kept is not None:
                        shutil.copytree(folder, kept / folder.name, symlinks=True, dirs_exist_ok=True)
        heard(f"up to {batch[-1].name}: {told(tally)}")
    return tally


def told(tally: Counter[str]) -> str:
    """Return the counts in one line."""
    return ", ".join(f"{kind}: {number}" for kind, number in sorted(tally.items()))


def _kind(said: dict[str, Said]) -> str:
    if len({one.verdict for one in said.values()}) > 1:
        return "verdicts differ"
    if len({one.codes for one in said.values()}) > 1:
        return "codes differ"
    if len({json.dumps(one.proven, sort_keys=True) for one in said.values() if one.proven is not None}) > 1:
        return "claims differ"
    return next(iter(said.values())).verdict


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say who is asked, and where disagreements are kept."""
    parser.add_argument("--verifiers", default=",".join(VERIFIERS))
    parser.add_argument(
        "--shell-every", type=int, default=1, metavar="N", help="ask verify.sh about each Nth packet only"
    )
    parser.add_argument("--keep", type=Path, help="where the packets with a disagreement are kept")


def run(samples: Sequence[Sample], asked: argparse.Namespace) -> int:
    """Compare as the options ask for, print the counts, and return 1 when verifiers disagree."""
    names, every = asked.verifiers.split(","), asked.shell_every
    print(
        f"{len(samples)} packets: {', '.join(names)}" + f" (verify.sh: each {every}th)" * (every > 1),
        flush=True,
    )
    heard = functools.partial(print, flush=True)
    tally = compare(samples, names, asked.keep, shell_every=every, heard=heard)
    print(f"done: {told(tally)}")
    return int(any(tally[kind] for kind in DISAGREEMENTS))
