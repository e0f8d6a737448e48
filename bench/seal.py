"""How long sealing takes beside what it consists of: `make bench ARGS="seal"`.

The same drawn files are imported into a `sealed` case by the real command, encrypted one by one with `age` and digested
with `sha256sum`. The figure to quote is the ratio of the first to the sum of the other two: it holds on another
machine. Where `age` is not installed, pyrage's `encrypt_file` stands in for it, and is named.

Files are no pictures: what is measured is reading, digesting, encrypting, committing, and not the decoding of pictures.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyrage  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import machine  # noqa: E402
from bench.recording import Recorder  # noqa: E402

RECIPIENT = str(pyrage.x25519.Identity.generate().to_public())


def draw(folder: Path, *, files: int, size: int) -> list[Path]:
    """Write files of random bytes, each another."""
    folder.mkdir()
    dice = Random(0x7365616C)
    paths = [folder / f"file_{number:05}.bin" for number in range(files)]
    for path in paths:
        path.write_bytes(dice.randbytes(size))
    return paths


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def encrypt_with_age(age: str, paths: list[Path], target: Path) -> None:
    """Encrypt the files one after the other, as somebody would with a loop in a shell."""
    for path in paths:
        subprocess.run([age, "-r", RECIPIENT, "-o", str(target / f"{path.name}.age"), str(path)], check=True)


def encrypt_with_pyrage(paths: list[Path], target: Path) -> None:
    """Encrypt the files one after the other in this process."""
    recipient = pyrage.x25519.Recipient.from_str(RECIPIENT)
    for path in paths:
        pyrage.encrypt_file(str(path), str(target / f"{path.name}.age"), [recipient])


def run(*command: str) -> None:
    """Run a command quietly. Ends the program when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)


def main() -> None:
    """Draw the files, do each of the three, print seconds and the ratio."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    reader.add_argument("--files", type=int, default=500)
    reader.add_argument("--size", type=int, default=1_000_000, help="bytes of each")
    recorder = Recorder(reader)
    options = reader.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    age = shutil.which("age")
    with tempfile.TemporaryDirectory(prefix="haechi-bench-") as place:
        base = Path(place)
        paths = draw(base / "files", files=options.files, size=options.size)
        (base / "age").mkdir()
        key = base / "key"
        key.write_text("a passphrase for a benchmark only\n")
        haechi = [sys.executable, "-m", "haechi"]
        vault = ["--vault", str(base / "vault"), "--passphrase-file", str(key)]
        run(*haechi, "create", *vault)
        run(*haechi, "case", "bench", "--age", "adult", "--mode", "sealed", "--consent", "benchmark", *vault)
        opening = timed(lambda: run(*haechi, "status", *vault))
        digested = timed(lambda: run("sha256sum", *map(str, paths)))
        if age is None:
            encrypted = timed(lambda: encrypt_with_pyrage(paths, base / "age"))
        else:
            encrypted = timed(lambda: encrypt_with_age(age, paths, base / "age"))
        sealed = timed(lambda: run(*haechi, "import", str(base / "files"), *vault))
    total = options.files * options.size / 1e6
    name = "age, a process a file" if age else "pyrage.encrypt_file (age is not installed)"
    print(f"  {options.files:,} files, {total:,.0f} MB")
    print(f"  haechi import      {sealed:>7.1f} s, {total / sealed:,.0f} MB/s ({opening:.1f} s of it opens the vault)")
    print(f"  sha256sum          {digested:>7.1f} s")
    print(f"  encrypting         {encrypted:>7.1f} s with {name}")
    print(f"  ratio              {sealed / (digested + encrypted):>7.2f} to both together")
    print(f"  ratio              {(sealed - opening) / (digested + encrypted):>7.2f} without opening the vault")
    record.add("haechi import", total / sealed, "MB/s")
    record.add(f"seconds of haechi import, of sha256sum and {name} together", sealed / (digested + encrypted), "times")
    record.close()


if __name__ == "__main__":
    main()
