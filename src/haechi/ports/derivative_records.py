"""What the ledger keeps of redacted derivatives."""

from collections.abc import Sequence
from typing import Protocol

from haechi.domain.case import CaseId
from haechi.domain.derivative import Derivative


class DerivativeRecords(Protocol):
    """Reading."""

    def derivatives(self, case: CaseId) -> Sequence[Derivative]:
        """Return the case's derivatives in the order they were made."""


class DerivativeWriter(Protocol):
    """Part of one transaction."""

    def add_derivative(self, derivative: Derivative) -> None:
        """Add a derivative; its sealed bytes are added as any other blob."""
