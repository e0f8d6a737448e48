"""Importers, in the order in which they are asked whether a container is theirs: the registry for `bootstrap`."""

from collections.abc import Sequence

from haechi.adapters.importers.loose_media import LooseMediaImporter
from haechi.adapters.importers.telegram.importer import TelegramImporter
from haechi.ports.importer import Importer


def importers(*, own_photos: bool = False) -> Sequence[Importer]:
    """Return the importers to ask, first match wins; her own photos are never read as somebody's export."""
    return (LooseMediaImporter(),) if own_photos else (TelegramImporter(), LooseMediaImporter())
