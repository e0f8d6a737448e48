"""A copy of an index's folder on another machine's disk, kept up with it: sealed files once, logs by what they grow.

Only names of `docs/formats/index.md` are read or written. The order of writing is that of the format: what a manifest names is whole
before the manifest is there, and a log before the next one.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_SEALED = re.compile(r"(segment-\d{12}\.hash|withdrawn-\d{12}\.bin)")
_LOG = re.compile(r"log-\d{12}\.wal")
_MANIFESTS = ("manifest-0.json", "manifest-1.json")
_PIECE = 4 << 20
_TRIES = 20
_HELD = "held"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a folder is: which running kernel, device and inode. A network share has another kernel's."""

    kernel: str
    device: int
    inode: int

    @classmethod
    def of(cls, folder: Path) -> "Place":
        """Return the place of a folder. Raises `OSError` when there is none."""
        found = folder.stat()
        kernel = ""
        with suppress(OSError):
            kernel = _BOOT.read_text("ascii").strip()
        return cls(kernel, found.st_dev, found.st_ino)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder consists of at one moment. `tails` are what logs have beyond the lengths that were named, or the start of it."""

    manifests: Mapping[str, bytes]
    sealed: Mapping[str, int]
    logs: Mapping[str, int]
    tails: Mapping[str, bytes] = field(repr=False)


class Origin(Protocol):
    """Who has the folder that is copied. Raises `FileNotFoundError` for what was removed meanwhile."""

    def listing(self, known: Mapping[str, int]) -> Listing:
        """Return what is there; `known` says how long each log is in the copy."""

    def read(self, name: str, start: int) -> bytes:
        """Return up to 4 MiB of a file."""


class Files:
    """Reads an index's folder for those that copy it. Nothing else of the machine can be asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def listing(self, known: Mapping[str, int]) -> Listing:
        """See `Origin.listing`."""
        for _ in range(_TRIES):
            manifests = self._manifests()
            names = sorted((path.name for path in self._folder.iterdir()), reverse=True)
            sealed, logs = {}, {}
            with suppress(FileNotFoundError):
                # The newest first: a log that is seen beside a newer one grows no more.
                for name in names:
                    if _SEALED.fullmatch(name):
                        sealed[name] = (self._folder / name).stat().st_size
                    elif _LOG.fullmatch(name):
                        logs[name] = (self._folder / name).stat().st_size
                tails = {name: self.read(name, known.get(name, 0)) for name in logs if logs[name] > known.get(name, 0)}
                if self._manifests() == manifests:
                    return Listing(manifests, sealed, logs, tails)
        message = "the folder changes faster than it can be read"
        raise FileNotFoundError(message)

    def read(self, name: str, start: int) -> bytes:
        """See `Origin.read`."""
        if not (_SEALED.fullmatch(name) or _LOG.fullmatch(name)):
            raise FileNotFoundError(name)
        with (self._folder / name).open("rb") as stream:
            stream.seek(start)
            return stream.read(_PIECE)

    def _manifests(self) -> dict[str, bytes]:
        found = {}
        for name in _MANIFESTS:
            with suppress(FileNotFoundError):
                found[name] = (self._folder / name).read_bytes()
        return found


class Mirror:
    """The copy. It is removed when the next one is made on the machine and its process is gone."""

    def __init__(self, origin: Origin, base: Path | None) -> None:
        """Make an empty copy below `base`; None: a folder of this account's in the place for temporary files."""
        base = base or Path(tempfile.gettempdir()) / f"haechi-replicas-{os.getuid()}"
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if base.stat().st_uid != os.getuid():
            raise PermissionError(str(base))
        with _alone(base):
            _clean_up(base)
            self.folder = Path(tempfile.mkdtemp(dir=base))
            self._held = os.open(self.folder / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._held, fcntl.LOCK_EX)
        self._origin = origin
        self._logs: dict[str, int] = {}
        self._manifests: Mapping[str, bytes] = {}

    def update(self) -> None:
        """Become what the origin is. Raises `OSError`; then the copy is as it was, or a little further in its logs."""
        found = self._origin.listing(self._logs)
        for name, size in found.sealed.items():
            _checked(name, _SEALED)
            if not (self.folder / name).exists():
                self._fetch(name, size)
        for name in sorted(found.logs):
            _checked(name, _LOG)
            self._grow(name, found.logs[name], found.tails.get(name, b""))
        for name in _MANIFESTS:
            content = found.manifests.get(name)
            if content is not None and content != self._manifests.get(name):
                part = self.folder / f"{name}.part"
                part.write_bytes(content)
                part.replace(self.folder / name)
        self._manifests = found.manifests
        needed = {*found.sealed, *found.logs, *found.manifests, _HELD}
        for path in self.folder.iterdir():
            if path.name not in needed:
                path.unlink()
        self._logs = {name: size for name, size in self._logs.items() if name in found.logs}

    def remove(self) -> None:
        """Remove the copy."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._held)

    def _fetch(self, name: str, size: int) -> None:
        part = self.folder / f"{name}.part"
        with part.open("wb") as stream:
            while (done := stream.tell()) < size:
                piece = self._origin.read(name, done)
                if not piece:
                    raise FileNotFoundError(name)
                stream.write(piece)
        part.replace(self.folder / name)

    def _grow(self, name: str, size: int, tail: bytes) -> None:
        """Make a log as long as it was there; the origin cuts one when a writing failed."""
        known = self._logs.get(name)
        if known == size:
            return
        known = known or 0
        with (self.folder / name).open("ab") as stream:
            if size < known:
                stream.truncate(size)
            while known < size:
                piece = (tail or self._origin.read(name, known))[: size - known]
                tail = b""
                if not piece:
                    raise FileNotFoundError(name)
                stream.write(piece)
                stream.flush()
                known += len(piece)
                self._logs[name] = known
        self._logs[name] = size


def _checked(name: str, form: re.Pattern[str]) -> None:
    if not form.fullmatch(name):
        raise FileNotFoundError(name)


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """Keep other processes from making or cleaning up copies below `base`."""
    descriptor = os.open(base, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _clean_up(base: Path) -> None:
    """Remove copies that no living process holds."""
    for folder in base.iterdir():
        with suppress(OSError):
            descriptor = os.open(folder / _HELD, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)
