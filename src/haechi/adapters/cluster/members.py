"""The replicas of one shard: who is there, who is asked first, who is lost."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from haechi.ports.index import HashIndex

_REST_S = 1.0
"""How long a replica is asked last that said it cannot answer."""


@dataclass(eq=False, slots=True)
class Member:
    """One replica. `actor` is Ray's handle."""

    actor: Any
    node: str
    is_ready: bool = False
    rests_until: float = 0.0
    begun: dict[int, float] = field(default_factory=dict)
    """When the calls that are not answered yet were made."""


@dataclass(eq=False, slots=True)
class Shard:
    """One shard: what writes it, and its replicas."""

    number: int
    writer: HashIndex
    members: list[Member] = field(default_factory=list)
    origin: Any = None
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def ready(self) -> list[Member]:
        """Return those that can be asked, the best one first: not resting, with the fewest calls, by turns."""
        now = time.monotonic()
        ready = [one for one in self.members if one.is_ready]
        first = next(self._turn) % max(1, len(ready))
        return sorted(ready[first:] + ready[:first], key=lambda one: (one.rests_until > now, len(one.begun)))

    def lose(self, member: Member) -> bool:
        """Forget a replica. Return whether it was known."""
        if member not in self.members:
            return False
        self.members.remove(member)
        return True

    def rest(self, member: Member) -> None:
        """Ask it last for a while."""
        member.rests_until = time.monotonic() + _REST_S
