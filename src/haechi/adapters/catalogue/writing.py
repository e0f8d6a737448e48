"""What is written into the catalogue: part of one transaction, which no other writer meets."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Connection, delete, func, insert, select, text, update

from haechi.adapters.catalogue.packing import code, pack, plain, to_text
from haechi.adapters.catalogue.reading import CHUNK, batches
from haechi.adapters.catalogue.schema import (
    applied,
    audit,
    banks,
    changes,
    contents,
    digests,
    exchanges,
    head,
    keys,
    leases,
)
from haechi.domain.api_key import ApiKey
from haechi.domain.bank import Bank, BankName, Content, ContentNumber, Depicted, Signal
from haechi.domain.errors import (
    ApiKeyExistsError,
    ApiKeyMissingError,
    BankExistsError,
    BankMissingError,
    BankRefusedError,
    ExchangeMissingError,
)
from haechi.ports.catalogue import AuditLine, Exchange, NewContent

MOST_BANKS = 32_768
"""The index keeps a bank in 16 bits, one of which tells films from pictures."""
_NOW = {
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400"),
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
}
"""Seconds since 1970, by one clock for all who share the catalogue."""


class CatalogueWriter:
    """One transaction."""

    def __init__(self, connection: Connection, index_id: str) -> None:
        self._connection = connection
        self._index_id = index_id
        self._sequence: int | None = None

    def add_bank(
        self, name: BankName, depicted: Depicted, *, radius: int, is_negative: bool, enabled_ratio: float, at: str
    ) -> Bank:
        """Add a bank; numbers are not given out twice. Raises `BankExistsError`, `BankRefusedError` when there are too many."""
        self._require_free(name)
        number = self._connection.execute(select(func.coalesce(func.max(banks.c.number), -1))).scalar_one() + 1
        if number >= MOST_BANKS:
            raise BankRefusedError(bank=name, problem="too-many")
        bank = Bank(number, name, depicted, radius, is_negative, enabled_ratio, at)
        self._connection.execute(
            insert(banks).values(
                number=number,
                name=name,
                depicted=depicted.value,
                radius=radius,
                is_negative=is_negative,
                enabled_ratio=enabled_ratio,
                created_at=at,
                size=0,
            )
        )
        return bank

    def set_bank(self, bank: Bank, *, name: BankName | None = None) -> None:
        """Keep the bank's radius and ratio, and its new name. Raises `BankExistsError`, `BankMissingError`."""
        if name is not None and name != bank.name:
            self._require_free(name)
        done = self._connection.execute(
            update(banks)
            .where(banks.c.number == bank.number, banks.c.removed_at.is_(None))
            .values(name=name or bank.name, radius=bank.radius, enabled_ratio=bank.enabled_ratio)
        )
        if not done.rowcount:
            raise BankMissingError(bank=bank.name)

    def remove_bank(self, bank: Bank, *, by: str, at: str) -> Sequence[ContentNumber]:
        """Withdraw the bank with all it holds; return what that was."""
        held = select(contents.c.number).where(contents.c.bank == bank.number, contents.c.withdrawn_at.is_(None))
        numbers = list(self._connection.execute(held.order_by(contents.c.number)).scalars())
        self._connection.execute(delete(digests).where(digests.c.content.in_(held)))
        self._connection.execute(
            update(contents)
            .where(contents.c.bank == bank.number, contents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at, withdrawn_by=plain(by))
        )
        mine = select(exchanges.c.name).where(exchanges.c.bank == bank.number)
        self._connection.execute(delete(leases).where(leases.c.exchange.in_(mine)))
        self._connection.execute(delete(exchanges).where(exchanges.c.bank == bank.number))
        self._connection.execute(update(banks).where(banks.c.number == bank.number).values(removed_at=at, size=0))
        self._changed(numbers)
        return [ContentNumber(number) for number in numbers]

    def add_contents(self, bank: BankName, new: Sequence[NewContent], *, by: str, at: str) -> Sequence[ContentNumber]:
        """Add contents to a bank; return their numbers, one after the other. Raises `BankMissingError`."""
        number = self._number(bank)
        first = self._connection.execute(select(head.c.contents)).scalar_one() + 1
        if not new:
            return []
        by = plain(by)
        self._connection.execute(
            insert(contents), [_row(place, number, one, by, at) for place, one in enumerate(new, first)]
        )
        exact = [line for place, one in enumerate(new, first) for line in _digests(place, one.signals)]
        if exact:
            self._connection.execute(insert(digests), exact)
        self._connection.execute(update(head).values(contents=first + len(new) - 1))
        self._connection.execute(update(banks).where(banks.c.number == number).values(size=banks.c.size + len(new)))
        numbers = range(first, first + len(new))
        self._changed(numbers)
        return [ContentNumber(one) for one in numbers]

    def set_content(self, content: Content) -> None:
        """Keep what may change of a content: its note, until when it is disabled, whether it is held. Its hashes stay."""
        self._connection.execute(
            update(contents)
            .where(contents.c.number == content.number)
            .values(
                words=_words(content),
                disabled_until=content.disabled_until,
                held=None if content.held is None else content.held.value,
            )
        )
        self._changed([content.number])

    def withdraw(self, numbers: Sequence[ContentNumber], *, by: str, at: str) -> None:
        """Withdraw contents for good; those that are withdrawn already stay as they are."""
        gone: list[int] = []
        for some in batches(sorted(set(numbers)), CHUNK):
            rows = self._connection.execute(
                select(contents.c.number, contents.c.bank).where(
                    contents.c.number.in_(some), contents.c.withdrawn_at.is_(None)
                )
            ).all()
            mine = [row.number for row in rows]
            self._connection.execute(
                update(contents).where(contents.c.number.in_(mine)).values(withdrawn_at=at, withdrawn_by=plain(by))
            )
            self._connection.execute(delete(digests).where(digests.c.content.in_(mine)))
            for bank in {row.bank for row in rows}:
                left = sum(row.bank == bank for row in rows)
                self._connection.execute(update(banks).where(banks.c.number == bank).values(size=banks.c.size - left))
            gone += mine
        self._changed(sorted(gone))

    def set_applied(self, sequence: int) -> None:
        """Keep how far this catalogue's index has followed."""
        mine = applied.c.index_id == self._index_id
        if not self._connection.execute(update(applied).where(mine).values(sequence=sequence)).rowcount:
            self._connection.execute(insert(applied).values(index_id=self._index_id, sequence=sequence))

    def add_key(self, key: ApiKey) -> None:
        """Add a key. Raises `ApiKeyExistsError` for a name that was ever used."""
        if self._connection.execute(select(keys.c.name).where(keys.c.name == key.name)).first():
            raise ApiKeyExistsError(key=key.name)
        self._connection.execute(
            insert(keys).values(
                name=key.name,
                secret_digest=key.secret_digest,
                role=key.role.value,
                lookups_per_minute=key.lookups_per_minute,
                created_at=key.created_at,
                revoked_at=key.revoked_at,
            )
        )

    def revoke_key(self, name: str, *, at: str) -> None:
        """Take a key out of force; one that is revoked already stays as it is. Raises `ApiKeyMissingError`."""
        done = self._connection.execute(
            update(keys).where(keys.c.name == name).values(revoked_at=func.coalesce(keys.c.revoked_at, at))
        )
        if not done.rowcount:
            raise ApiKeyMissingError(key=name)

    def set_exchange(self, exchange: Exchange) -> None:
        """Keep an exchange, instead of an earlier one of its name. Raises `BankMissingError`."""
        number = self._number(exchange.bank)
        self._connection.execute(delete(exchanges).where(exchanges.c.name == exchange.name))
        self._connection.execute(
            insert(exchanges).values(
                name=exchange.name,
                bank=number,
                api=exchange.api,
                settings=to_text(exchange.settings),
                is_enabled=exchange.is_enabled,
                cursor=None if exchange.cursor is None else plain(exchange.cursor),
                fetched_at=exchange.fetched_at,
                succeeded=exchange.succeeded,
            )
        )

    def remove_exchange(self, name: str) -> None:
        """Forget an exchange, and who reads it; what it brought stays. Raises `ExchangeMissingError`."""
        self._connection.execute(delete(leases).where(leases.c.exchange == name))
        if not self._connection.execute(delete(exchanges).where(exchanges.c.name == name)).rowcount:
            raise ExchangeMissingError(exchange=name)

    def take_lease(self, exchange: str, holder: str, *, lasts_s: float) -> bool:
        """Let `holder` alone read an exchange for that long; return False when another one does."""
        now = self._now()
        found = self._connection.execute(select(leases).where(leases.c.exchange == exchange)).first()
        # One that lasts longer than any is given says that the clock was set back since; it holds nothing up.
        if found is not None and found.holder != holder and now < found.ends_at <= now + lasts_s:
            return False
        self._connection.execute(delete(leases).where(leases.c.exchange == exchange))
        self._connection.execute(insert(leases).values(exchange=exchange, holder=holder, ends_at=now + lasts_s))
        return True

    def hold_lease(self, exchange: str, holder: str, *, lasts_s: float) -> bool:
        """Have the lease last that long from now; return False when `holder` does not have it any more."""
        mine = (leases.c.exchange == exchange) & (leases.c.holder == holder)
        done = self._connection.execute(update(leases).where(mine).values(ends_at=self._now() + lasts_s))
        return bool(done.rowcount)

    def drop_lease(self, exchange: str, holder: str) -> None:
        """Let others read the exchange, unless another one does already."""
        self._connection.execute(delete(leases).where(leases.c.exchange == exchange, leases.c.holder == holder))

    def tell(self, line: AuditLine) -> None:
        """Add a line to the audit."""
        self._connection.execute(
            insert(audit).values(at=line.at, by=plain(line.by), action=line.action, facts=to_text(line.facts))
        )

    def _now(self) -> float:
        return float(self._connection.execute(_NOW[self._connection.dialect.name]).scalar_one())

    def _number(self, name: BankName) -> int:
        found = self._connection.execute(
            select(banks.c.number).where(banks.c.name == name, banks.c.removed_at.is_(None))
        ).scalar_one_or_none()
        if found is None:
            raise BankMissingError(bank=name)
        return int(found)

    def _require_free(self, name: BankName) -> None:
        taken = select(banks.c.number).where(banks.c.name == name, banks.c.removed_at.is_(None))
        if self._connection.execute(taken).first():
            raise BankExistsError(bank=name)

    def _changed(self, numbers: Sequence[int]) -> None:
        """Note what the index has to follow; `numbers` are in order."""
        if not numbers:
            return
        if self._sequence is None:
            self._sequence = self._connection.execute(select(head.c.changes)).scalar_one()
        self._sequence += 1
        self._connection.execute(update(head).values(changes=self._sequence))
        self._connection.execute(
            insert(changes),
            [{"sequence": self._sequence, "first": first, "count": count} for first, count in _runs(numbers)],
        )


def _runs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Yield (first, count) of each run of numbers that follow each other."""
    if isinstance(numbers, range):
        yield numbers[0], len(numbers)
        return
    first = numbers[0]
    for one, following in pairwise(numbers):
        if following != one + 1:
            yield first, one - first + 1
            first = following
    yield first, numbers[-1] - first + 1


def _row(number: int, bank: int, one: NewContent, by: str, at: str) -> dict[str, object]:
    return {
        "number": number,
        "bank": bank,
        "signals": pack(one.signals),
        "tier": one.tier.value,
        "added_at": at,
        "added_by": by,
        "words": _words(one),
        "source": None if one.source is None else plain(one.source),
        "expires_at": one.expires_at,
        "held": None if one.held is None else one.held.value,
    }


def _words(one: NewContent | Content) -> str | None:
    """Return what strangers or curators wrote about a content, as one text."""
    words = {"note": one.note or None, "id": one.claimed_id, "uri": one.claimed_uri, "facts": one.claimed_facts}
    said = {name: value for name, value in words.items() if value is not None}
    return to_text(said) if said else None


def _digests(number: int, signals: Sequence[Signal]) -> Iterable[dict[str, object]]:
    exact = {(code(one.type), one.value) for one in signals if one.type.is_exact}
    return [{"type": kind, "value": value, "content": number} for kind, value in exact]
