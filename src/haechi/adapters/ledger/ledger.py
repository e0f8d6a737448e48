"""The ledger over SQL, and its writer: the parts of both, put together."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from haechi.adapters.ledger.accounts import ReadsAccounts
from haechi.adapters.ledger.anchors import ReadsAnchors, WritesAnchors
from haechi.adapters.ledger.audiences import ReadsAudiences, WritesAudiences
from haechi.adapters.ledger.cases import ReadsCases, WritesCases
from haechi.adapters.ledger.checking import ReadsForChecks
from haechi.adapters.ledger.derivatives import ReadsDerivatives, WritesDerivatives
from haechi.adapters.ledger.erasure import Erases, ReadsPeople
from haechi.adapters.ledger.errors import named_errors
from haechi.adapters.ledger.gone import ReadsGone
from haechi.adapters.ledger.imports import ReadsImports
from haechi.adapters.ledger.items import ReadsItems, WritesItems
from haechi.adapters.ledger.log import ReadsLog, WritesLog
from haechi.adapters.ledger.messages import ReadsMessages, WritesMessages
from haechi.adapters.ledger.migrate import fold_log, forget_copy, rewrite
from haechi.adapters.ledger.recipients import ReadsRecipients, WritesRecipients
from haechi.adapters.ledger.traces import ReadsTraces, WritesTraces

_WITH_INDEX = ("members", "parts", "windows", "rooms", "accounts", "messages", "sources", "blobs", "traces")
"""Tables whose indices are compared with their rows. Not those of items: a million look-ups in random order take half a
minute, and the check reads items through the index of their entries, so that one left out shows as missing."""
_MOST_KNOWN = 100_000  # keys whose numbers are remembered, some 20 MB; an account export has a few thousand


class SqlWriter(
    WritesLog,
    WritesCases,
    WritesItems,
    WritesMessages,
    WritesAnchors,
    WritesDerivatives,
    WritesAudiences,
    WritesRecipients,
    WritesTraces,
    Erases,
):
    """One transaction."""

    def __init__(self, connection: Connection, known: dict[tuple[str, str, str, str], int]) -> None:
        self._connection = connection
        self._known = known


class SqlLedger(
    ReadsLog,
    ReadsCases,
    ReadsImports,
    ReadsItems,
    ReadsMessages,
    ReadsAccounts,
    ReadsGone,
    ReadsAnchors,
    ReadsDerivatives,
    ReadsAudiences,
    ReadsRecipients,
    ReadsTraces,
    ReadsPeople,
    ReadsForChecks,
):
    """The vault's records in a SQL database. Reads see what was committed when they began."""

    def __init__(self, engine: Engine, path: str, *, was_migrated: bool = False) -> None:
        super().__init__(engine, path)
        self._was_migrated = was_migrated
        self._known: dict[tuple[str, str, str, str], int] = {}

    @contextmanager
    def begin(self) -> Iterator[SqlWriter]:
        """Open one transaction, committed durably when the block ends and undone when it raises."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        try:
            with (
                named_errors(self._path),
                self._engine.connect().execution_options(haechi_write=True) as connection,
                connection.begin(),
            ):
                yield SqlWriter(connection, self._known)
        except BaseException:
            # Numbers given out in a transaction that was undone may be given to others.
            self._known.clear()
            raise

    def damaged_pages(self) -> tuple[str, ...]:
        """Return what the database engine finds wrong with its own pages: their checksums, then their structure.

        A page of the same place from an older state of the file has the right checksum (SQLCipher's covers key, page
        number and content), and fits where its neighbours did not move: comparing with the log finds it.
        """
        with self._transaction() as connection:
            sums = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
            if sums:
                return tuple(str(line) for line in sums)
            lines = list(connection.exec_driver_sql("PRAGMA quick_check").scalars())
            for table in _WITH_INDEX:
                lines += connection.exec_driver_sql(f"PRAGMA integrity_check({table})").scalars()
            return tuple(str(line) for line in lines if line != "ok")

    def fold(self) -> None:
        """Fold the write-ahead log into the database file."""
        with named_errors(self._path):
            fold_log(self._engine, Path(self._path))

    def scrub(self) -> None:
        """Rewrite the file and empty the write-ahead log: what was erased is in neither any more, nor in an older copy."""
        path = Path(self._path)
        forget_copy(path)
        beside = path.with_name("tmp")
        with named_errors(self._path):
            rewrite(self._engine, beside if beside.is_dir() else path.parent)
            fold_log(self._engine, path)

    def forget_copy(self) -> None:
        """Remove the copy that an earlier opening's migration left."""
        if not self._was_migrated:
            forget_copy(Path(self._path))

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self._engine.dispose()
