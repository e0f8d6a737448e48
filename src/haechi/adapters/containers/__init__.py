"""Containers: a folder, a zip archive or a single file, read in place, never changed and never followed out of."""

from pathlib import Path

from haechi.adapters.containers.folder import FolderContainer
from haechi.adapters.containers.single_file import FileContainer
from haechi.adapters.containers.zip_archive import ZipContainer, is_zip
from haechi.domain.errors import PathMissingError
from haechi.ports.container import Container


def open_container(path: Path, password: bytes | None = None) -> Container:
    """Return what lies at `path` as a container; `password` is for encrypted archives.

    Raises `PathMissingError`, `EncryptedArchiveError`, `ArchiveDamagedError`, `OSError`.
    """
    if not path.exists():
        raise PathMissingError(path=str(path))
    if path.is_dir():
        return FolderContainer(path)
    if is_zip(path):
        return ZipContainer(path, password=password)
    return FileContainer(path)
