"""The custody log as a packet shows it: up to which entry, and which of its commitments the packet opens."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from haechi.domain.canonical import Json
from haechi.domain.case import CaseId
from haechi.domain.custody import Entry, EntryType, LogHead, Opening
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.merkle import Frontier
from haechi.domain.packet import Exhibit
from haechi.ports.ledger import Ledger

_ABOUT_PACKETS = frozenset({EntryType.EXPORT.value, EntryType.VERIFY.value})
"""Entries that tell of packets made and checks run. A packet leaves out those at the log's end: they add nothing to
what it says, and without them making it again gives the same bytes."""


@dataclass(frozen=True, slots=True)
class ShownLog:
    """Entries from the first one on, their members, and the tree over them."""

    entries: tuple[Entry, ...]
    members: Sequence[Mapping[str, Json]]
    frontier: Frontier

    @property
    def recorded(self) -> tuple[str, str, int]:
        """Time (RFC 3339, UTC), zone and its offset in seconds of the last entry."""
        last = self.members[-1]
        clock = last["clock"]
        if not isinstance(clock, Mapping):
            raise CustodyBrokenError(kind="entry-form", place=len(self.entries) - 1)
        return str(last["at"]), str(clock["zone"]), int(str(clock["offset_s"]))


def show_log(ledger: Ledger) -> ShownLog:
    """Return the log without what its end says about packets and checks."""
    entries = list(ledger.entries())
    members = [json.loads(entry.raw) for entry in entries]
    while members and members[-1]["type"] in _ABOUT_PACKETS:
        entries.pop()
        members.pop()
    return ShownLog(tuple(entries), members, LogHead().frontier.append(entry.leaf for entry in entries))


def open_commitments(
    log: ShownLog, case: CaseId, exhibits: Iterable[Exhibit], *, ledger: Ledger
) -> Mapping[int, Opening]:
    """Return what opens the entries of exhibits and of the case's seal records, by entry.

    Of a seal record only the digest is opened: it lists every file of an export by name.
    """
    openings = {exhibit.entry: exhibit.opening for exhibit in exhibits}
    for entry, members in zip(log.entries, log.members, strict=True):
        if members["type"] == EntryType.SEAL.value and members.get("case") == case:
            opening = ledger.opening(entry.index)
            if opening is not None:
                openings[entry.index] = Opening(opening.salt, opening.digest)
    return dict(sorted(openings.items()))
