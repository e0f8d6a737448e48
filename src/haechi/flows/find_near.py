"""Find what lies near a hash and may be told now: the index finds, the catalogue's present state decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from haechi.domain.bank import Bank, BankName, Content, ContentNumber, SignalType, Tier
from haechi.flows.follow_changes import shelf
from haechi.ports.catalogue import CatalogueReader
from haechi.ports.index import HashIndex, Near

_DEEPER = 8  # times as many rows are asked for when too few of them may be told
_DEEPEST = 4_096


@dataclass(frozen=True, slots=True)
class Around:
    """What lies near one hash, nearest first; `is_truncated` when the index had more than it was asked for."""

    found: tuple[tuple[Near, Content], ...] = ()
    is_truncated: bool = False


def find_near(
    values: Iterable[bytes],
    kind: SignalType,
    banks: Sequence[Bank],
    *,
    catalogue: CatalogueReader,
    index: HashIndex,
    now: str,
    most: int,
    least: Tier | None = None,
) -> Mapping[bytes, Around]:
    """Return what lies within each bank's radius of each value and is in force at `now`: up to `most` contents a value.

    Rows of the index that the catalogue does not bear out (withdrawn since, disabled, expired, held, of too low a tier) are passed over, and
    more are asked for in their place. Digests are near only when they are equal; the catalogue itself finds those.
    """
    is_told = _Rule(frozenset(bank.name for bank in banks), kind, now, least)
    if kind.is_exact:
        return _equal(list(values), {bank.name: bank.number for bank in banks}, is_told, catalogue, most)
    radii = {shelf(bank.number, kind): bank.radius for bank in banks}
    wanted = list(dict.fromkeys(values))
    found: dict[bytes, Around] = {}
    if not radii:
        return found
    contents: dict[ContentNumber, Content] = {}
    asked = most
    while wanted:
        answers = index.search(wanted, radii, most=asked)
        numbers = {ContentNumber(row.content) for answer in answers for row in answer.rows}
        contents.update(catalogue.contents(numbers - contents.keys()))
        again = []
        for value, answer in zip(wanted, answers, strict=True):
            told = [
                (row, content)
                for row in answer.rows
                if (content := contents.get(ContentNumber(row.content))) is not None and is_told(content, row.value)
            ]
            enough = len({row.content for row, _ in told}) >= most
            if answer.is_truncated and not enough and asked < _DEEPEST:
                again.append(value)
            else:
                found[value] = Around(tuple(told), answer.is_truncated)
        wanted, asked = again, min(asked * _DEEPER, _DEEPEST)
    return found


@dataclass(frozen=True, slots=True)
class _Rule:
    """What makes a content one that may be told."""

    banks: frozenset[BankName]
    kind: SignalType
    now: str
    least: Tier | None

    def __call__(self, content: Content, value: bytes) -> bool:
        return (
            content.bank in self.banks
            and content.is_active(self.now)
            and (self.least is None or content.tier.reaches(self.least))
            and any(one.value == value and one.type is self.kind for one in content.signals)
        )


def _equal(
    values: Sequence[bytes], numbers: Mapping[BankName, int], is_told: _Rule, catalogue: CatalogueReader, most: int
) -> Mapping[bytes, Around]:
    held = catalogue.by_digest(is_told.kind, values) if numbers else {}
    contents = catalogue.contents({number for found in held.values() for number in found})
    around: dict[bytes, Around] = {}
    for value, found in held.items():
        told = [
            (Near(number, numbers[contents[number].bank], 0, 100, value), contents[number])
            for number in found
            if number in contents and is_told(contents[number], value)
        ]
        around[value] = Around(tuple(told[:most]), len(told) > most)
    return around
