"""Take a list of hashes into a bank, a thousand rows a transaction. What cannot be taken is put aside with its place.

Taking the same list again changes nothing; taken after an interruption, it goes on where it was.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from haechi.domain.bank import Bank, Content, ContentNumber, Tier
from haechi.domain.hash_list import ImportReport, ListedRow, RefusedRow
from haechi.flows.bank_content import RUN, add_run
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import CatalogueWriter, NewContent

_TOLD = 20  # refused rows that the report itself names
_PAGE = 1_000

Refuse = Callable[[RefusedRow], None]


class HashListImport:
    """One list on its way into a bank. `name` stands before each row's own name, and says who withdrew what the list withdraws.

    `check` is called in each transaction before anything is written in it: what it raises ends the list there.
    """

    def __init__(
        self,
        tools: MatcherTools,
        bank: Bank,
        *,
        name: str,
        tier: Tier,
        by: str,
        refuse: Refuse,
        check: Callable[[CatalogueWriter], None] = lambda _writer: None,
    ) -> None:
        self._tools = tools
        self._bank = bank
        self._name = name
        self._tier = tier
        self._by = by
        self._refuse = refuse
        self._check = check
        self._seen: set[bytes] | None = None
        self.report = ImportReport()

    def remember(self) -> None:
        """Remember which rows come from now on, for `withdraw_others`."""
        self._seen = set()

    def take(self, rows: Iterable[ListedRow | RefusedRow]) -> None:
        """Apply rows in order; of several of one name in a run the last counts."""
        left = iter(rows)
        while run := list(islice(left, RUN)):
            listed: dict[str, ListedRow] = {}
            for row in run:
                if isinstance(row, RefusedRow):
                    self._put_aside(row)
                else:
                    listed[f"{self._name}:{row.source}"] = row
            if self._seen is not None:
                self._seen.update(map(_short, listed))
            if listed:
                self._apply(listed)

    def withdraw_others(self) -> None:
        """Withdraw what an earlier list of this name brought and no row brought since `remember`: the list was taken as a whole."""
        if self._seen is None:
            raise RuntimeError
        gone = [one.number for one in self._brought() if one.source and _short(one.source) not in self._seen]
        for at in range(0, len(gone), RUN):
            self._write([], gone[at : at + RUN])
        self.report = replace(self.report, withdrawn=self.report.withdrawn + len(gone))

    def _brought(self) -> Iterator[Content]:
        after = 0
        while page := self._tools.catalogue.contents_of(self._bank.name, after=after, most=_PAGE):
            for one in page:
                if one.withdrawn_at is None and one.source and one.source.startswith(f"{self._name}:"):
                    yield one
            after = page[-1].number

    def _apply(self, listed: dict[str, ListedRow]) -> None:
        catalogue, bank = self._tools.catalogue, self._bank.name
        numbers = catalogue.by_source(bank, listed)
        known = catalogue.contents(numbers.values())
        withdrawn_by = catalogue.withdrawn_by_source(bank, [source for source in listed if source not in numbers])
        new: list[NewContent] = []
        replaced: list[ContentNumber] = []
        gone: list[ContentNumber] = []
        unchanged = kept_out = 0
        for source, row in listed.items():
            number = numbers.get(source)
            if row.is_withdrawn:
                gone += [number] if number is not None else []
                continue
            if number is not None and self._is_as(known[number], row):
                unchanged += 1
                continue
            if number is None and withdrawn_by.get(source, self._name) != self._name:
                kept_out += 1
                continue
            replaced += [number] if number is not None else []
            new.append(NewContent(row.signals, self._tier, claimed_facts=row.facts or None, source=source))
        held = self._write(new, [*gone, *replaced]) if new or gone else 0
        was = self.report
        self.report = replace(
            was,
            added=was.added + len(new) - len(replaced),
            replaced=was.replaced + len(replaced),
            unchanged=was.unchanged + unchanged,
            withdrawn=was.withdrawn + len(gone),
            held=was.held + held,
            kept_out=was.kept_out + kept_out,
        )

    def _is_as(self, content: Content, row: ListedRow) -> bool:
        facts = dict(content.claimed_facts or {})
        return content.signals == row.signals and facts == dict(row.facts) and content.tier is self._tier

    def _write(self, new: Sequence[NewContent], replaced: Sequence[ContentNumber]) -> int:
        added = add_run(
            self._tools,
            self._bank,
            new,
            by=self._by,
            action="import-list",
            replaced=replaced,
            replaced_by=self._name,
            check=self._check,
        )
        for one in added:
            if one.held is not None:
                self._refuse(RefusedRow(f"content {one.number}", one.held.value, one.source or ""))
        return sum(one.held is not None for one in added)

    def _put_aside(self, row: RefusedRow) -> None:
        self._refuse(row)
        was = self.report
        told = was.first_refused if len(was.first_refused) >= _TOLD else (*was.first_refused, row)
        is_whole = was.is_whole and row.problem != "cut"
        self.report = replace(was, refused=was.refused + 1, first_refused=told, is_whole=is_whole)


def _short(source: str) -> bytes:
    """Return eight bytes that stand for a row's name: ten million of them are remembered in 600 MB less than the names."""
    return hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest()
