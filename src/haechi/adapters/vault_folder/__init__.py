"""A vault's folder on a disk: header, lock and checkpoint."""

from haechi.adapters.vault_folder.folders import DiskFolders

__all__ = ["DiskFolders"]
