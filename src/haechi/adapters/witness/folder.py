"""A witness's folder: `keys` with its private keys, and `seen.db` with what it has cosigned.

Private keys are written as Go's `golang.org/x/mod/sumdb/note` writes them: `PRIVATE+KEY+name+id+base64(type || seed)`.
"""

import base64
import binascii
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from haechi.adapters.witness.store import SqliteStore
from haechi.domain.errors import (
    WitnessFolderDamagedError,
    WitnessFolderExistsError,
    WitnessFolderMissingError,
)
from haechi.domain.note import NoteError, NoteKey
from haechi.ports.signer import Signer

PUBLIC_KEYS = "public-keys"
KEYS = "keys"
SEEN = "seen.db"
_HEAD = "PRIVATE+KEY+"
_MOST_KEYS_BYTES = 65_536
_SEED_BYTES = 32
_SECRET_BITS = 0o077


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """The keys, each with its signer, and the store."""

    path: Path
    keys: Sequence[tuple[NoteKey, Signer]]
    store: SqliteStore


def make_folder(path: Path, keys: Sequence[NoteKey], seeds: Sequence[bytes]) -> None:
    """Make a witness's folder at `path`, which must not exist or be empty. Raises `WitnessFolderExistsError`."""
    try:
        path.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        if not path.is_dir() or any(path.iterdir()):
            raise WitnessFolderExistsError(path=str(path)) from error
        path.chmod(0o700)
    lines = [_private(key, seed) for key, seed in zip(keys, seeds, strict=True)]
    descriptor = os.open(path / KEYS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("".join(f"{line}\n" for line in lines))
        stream.flush()
        os.fsync(descriptor)
    with (path / PUBLIC_KEYS).open("x", encoding="utf-8") as stream:
        stream.write("".join(f"{key.vkey}\n" for key in keys))
        stream.flush()
        os.fsync(stream.fileno())
    SqliteStore.create(path / SEEN)
    for folder in (path, path.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def open_folder(path: Path, signers: Mapping[int, Callable[[bytes], Signer]]) -> WitnessFolder:
    """Open the witness's folder at `path`; `signers` make a signer of each type from a seed.

    Raises `WitnessFolderMissingError`, `WitnessFolderDamagedError`.
    """
    try:
        with (path / KEYS).open("rb") as stream:
            content = stream.read(_MOST_KEYS_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise WitnessFolderMissingError(path=str(path)) from error
    try:
        keys = [_signer(line, signers) for line in content.decode().splitlines() if line]
    except (ValueError, KeyError) as error:
        raise WitnessFolderDamagedError(path=str(path), part=KEYS) from error
    if not keys:
        raise WitnessFolderDamagedError(path=str(path), part=KEYS)
    return WitnessFolder(path, keys, SqliteStore(path / SEEN))


def is_open_to_others(path: Path) -> bool:
    """Say whether other accounts of this machine may read the private keys."""
    return bool((path / KEYS).stat().st_mode & _SECRET_BITS)


def _private(key: NoteKey, seed: bytes) -> str:
    return f"{_HEAD}{key.name}+{key.key_id.hex()}+{base64.b64encode(bytes([key.kind]) + seed).decode()}"


def _signer(line: str, signers: Mapping[int, Callable[[bytes], Signer]]) -> tuple[NoteKey, Signer]:
    """Return the key in a line. Raises `ValueError`, `KeyError` for a type that is not known."""
    name, key_id, encoded = line.removeprefix(_HEAD).split("+", 2)
    try:
        kind, *seed = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise NoteError(name) from error
    if not line.startswith(_HEAD) or len(seed) != _SEED_BYTES:
        raise NoteError(name)
    signer = signers[kind](bytes(seed))
    key = NoteKey(name, signer.public, kind)
    if key.key_id.hex() != key_id:
        raise NoteError(name)
    return key, signer
