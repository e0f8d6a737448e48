"""A BagIt 1.0 folder (RFC 8493) under construction: it appears complete at its place, or not at all.

Both manifests have two spaces between digest and path and LF line ends, so that `sha256sum --strict -c` reads them.
Times and modes are the same on every run: times are the packet's own date, and only the owner may read.
"""

import fcntl
import glob
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from haechi.domain.errors import PacketExistsError, PathMissingError, full_disk

BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD_MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = "tagmanifest-sha256.txt.sig"
# Path names that need no escape in a manifest, a shell, a zip archive or on any file system; none begins with a dot.
_PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_PART_OF = ".part"
_CHUNK = 1 << 20


class Bag:
    """A bag that is being filled in a folder beside `target`; leaving the block without `finish` removes it."""

    def __init__(self, target: Path, *, unix_time: int) -> None:
        self._target = target
        self._time = unix_time
        self._files: dict[str, tuple[str, int]] = {}

    def __enter__(self) -> Self:
        if os.path.lexists(self._target):
            raise PacketExistsError(path=str(self._target))
        if not self._target.parent.is_dir():
            raise PathMissingError(path=str(self._target.parent))
        self._sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=f".{self._target.name}.", suffix=_PART_OF, dir=self._target.parent))
        self._lock = _locked(self._folder)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        if isinstance(error, OSError) and (full := full_disk(error, str(self._target.parent))):
            raise full from error

    def _sweep(self) -> None:
        """Remove what a killed run left beside the target: it may hold exhibits in the clear."""
        for left in self._target.parent.glob(f".{glob.escape(self._target.name)}.*{_PART_OF}"):
            lock = _locked(left) if left.is_dir() and not left.is_symlink() else None
            if lock is not None:  # its maker has ended
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)

    def add(self, path: str, content: bytes, *, mode: int = 0o600) -> None:
        """Write a file."""
        self.add_chunks(path, (content,), mode=mode)

    def add_stream(self, path: str, stream: BinaryIO) -> str:
        """Copy a file in bounded memory and return the SHA-256 (hex) of what was copied."""
        return self.add_chunks(path, iter(lambda: stream.read(_CHUNK), b""))

    def add_chunks(self, path: str, chunks: Iterable[bytes], *, mode: int = 0o600) -> str:
        """Write a file from pieces and return its SHA-256 (hex)."""
        if not PATH.fullmatch(path) or path in self._files:
            raise ValueError(path)
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with place.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += file.write(chunk)
        place.chmod(mode)
        self._files[path] = (digest.hexdigest(), size)
        return digest.hexdigest()

    def payload_oxum(self) -> str:
        """Return the `octets.count` of the payload so far."""
        sizes = [size for path, (_, size) in self._files.items() if path.startswith("data/")]
        return f"{sum(sizes)}.{len(sizes)}"

    def manifest(self, *, payload: bool) -> bytes:
        """Return the manifest over the payload, or over all other files so far."""
        chosen = sorted(path for path in self._files if path.startswith("data/") is payload)
        return "".join(f"{self._files[path][0]}  {path}\n" for path in chosen).encode()

    def finish(self) -> None:
        """Bring every byte to the disk, then give the folder its name."""
        folders = [self._folder, *sorted(place for place in self._folder.rglob("*") if place.is_dir())]
        # Written first and synced after: one journal commit then covers most of the files.
        for path in self._files:
            place = self._folder / path
            os.utime(place, (self._time, self._time))
            _sync(place)
        for folder in reversed(folders):
            folder.chmod(0o700)
            os.utime(folder, (self._time, self._time))
            _sync(folder)
        if os.path.lexists(self._target):
            raise PacketExistsError(path=str(self._target))
        self._folder.rename(self._target)
        _sync(self._target.parent)


def _locked(folder: Path) -> int | None:
    """Return a descriptor that locks the folder until it is closed, or None while another process has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
