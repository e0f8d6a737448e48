"""One target of the fuzzer, and what all of them need: a folder in memory, a file without a name, a drawn packet."""

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MOST_READ = 4 << 20
"""Bytes that a target takes out of an archive's member or a blob."""


@dataclass(frozen=True)
class Target:
    """A parser: what runs it on bytes, and what its fuzzing begins with. `longest` is in bytes."""

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = 1 << 16


@cache
def scratch() -> Path:
    """Return a folder in memory, where there is one: a fuzzer writes thousands of files a second."""
    memory = os.environ.get("HAECHI_FUZZ_SCRATCH", "/dev/shm")  # noqa: S108 - only where it is, and a folder of our own
    folder = Path(tempfile.mkdtemp(prefix="haechi-fuzz.", dir=memory if Path(memory).is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextlib.contextmanager
def descriptor(data: bytes):
    opened = os.memfd_create("fuzz")
    try:
        os.write(opened, data)
        os.lseek(opened, 0, os.SEEK_SET)
        yield opened
    finally:
        os.close(opened)


@cache
def packet() -> dict[str, bytes]:
    from drawn.packet_plan import make_rich_plan

    folder = scratch() / "sample"
    make_rich_plan().write(folder)
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


@cache
def unpacked() -> Path:
    folder = scratch() / "packet"
    for path, content in packet().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder
