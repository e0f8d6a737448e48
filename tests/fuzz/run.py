"""Fuzzes targets by coverage: `python -m fuzz.run TARGET… --seconds N` (in `tests`; atheris and libFuzzer do the work).

Begins with the committed corpus and the drawn seeds. A finding is written to `--findings` and ends the run with another exit code than 0:
an error that the target may not raise, ten seconds without an answer, or more than 512 MiB.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
SLOWEST_S = 10
MOST_MIB = 512
DECODERS = {"picture", "film", "exif", "container"}
DECODERS_MIB = 2048
"""What the fuzzer's own process may take when it decodes: instrumented, it grows by some 30 kB an input, where the same inputs
without the instruments leave it at 200 MB. What one file takes in haechi's worker is measured by test_hostile_files.py."""


def kept_inputs(names: Sequence[str]) -> Iterator[bytes]:
    """Yield the committed inputs, each behind the byte that picks its target where there are several."""
    for number, name in enumerate(names):
        for path in sorted((CORPUS / name).glob("*")):
            yield (bytes([number]) if len(names) > 1 else b"") + path.read_bytes()


def main() -> None:
    """Run the fuzzer; it leaves the process by itself."""
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--inputs", type=int, default=-1, help="end after so many inputs, or after the seconds")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--keep", type=Path, help="where new inputs are kept, to be looked through for the corpus")
    asked = parser.parse_args()

    import atheris

    with atheris.instrument_imports(include=["haechi", "travelling_verify"], enable_loader_override=False):
        from fuzz.targets import one_of

        target = one_of(asked.targets)
        seeds = [*target.seeds(), *kept_inputs(asked.targets)]
        for seed in seeds:
            target.run(seed)  # loads what it needs while imports are instrumented

    asked.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = asked.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds):
            (place / f"seed-{number}").write_bytes(seed)
        options = [
            f"-max_total_time={asked.seconds}",
            f"-runs={asked.inputs}",
            f"-timeout={SLOWEST_S}",
            f"-rss_limit_mb={DECODERS_MIB if DECODERS & set(asked.targets) else MOST_MIB}",
            f"-max_len={target.longest}",
            f"-artifact_prefix={asked.findings}/{target.name}-",
            "-print_final_stats=1",
            "-verbosity=0",
        ]
        atheris.Setup([sys.argv[0], *options, str(place)], target.run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
