"""How one plan's times, accounts, rooms and exhibits are told in one language."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from haechi.adapters.renderer.visible import Repertoire, Shown
from haechi.adapters.renderer.words import Words
from haechi.domain import moment
from haechi.domain.account import Account, AccountName, KeyStrength
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.packet import PacketPlan
from haechi.domain.room import Room

LABEL = 28  # half-em cells of a name beside its key; the whole name stands in the tables of rooms and accounts
WHOLE = 600  # cells of a name in those tables; a longer one is cut and its rest counted
MOST_EXHIBITS = 1_000
MOST_ROWS = 3_000
"""Rows of timeline and groups, and twice the exhibits, that are printed whole. Measured with 1,000 exhibits and no groups,
making the packet takes 273 MB with 1,000 timeline rows, 312 MB with 1,500 and 358 MB with 2,500; it may take 300 MB."""
_HUGE = 200
"""Rows of each long list in a packet with more exhibits or rows than those: nobody reads that many on paper. The rest is
counted and stands in the CSV files."""
_LARGE = 600  # rows; what fits a few dozen pages, and 150 MB of memory, as tables
_NUMERIC = re.compile(r"[a-z]+(-?[0-9]{1,20})")
_DAY = len("2026-03-01")


class Totals(NamedTuple):
    """How often one account stands in the packet: exhibits it posted, and messages."""

    exhibits: int
    messages: int


class Telling:
    """Turns records into words. Every string it returns is visible as `Shown` promises, or is ours."""

    def __init__(self, plan: PacketPlan, words: Words, repertoire: Repertoire) -> None:
        self.plan = plan
        self.say = words
        self.show = repertoire.show
        self.show_body = repertoire.show_body
        self.zone = moment.zone(plan.offset_s)
        self.numbers: Mapping[ItemId, str] = {exhibit.item.item_id: exhibit.number for exhibit in plan.exhibits}
        self.by_digest: dict[Sha256, str] = {}
        for exhibit in plan.exhibits:
            self.by_digest.setdefault(exhibit.item.digest, exhibit.number)
        rows = len(plan.timeline) + sum(len(group.sightings) for group in plan.groups) + 2 * len(plan.exhibits)
        self.is_large = rows > _LARGE
        """Whether the report's long tables are set close."""
        self._is_huge = len(plan.exhibits) > MOST_EXHIBITS or rows > MOST_ROWS
        self._rooms = {room.key.value: latest(room.names) for room in plan.rooms}
        self._accounts = {account.key.value: latest(account.names) for account in plan.accounts}

    def most(self, rows: int) -> int:
        """Return how many rows a list of at most so many shows in this packet."""
        return min(rows, _HUGE) if self._is_huge else rows

    def time(self, unix: int | None) -> str:
        """Return a time in the plan's zone, `2026-03-01 21:04:05`. A time outside the calendar is told as its number."""
        if unix is None:
            return self.say("doc.unknown-time")
        try:
            return moment.clock(unix, offset_s=self.plan.offset_s)
        except OverflowError:
            return self.show(str(unix))

    def moment(self, unix: int) -> str:
        """Return a time with the plan's zone, for a sentence that may be read without the page around it."""
        return self.show(moment.moment(unix, offset_s=self.plan.offset_s))

    def recorded(self, at: str) -> str:
        """Return a recorded time (RFC 3339) in the plan's zone, or as it is written when it is none."""
        try:
            unix = datetime.fromisoformat(at).timestamp()
            return moment.clock(math.floor(unix), offset_s=self.plan.offset_s)
        except (ValueError, OverflowError):
            return self.show(at, most=40)

    def seen(self, unix: int | None) -> str:
        """Return the time of an export: its day alone when that is all it tells, and it then counts from midnight UTC."""
        if unix is None or unix % 86_400:
            return self.time(unix)
        try:
            return moment.clock(unix)[:_DAY]
        except OverflowError:
            return self.show(str(unix))

    def export_time(self, at: str) -> str:
        """Return when an export was made, from a day or a time (ISO)."""
        return self.recorded(at) if at.endswith("Z") or "+" in at else self.show(at, most=40)

    def span(self, first: int | None, last: int | None) -> str:
        """Return the period in which exports show a name, told once when it is one export."""
        return self.seen(first) if first == last else self.range(self.seen(first), self.seen(last))

    def range(self, first: str, last: str) -> str:
        """Return a range as the language writes it."""
        return self.say("doc.range", first=first, last=last)

    def period(self) -> str:
        """Return the days that the packet's messages cover."""
        times = [message.sent_at for message in self.plan.messages if message.sent_at is not None]
        if not times:
            return self.say("doc.unknown")
        first, last = (self.time(unix)[:10] for unix in (min(times), max(times)))
        return first if first == last else self.range(first, last)

    def room(self, key: str | None) -> Shown:
        """Return a room's latest name, or its key when it has none."""
        if key is None:
            return Shown(self.say("doc.empty"))
        return self.show(self._rooms.get(key) or key, most=LABEL)

    def account(self, key: str | None, label: str | None = None) -> Shown:
        """Return an account's name beside its key: the name given, else the latest known."""
        if key is None:
            return self.show(label, most=LABEL) if label else Shown(self.say("doc.unknown"))
        name = label or self._accounts.get(key)
        if not name or key == f"label:{name}":
            return self.show(key, most=2 * LABEL)
        return Shown(f"{self.show(name, most=LABEL)} ({self.show(key, most=LABEL)})")

    def name_of(self, account: Account) -> Shown:
        """Return an account's latest name."""
        name = self._accounts.get(account.key.value)
        return self.show(name, most=LABEL) if name else Shown(self.say("doc.empty"))

    def identity(self, account: Account) -> str:
        """Return what an account's key is worth: its numeric ID, or that there is none."""
        if account.key.strength is KeyStrength.ID and (found := _NUMERIC.fullmatch(account.key.value)):
            return self.say("identity.id", id=found[1])
        return self.say("identity.label" if account.key.strength is KeyStrength.LABEL else "identity.username")

    def exhibit_of(self, digest: Sha256) -> str:
        """Return the number of the first exhibit with these bytes, or the digest's start when none is in the packet."""
        return self.by_digest.get(digest, f"{digest[:12]}…")

    def totals(self) -> Mapping[str, Totals]:
        """Return, for each account key, how many exhibits it posted and how many messages it wrote."""
        posted = Counter(
            account
            for exhibit in self.plan.exhibits
            for account in {account for _, _, account, _ in exhibit.sightings if account is not None}
        )
        return {one.key.value: Totals(posted[one.key.value], one.messages) for one in self.plan.accounts}

    def accounts_by_presence(self) -> Sequence[Account]:
        """Return the accounts, those with most exhibits and then most messages first."""
        totals = self.totals()
        return sorted(self.plan.accounts, key=lambda one: (*(-n for n in totals[one.key.value]), one.key.value))

    def rooms_by_size(self) -> Sequence[Room]:
        """Return the rooms, those with most messages first."""
        return sorted(self.plan.rooms, key=lambda room: (-room.messages, room.key.value))


def latest(names: Sequence[AccountName]) -> str | None:
    """Return the name seen last."""
    known = [name for name in names if name.last_seen is not None]
    if known:
        return max(known, key=lambda name: name.last_seen or 0).name
    return names[-1].name if names else None
