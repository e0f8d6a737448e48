"""What leaves a vault when hashes are shared: the hash, its kind, who vouches for it and that it holds. Nothing else has a place in it."""

from dataclasses import dataclass

from haechi.domain.bank import Depicted, Signal, SignalType
from haechi.domain.case import Age
from haechi.domain.errors import ShareRefusedError
from haechi.domain.hash_list import ListedRow, ListFormat

SHARED_FORMATS = {
    ListFormat.PLAIN: (SignalType.PDQ, SignalType.SHA256),
    ListFormat.STOPNCII_JSON: (SignalType.PDQ,),
    ListFormat.THREATEXCHANGE_CSV: (SignalType.PDQ, SignalType.SHA256),
}
"""What can be shared in which form: of a vault's films only SHA-256, which their forms for films do not have."""
_SUFFIXES = {ListFormat.PLAIN: "txt", ListFormat.STOPNCII_JSON: "json", ListFormat.THREATEXCHANGE_CSV: "csv"}


@dataclass(frozen=True, slots=True)
class SharedHashes:
    """The hashes that are shared of pictures of one kind, and how many items they are of.

    `items` of which nothing can be shared in this form are counted in `without`.
    """

    depicted: Depicted
    form: ListFormat
    signals: tuple[Signal, ...]
    items: int
    without: int

    @property
    def name(self) -> str:
        """The file's name: it says neither case nor time."""
        return f"hashes-{self.depicted.value}.{_SUFFIXES[self.form]}"

    def rows(self, tier: str) -> tuple[ListedRow, ...]:
        """Return the rows, in order of the hashes themselves: their order tells nothing about when or where they were found."""
        return tuple(
            ListedRow(f"{one.type.value}:{one.value.hex()}", (one,), facts={"status": "Active", "tags": tier})
            for one in self.signals
        )


def depicted_in(age: Age) -> Depicted:
    """Return which list a case's pictures belong to: unknown age counts as a minor's."""
    return Depicted.ADULT if age is Age.ADULT else Depicted.MINOR


def check_form(depicted: Depicted, form: ListFormat) -> None:
    """Raise `ShareRefusedError` for a form that hashes cannot be shared in, or not those of minors: StopNCII takes adults' only."""
    if form not in SHARED_FORMATS:
        raise ShareRefusedError(reason="form")
    if form is ListFormat.STOPNCII_JSON and depicted is Depicted.MINOR:
        raise ShareRefusedError(reason="adults-only")


def in_order(signals: set[tuple[SignalType, bytes]]) -> tuple[Signal, ...]:
    """Return each hash once, by kind and value."""
    return tuple(Signal(kind, value) for kind, value in sorted(signals))
