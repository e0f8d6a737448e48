"""How often a key may ask, and what looks like somebody who feels for the edges of a list.

Whoever holds a hash of a list can make pictures around it until one is no longer found, or read a list out by asking
for very many. Neither is stopped by a limit alone, so what looks like it is told to the audit, by count: never what was asked.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from haechi.domain.bank import ContentNumber

MINUTE_S = 60.0
WINDOW_S = 3600.0
VARIANTS = 30
"""Different hashes near one content, within the window. A picture on a busy platform comes in few: each copy is the same."""
MOST_CONTENTS = 10_000
"""Contents watched for one key within the window; a bound on memory."""


@dataclass(slots=True)
class Allowance:
    """A bucket of lookups that fills at `per_minute` and holds no more than one minute's."""

    per_minute: int
    level: float = 0.0
    filled_at: float = 0.0

    @classmethod
    def full(cls, per_minute: int, now: float) -> "Allowance":
        """Return a bucket that a key begins with."""
        return cls(per_minute, float(per_minute), now)

    def take(self, count: int, now: float) -> float:
        """Take `count` lookups and return 0, or take nothing and return in how many seconds there will be as many.

        There never will be more than a minute's: then the answer is infinite.
        """
        self.level = min(self.per_minute, self.level + max(0.0, now - self.filled_at) * self.per_minute / MINUTE_S)
        self.filled_at = now
        if count <= self.level:
            self.level -= count
            return 0.0
        if count > self.per_minute:
            return math.inf
        return (count - self.level) * MINUTE_S / self.per_minute


@dataclass(slots=True)
class Watch:
    """What one key's lookups found within the window."""

    since: float
    lookups: int = 0
    found: int = 0
    _variants: dict[ContentNumber, set[int]] = field(default_factory=dict)
    _told: set[ContentNumber] = field(default_factory=set)

    def is_over(self, now: float) -> bool:
        """Say whether the window has passed."""
        return now - self.since >= WINDOW_S

    def saw(self, hits: Iterable[tuple[ContentNumber, int]]) -> tuple[ContentNumber, ...]:
        """Count one lookup with its hits, each with a number made of the hash that was asked.

        Returns contents that many different hashes have now been asked around, each once in a window.
        """
        self.lookups += 1
        probed = []
        is_found = False
        for content, asked in hits:
            is_found = True
            variants = self._variants.get(content)
            if variants is None:
                if len(self._variants) >= MOST_CONTENTS:
                    continue
                variants = self._variants[content] = set()
            if len(variants) < VARIANTS:
                variants.add(asked)
                if len(variants) == VARIANTS and content not in self._told:
                    self._told.add(content)
                    probed.append(content)
        self.found += is_found
        return tuple(probed)
