"""Makes one system call of a scenario fail or kill it, by strace, and says what became of the vault.

First the scenario runs undisturbed under strace: every call of its main thread that names a file in the scenario's folder or works on one
is a *point*. Then, for each point and each fault, it runs again on a fresh copy with this one call failing.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.driver import GO
from faults.scenario import Scenario, acknowledged

FAULTS = ("error=EIO", "error=ENOSPC", "signal=SIGKILL")
NOT_MET = "not met"
"""How a run ended in which the call with that number never worked on the scenario's folder."""
CALLS = [
    "open",
    "openat",
    "creat",
    "read",
    "pread64",
    "readv",
    "write",
    "pwrite64",
    "writev",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "ftruncate",
    "truncate",
    "fallocate",
    "fcntl",
    "flock",
    "stat",
    "fstat",
    "lstat",
    "newfstatat",
    "statx",
    "access",
    "faccessat",
    "faccessat2",
    "getdents64",
    "close",
    "lseek",
    "chmod",
    "fchmod",
    "fchmodat",
    "link",
    "linkat",
    "copy_file_range",
    "sendfile",
    "mmap",
]
_TRIES = 20
"""Runs until a point is met: calls outside the folder (a module loaded late, a collected file) may come a run earlier or later."""
_LINE = re.compile(r"([a-z0-9_]+)\((.*)")


@dataclass(frozen=True)
class Point:
    """The `occurrence`-th (from 1) `call` of a scenario's main thread after it was told to go."""

    call: str
    occurrence: int


@dataclass(frozen=True)
class Outcome:
    """What became of one injection; `wrong` is None when it was met, the vault is whole and nothing acknowledged is lost."""

    point: Point
    fault: str
    ended: str
    wrong: str | None


class Bench:
    """Runs scenarios in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        paths = os.pathsep.join(str(one) for one in (Path(__file__).parent.parent, Path(__file__).parents[2] / "tools"))
        self._driver = subprocess.Popen(
            [sys.executable, "-m", "faults.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self._templates: dict[str, Path] = {}

    def close(self) -> None:
        """Let the driver end."""
        self._driver.stdin.close()
        self._driver.wait()

    def points(self, scenario: Scenario) -> list[Point]:
        """Run the scenario undisturbed and return its points. Raises `AssertionError` when it does not come to its end."""
        for _ in range(2):  # what the first run loads, writes to a cache or looks for, the next ones do not
            folder, told = self._copy(scenario)
            lines, ended = self._run(scenario, folder, told, ())
        assert ended == {"done": True}, (scenario.name, ended)
        assert scenario.again(folder) is None
        counts: Counter[str] = Counter()
        found = []
        for line in lines:
            if match := _LINE.match(line):
                counts[match[1]] += 1
                if str(folder) in match[2]:
                    found.append(Point(match[1], counts[match[1]]))
        return found

    def outcomes(self, scenario: Scenario, points: Sequence[tuple[Point, str]]) -> Iterator[Outcome]:
        """Yield what becomes of the vault at each point with each fault."""
        for point, fault in points:
            yield self._outcome(scenario, point, fault)

    def _outcome(self, scenario: Scenario, point: Point, fault: str) -> Outcome:
        hit = ""
        for _ in range(_TRIES):
            folder, told = self._copy(scenario)
            lines, ended = self._run(
                scenario, folder, told, ["-e", f"inject={point.call}:{fault}:when={point.occurrence}"]
            )
            calls = [line for line in lines if line.startswith(f"{point.call}(")]
            hit = (
                calls[point.occurrence - 1]
                if len(calls) >= point.occurrence
                else f"{point.call} happened {len(calls)} times"
            )
            if str(folder) in hit:
                return Outcome(point, fault, json.dumps(ended), _wrong(scenario, folder, told))
        message = f"{scenario.name}: {point} was not met in the folder in {_TRIES} runs, but: {hit}"
        return Outcome(point, fault, NOT_MET, message)

    def kill(self, scenario: Scenario, folder: Path, told: Path, *, after: float, once_told: bool) -> None:
        """Let the scenario run in `folder` and kill it `after` so many seconds: of its start, or of the first thing it tells."""
        before = _size(told)
        child = self._start(scenario, folder, told)
        os.kill(int(child), GO)
        while once_told and _size(told) == before:
            time.sleep(0.001)
        time.sleep(after)
        os.kill(int(child), signal.SIGKILL)
        assert self._end() == {"killed": "SIGKILL"}

    def _copy(self, scenario: Scenario) -> tuple[Path, Path]:
        template = self._templates.get(scenario.name)
        if template is None:
            template = self._templates[scenario.name] = self._folder / f"{scenario.name}-template"
            template.mkdir()
            scenario.prepare(template)
        # The same name each time: how often a path is looked up must not depend on the run.
        folder, told = self._folder / scenario.name, self._folder / f"{scenario.name}.told"
        shutil.rmtree(folder, ignore_errors=True)
        told.unlink(missing_ok=True)
        shutil.copytree(template, folder)
        return folder, told

    def _run(self, scenario: Scenario, folder: Path, told: Path, injection: Sequence[str]) -> tuple[list[str], dict]:
        child = self._start(scenario, folder, told)
        trace = self._folder / f"{scenario.name}.trace"
        command = ["strace", "-p", child, "-y", "-s", "4096", "-o", str(trace), "-e", f"trace={','.join(CALLS)}"]
        watcher = subprocess.Popen([*command, *injection], stderr=subprocess.PIPE, text=True)
        assert "attached" in (line := watcher.stderr.readline()), line
        os.kill(int(child), GO)
        ended = self._end()
        watcher.communicate()
        return trace.read_text(errors="replace").splitlines(), ended

    def _start(self, scenario: Scenario, folder: Path, told: Path) -> str:
        """Return the number of a child that waits to be told to go."""
        self._driver.stdin.write(f"{scenario.name} {folder} {told}\n")
        self._driver.stdin.flush()
        return self._driver.stdout.readline().strip()

    def _end(self) -> dict[str, object]:
        """Return how the child ended: the last thing it or the driver said."""
        ended: dict[str, object] = {}
        for line in self._driver.stdout:
            if line == "end\n":
                break
            ended = json.loads(line)
        return ended


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _wrong(scenario: Scenario, folder: Path, told: Path) -> str | None:
    try:
        return scenario.holds(folder, acknowledged(told)) or scenario.again(folder)
    except Exception as error:  # noqa: BLE001 - whatever a broken vault makes of it is the finding
        return f"{type(error).__name__}: {error}"
