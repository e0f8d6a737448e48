"""Accounts and rooms, with every name and link they were seen under."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from haechi.adapters.ledger.reading import CHUNK, Reading, add, sound_rows
from haechi.adapters.ledger.schema import account_names, accounts, room_links, room_names, rooms
from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.case import CaseId
from haechi.domain.room import Room, RoomKey

Seen = tuple[int | None, int | None]
"""First and last time, in unix seconds; both None while no time is known."""


class ReadsAccounts(Reading):
    """Reads accounts and rooms."""

    @sound_rows()
    def accounts(self, case: CaseId) -> Sequence[Account]:
        """Return the case's accounts by platform and key, each with its names in order of first sight."""
        names = self._names(account_names, accounts, case)
        query = select(accounts).where(accounts.c.case_id == case).order_by(accounts.c.platform, accounts.c.value)
        return [
            Account(
                AccountKey(row.platform, row.value, KeyStrength(row.strength)),
                names.get(row.account_id, ()),
                row.messages,
            )
            for row in self._rows(query)
        ]

    @sound_rows()
    def rooms(self, case: CaseId) -> Sequence[Room]:
        """Return the case's rooms by platform and key."""
        names = self._names(room_names, rooms, case)
        links: dict[int, list[str]] = {}
        found = select(room_links).join(rooms).where(rooms.c.case_id == case)
        for row in self._rows(found.order_by(room_links.c.room_id, room_links.c.position)):
            links.setdefault(row.room_id, []).append(row.link)
        query = select(rooms).where(rooms.c.case_id == case).order_by(rooms.c.platform, rooms.c.value)
        return [
            Room(
                RoomKey(row.platform, row.value),
                row.type,
                names.get(row.room_id, ()),
                tuple(links.get(row.room_id, ())),
                row.messages,
            )
            for row in self._rows(query)
        ]

    def _names(self, table: Table, owners: Table, case: CaseId) -> Mapping[int, tuple[AccountName, ...]]:
        found: dict[int, list[AccountName]] = {}
        for owner, name, first, last in (
            tuple(row) for row in self._rows(select(table).join(owners).where(owners.c.case_id == case))
        ):
            found.setdefault(owner, []).append(AccountName(name, first, last))
        return {owner: tuple(sorted(names, key=_first_sight)) for owner, names in found.items()}


class WritesAccounts:
    """Writes accounts and rooms in the transaction of its connection.

    The numbers that keys have are remembered from one transaction to the next: they never change.
    """

    _connection: Connection
    _known: dict[tuple[str, str, str, str], int]

    def add_room(self, case: CaseId, room: Room) -> None:
        """Add a room, or its new names and links."""
        number = self._room(case, room.key)
        if room.type is not None:
            self._connection.execute(
                update(rooms).where(rooms.c.room_id == number, rooms.c.type.is_(None)).values(type=room.type)
            )
        self._see(room_names, {(number, one.name): (one.first_seen, one.last_seen) for one in room.names})
        known = (
            self._connection.execute(select(room_links.c.link).where(room_links.c.room_id == number)).scalars().all()
        )
        new = [link for link in dict.fromkeys(room.links) if link not in known]
        if new:
            self._connection.execute(
                insert(room_links),
                [{"room_id": number, "position": at, "link": link} for at, link in enumerate(new, len(known))],
            )

    def _room(self, case: CaseId, key: RoomKey) -> int:
        place = ("room", case, key.platform, key.value)
        if place not in self._known:
            mine = (rooms.c.case_id == case, rooms.c.platform == key.platform, rooms.c.value == key.value)
            number = self._connection.execute(select(rooms.c.room_id).where(*mine)).scalar()
            if number is None:
                values = {"case_id": case, "platform": key.platform, "value": key.value, "messages": 0}
                number = add(self._connection, insert(rooms).values(values))
            self._known[place] = int(number)
        return self._known[place]

    def _accounts(self, case: CaseId, keys: Iterable[AccountKey]) -> dict[tuple[str, str], int]:
        """Return the numbers of accounts by platform and key; those not known yet are added."""
        found: dict[tuple[str, str], int] = {}
        asked = {(key.platform, key.value): key for key in keys}
        for pair in asked:
            if (number := self._known.get(("account", case, *pair))) is not None:
                found[pair] = number
        for platform in {key.platform for pair, key in asked.items() if pair not in found}:
            values = [value for known, value in asked if known == platform and (known, value) not in found]
            for at in range(0, len(values), CHUNK):
                query = select(accounts.c.value, accounts.c.account_id).where(
                    accounts.c.case_id == case,
                    accounts.c.platform == platform,
                    accounts.c.value.in_(values[at : at + CHUNK]),
                )
                found.update({(platform, row.value): row.account_id for row in self._connection.execute(query)})
        new = [key for pair, key in asked.items() if pair not in found]
        if new:
            last = self._connection.execute(select(func.max(accounts.c.account_id))).scalar() or 0
            rows = [
                {
                    "account_id": number,
                    "case_id": case,
                    "platform": key.platform,
                    "value": key.value,
                    "strength": key.strength.value,
                    "messages": 0,
                }
                for number, key in enumerate(new, last + 1)
            ]
            self._connection.execute(insert(accounts), rows)
            found.update({(key.platform, key.value): number for number, key in enumerate(new, last + 1)})
        self._known.update({("account", case, *pair): number for pair, number in found.items()})
        return found

    def _see(self, table: Table, names: Mapping[tuple[int, str], Seen]) -> None:
        """Widen the times at which owners were seen under names; what has not been seen yet is added."""
        if not names:
            return
        owner = next(iter(table.c))
        known: dict[tuple[int, str], Seen] = {}
        owners = sorted({number for number, _ in names})
        for at in range(0, len(owners), CHUNK):
            for number, name, first, last in self._connection.execute(
                select(table).where(owner.in_(owners[at : at + CHUNK]))
            ):
                known[number, name] = (first, last)
        new, changed = [], []
        for (number, name), seen in names.items():
            if (number, name) not in known:
                new.append({owner.name: number, "name": name, "first_seen": seen[0], "last_seen": seen[1]})
            elif (wider := widen(known[number, name], seen)) != known[number, name]:
                changed.append({"b_owner": number, "b_name": name, "first_seen": wider[0], "last_seen": wider[1]})
        if new:
            self._connection.execute(insert(table), new)
        if changed:
            self._connection.execute(
                update(table).where(owner == bindparam("b_owner"), table.c.name == bindparam("b_name")), changed
            )


def widen(one: Seen, other: Seen) -> Seen:
    """Return the earliest and the latest of both."""
    first = [at for at in (one[0], other[0]) if at is not None]
    last = [at for at in (one[1], other[1]) if at is not None]
    return min(first, default=None), max(last, default=None)


def scoped(key: AccountKey, room: RoomKey) -> AccountKey:
    """Return the key under which the ledger keeps an account.

    A label says nothing beyond its room, so the room becomes part of the key: nobody who groups by key
    can take two people of one name for one.
    """
    if key.strength is not KeyStrength.LABEL:
        return key
    return AccountKey(key.platform, f"{key.value}@{room.value}", key.strength)


def _first_sight(name: AccountName) -> tuple[Any, ...]:
    return name.first_seen is None, name.first_seen or 0, name.name
