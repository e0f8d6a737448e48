"""Back-ups on a disk: `copies/0001`, `copies/0002`, … and one pool of blobs. docs/formats/back-up.md."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from haechi.adapters.vault_folder.durable import named_errors, sync_folder, sync_tree, write_file
from haechi.adapters.vault_folder.lock import NAME as LOCK
from haechi.domain.back_up import FILES, KeptFile, Manifest, ManifestError
from haechi.domain.errors import (
    BackUpDamagedError,
    BackUpForeignError,
    BackUpMissingError,
    BackUpPlaceError,
    PathMissingError,
    VaultDamagedError,
    VaultExistsError,
)
from haechi.domain.evidence import Sha256
from haechi.ports.back_ups import Copies, Copy

MANIFEST = "manifest.json"
_COPIES, _POOL = "copies", "blobs"
_NUMBER = re.compile(r"[0-9]{4,}")
_PIECE = 2**20
_MOST_MANIFEST = 2**28  # bytes; a million blobs take some 160 MB
_SUFFIX = ".age"


class DiskBackUps:
    """Back-ups in folders on this machine's disks."""

    def copies(self, folder: Path) -> Copies:
        """Return what the folder holds."""
        readable, unreadable = [], {}
        for name in _names(folder):
            copy = _read_copy(folder, name)
            if copy is None:
                unreadable[int(name)] = _manifest(name)
            else:
                readable.append(copy)
        return Copies(readable, unreadable)

    def place(self, folder: Path, copy: Copy) -> Path:
        """Return the folder that holds the copy's own files."""
        return _place(folder, copy.number)

    def add(
        self,
        folder: Path,
        vault: Path,
        *,
        vault_id: str,
        made_at: str,
        log_size: int,
        erasures: int,
        blobs: Sequence[tuple[str, Sha256 | None]],
        progress: Callable[[int, int], None],
    ) -> Copy:
        """Copy a vault that nobody writes to."""
        if not folder.parent.is_dir():
            raise PathMissingError(path=str(folder.parent))
        _require_own(folder, vault)
        with named_errors(folder):
            for name in (_COPIES, _POOL):
                (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            earlier = self.copies(folder)
            if any(one.manifest.vault_id != vault_id for one in earlier.readable):
                raise BackUpForeignError(path=str(folder))
            if earlier.unreadable and not earlier.readable:
                # Nothing here says whose copies these are.
                raise BackUpDamagedError(path=next(iter(earlier.unreadable.values())), reason="all")
            _sweep(folder)
            pooled = _fill_pool(folder, vault, blobs, progress)
            hidden = Path(tempfile.mkdtemp(prefix=".", dir=folder / _COPIES))
            try:
                files = {name: _copy(vault / name, hidden / name, part=name) for name in FILES}
                manifest = Manifest(vault_id, made_at, log_size, erasures, files, pooled)
                write_file(hidden / MANIFEST, manifest.text())
                sync_tree(hidden)
                number = max((*earlier.unreadable, *(one.number for one in earlier.readable)), default=0) + 1
                hidden.rename(_place(folder, number))
                sync_folder(folder / _COPIES)
            finally:
                shutil.rmtree(hidden, ignore_errors=True)
        return Copy(number, manifest, Sha256(hashlib.sha256(manifest.text()).hexdigest()))

    def check(self, folder: Path, copy: Copy, progress: Callable[[int, int], None]) -> Sequence[str]:
        """Return the files that are missing or not what was written."""
        wanted = _wanted(folder, copy)
        wrong = []
        for done, (place, kept, _) in enumerate(wanted, 1):
            if _digest(place) != kept:
                wrong.append(str(place.relative_to(folder)))
            progress(done, len(wanted))
        return wrong

    def remove(self, folder: Path, copies: Sequence[Copy], *, unreadable: Sequence[int] = ()) -> int:
        """Remove copies, and from the pool what no other copy needs."""
        with named_errors(folder):
            for number in (*unreadable, *(one.number for one in copies)):
                # Out of sight first: a copy that is being removed is none.
                hidden = folder / _COPIES / f".gone.{number}"
                _place(folder, number).rename(hidden)
                shutil.rmtree(hidden)
            needed = {kept.digest for one in self.copies(folder).readable for kept in one.manifest.blobs.values()}
            # Only what stood in a copy that went: a file that is not ours is not touched.
            useless = {kept.digest for one in copies for kept in one.manifest.blobs.values()} - needed
            removed = 0
            for digest in sorted(useless):
                if _pooled(folder, digest).is_file():
                    _pooled(folder, digest).unlink()
                    removed += 1
            sync_folder(folder / _COPIES)
        return removed

    def check_target(self, target: Path) -> None:
        """Raise what `restore` would raise whatever the copy is."""
        target = target.absolute()
        if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
            raise VaultExistsError(path=str(target))
        if not target.parent.is_dir():
            raise PathMissingError(path=str(target.parent))

    def restore(self, folder: Path, copy: Copy, target: Path, progress: Callable[[int, int], None]) -> None:
        """Put the copy's vault at `target`: whole or not at all."""
        target = target.absolute()
        self.check_target(target)
        wanted = _wanted(folder, copy)
        with named_errors(target):
            hidden = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
            try:
                for name in (_POOL, "tmp"):
                    (hidden / name).mkdir(mode=0o700)
                write_file(hidden / LOCK, b"")
                for done, (place, kept, inside) in enumerate(wanted, 1):
                    (hidden / inside).parent.mkdir(mode=0o700, exist_ok=True)
                    if _taken_back(place, hidden / inside) != kept:
                        raise BackUpDamagedError(path=str(place.relative_to(folder)))
                    progress(done, len(wanted))
                sync_tree(hidden)
                hidden.rename(target)
                sync_folder(target.parent)
            finally:
                shutil.rmtree(hidden, ignore_errors=True)


def _place(folder: Path, number: int) -> Path:
    return folder / _COPIES / f"{number:04d}"


def _pooled(folder: Path, digest: str) -> Path:
    """Return where the pool keeps an age file, by its own digest: a name may come to stand for other bytes in the vault."""
    return folder / _POOL / digest[:2] / f"{digest}{_SUFFIX}"


def _in_vault(name: str) -> str:
    return f"{_POOL}/{name[:2]}/{name}{_SUFFIX}"


def _wanted(folder: Path, copy: Copy) -> list[tuple[Path, KeptFile, str]]:
    """Return each file of a copy: where it lies, what it has to be, and where in a vault it belongs."""
    own = _place(folder, copy.number)
    files = [(own / name, kept, name) for name, kept in sorted(copy.manifest.files.items())]
    blobs = copy.manifest.blobs
    return files + [(_pooled(folder, kept.digest), kept, _in_vault(name)) for name, kept in sorted(blobs.items())]


def _require_own(folder: Path, vault: Path) -> None:
    """Raise `BackUpPlaceError` for a folder that holds something else: copying into it, or tidying it, could harm that."""
    place, source = folder.resolve(), vault.resolve()
    if place == source or source in place.parents or place in source.parents:
        raise BackUpPlaceError(path=str(folder), reason="vault")
    if any((folder / name).exists() for name in FILES):
        raise BackUpPlaceError(path=str(folder), reason="vault")
    if not folder.is_dir() and folder.exists():
        raise BackUpPlaceError(path=str(folder), reason="file")
    if folder.is_dir() and not (folder / _COPIES).is_dir() and any(folder.iterdir()):
        raise BackUpPlaceError(path=str(folder), reason="not-empty")


def _names(folder: Path) -> list[str]:
    """Return the names of the copies' folders, in the order of their numbers."""
    try:
        return sorted((one.name for one in (folder / _COPIES).iterdir() if _NUMBER.fullmatch(one.name)), key=int)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackUpMissingError(path=str(folder)) from error


def _manifest(name: str) -> str:
    return f"{_COPIES}/{name}/{MANIFEST}"


def _read_copy(folder: Path, name: str) -> Copy | None:
    """Return a copy, None where its manifest is missing or not as it was written: the copies beside it are as good."""
    try:
        with (folder / _manifest(name)).open("rb") as file:
            text = file.read(_MOST_MANIFEST)
        manifest = Manifest.parse(text)
    except (OSError, ManifestError):
        return None
    return Copy(int(name), manifest, Sha256(hashlib.sha256(text).hexdigest()))


def _sweep(folder: Path) -> None:
    """Remove what an interrupted run left."""
    for place in (folder / _COPIES).glob(".*"):
        shutil.rmtree(place, ignore_errors=True)
    for place in (folder / _POOL).rglob("*.part"):
        place.unlink(missing_ok=True)


def _fill_pool(
    folder: Path, vault: Path, blobs: Sequence[tuple[str, Sha256 | None]], progress: Callable[[int, int], None]
) -> dict[str, KeptFile]:
    """Copy the age files that the pool does not have whole; return what each is, by its name in the vault.

    What is in the pool is read again: a copy that rests on a file which rotted there would be none.
    Raises `VaultDamagedError` for an age file of the vault that is not what was sealed.
    """
    pooled: dict[str, KeptFile] = {}
    for done, (name, sealed) in enumerate(blobs, 1):
        source, part = vault / _in_vault(name), _in_vault(name)
        known = sealed or _sealed(source, part)
        place = _pooled(folder, known)
        kept = _digest(place)
        if kept is None or kept.digest != known:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            half = place.with_name(f"{place.name}.part")
            try:
                kept = _copy(source, half, part=part)
                if kept.digest != known:
                    raise VaultDamagedError(part=part)
                half.replace(place)
            finally:
                with suppress(OSError):
                    half.unlink(missing_ok=True)
            sync_folder(place.parent)
        pooled[name] = kept
        progress(done, len(blobs))
    sync_folder(folder / _POOL)
    return pooled


def _sealed(source: Path, part: str) -> Sha256:
    """Return the digest of an age file of a vault from before these were recorded."""
    kept = _digest(source)
    if kept is None:
        raise VaultDamagedError(part=part)
    return kept.digest


def _copy(source: Path, target: Path, *, part: str) -> KeptFile:
    """Copy a file of the vault, sync it, and read it back from the disk. Raises `VaultDamagedError`, `BackUpDamagedError`."""
    try:
        reading = source.open("rb")
    except FileNotFoundError as error:
        raise VaultDamagedError(part=part) from error
    total = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with reading, open(descriptor, "wb", buffering=0) as writing:  # noqa: PTH123 - a descriptor with its mode set from the start
        while piece := reading.read(_PIECE):
            total.update(piece)
            left = memoryview(piece)
            while left:
                left = left[writing.write(left) :]
        os.fsync(writing.fileno())
        size = reading.tell()
    kept = KeptFile(Sha256(total.hexdigest()), size)
    if _digest(target) != kept:
        raise BackUpDamagedError(path=target.name)
    return kept


def _digest(path: Path) -> KeptFile | None:
    """Return what a file is, read from the disk itself where the system can be told to forget its cache."""
    try:
        with path.open("rb", buffering=0) as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return KeptFile(Sha256(digest), file.tell())
    except OSError:
        return None


def _taken_back(source: Path, target: Path) -> KeptFile | None:
    try:
        reading = source.open("rb")
    except OSError:
        return None
    total = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with reading, open(descriptor, "wb") as writing:  # noqa: PTH123 - as above
        while piece := reading.read(_PIECE):
            total.update(piece)
            writing.write(piece)
        return KeptFile(Sha256(total.hexdigest()), reading.tell())
