"""A partner that hands out a list of hashes, and takes hashes and what was found of them. It is asked only when a person says so, once or at an interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from haechi.domain.bank import Signal
from haechi.domain.hash_list import ListedRow, RefusedRow


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as they came. `cursor` is where to go on after them, also another day; None when it is not safe to go on from here."""

    rows: Sequence[ListedRow | RefusedRow]
    cursor: str | None


class Verdict(StrEnum):
    """What was found of a hash that a partner handed out."""

    CONFIRMED = "confirmed"
    """Somebody looked: it is what the list says."""
    REFUTED = "refuted"
    """Somebody looked: it is not."""
    MATCHED = "matched"
    """A file matched; nobody has looked yet."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict on one row of a partner's list, which knows it by `source`. `reason` is the partner's own number of a reason."""

    source: str
    signal: Signal
    verdict: Verdict
    reason: str | None = None


class ExchangeClient(Protocol):
    """One partner. Everything may raise `ExchangeFailedError`; what cannot be said in its format raises `ExchangeCannotError`."""

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Yield what changed since `cursor` (None: everything). Raises `ExchangeCursorExpiredError` when it has to be read as a whole again."""

    def submit(self, rows: Sequence[ListedRow]) -> None:
        """Hand hashes to the partner."""

    def tell(self, feedback: Sequence[Feedback]) -> None:
        """Tell the partner what was found of its hashes."""
