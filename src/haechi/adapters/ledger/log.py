"""The custody log, its openings, and the ledger's secrets."""

from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, insert, select, update

from haechi.adapters.ledger.reading import Reading, chunks
from haechi.adapters.ledger.schema import entries, head, openings, secrets
from haechi.domain.case import CaseId
from haechi.domain.custody import Draft, Entry, EntryType, LogHead, Opening
from haechi.domain.errors import VaultDamagedError
from haechi.domain.evidence import Sha256
from haechi.domain.merkle import Frontier


class ReadsLog(Reading):
    """Reads the log."""

    def log_head(self) -> LogHead:
        """Return where the log stands. Raises `VaultDamagedError` when it says something impossible."""
        with self._transaction() as connection:
            return read_head(connection)

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[Entry]:
        """Yield the entries from `start` to `end` (exclusive) in order."""
        query = select(entries.c.number, entries.c.raw).where(entries.c.number >= start).order_by(entries.c.number)
        if end is not None:
            query = query.where(entries.c.number < end)
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                yield from (Entry(row.number, bytes(row.raw)) for row in rows)

    def entries_about(self, case: CaseId, kind: EntryType) -> Iterator[tuple[Entry, Opening | None]]:
        """Yield the case's entries of this kind in order, each with its opening where there is one."""
        # An entry is canonical: each member is written in one way only.
        of_case, of_kind = f'"case":"{case}"'.encode(), f'"type":"{kind.value}"'.encode()
        query = (
            select(entries.c.number, entries.c.raw, openings.c.salt, openings.c.digest, openings.c.subject)
            .join_from(entries, openings, isouter=True)
            .where(func.instr(entries.c.raw, of_kind) > 0, func.instr(entries.c.raw, of_case) > 0)
            .order_by(entries.c.number)
        )
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                for number, raw, salt, digest, subject in map(tuple, rows):
                    yield Entry(number, bytes(raw)), None if salt is None else Opening(salt, Sha256(digest), subject)

    def leaves(self, end: int) -> Iterator[bytes]:
        """Yield the leaf hashes of the first `end` entries, as they were kept when they were appended."""
        query = select(entries.c.leaf).where(entries.c.number < end).order_by(entries.c.number)
        with self._transaction() as connection:
            for rows in chunks(connection, query):
                yield from (bytes(row.leaf) for row in rows)

    def opening(self, index: int) -> Opening | None:
        """Return the opening of entry `index`, or None when there is none."""
        row = self._first(select(openings).where(openings.c.number == index))
        return None if row is None else Opening(row.salt, Sha256(row.digest), row.subject)

    def openings(self) -> Iterator[tuple[int, Opening]]:
        """Yield all openings with the index of their entry, in order."""
        with self._transaction() as connection:
            for rows in chunks(connection, select(openings).order_by(openings.c.number)):
                for row in rows:
                    yield row.number, Opening(row.salt, Sha256(row.digest), row.subject)

    def secret(self, name: str) -> bytes | None:
        """Return a private value kept in the ledger."""
        row = self._first(select(secrets.c.value).where(secrets.c.name == name))
        return None if row is None else bytes(row.value)


class WritesLog:
    """Appends to the log in the transaction of its connection."""

    _connection: Connection
    _head: LogHead | None = None

    def append(self, draft: Draft) -> Entry:
        """Append one entry, with its opening."""
        # The transaction keeps other writers out, so the head read once stays the head.
        entry, after = (self._head or read_head(self._connection)).append(draft)
        self._connection.execute(insert(entries), [{"number": entry.index, "raw": entry.raw, "leaf": entry.leaf}])
        if draft.opening is not None:
            self._connection.execute(
                insert(openings),
                [
                    {
                        "number": entry.index,
                        "salt": draft.opening.salt,
                        "digest": draft.opening.digest,
                        "subject": draft.opening.subject,
                    }
                ],
            )
        values = {"size": after.frontier.size, "frontier": after.frontier.packed(), "previous": after.previous}
        if entry.index == 0:
            self._connection.execute(insert(head).values(id=1, **values))
        else:
            self._connection.execute(update(head).where(head.c.id == 1).values(**values))
        self._head = after
        return entry

    def set_secret(self, name: str, value: bytes) -> None:
        """Keep a private value, instead of an earlier one of this name."""
        self._connection.execute(delete(secrets).where(secrets.c.name == name))
        self._connection.execute(insert(secrets).values(name=name, value=value))


def read_head(connection: Connection) -> LogHead:
    """Return the log's head as this transaction sees it."""
    row = connection.execute(select(head).where(head.c.id == 1)).first()
    if row is None:
        return LogHead()
    try:
        return LogHead(Frontier.unpacked(row.size, row.frontier), row.previous)
    except (ValueError, TypeError) as error:
        raise VaultDamagedError(part="ledger.db") from error
