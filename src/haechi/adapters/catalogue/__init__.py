"""The matcher's records over SQL: SQLite in a file beside the index, or PostgreSQL."""

from haechi.adapters.catalogue.catalogue import SqlCatalogue
from haechi.adapters.catalogue.place import open_catalogue

__all__ = ["SqlCatalogue", "open_catalogue"]
