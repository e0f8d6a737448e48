"""What the ledger keeps of traces: what was answered for each item, and what was computed of own photos to answer it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.trace_record import KeptTrace, TraceNumber, TraceRecord
from haechi.ports.blobs import Blob


@dataclass(frozen=True, slots=True)
class TraceRow:
    """A trace as far as the log speaks of it. `digest` is that of the traced item, None where there is no such item."""

    number: TraceNumber
    case: CaseId
    item: ItemId
    entry: int
    digest: Sha256 | None


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """Where the features of one own photo lie, encrypted, and what computed them."""

    case: CaseId
    digest: Sha256
    method: str
    blob: Blob


class TraceRecords(Protocol):
    """Reading."""

    def traces(self, case: CaseId) -> Iterator[KeptTrace]:
        """Yield the case's traces in the order they were made, several of one item among them.

        Raises `VaultDamagedError` for a record that cannot be read.
        """

    def latest_trace(self, case: CaseId, item: ItemId) -> KeptTrace | None:
        """Return the item's newest trace. Raises `VaultDamagedError`."""

    def trace_rows(self) -> Generator[TraceRow, None, None]:
        """Yield all traces of all cases by their entry."""

    def features(self, case: CaseId, digest: Sha256) -> FeatureRow | None:
        """Return where the features of the case's photo with this digest lie."""

    def feature_names(self, case: CaseId | None = None, *, except_method: str | None = None) -> Iterator[str]:
        """Yield the names of kept features: of a case or of all, and only those of other methods where one is named."""

    def feature_count(self) -> int: ...


class TraceWriter(Protocol):
    """Part of one transaction."""

    def add_trace(self, case: CaseId, record: TraceRecord, entry: int) -> None:
        """Add the trace that entry number `entry` of the log commits to; its record is that entry's opening."""

    def add_features(self, rows: Sequence[FeatureRow]) -> None:
        """Add where features lie; what was known of the same photo before is replaced."""

    def forget_features(self, names: Sequence[str]) -> int:
        """Forget these features and the keys to them; return how many there were."""
