"""Read the custody log once, from its first entry to its last, and check it against itself.

A million entries are read in runs: what has to be compared with them is handed on as they pass.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from haechi.domain.canonical import NotCanonicalError, read_canonical
from haechi.domain.custody import GENESIS, EntryType, LogHead, Opening, opens
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.merkle import Frontier, leaf_hash
from haechi.flows.verify_findings import Findings
from haechi.ports.checking import LogRow
from haechi.ports.ledger import VaultLedger
from haechi.ports.progress import Progress

_RUN = 1_024  # entries whose leaves are folded into the tree together

Passing = Callable[[int, Mapping[str, Any], Opening | None], None]
"""Is shown each entry: its index, what stands in it, and its opening (None when it commits to nothing or lacks it)."""


def read_log(
    ledger: VaultLedger, sizes: Collection[int], passing: Passing, findings: Findings, progress: Progress
) -> tuple[int, dict[int, bytes]]:
    """Return how many entries there are, and the root over the first so many for each of `sizes` that is not more.

    An opening that does not open its entry is added to `findings`. Raises `CustodyBrokenError` naming the first entry
    that is wrong in itself or does not follow the one before: nothing after it can be read.
    """
    try:
        kept = ledger.log_head()
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="log-head", place="head") from error
    frontier, previous = Frontier(), GENESIS
    leaves: list[bytes] = []
    roots: dict[int, bytes] = {}
    stops = sorted({size for size in sizes if size >= 0}, reverse=True)
    at = 0
    for row in ledger.log_rows():
        while stops and stops[-1] == at:
            frontier, leaves = frontier.append(leaves), []
            roots[stops.pop()] = frontier.root()
        members = _follows(row, at, previous)
        if _has_right_opening(row, members):
            passing(at, members, row.opening)
        else:
            findings.add("opening", at)
        leaves.append(row.leaf)
        previous = row.leaf.hex()
        at += 1
        if len(leaves) == _RUN:
            frontier, leaves = frontier.append(leaves), []
            progress("verifying", at, kept.frontier.size)
    frontier = frontier.append(leaves)
    head = LogHead(frontier, previous)
    roots.update({size: frontier.root() for size in stops if size == at})
    if head != kept:
        raise CustodyBrokenError(kind="log-head", place=min(at, kept.frontier.size))
    if not at:
        # A vault's first entries say that it was made: an empty log was emptied.
        raise CustodyBrokenError(kind="entry-order", place=0)
    progress("verifying", at, at)
    return at, roots


def _follows(row: LogRow, at: int, previous: str) -> Mapping[str, Any]:
    """Return what stands in the entry. Raises `CustodyBrokenError` unless it is the one that belongs here."""
    if leaf_hash(row.raw) != row.leaf:
        raise CustodyBrokenError(kind="entry-leaf", place=row.number)
    try:
        members = read_canonical(row.raw)
    except NotCanonicalError as error:
        raise CustodyBrokenError(kind="entry-form", place=row.number) from error
    if not isinstance(members, dict) or members.get("v") != 1 or type(members.get("n")) is not int:
        raise CustodyBrokenError(kind="entry-form", place=row.number)
    if not at == row.number == members["n"]:
        raise CustodyBrokenError(kind="entry-order", place=at)
    if members.get("prev") != previous:
        raise CustodyBrokenError(kind="entry-link", place=row.number)
    return members


def _has_right_opening(row: LogRow, members: Mapping[str, Any]) -> bool:
    """Say whether the opening, if there is one, opens what the entry commits to."""
    is_file = members.get("type") == EntryType.CAPTURE
    return row.opening is None or opens(row.opening, members.get("commit"), is_file=is_file)
