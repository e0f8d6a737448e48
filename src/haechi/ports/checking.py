"""What checking a vault asks of its ledger: everything in the log's order, in runs, so that no size needs more memory."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.case import CaseId
from haechi.domain.custody import Opening
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.message import ToldMessage


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry with what was kept beside it: `leaf` as it was when the entry was appended, and its opening."""

    number: int
    raw: bytes
    leaf: bytes
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as far as the log speaks of it: the entry that captured it, and whether its sealed bytes are recorded."""

    entry: int
    item_id: ItemId
    case: CaseId
    digest: Sha256
    is_sealed: bool
    has_blob: bool


class CheckedRecords(Protocol):
    """Reading for a check. An iterator holds one connection until it is read to its end or closed."""

    def log_rows(self) -> Generator[LogRow, None, None]:
        """Yield all entries in order."""

    def opening_numbers(self) -> Iterator[int]:
        """Yield the numbers of entries that have an opening, ascending."""

    def items_by_entry(self) -> Generator[ItemRow, None, None]:
        """Yield the items of all cases by the entry that captured them."""

    def items_of_import(self, import_id: int) -> Iterator[tuple[ItemId, str, int, Sha256]]:
        """Yield the import's items, each with its path, size and digest."""

    def sealing_entry(self, case: CaseId, digest: Sha256) -> int | None:
        """Return the first entry there is of an item or a redacted copy that these sealed bytes are of."""

    def miscounted(self) -> Sequence[str]:
        """Return the rooms and accounts whose number of messages is not that of the messages there are."""

    def messages_told(self, part_id: int, first: int, end: int) -> Iterator[ToldMessage]:
        """Yield what is told of the part's messages from `first` to `end` (exclusive) by ordinal; lost ones are left out."""
