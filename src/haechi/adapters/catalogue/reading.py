"""What is read from the catalogue. Each answer is one transaction of its own."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row, Select, bindparam, select

from haechi.adapters.catalogue.errors import named_errors, sound_rows
from haechi.adapters.catalogue.packing import code, from_text, unpack
from haechi.adapters.catalogue.schema import applied, audit, banks, changes, contents, digests, exchanges, head, keys
from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import Bank, BankName, Content, ContentNumber, Depicted, Held, SignalType, Tier
from haechi.ports.catalogue import AuditLine, Change, Exchange

CHUNK = 500  # values in one IN list
_RUN = 2_000  # contents held at a time while all are read
_Value = TypeVar("_Value")


class ReadsCatalogue:
    """Reading, from any thread. `watch` opens a connection of its own that tells when somebody has written (SQLite)."""

    def __init__(
        self, engine: Engine, place: str, *, index_id: str, watch: Callable[[], sqlite3.Connection] | None
    ) -> None:
        self._engine = engine
        self._place = place
        self._index_id = index_id
        self._watching = threading.Lock()
        self._watcher = watch() if watch is not None else None
        self._version = -1
        self._known_banks: tuple[Bank, ...] | None = None
        self._known_keys: dict[str, ApiKey] = {}

    def banks(self) -> Sequence[Bank]:
        """Return the banks by number."""
        if self._watcher is None:
            return self._read_banks()
        with self._watching:
            self._forget_old()
            if self._known_banks is None:
                self._known_banks = self._read_banks()
            return self._known_banks

    def contents(self, numbers: Iterable[ContentNumber]) -> Mapping[ContentNumber, Content]:
        """Return those that exist, withdrawn ones too."""
        found: dict[ContentNumber, Content] = {}
        for some in batches(numbers, CHUNK):
            for row in self._rows(_BY_NUMBER, numbers=some):
                found[row.number] = self._content(row)
        return found

    def contents_of(self, bank: BankName, *, after: int = 0, most: int = 1_000) -> Sequence[Content]:
        """Return a bank's contents in order of number, after one number."""
        query = _contents().where(banks.c.name == bank, banks.c.removed_at.is_(None), contents.c.number > after)
        return [self._content(row) for row in self._rows(query.order_by(contents.c.number).limit(most))]

    def by_source(self, bank: BankName, sources: Iterable[str]) -> Mapping[str, ContentNumber]:
        """Return the contents that came from an exchange, by the exchange's own numbers, withdrawn ones left out."""
        found: dict[str, ContentNumber] = {}
        for some in batches(sources, CHUNK):
            query = (
                select(contents.c.source, contents.c.number)
                .join_from(contents, banks)
                .where(banks.c.name == bank, banks.c.removed_at.is_(None))
                .where(contents.c.source.in_(some), contents.c.withdrawn_at.is_(None))
            )
            found.update((row.source, row.number) for row in self._rows(query.order_by(contents.c.number)))
        return found

    def withdrawn_by_source(self, bank: BankName, sources: Iterable[str]) -> Mapping[str, str]:
        """Return who withdrew the newest content of each of these, by the exchange's own numbers."""
        found: dict[str, str] = {}
        for some in batches(sources, CHUNK):
            query = (
                select(contents.c.source, contents.c.withdrawn_by)
                .join_from(contents, banks)
                .where(banks.c.name == bank, banks.c.removed_at.is_(None))
                .where(contents.c.source.in_(some), contents.c.withdrawn_at.is_not(None))
            )
            found.update((row.source, row.withdrawn_by) for row in self._rows(query.order_by(contents.c.number)))
        return found

    def expired(self, at: str, *, most: int) -> Sequence[Content]:
        """Return contents that are not withdrawn and expired at or before `at`, the oldest first, at most so many."""
        query = _contents().where(
            contents.c.expires_at.is_not(None), contents.c.expires_at <= at, contents.c.withdrawn_at.is_(None)
        )
        return [self._content(row) for row in self._rows(query.order_by(contents.c.expires_at).limit(most))]

    def by_digest(self, kind: SignalType, values: Iterable[bytes]) -> Mapping[bytes, Sequence[ContentNumber]]:
        """Return the contents that hold one of these exact values (MD5, SHA-256), withdrawn ones left out."""
        found: dict[bytes, list[ContentNumber]] = {}
        for some in batches(values, CHUNK):
            query = select(digests.c.value, digests.c.content).where(digests.c.type == code(kind))
            for row in self._rows(query.where(digests.c.value.in_(some)).order_by(digests.c.content)):
                found.setdefault(bytes(row.value), []).append(row.content)
        return found

    def changes(self, after: int) -> Iterator[Change]:
        """Yield what happened after a sequence number, in order."""
        query = select(changes).where(changes.c.sequence > after).order_by(changes.c.sequence, changes.c.first)
        for row in self._rows(query):
            for number in range(row.first, row.first + row.count):
                yield Change(row.sequence, ContentNumber(number))

    def newest(self) -> int:
        """Return the sequence number of the last change, 0 when there is none."""
        return int(self._first(select(head.c.changes)).changes)

    def applied(self) -> int:
        """Return the last change that this catalogue's index is known to hold; -1 when nothing is known of it."""
        row = self._first_or_none(select(applied.c.sequence).where(applied.c.index_id == self._index_id))
        return -1 if row is None else row.sequence

    def rows(self) -> Iterator[Content]:
        """Yield all contents that are not withdrawn, for building an index anew, by number.

        Read in runs, each a transaction: the log of a database that is written to meanwhile does not grow without end.
        """
        after = 0
        while True:
            query = _contents().where(contents.c.number > after, contents.c.withdrawn_at.is_(None))
            run = self._rows(query.order_by(contents.c.number).limit(_RUN))
            yield from map(self._content, run)
            if len(run) < _RUN:
                return
            after = run[-1].number

    def size(self) -> Mapping[BankName, int]:
        """Return how many contents each bank holds, withdrawn ones left out."""
        return {
            row.name: row.size
            for row in self._rows(select(banks.c.name, banks.c.size).where(banks.c.removed_at.is_(None)))
        }

    def key(self, secret_digest: str) -> ApiKey | None:
        """Return the key whose secret has this SHA-256 (hex), revoked ones too."""
        with self._watching:
            self._forget_old()
            if secret_digest in self._known_keys:
                return self._known_keys[secret_digest]
            row = self._first_or_none(select(keys).where(keys.c.secret_digest == secret_digest))
            if row is None:
                return None
            if self._watcher is not None:
                self._known_keys[secret_digest] = self._key(row)
            return self._key(row)

    def keys(self) -> Sequence[ApiKey]:
        """Return all keys by name, revoked ones too."""
        return [self._key(row) for row in self._rows(select(keys).order_by(keys.c.name))]

    def exchanges(self) -> Sequence[Exchange]:
        """Return the exchanges by name."""
        query = select(exchanges, banks.c.name.label("bank_name")).join_from(exchanges, banks)
        with sound_rows(self._place):
            return [
                Exchange(
                    row.name,
                    BankName(row.bank_name),
                    row.api,
                    from_text(row.settings),
                    is_enabled=row.is_enabled,
                    cursor=row.cursor,
                    fetched_at=row.fetched_at,
                    succeeded=row.succeeded,
                )
                for row in self._rows(query.order_by(exchanges.c.name))
            ]

    def audit(self, *, before: int | None = None, most: int = 100) -> Sequence[AuditLine]:
        """Return the newest lines first."""
        query = select(audit).order_by(audit.c.number.desc()).limit(most)
        if before is not None:
            query = query.where(audit.c.number < before)
        with sound_rows(self._place):
            return [
                AuditLine(row.at, row.by, row.action, from_text(row.facts), number=row.number)
                for row in self._rows(query)
            ]

    def _forget_old(self) -> None:
        """Forget what was read when anything was committed since: one PRAGMA (2 us) tells. Every lookup asks for banks and a key."""
        if self._watcher is not None:
            with named_errors(self._place):
                version = self._watcher.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version, self._known_banks = version, None
                self._known_keys.clear()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with named_errors(self._place), self._engine.connect() as connection:
            yield connection

    def _rows(self, query: Executable, **values: object) -> Sequence[Row[Any]]:
        with self._transaction() as connection:
            return connection.execute(query, values or None).all()

    def _first_or_none(self, query: Executable) -> Row[Any] | None:
        with self._transaction() as connection:
            return connection.execute(query).first()

    def _first(self, query: Executable) -> Row[Any]:
        with self._transaction() as connection:
            return connection.execute(query).one()

    def _read_banks(self) -> tuple[Bank, ...]:
        rows = self._rows(select(banks).where(banks.c.removed_at.is_(None)).order_by(banks.c.number))
        with sound_rows(self._place):
            return tuple(
                Bank(
                    row.number,
                    BankName(row.name),
                    Depicted(row.depicted),
                    row.radius,
                    row.is_negative,
                    row.enabled_ratio,
                    row.created_at,
                )
                for row in rows
            )

    def _content(self, row: Row[Any]) -> Content:
        with sound_rows(self._place):
            words: dict[str, Any] = from_text(row.words) if row.words is not None else {}
            return Content(
                ContentNumber(row.number),
                BankName(row.bank_name),
                unpack(bytes(row.signals)),
                Tier(row.tier),
                row.added_at,
                row.added_by,
                note=words.get("note", ""),
                claimed_id=words.get("id"),
                claimed_uri=words.get("uri"),
                claimed_facts=words.get("facts"),
                source=row.source,
                expires_at=row.expires_at,
                disabled_until=row.disabled_until,
                withdrawn_at=row.withdrawn_at,
                withdrawn_by=row.withdrawn_by,
                held=None if row.held is None else Held(row.held),
            )

    def _key(self, row: Row[Any]) -> ApiKey:
        with sound_rows(self._place):
            return ApiKey(
                row.name, row.secret_digest, ApiRole(row.role), row.lookups_per_minute, row.created_at, row.revoked_at
            )


def batches(values: Iterable[_Value], size: int) -> Iterator[list[_Value]]:
    """Yield the values in runs of at most `size`."""
    left = iter(values)
    while run := list(islice(left, size)):
        yield run


def _contents() -> Select[Any]:
    return select(contents, banks.c.name.label("bank_name")).join_from(contents, banks)


_BY_NUMBER = _contents().where(contents.c.number.in_(bindparam("numbers", expanding=True)))
"""Made once: each lookup that finds something asks this, and making it costs as much as asking."""
