"""What every reading part of the ledger stands on: one engine, and a transaction for each answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Insert, Row, Select

from haechi.adapters.ledger.errors import named_errors
from haechi.domain.errors import VaultDamagedError

CHUNK = 500  # rows held at a time, and values in one IN list


@contextmanager
def sound_rows() -> Iterator[None]:
    """Raise `VaultDamagedError` for a value in a row that this ledger never writes, such as a mode that there is none of.

    Every transaction reads so; what makes things of rows after it ended is decorated with it.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise VaultDamagedError(part="ledger.db") from error


class Reading:
    """Reads in transactions of its own: what a writer has not committed is not seen."""

    def __init__(self, engine: Engine, path: str) -> None:
        self._engine = engine
        self._path = path

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with named_errors(self._path), self._engine.connect() as connection, sound_rows():
            yield connection

    def _rows(self, query: Executable) -> Sequence[Row[Any]]:
        with self._transaction() as connection:
            return connection.execute(query).all()

    def _first(self, query: Executable) -> Row[Any] | None:
        with self._transaction() as connection:
            return connection.execute(query).first()

    def _count(self, what: Select[int]) -> int:
        with self._transaction() as connection:
            return connection.execute(what).scalar_one()


def chunks(connection: Connection, query: Executable) -> Iterator[Sequence[Row[Any]]]:
    """Yield a result's rows in runs, so that a million of them are never held at once."""
    result = connection.execution_options(stream_results=True).execute(query)
    yield from result.partitions(CHUNK)


def add(connection: Connection, statement: Insert) -> int:
    """Insert one row and return the number that the database gave it."""
    key = connection.execute(statement).inserted_primary_key
    if key is None:
        raise TypeError(statement)
    return int(key[0])
