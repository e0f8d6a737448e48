"""Deletions: an opening may be gone where a later entry says so, and only there; where two are needed, two said so."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from haechi.domain.canonical import Json, canonical
from haechi.domain.custody import EntryType, Opening
from haechi.domain.person import Person, active
from haechi.flows.verify_findings import Findings
from haechi.ports.signer import VerifySignature

_PEOPLE = 2
"""From so many people on, a deletion needs the word of one who did not ask for it."""

_NEVER = frozenset({EntryType.CREATE, EntryType.KEY, EntryType.ROLE, EntryType.DELETE})
"""Without these it could not be told who had to agree to what. A deletion that names them takes nothing from them."""
_OF_NO_CASE = frozenset({EntryType.TRANSFER, EntryType.RECEIVE})
"""What an erasure takes although no case stands in it: to whom the case's packets were handed, and their receipts."""


def _numbers() -> "array[int]":
    return array("Q")


class Deletions:
    """What the log says of people and of deletions, gathered as it is read. `origin` is the log's name.

    Numbers of entries are kept as eight bytes each: a million entries may have been erased one by one.
    """

    def __init__(self, origin: str, verify: VerifySignature, findings: Findings) -> None:
        self._origin = origin
        self._verify = verify
        self._findings = findings
        self._people: dict[str, str] = {}
        self._removed: set[str] = set()
        self._missing: defaultdict[str | None, array[int]] = defaultdict(_numbers)
        self._firsts: defaultdict[str | None, array[int]] = defaultdict(_numbers)
        self._lasts: defaultdict[str | None, array[int]] = defaultdict(_numbers)

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Take the next entry into account."""
        if members.get("actor") in self._removed:
            self._findings.add("role", index)
        kind = members.get("type")
        if opening is None:
            if "commit" in members:
                self._lacks(index, kind, members.get("case"))
            return
        if kind not in {EntryType.ROLE, EntryType.DELETE}:
            return
        try:
            if kind == EntryType.ROLE:
                self._role(opening.subject)
            else:
                self._delete(index, members.get("case"), opening.subject)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._findings.add("deletion" if kind == EntryType.DELETE else "role", index)

    def compare(self, people: Iterable[Person]) -> None:
        """See that those who may open the vault are those of whom the log says so."""
        if self._people != {person.person_id: person.public.hex() for person in active(people)}:
            self._findings.add("role", "people")

    def finish(self, opening_numbers: Callable[[], Iterable[int]]) -> "Erased":
        """Compare what is gone with what was said to be; return what was erased as it was said."""
        gone = 0
        for case, missing in self._missing.items():
            erased = Erased(self._runs([case]))
            for index in missing:
                if erased.has(index):
                    gone += 1
                else:
                    self._findings.add("opening-missing", index)
        everything = Erased(self._runs(list(self._firsts)))
        everything.count = gone
        if everything.runs:
            again = Erased(everything.runs)
            for index in opening_numbers():
                if again.has(index):
                    self._findings.add("not-erased", index)
        return everything

    def _lacks(self, index: int, kind: object, case: object) -> None:
        """Note an entry without its opening, unless no deletion may ever take that."""
        if kind in _NEVER or not (isinstance(case, str) or (case is None and kind in _OF_NO_CASE)):
            self._findings.add("opening-missing", index)
        else:
            self._missing[case if isinstance(case, str) else None].append(index)

    def _runs(self, cases: Iterable[str | None]) -> Sequence[tuple[int, int]]:
        """Return what deletions of these cases took; None stands for what they took that bears no case."""
        named = [run for case in cases for run in zip(self._firsts[case], self._lasts[case], strict=True)]
        runs: list[tuple[int, int]] = []
        for first, last in sorted(named):
            if runs and first <= runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
            else:
                runs.append((first, last))
        return runs

    def _role(self, subject: Any) -> None:  # noqa: ANN401 - a record as it was read back
        person, public = subject["person"], subject["public"]
        if not isinstance(person, str) or len(bytes.fromhex(public)) != 32:  # noqa: PLR2004 - an Ed25519 key
            raise ValueError(person)
        if subject["added"] is True:
            self._people[person] = public
            self._removed.discard(person)
        elif self._people.pop(person, None) is None:
            raise ValueError(person)
        else:
            self._removed.add(person)

    def _delete(self, index: int, case: str | None, subject: Any) -> None:  # noqa: ANN401 - a record as it was read back
        entries = subject["entries"]
        if not isinstance(entries, list) or subject["case"] != case:
            raise TypeError(index)
        before = -1
        for first, last in entries:
            # Only what came before it can have been erased by it.
            if type(first) is not int or type(last) is not int or not before < first <= last < index:
                raise ValueError(index)
            before = last
        # To whom a case's packets were handed bears no case, and goes only with the whole of it.
        for owner in (case, None) if case is not None and subject["whole"] is True else (case,):
            self._firsts[owner].extend(first for first, _ in entries)
            self._lasts[owner].extend(last for _, last in entries)
        if not self._is_approved(subject):
            self._findings.add("approval", index)

    def _is_approved(self, subject: Mapping[str, Any]) -> bool:
        approval = subject["approval"]
        if approval is None:
            return len(self._people) < _PEOPLE
        person, public = approval["person"], approval["public"]
        if person == subject["requested_by"] or self._people.get(person) != public:
            return False
        return self._verify(bytes.fromhex(public), bytes.fromhex(approval["signature"]), self._request(subject))

    def _request(self, subject: Mapping[str, Any]) -> bytes:
        asked: dict[str, Json] = {
            name: subject[name] for name in ("case", "whole", "entries", "reason", "requested_by")
        }
        return canonical({"v": 1, "origin": self._origin, **asked})


class Erased:
    """Entries whose openings were erased, as ascending runs; asked in ascending order. `count` of them had one."""

    def __init__(self, runs: Sequence[tuple[int, int]]) -> None:
        self.runs = runs
        self.count = 0
        self._at = 0

    def has(self, index: int) -> bool:
        """Say whether the entry's opening was erased; never ask for an index below the one asked for before."""
        while self._at < len(self.runs) and self.runs[self._at][1] < index:
            self._at += 1
        return self._at < len(self.runs) and self.runs[self._at][0] <= index
