"""What the log says of a case: its mode and who may open what it seals, as its `case` entries follow each other.

The ledger's rows repeat it. A row can be an older one put back, which nothing shows but this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haechi.domain.canonical import NotCanonicalError, read_canonical
from haechi.domain.case import Case, CustodyMode
from haechi.domain.custody import EntryType, opens
from haechi.domain.errors import CustodyBrokenError
from haechi.ports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class CommittedCase:
    """A case after its last `case` entry. `readers` is None where only this vault itself may open what is sealed."""

    name: str
    mode: CustodyMode
    age: str
    consent: str
    readers: tuple[str, ...] | None = None

    def is_of(self, case: Case) -> bool:
        """Say whether the ledger's case is this one."""
        told = self.name, self.mode, self.age, self.consent
        return told == (case.name, case.mode, case.age.value, case.consent)

    def has_readers(self, readers: Sequence[str], own: str) -> bool:
        """Say whether the ledger's readers are those that were committed to; `own` is this vault's age recipient."""
        if not self.mode.keeps_bytes:
            return not readers
        return tuple(readers) == ((own,) if self.readers is None else self.readers)

    def excludes(self, own: str) -> bool:
        """Say whether what is sealed now is sealed for others only."""
        return self.readers is not None and own not in self.readers


def follow(before: CommittedCase | None, subject: Any) -> CommittedCase:  # noqa: ANN401 - a record as it was read back
    """Return the case after one more record. Raises `KeyError`, `TypeError`, `ValueError` for one that is none."""
    if isinstance(subject, Mapping) and "readers" in subject:
        if before is None:
            raise ValueError(before)
        readers = subject["readers"]
        if not isinstance(readers, list) or not all(isinstance(one, str) for one in readers):
            raise TypeError(readers)
        return replace(before, readers=tuple(readers))
    mode = CustodyMode(subject["mode"])
    # A mode that keeps nothing has no readers; a case that keeps files again begins with this vault alone.
    readers = before.readers if before is not None and before.mode.keeps_bytes and mode.keeps_bytes else None
    return CommittedCase(subject["name"], mode, subject["age"], subject["consent"], readers)


def require_committed(ledger: Ledger, case: Case) -> None:
    """Raise `CustodyBrokenError` (`case`, `readers`) unless the case is as the log's last entries on it say.

    What is written by a wrong mode is written for good: it is asked before the first byte, not by `verify` afterwards.
    """
    told: CommittedCase | None = None
    last: int | str = case.case_id
    for entry, opening in ledger.entries_about(case.case_id, EntryType.CASE):
        last = entry.index
        try:
            commit = read_canonical(entry.raw)["commit"]  # type: ignore[index,call-overload]  # a `TypeError` is one that is wrong
            if opening is None or not opens(opening, commit, is_file=False):
                raise CustodyBrokenError(kind="opening", place=last)
            told = follow(told, opening.subject)
        except (NotCanonicalError, KeyError, TypeError, ValueError) as error:
            raise CustodyBrokenError(kind="case", place=last) from error
    if told is None or not told.is_of(case):
        raise CustodyBrokenError(kind="case", place=last)
    if told.readers is not None and tuple(ledger.readers(case.case_id)) != told.readers:
        raise CustodyBrokenError(kind="readers", place=last)
