"""age files (https://age-encryption.org/v1): each blob has an identity of its own, wrapped for each reader.

A new reader needs a new wrap and no new blob; a blob is destroyed with its wraps. What
is on disk is `blobs/<first two digits of the name>/<name>.age`.
"""

import errno
import hashlib
import hmac
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyrage  # type: ignore[import-untyped]

from haechi.adapters.blobs.decrypting import Decrypting
from haechi.domain.case import CaseId
from haechi.domain.errors import SealedForOthersError, VaultDamagedError, VaultReadOnlyError, full_disk
from haechi.domain.evidence import Sha256
from haechi.ports.blobs import Blob
from haechi.ports.written import Written

_SMALL = 2**22  # bytes that are encrypted in one call: three times as fast as through Python's file objects
_LARGE = 2**26  # bytes; above it a blob is never in memory as a whole
_PIECE = 2**18
_SUFFIX = ".age"


class AgeBlobs:
    """The blobs of one kind, in a vault's folder of that name. `key` (32 bytes) makes their names."""

    def __init__(self, folder: Path, key: bytes, kind: str = "blobs") -> None:
        self._folder = folder / kind
        self._temporary = folder / "tmp"
        self._key = key

    def name(self, case: CaseId, digest: Sha256) -> str:
        """Return HMAC-SHA-256(key, case || 0x00 || digest's 32 bytes) in hexadecimal."""
        return hmac.new(self._key, case.encode() + b"\0" + bytes.fromhex(digest), hashlib.sha256).hexdigest()

    def seal(self, name: str, stream: BinaryIO, *, readers: Sequence[str]) -> Blob:
        """Encrypt the stream to a fresh identity, durably, and wrap that identity for each reader.

        What lies under this name already is replaced: without a row in the ledger nobody holds its identity.
        Raises `DiskFullError`, `VaultReadOnlyError`.
        """
        identity = pyrage.x25519.Identity.generate()
        path = self._path(name)
        part = self._temporary / f"{name}.{os.getpid()}"
        with _named_errors(path):
            try:
                size, sealed = _write(part, stream, identity.to_public())
                is_new = not path.parent.exists()
                self._folder.mkdir(mode=0o700, exist_ok=True)
                path.parent.mkdir(mode=0o700, exist_ok=True)
                part.replace(path)
                _sync_folder(path.parent)
                if is_new:
                    _sync_folder(self._folder)
            finally:
                part.unlink(missing_ok=True)
        secret = str(identity).encode()
        wraps = tuple(
            (reader, pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(reader)])) for reader in readers
        )
        return Blob(name, size, wraps, sealed)

    def open(self, blob: Blob, *, identity: str) -> BinaryIO:
        """Return the clear bytes. Raises `VaultDamagedError` when blob or wrap is not what was written.

        A large blob is decrypted while it is read; that it was damaged further on is then raised by a read.
        Raises `SealedForOthersError` when its identity was wrapped for others only.
        """
        place = self._place(blob.name)
        secret = self._identity(blob, identity)
        try:
            if blob.size > _LARGE:
                return io.BufferedReader(Decrypting(self._path(blob.name).open("rb"), secret, blob.size, place), _PIECE)
            clear = pyrage.decrypt(self._path(blob.name).read_bytes(), [secret])
        except (OSError, ValueError, pyrage.DecryptError) as error:
            raise VaultDamagedError(part=place) from error
        if len(clear) != blob.size:
            raise VaultDamagedError(part=place)
        return io.BytesIO(clear)

    def recipient(self, identity: str) -> str:
        """Return the age recipient of an age identity."""
        return recipient_of(identity)

    def wrap_for(self, blob: Blob, reader: str, *, identity: str) -> bytes:
        """Return the blob's identity wrapped for a reader. Raises `SealedForOthersError`, `VaultDamagedError`."""
        if (there := dict(blob.wraps).get(reader)) is not None:
            return there
        secret = str(self._identity(blob, identity)).encode()
        return bytes(pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(reader)]))

    def open_sealed(self, name: str) -> BinaryIO:
        """Return the age file itself, as it lies on disk. Raises `VaultDamagedError` when it is not there."""
        try:
            return self._path(name).open("rb")
        except OSError as error:
            raise VaultDamagedError(part=self._place(name)) from error

    def sealed_digest(self, name: str) -> Sha256:
        """Return the SHA-256 of the age file as it lies on disk. Raises `VaultDamagedError` when it cannot be read."""
        try:
            with self._path(name).open("rb") as file:
                return Sha256(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            raise VaultDamagedError(part=self._place(name)) from error

    def names(self) -> Sequence[str]:
        """Return the names of all blobs on disk, in order; what else lies in the folder is listed by its path."""
        found = []
        for place in sorted(self._folder.rglob("*")):
            if place.is_dir() and not place.is_symlink():
                continue
            name = place.name.removesuffix(_SUFFIX)
            found.append(name if place == self._path(name) else str(place.relative_to(self._folder)))
        return found

    def remove(self, name: str) -> None:
        """Remove a blob; that it is gone already is no error."""
        with _named_errors(self._path(name)):
            self._path(name).unlink(missing_ok=True)

    def size(self) -> int:
        """Return the bytes all blobs take on disk."""
        return sum(place.stat().st_size for place in self._folder.rglob(f"*{_SUFFIX}"))

    def _identity(self, blob: Blob, identity: str) -> pyrage.x25519.Identity:
        reader = pyrage.x25519.Identity.from_str(identity)
        wrapped = dict(blob.wraps).get(str(reader.to_public()))
        place = self._place(blob.name)
        if wrapped is None:
            raise SealedForOthersError(names=place) if blob.wraps else VaultDamagedError(part=place)
        try:
            return pyrage.x25519.Identity.from_str(pyrage.decrypt(wrapped, [reader]).decode())
        except (ValueError, pyrage.DecryptError, pyrage.IdentityError) as error:
            raise VaultDamagedError(part=place) from error

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}{_SUFFIX}"

    def _place(self, name: str) -> str:
        return f"{self._folder.name}/{name[:2]}/{name}{_SUFFIX}"


def new_identity() -> str:
    """Return a new reader's age identity."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """Return the recipient that belongs to an identity."""
    return str(pyrage.x25519.Identity.from_str(identity).to_public())


def _write(path: Path, stream: BinaryIO, recipient: pyrage.x25519.Recipient) -> tuple[int, Sha256]:
    """Write the stream encrypted, to the disk; return its clear size and the SHA-256 of what was written."""
    counted = _Counted(stream)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as target:  # noqa: PTH123 - a descriptor with its mode set from the start
        written = Written(target)
        first = counted.read(_SMALL)
        if len(first) < _SMALL:
            written.write(pyrage.encrypt(first, [recipient]))
        else:
            counted.put_back(first)
            pyrage.encrypt_io(counted, written, [recipient])
            # pyrage 1.4 returns as if all were well when the target cannot be written: it drops the last error.
            if written.error is not None:
                raise written.error
        target.flush()
        os.fsync(target.fileno())
    return counted.count, Sha256(written.total.hexdigest())


class _Counted:
    """Counts what is read from a stream, and takes back its beginning."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead = memoryview(b"")
        self.count = 0

    def put_back(self, beginning: bytes) -> None:
        """Let the next reads return these bytes again."""
        self._ahead = memoryview(beginning)
        self.count -= len(beginning)

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes."""
        if self._ahead:
            piece = bytes(self._ahead[: size if size >= 0 else None])
            self._ahead = self._ahead[len(piece) :]
        else:
            piece = _fill(self._stream, size)
        self.count += len(piece)
        return piece


def _fill(stream: BinaryIO, size: int) -> bytes:
    """Read until `size` bytes are there or the stream ends: one read of an unbuffered stream may return less."""
    if size < 0:
        return stream.read()
    pieces = []
    while size and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if full := full_disk(error, str(path)):
            raise full from error
        if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            raise VaultReadOnlyError(path=str(path)) from error
        raise


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
