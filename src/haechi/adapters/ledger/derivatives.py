"""Redacted derivatives."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from haechi.adapters.ledger.reading import Reading, sound_rows
from haechi.adapters.ledger.schema import derivatives
from haechi.domain.case import CaseId
from haechi.domain.derivative import Derivative, DerivativeId, Region
from haechi.domain.evidence import ItemId, Sha256


class ReadsDerivatives(Reading):
    """Reads derivatives."""

    @sound_rows()
    def derivatives(self, case: CaseId) -> Sequence[Derivative]:
        """Return the case's derivatives in the order they were made."""
        query = select(derivatives).where(derivatives.c.case_id == case).order_by(derivatives.c.number)
        return [
            Derivative(
                DerivativeId(row.derivative_id),
                CaseId(row.case_id),
                None if row.source_item is None else ItemId(row.source_item),
                None if row.room is None else (row.room, row.message_id),
                row.source_entry,
                row.source_commit,
                row.entry,
                Sha256(row.digest),
                row.size,
                row.mime,
                row.method,
                tuple(Region(*region) for region in row.regions),
                tuple(row.fields),
                row.reason,
            )
            for row in self._rows(query)
        ]


class WritesDerivatives:
    """Writes derivatives in the transaction of its connection."""

    _connection: Connection

    def add_derivative(self, derivative: Derivative) -> None:
        """Add a derivative; its sealed bytes are added as any other blob."""
        room, message_id = derivative.message or (None, None)
        self._connection.execute(
            insert(derivatives).values(
                derivative_id=derivative.derivative_id,
                case_id=derivative.case,
                source_item=derivative.source_item,
                room=room,
                message_id=message_id,
                source_entry=derivative.source_entry,
                source_commit=derivative.source_commit,
                entry=derivative.entry,
                digest=derivative.digest,
                size=derivative.size,
                mime=derivative.mime,
                method=derivative.method,
                regions=[region.record() for region in derivative.regions],
                fields=list(derivative.fields),
                reason=derivative.reason,
            )
        )
