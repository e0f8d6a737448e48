"""Compare the vault's records with the entries that they belong to, in the log's order: items, seals, messages, imports."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from haechi.domain.canonical import canonical
from haechi.domain.custody import EntryType, Opening, message_leaves
from haechi.domain.derivative import Derivative, derivative_record
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.merkle import Frontier
from haechi.domain.message import row_digest, rows_digest
from haechi.flows.verify_findings import Findings
from haechi.flows.verify_trust import Trust
from haechi.ports.checking import ItemRow
from haechi.ports.ledger import ImportRecord, PartRecord, StoredWindow, VaultLedger


@dataclass(slots=True)
class _Part:
    """How far the messages of one part were computed again."""

    windows: Iterator[StoredWindow]
    frontier: Frontier = field(default_factory=Frontier)
    is_erased: bool = False
    is_told: bool = False
    """Something of it was found wrong: what follows from that is not told again."""


class Records:
    """Is shown the log's entries one after the other. What a deletion took is not expected to be there any more.

    In memory stand a digest for each import and each redacted copy and a tree's frontier for each part, whatever the
    number of entries.
    `rows` are the items in the order of their entries; `items` and `messages` count what was found right.
    """

    def __init__(self, ledger: VaultLedger, rows: Iterator[ItemRow], trust: Trust, findings: Findings) -> None:
        self._ledger = ledger
        self._trust = trust
        self._findings = findings
        self._rows = rows
        self._row: ItemRow | None = next(self._rows, None)
        self._seals: dict[int, Sha256 | None] = {}
        self._parts: dict[int, _Part] = {}
        self._derived: dict[int, tuple[str, Sha256]] = {}
        self.items = 0
        self.messages = 0

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Compare what belongs to the next entry."""
        try:
            match members["type"]:
                case EntryType.CAPTURE:
                    self._capture(index, members, opening)
                case EntryType.SEAL:
                    self._seal(members["counts"]["import"], opening)
                case EntryType.WINDOW:
                    self._window(members, opening)
                case EntryType.DERIVE if opening is not None:
                    self._derived[index] = members["item"], opening.digest
                case EntryType.IMPORT if opening is not None:
                    self._import(members["counts"]["import"], opening.subject)
        except (KeyError, TypeError, AttributeError):
            self._findings.add("entry-form", index)

    def finish(self) -> None:
        """Find what no entry spoke of."""
        self._stray_items(None)
        for one in self._ledger.imports():
            self._check_import(one)
        for part_id, part in self._parts.items():
            if not part.is_erased:
                self._findings.add("window", f"part {part_id}")
        self._check_derivatives()
        for place in self._ledger.miscounted():
            self._findings.add("count", place)

    def _capture(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        self._stray_items(index)
        row = self._row
        item = ItemId(members["item"])
        if row is None or row.entry != index:
            if opening is not None:
                self._findings.add("item", item, item=item)
            return
        self._row = next(self._rows, None)
        if row.item_id != item:
            self._findings.add("item", item, item=item)
            self._findings.add("item", row.item_id, item=row.item_id)
        elif opening is None:
            # Whether its opening may be missing is decided elsewhere; the item may not outlive it.
            self._findings.add("not-erased", item, item=item)
        elif (
            row.digest != opening.digest
            or row.case != members["case"]
            or row.is_sealed is not self._trust.keeps_bytes(row.case, row.is_sealed)
        ):
            self._findings.add("item", item, item=item)
        elif row.is_sealed and not row.has_blob:
            self._findings.add("exhibit", item, item=item)
        else:
            self.items += 1

    def _stray_items(self, before: int | None) -> None:
        """Name items that claim an entry which captured nothing."""
        while (row := self._row) is not None and (before is None or row.entry < before):
            self._findings.add("item", row.item_id, item=row.item_id)
            self._row = next(self._rows, None)

    def _seal(self, number: int, opening: Opening | None) -> None:
        self._seals[number] = None if opening is None else opening.digest
        if opening is None:
            return
        subject: Any = opening.subject
        if subject["members"] != [dict(row) for row in self._ledger.seal_members(number)]:
            self._findings.add("seal", f"import {number}")
        sealed = {(one["path"], one["size"], one["sha256"]) for one in subject["members"]}
        for item, *told in self._ledger.items_of_import(number):
            if tuple(told) not in sealed:
                self._findings.add("item", item, item=item)

    def _window(self, members: Mapping[str, Any], opening: Opening | None) -> None:
        counts = members["counts"]
        part_id, total = counts["part"], counts["total"]
        part = self._parts.get(part_id)
        if part is None:
            part = self._parts[part_id] = _Part(self._ledger.windows(part_id))
        if opening is None:
            part.is_erased = True
            return
        subject: Any = opening.subject
        first, rows = subject["first"], subject["rows"]
        if part.is_told or part.is_erased:
            return
        place = f"import {counts['import']}, part {part_id}, messages {first}-{total - 1}"
        window = next(part.windows, None)
        if window is not None:
            part.frontier = part.frontier.append(message_leaves(window.raw, window.lengths, window.salts))
        if (
            window is None
            or window.first != first
            or part.frontier.size != first + len(window.lengths)
            or (part.frontier.size, part.frontier.root().hex()) != (total, members["root"])
        ):
            part.is_told = True
            self._findings.add("window", place)
            return
        if self._rows_digest(part_id, first, total) != rows:
            self._findings.add("message", place)
        else:
            self.messages += len(window.lengths)

    def _rows_digest(self, part_id: int, first: int, end: int) -> str | None:
        """Return the digest over what the ledger tells of these messages, None when one of them is missing."""
        digests = bytearray()
        for expected, row in enumerate(self._ledger.messages_told(part_id, first, end), first):
            if row.ordinal != expected:
                return None
            digests += row_digest(row)
        return rows_digest(bytes(digests)) if len(digests) == 32 * (end - first) else None

    def _import(self, number: int, subject: Any) -> None:  # noqa: ANN401 - a record as it was read back
        told = {row["path"]: (row["messages"], row["root"]) for row in subject}
        if told != {part.path: (part.committed, part.frontier.root().hex()) for part in self._ledger.parts(number)}:
            self._findings.add("seal", f"import {number}")

    def _check_derivatives(self) -> None:
        for case in self._ledger.cases():
            for one in self._ledger.derivatives(case.case_id):
                told = self._derived.pop(one.entry, None)
                if told != (one.derivative_id, _derived(one)):
                    self._findings.add("derivative", one.derivative_id)
                elif self._ledger.blob(one.case, one.digest) is None:
                    self._findings.add("exhibit", one.derivative_id)
        for entry in self._derived:
            self._findings.add("derivative", f"entry {entry}")

    def _check_import(self, one: ImportRecord) -> None:
        sealed = one.import_id in self._seals
        digest = self._seals.get(one.import_id)
        if digest != one.seal_digest and not (sealed and digest is None):
            self._findings.add("seal", f"import {one.import_id}")
        for record in self._ledger.parts(one.import_id):
            part = self._parts.pop(record.part_id, None) or _Part(self._ledger.windows(record.part_id))
            if part.is_told:
                continue
            if part.is_erased:
                self._findings.add("not-erased", _place(record))
            elif next(part.windows, None) is not None:
                self._findings.add("window", _place(record))
            elif (
                part.frontier != record.frontier
                or record.committed != part.frontier.size
                or self._ledger.source_count(record.part_id) != record.committed
            ):
                self._findings.add("message", _place(record))


def _derived(one: Derivative) -> Sha256:
    """Return the digest of the record that the `derive` entry has to have committed to."""
    record = derivative_record(
        source_entry=one.source_entry,
        source_commit=one.source_commit,
        digest=one.digest,
        method=one.method,
        regions=one.regions,
        fields=one.fields,
        reason=one.reason,
    )
    return Sha256(hashlib.sha256(canonical(record)).hexdigest())


def _place(part: PartRecord) -> str:
    """Name a part's messages by number. The part's path would be a name from a stranger's file."""
    return f"import {part.import_id}, part {part.part_id}, messages 0-{part.committed - 1}"
