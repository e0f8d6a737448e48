"""The catalogue: what reads and what writes, put together."""

from collections.abc import Iterator
from contextlib import contextmanager

from haechi.adapters.catalogue.errors import named_errors
from haechi.adapters.catalogue.reading import ReadsCatalogue
from haechi.adapters.catalogue.writing import CatalogueWriter


class SqlCatalogue(ReadsCatalogue):
    """The matcher's records in a SQL database. Reads see what was committed when they began."""

    @contextmanager
    def begin(self) -> Iterator[CatalogueWriter]:
        """Open one transaction, committed durably when the block ends and undone when it raises. Others wait for their turn."""
        with (
            named_errors(self._place),
            self._engine.connect().execution_options(haechi_write=True) as connection,
            connection.begin(),
        ):
            yield CatalogueWriter(connection, self._index_id)

    def close(self) -> None:
        """Close every connection."""
        if self._watcher is not None:
            with self._watching:
                self._watcher.close()
        self._engine.dispose()
