"""Loose pictures and videos: a folder, archive or file without any export. There is nothing to parse in it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from haechi.ports.container import Container
from haechi.ports.importer import Parsed, Part


class LooseMediaImporter:
    """Takes whatever no other importer takes; every member becomes an item by its own bytes."""

    name = "media"
    version = "1"
    takes_everything = True

    def is_resource(self, path: str) -> bool:
        """Nothing here is an exporter's own."""
        del path
        return False

    def parts(self, container: Container) -> tuple[Part, ...]:
        """Return nothing: no member holds messages."""
        del container
        return ()

    def read(self, container: Container, part: Part, *, paths: AbstractSet[str], skip: int) -> Iterator[Parsed]:
        """Yield nothing; there is no part to read."""
        del container, part, paths, skip
        return iter(())
