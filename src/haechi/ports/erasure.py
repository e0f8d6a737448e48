"""What the ledger can forget. After the transaction and `scrub`, nothing of it is left in the database's files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId
from haechi.domain.person import Person


@dataclass(frozen=True, slots=True)
class Erased:
    """What one erasure took: log entries whose openings are gone, blobs whose wraps are gone, and rows by table.

    `features` are files that held what was computed of the erased photos; the keys to them are gone too.
    """

    entries: tuple[int, ...]
    blobs: tuple[str, ...]
    rows: Mapping[str, int]
    features: tuple[str, ...] = ()


class PersonRecords(Protocol):
    """Reading."""

    def people(self) -> Sequence[Person]:
        """Return everybody who was ever added, in that order."""

    def erased_cases(self) -> Sequence[str]:
        """Return the identifiers of cases that were destroyed whole."""


class Eraser(Protocol):
    """Part of one transaction."""

    def set_person(self, person: Person) -> None: ...
    def erase_items(self, items: Sequence[ItemId]) -> Erased:
        """Forget items: records, fingerprints, openings of their entries, and wraps of blobs that no other item needs."""

    def erase_import(self, import_id: int) -> Erased:
        """Forget an import: its items, its messages that no other import has, and that it ever came in."""

    def erase_audience(self, case: CaseId, name: str) -> Erased:
        """Forget the post or list of viewers of this identifier, with the opening of its entry."""

    def erase_case(self, case: CaseId) -> Erased:
        """Forget everything of a case, its name included; only its identifier stays, as destroyed."""
