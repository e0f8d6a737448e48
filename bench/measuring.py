"""What every benchmark says of itself: the machine it ran on, and how much memory a process and its workers take."""

import ctypes
import os
import platform
from contextlib import suppress
from pathlib import Path

SAMPLE_S = 0.05
_KCMP = {"x86_64": 312, "aarch64": 272}  # numbers of the system call
_KCMP_VM = 1


def memory(pid: int) -> tuple[int, int]:
    """Return the resident bytes of a process, and those of it and its descendants together (Linux only).

    Together, a page that several share counts once: the sum of their proportional set sizes. A child that is only being
    started runs in the memory of its parent for a moment (vfork), and that memory would count twice: it is left out.
    """
    resident = together = 0
    todo = [(pid, 0)]
    while todo:
        number, parent = todo.pop()
        one = Path("/proc") / str(number)
        if parent and _is_one_memory(number, parent):
            continue
        with suppress(OSError, ValueError, IndexError, StopIteration):
            lines = (one / "smaps_rollup").read_text().splitlines()
            together += 1024 * int(next(line.split()[1] for line in lines if line.startswith("Pss:")))
            resident = resident or 1024 * int(next(line.split()[1] for line in lines if line.startswith("Rss:")))
            for task in (one / "task").iterdir():
                todo += [(int(child), number) for child in (task / "children").read_text().split()]
    return resident, together


def _is_one_memory(one: int, other: int) -> bool:
    call = _KCMP.get(platform.machine())
    return call is not None and ctypes.CDLL(None).syscall(call, one, other, _KCMP_VM, 0, 0) == 0


def machine() -> str:
    """Describe what this ran on."""
    model = platform.processor() or platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    busy = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores{busy}, {platform.system()}, Python {platform.python_version()}"
