"""Cases and who may read their sealed items."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from haechi.adapters.ledger.reading import Reading, sound_rows
from haechi.adapters.ledger.schema import cases, readers
from haechi.domain.case import Age, Case, CaseId, CustodyMode


class ReadsCases(Reading):
    """Reads cases."""

    @sound_rows()
    def cases(self) -> Sequence[Case]:
        """Return all cases in the order they were opened."""
        return [
            Case(CaseId(row.case_id), row.name, CustodyMode(row.mode), Age(row.age), row.consent)
            for row in self._rows(select(cases).order_by(cases.c.number))
        ]

    def readers(self, case: CaseId) -> Sequence[str]:
        """Return the age recipients who may open the case's sealed items."""
        query = select(readers.c.recipient).where(readers.c.case_id == case).order_by(readers.c.position)
        return [row.recipient for row in self._rows(query)]


class WritesCases:
    """Writes cases in the transaction of its connection."""

    _connection: Connection

    def add_case(self, case: Case, recipients: Sequence[str]) -> None:
        """Add a case with its readers."""
        self._connection.execute(insert(cases).values(case_id=case.case_id, **_values(case)))
        self.set_readers(case.case_id, recipients)

    def set_case(self, case: Case) -> None:
        """Change the case's name, mode, age or consent."""
        self._connection.execute(update(cases).where(cases.c.case_id == case.case_id).values(**_values(case)))

    def set_readers(self, case: CaseId, recipients: Sequence[str]) -> None:
        """Name the age recipients for what is sealed from now on."""
        self._connection.execute(delete(readers).where(readers.c.case_id == case))
        rows = [
            {"case_id": case, "position": position, "recipient": recipient}
            for position, recipient in enumerate(recipients)
        ]
        if rows:
            self._connection.execute(insert(readers), rows)


def _values(case: Case) -> dict[str, str]:
    return {"name": case.name, "mode": case.mode.value, "age": case.age.value, "consent": case.consent}
