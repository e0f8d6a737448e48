"""What a check of the vault found wrong, gathered so that one damaged file does not hide the next."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import ItemId

_MOST = 1_000  # findings kept; whoever needs more has to look at the disk first


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `kind` is a stable code, `place` an entry's index, a file, a part or an item.

    `item` is the exhibit that is hit, where one is.
    """

    kind: str
    place: int | str
    item: ItemId | None = None


class Findings:
    """Findings in the order they were made, each once."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}
        self.count = 0

    def add(self, kind: str, place: int | str, *, item: ItemId | None = None) -> None:
        """Add one."""
        finding = Finding(kind, place, item)
        if finding in self._found:
            return
        self.count += 1
        if len(self._found) < _MOST:
            self._found[finding] = None

    def take(self, error: CustodyBrokenError) -> None:
        """Add what ended a part of the check."""
        place = error.facts["place"]
        self.add(str(error.facts["kind"]), place if isinstance(place, int) else str(place))

    def extend(self, others: "Findings") -> None:
        """Add all of the others'."""
        for one in others:
            self.add(one.kind, one.place, item=one.item)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self._found)

    def raise_any(self) -> None:
        """Raise `CustodyBrokenError` when there is one.

        The first is its `kind` and `place`; `findings` are all of them, each with `kind`, `place` and `item`; `count`
        says how many there are, which may be more.
        """
        first = next(iter(self), None)
        if first is not None:
            raise CustodyBrokenError(
                kind=first.kind, place=first.place, count=self.count, findings=tuple(asdict(one) for one in self)
            )
