"""Finds the member that a written path means: the same name, else the same name normalised, else but for case."""

import unicodedata
from collections.abc import Set as AbstractSet


class References:
    """The container's readable paths as a part in folder `base` (empty or ending in `/`) refers to them."""

    def __init__(self, base: str, paths: AbstractSet[str]) -> None:
        self._base = base
        self._paths = paths
        self._folded: dict[str, str | None] | None = None

    def find(self, reference: str) -> tuple[str | None, str | None]:
        """Return the member's path or None, and a flag that names the rule unless the name is the same byte for byte."""
        parts = reference.split("/")
        if reference.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            return None, "reference_escapes"
        wanted = self._base + reference
        if wanted in self._paths:
            return wanted, None
        normalised = unicodedata.normalize("NFC", wanted)
        if normalised in self._paths:
            return normalised, "media_found_by_nfc"
        found = self._by_case(normalised)
        return found, "media_found_by_case" if found else None

    def _by_case(self, wanted: str) -> str | None:
        """Return the only path that differs by case alone. The table is made at the first miss: few parts need it."""
        if self._folded is None:
            self._folded = {}
            for path in self._paths:
                folded = path.casefold()
                self._folded[folded] = None if folded in self._folded else path
        return self._folded.get(wanted.casefold())
