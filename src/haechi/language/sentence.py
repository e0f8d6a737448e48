"""What a code says to a person: what happened, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from haechi.language import _


@dataclass(frozen=True, slots=True)
class Sentence:
    """Korean templates, marked with `korean` for the catalogue. `remedy` is empty when there is nothing to do."""

    what: str
    remedy: str = ""

    def tell(self, facts: Mapping[str, object]) -> tuple[str, str]:
        """Return what happened and what to do, in the language in use, with the facts in their places."""
        return _(self.what, **facts), _(self.remedy, **facts) if self.remedy else ""
