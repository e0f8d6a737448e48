"""Read the custody log from its first entry, check it against itself, and gather what its entries commit to."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from haechi.domain.canonical import Json, canonical
from haechi.domain.custody import Entry, EntryType, Opening, commitment, replay
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.evidence import Sha256
from haechi.ports.ledger import VaultLedger
from haechi.ports.progress import Progress


@dataclass(slots=True)
class Facts:
    """What the log says was done, for comparing with the records.

    `captures` maps item to (entry, digest); `seals` import to (digest of its seal record, its members);
    `windows` part to (root, first message, rows' digest) at each size; `finished` import to what each part (by path) came to: messages, root.
    """

    entries: int = 0
    captures: dict[str, tuple[int, Sha256]] = field(default_factory=dict)
    seals: dict[int, tuple[Sha256, Json]] = field(default_factory=dict)
    windows: dict[int, dict[int, tuple[str, int, str]]] = field(default_factory=dict)
    finished: dict[int, dict[str, tuple[int, str]]] = field(default_factory=dict)


def read_log(ledger: VaultLedger, progress: Progress) -> Facts:
    """Return what the log says. Raises `CustodyBrokenError` naming the first entry that is wrong."""
    facts = Facts()
    try:
        kept = ledger.log_head()
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="log-head", place="head") from error
    head = replay(_checked(ledger, facts, kept.frontier.size, progress))
    if head != kept:
        raise CustodyBrokenError(kind="log-head", place=min(head.frontier.size, kept.frontier.size))
    if not head.frontier.size:
        # A vault's first entries say that it was made: an empty log was emptied.
        raise CustodyBrokenError(kind="entry-order", place=0)
    facts.entries = head.frontier.size
    return facts


def _checked(ledger: VaultLedger, facts: Facts, total: int, progress: Progress) -> Iterator[Entry]:
    """Yield the entries, each after its opening was tried."""
    openings = ledger.openings()
    index, opening = next(openings, (None, None))
    leaves = ledger.leaves(2**62)
    for entry in ledger.entries():
        if next(leaves, None) != entry.leaf:
            raise CustodyBrokenError(kind="entry-leaf", place=entry.index)
        mine = opening if index == entry.index else None
        members = _members(entry)
        _check_opening(entry, members, mine)
        _gather(facts, entry, members, mine)
        if index == entry.index:
            index, opening = next(openings, (None, None))
        yield entry
        progress("verifying", entry.index + 1, total)
    if index is not None:
        raise CustodyBrokenError(kind="opening", place=index)


def _members(entry: Entry) -> Mapping[str, Any]:
    """Return what stands in the entry. Raises `CustodyBrokenError` when it is not as it is written: canonical."""
    try:
        members = json.loads(entry.raw)
        if canonical(members) != entry.raw or members["v"] != 1:
            raise CustodyBrokenError(kind="entry-form", place=entry.index)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CustodyBrokenError(kind="entry-form", place=entry.index) from error
    return dict(members)


def _check_opening(entry: Entry, members: Mapping[str, Any], opening: Opening | None) -> None:
    if opening is None:
        if "commit" in members:
            raise CustodyBrokenError(kind="opening-missing", place=entry.index)
        return
    try:
        opened = commitment(opening.salt, opening.digest).hex()
    except ValueError as error:
        raise CustodyBrokenError(kind="opening", place=entry.index) from error
    if members.get("commit") != opened:
        raise CustodyBrokenError(kind="opening", place=entry.index)
    if opening.subject is not None and hashlib.sha256(canonical(opening.subject)).hexdigest() != opening.digest:
        raise CustodyBrokenError(kind="opening", place=entry.index)


def _gather(facts: Facts, entry: Entry, members: Mapping[str, Any], opening: Opening | None) -> None:
    try:
        counts = members.get("counts", {})
        match members["type"]:
            case EntryType.CAPTURE if opening is not None:
                facts.captures[members["item"]] = (entry.index, opening.digest)
            case EntryType.SEAL if opening is not None:
                facts.seals[counts["import"]] = (opening.digest, _member(opening.subject, "members"))
            case EntryType.WINDOW if opening is not None:
                first, rows = _row(opening.subject)
                facts.windows.setdefault(counts["part"], {})[counts["total"]] = (members["root"], first, rows)
            case EntryType.IMPORT if opening is not None:
                facts.finished[counts["import"]] = _parts(opening.subject)
    except (KeyError, TypeError, AttributeError) as error:
        raise CustodyBrokenError(kind="entry-form", place=entry.index) from error


def _member(subject: Any, name: str) -> Json:  # noqa: ANN401 - a record as it was read back
    value: Json = subject[name]
    return value


def _row(subject: Any) -> tuple[int, str]:  # noqa: ANN401 - a record as it was read back
    return subject["first"], subject["rows"]


def _parts(subject: Any) -> dict[str, tuple[int, str]]:  # noqa: ANN401 - a record as it was read back
    return {row["path"]: (row["messages"], row["root"]) for row in subject}
