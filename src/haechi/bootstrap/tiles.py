"""Joins the export of tiles to the vault."""

from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.flows.export_tiles import Exported


def export_tiles(vault: OpenVault, target: Path) -> Exported:
    """Write the log's tiles into the folder `target`, new or exported before. Raises as `flows.export_tiles` does."""
    from haechi.adapters.tiles.folder import TileFolder
    from haechi.flows.export_tiles import export_tiles as export

    return export(vault.unlocked, TileFolder(target))
