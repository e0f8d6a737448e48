"""The custody log as a packet shows it: up to which entry, and which of its commitments the packet opens."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.custody import Entry, EntryType, LogHead, Opening
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.merkle import Frontier
from haechi.domain.packet import Exhibit, SourceExport
from haechi.ports.ledger import Ledger

_ABOUT_THE_LOG = frozenset(
    one.value
    for one in (
        EntryType.EXPORT,
        EntryType.VERIFY,
        EntryType.ANCHOR,
        EntryType.TRANSFER,
        EntryType.RECEIVE,
        EntryType.SHARE,
        EntryType.BACK_UP,
    )
)
"""Entries that tell of packets made and handed over, checks run, stamps received and copies made. A packet leaves out
those at the log's end that no anchor is over: they add nothing to what it says, and without them making it again gives
the same bytes."""


@dataclass(frozen=True, slots=True)
class ShownLog:
    """Entries from the first one on, and the tree over them."""

    entries: tuple[Entry, ...]
    frontier: Frontier

    def members(self, *, newest_first: bool = False) -> Iterator[Mapping[str, Json]]:
        """Yield what each entry says. It is parsed anew each time: held for 10,000 entries it takes 20 MB."""
        return (json.loads(entry.raw) for entry in (reversed(self.entries) if newest_first else self.entries))

    @property
    def recorded(self) -> tuple[str, str, int]:
        """Time (RFC 3339, UTC), zone and its offset in seconds of the last entry."""
        last = json.loads(self.entries[-1].raw)
        clock = last["clock"]
        if not isinstance(clock, Mapping):
            raise CustodyBrokenError(kind="entry-form", place=len(self.entries) - 1)
        return str(last["at"]), str(clock["zone"]), int(str(clock["offset_s"]))


def show_log(ledger: Ledger, *, at_least: int = 0) -> ShownLog:
    """Return the log without what its end says about packets, checks and anchors, but no shorter than `at_least`."""
    entries = list(ledger.entries())
    while len(entries) > at_least and json.loads(entries[-1].raw)["type"] in _ABOUT_THE_LOG:
        entries.pop()
    return ShownLog(tuple(entries), LogHead().frontier.append(entry.leaf for entry in entries))


def open_commitments(
    log: ShownLog, case: CaseId, exhibits: Iterable[Exhibit], sources: Iterable[SourceExport], *, ledger: Ledger
) -> Mapping[int, Opening]:
    """Return what opens the entries of exhibits and of the told exports' seal records, by entry.

    Of a seal record only the digest is opened: it lists every file of an export by name.
    """
    openings = {exhibit.entry: exhibit.opening for exhibit in exhibits}
    sealed = {source.seal_digest for source in sources}
    for entry, members in zip(log.entries, log.members(), strict=True):
        if members["type"] == EntryType.SEAL.value and members.get("case") == case:
            opening = ledger.opening(entry.index)
            if opening is not None and opening.digest in sealed:
                openings[entry.index] = Opening(opening.salt, opening.digest)
    return dict(sorted(openings.items()))
