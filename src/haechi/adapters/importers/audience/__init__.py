"""Lists of who could see a person's posts: an Instagram download's connections and posts, and tables."""

from haechi.adapters.importers.audience.lists import read_lists

__all__ = ["read_lists"]
