"""Say which contents of the banks lie near what is asked about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from haechi.domain.bank import Bank, Content, Hit, SignalType, Tier, asked_together, judged
from haechi.domain.fingerprint import ENOUGH_QUALITY
from haechi.domain.lookup import Answer, Asked, Query, nearest_each, shared_frames
from haechi.flows.find_near import Around, find_near
from haechi.ports.catalogue import CatalogueReader
from haechi.ports.index import HashIndex, Near

MOST_HITS = 1_000
_RIVALS = 4  # innocent contents told for one hash; the nearest decides


def look_up(
    queries: Sequence[Query],
    banks: Sequence[Bank],
    *,
    catalogue: CatalogueReader,
    index: HashIndex,
    now: str,
    least: Tier | None = None,
    most: int = 100,
) -> list[Answer]:
    """Return one answer a query: what lies in these banks, of tier `least` or stronger, up to `most` contents for each hash.

    Negative banks among `banks` only suppress. Hashes of quality below 50 are not compared. Raises `BankMixedError` when the banks hold adults
    and minors.
    """
    most = max(1, min(most, MOST_HITS))
    chosen = asked_together(banks)
    search = _Search(
        [bank for bank in chosen if not bank.is_negative],
        [bank for bank in chosen if bank.is_negative],
        partial(find_near, catalogue=catalogue, index=index, now=now),
        least,
        most,
    )
    everything = [one for query in queries for one in query.asked]
    for kind in SignalType:
        search.prepare(kind, {one.signal.value for one in everything if _is_usable(one, kind)})
    return [_answer(query, search, most) for query in queries]


def _is_usable(asked: Asked, kind: SignalType) -> bool:
    return asked.signal.type is kind and (kind.is_exact or asked.signal.quality >= ENOUGH_QUALITY)


def _answer(query: Query, search: "_Search", most: int) -> Answer:
    hits: list[Hit] = []
    is_truncated = False
    for kind in SignalType:
        mine: list[Hit] = []
        usable = {one.signal.value: one.transform for one in query.asked if _is_usable(one, kind)}
        for value, transform in usable.items():
            around, innocent = search.found[kind].get(value, Around()), search.rivals[kind].get(value, Around())
            is_truncated |= around.is_truncated
            make = _maker(kind, value, transform)
            mine += judged(map(make, around.found), map(make, innocent.found))
        hits += shared_frames(list(usable), mine) if kind is SignalType.VPDQ else nearest_each(mine)
    hits.sort(key=lambda hit: (hit.distance, hit.content.number, hit.type))
    stand = [hit for hit in hits if hit.suppressed_by is None]
    hidden = tuple(hit for hit in hits if hit.suppressed_by is not None)
    return Answer(tuple(stand[:most]), hidden[:most], is_truncated or len(stand) > most)


def _maker(kind: SignalType, value: bytes, transform: str) -> Callable[[tuple[Near, Content]], Hit]:
    def make(found: tuple[Near, Content]) -> Hit:
        row, content = found
        return Hit(content, kind, row.distance, value, row.value, row.quality, transform)

    return make


class _Search:
    """What lies near all values of a batch of queries, by type of hash."""

    def __init__(
        self,
        banks: Sequence[Bank],
        negative: Sequence[Bank],
        near: Callable[..., Mapping[bytes, Around]],
        least: Tier | None,
        most: int,
    ) -> None:
        self._banks = banks
        self._negative = negative
        self._find = near
        self._least = least
        self._most = most
        self.found: dict[SignalType, Mapping[bytes, Around]] = {}
        self.rivals: dict[SignalType, Mapping[bytes, Around]] = {}

    def prepare(self, kind: SignalType, values: Iterable[bytes]) -> None:
        """Search for all values of one type at once."""
        self.found[kind] = self._near(kind, values, self._banks, self._most, self._least)
        # Nearer than nothing, an innocent picture hides nothing.
        near = [value for value, around in self.found[kind].items() if around.found]
        self.rivals[kind] = self._near(kind, near, self._negative, _RIVALS, None)

    def _near(
        self, kind: SignalType, values: Iterable[bytes], banks: Sequence[Bank], most: int, least: Tier | None
    ) -> Mapping[bytes, Around]:
        wanted = list(values)
        if not wanted or not banks:
            return {}
        return self._find(wanted, kind, banks, most=most, least=least)
