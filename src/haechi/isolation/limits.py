"""What a worker may use: memory, time, descriptors; and what it may not do at all: write, start programs, connect."""

import contextlib
import ctypes
import struct
import sys
from dataclasses import dataclass
from typing import Any

try:
    import resource
except ImportError:  # Windows: the caller's time limit and the frame limits hold there, the rest does not
    resource = None  # type: ignore[assignment]

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9

# linux/landlock.h; the system call numbers are the same on every architecture.
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446
_LANDLOCK_VERSION = 1
_EXECUTE, _WRITE, _REFER, _TRUNCATE, _IOCTL_DEV = 1 << 0, 1 << 1, 1 << 13, 1 << 14, 1 << 15
_MAKE_AND_REMOVE = 0x1FF0  # bits 4 to 12: directories, files, links, devices, sockets
_CONNECT_AND_BIND_TCP = 0b11
_SIGNALS_AND_ABSTRACT_SOCKETS = 0b11
_FILES_SINCE = ((1, _EXECUTE | _WRITE | _MAKE_AND_REMOVE), (2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV))


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one worker. `memory` is address space and `blob` the longest blob of a frame, in bytes.

    `cpu_s` is processor time for one request; `files` are open descriptors. `has_threads` lets the worker start
    threads, and with them processes: only for a library that cannot do without.
    """

    memory: int = 1 << 30
    cpu_s: int = 60
    files: int = 32
    blob: int = 16 << 20
    has_threads: bool = False


def apply(limits: Limits) -> None:
    """Bind this process to `limits` for good. Called before anything is imported that reads strangers' bytes.

    No byte can be written to any file, at any size, by any name: RLIMIT_FSIZE is 0 and, on a Linux that has Landlock
    (5.13 and newer), opening for writing, making, renaming and removing are refused too. What the system lacks is
    left out: these are second walls behind the caller's own checks.
    """
    if resource is not None:
        for kind, value in (
            ("RLIMIT_AS", limits.memory),
            ("RLIMIT_FSIZE", 0),
            ("RLIMIT_CORE", 0),
            ("RLIMIT_NOFILE", limits.files),
        ):
            _lower(kind, value)
        if not limits.has_threads:
            _lower("RLIMIT_NPROC", 0)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _forbid_files_and_networks(libc)


def forbid_dumps() -> None:
    """Have the system write no memory of this process to a disk when it crashes: it may hold what must not be kept.

    The limit is 1 and not 0: a program that collects dumps is run in spite of 0, and not for 1 (Linux, coredump.c). Only the
    soft limit is set: it is the one that counts, and a program that a caller starts later may need the other.
    On Linux the process is marked as one that must not be dumped too, which holds whatever collects dumps.
    """
    if resource is not None:
        with contextlib.suppress(OSError, ValueError):
            soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
            resource.setrlimit(resource.RLIMIT_CORE, (1 if soft == resource.RLIM_INFINITY else min(1, soft), hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def grant_time(seconds: int) -> None:
    """Let this process use `seconds` more of processor time, counted from now; then the system ends it."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        total = int(used.ru_utime + used.ru_stime) + seconds + 1
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CPU, (total, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _lower(kind: str, value: int) -> None:
    """Set a limit, soft and hard, never above what the process has already."""
    number = getattr(resource, kind, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(number, (bound, bound))


def _forbid_files_and_networks(libc: Any) -> None:  # noqa: ANN401 -- ctypes gives libraries no type
    """Close writing, running programs, TCP and foreign processes with Landlock, as far as this kernel knows it.

    Reading stays open: decoders are imported when the first request needs them.
    """
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return
    files = 0
    for since, bits in _FILES_SINCE:
        files |= bits if version >= since else 0
    networks = _CONNECT_AND_BIND_TCP if version >= 4 else 0  # noqa: PLR2004 -- the version that brought them
    scopes = _SIGNALS_AND_ABSTRACT_SOCKETS if version >= 6 else 0  # noqa: PLR2004
    rules = struct.pack("=QQQ", files, networks, scopes)
    descriptor = libc.syscall(_LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0)
    if descriptor >= 0:
        libc.syscall(_LANDLOCK_RESTRICT_SELF, descriptor, 0)
        with contextlib.suppress(OSError):
            libc.close(descriptor)
