"""Choose the anchors that go along in a packet: what was answered for a beginning of the log that it shows."""

from collections.abc import Iterable

from haechi.domain.anchor import Anchor
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import witness_key
from haechi.domain.custody import Entry
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.merkle import Frontier
from haechi.domain.note import COSIGNATURE_ED25519
from haechi.flows.open_commitments import ShownLog
from haechi.ports.ledger import Ledger

_NEWEST = 2
"""How many of the newest go along beside those that the exhibits need: a later one outlives an older certificate."""


def anchored_size(ledger: Ledger) -> int:
    """Return how many entries the newest anchor that somebody answered is over, 0 when there is none.

    A packet shows the log at least so far: a stamp can be checked only by who has all the entries it is over.
    """
    return max((one.size for one in ledger.anchors() if _is_answered(one)), default=0)


def show_anchors(log: ShownLog, entries: Iterable[int], *, ledger: Ledger) -> tuple[Anchor, ...]:
    """Return, oldest first, the earliest anchor that covers each of these entries, and the newest ones.

    An anchor beyond the shown log is left out, and so is one that nobody answered in a way that every verifier can
    check. Raises `CustodyBrokenError` when an anchor is not over a beginning of the log.
    """
    usable = sorted(
        (one for one in ledger.anchors() if one.size <= log.frontier.size and _is_answered(one)),
        key=lambda one: (one.size, one.number),
    )
    chosen = {one.number for one in usable[-_NEWEST:]}
    for entry in set(entries):
        chosen |= {one.number for one in [one for one in usable if one.size > entry][:1]}
    shown = tuple(one for one in usable if one.number in chosen)
    _check_roots(log.entries, shown)
    return shown


def _is_answered(anchor: Anchor) -> bool:
    return bool(anchor.stamps) or any(witness_key(one.vkey).kind == COSIGNATURE_ED25519 for one in anchor.cosignatures)


def _check_roots(entries: tuple[Entry, ...], anchors: Iterable[Anchor]) -> None:
    frontier = Frontier()
    for anchor in anchors:
        frontier = frontier.append(entry.leaf for entry in entries[frontier.size : anchor.size])
        if Checkpoint.parse(anchor.note.rpartition("\n\n")[0] + "\n").root != frontier.root():
            raise CustodyBrokenError(kind="anchor", place=anchor.size)
