"""Verify a vault: compute everything again from its parts, and name the first thing that does not fit.

Nothing is written. The order is from the ground up: the database's own pages, the log against itself and against
what it signed, the records that its entries commit to, the messages' trees, and at last every sealed byte.
"""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from haechi.domain.custody import message_leaves
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.merkle import Frontier
from haechi.domain.message import row_digest, rows_digest
from haechi.flows.open_vault import OpenVault, read_checkpoint, require_extends
from haechi.flows.verify_log import Facts, read_log
from haechi.ports.ledger import PartRecord
from haechi.ports.progress import Progress

_PIECE = 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was computed again and found right."""

    entries: int
    messages: int
    items: int
    blobs: int


def verify(vault: OpenVault, progress: Progress) -> Verified:
    """Return what was verified. Raises `CustodyBrokenError` naming the first thing that is wrong, in a fixed order.

    `kind` is `header`, `page`, `entry-form`, `entry-order`, `entry-link`, `entry-leaf`, `log-head`, `checkpoint`,
    `rollback`, `log-root`, `opening`, `opening-missing`, `seal`, `item`, `window`, `message`, `blob`,
    `blob-unknown` or `exhibit`; `place` is an entry's index, a page, a file, a part with its messages, or an item.
    """
    if not vault.header.is_intact:
        raise CustodyBrokenError(kind="header", place="haechi.vault")
    for line in vault.ledger.damaged_pages():
        raise CustodyBrokenError(kind="page", place=f"ledger.db: {line}")
    try:
        facts = read_log(vault.ledger, progress)
        _check_signed(vault)
        _check_seals(vault, facts)
        items = _check_items(vault, facts)
        messages = _check_messages(vault, facts, progress)
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="page", place=error.facts.get("part")) from error
    return Verified(facts.entries, messages, items, _check_blobs(vault, progress))


def _check_signed(vault: OpenVault) -> None:
    """Compare the log with the note that it signed last: a log that was put back is shorter, a forged one differs."""
    try:
        signed = read_checkpoint(vault)
    except VaultDamagedError as error:
        raise CustodyBrokenError(kind="checkpoint", place="checkpoint") from error
    require_extends(vault, signed)


def _check_seals(vault: OpenVault, facts: Facts) -> None:
    for one in vault.ledger.imports():
        digest, members = facts.seals.get(one.import_id, (None, None))
        if digest != one.seal_digest:
            raise CustodyBrokenError(kind="seal", place=f"import {one.import_id}")
        if digest is not None and members != [dict(row) for row in vault.ledger.seal_members(one.import_id)]:
            raise CustodyBrokenError(kind="seal", place=f"import {one.import_id}")
        if one.import_id in facts.finished and facts.finished[one.import_id] != {
            part.path: (part.committed, part.frontier.root().hex()) for part in vault.ledger.parts(one.import_id)
        }:
            raise CustodyBrokenError(kind="seal", place=f"import {one.import_id}")


def _check_items(vault: OpenVault, facts: Facts) -> int:
    """See that items and capture entries are each other's, and that what is said to be sealed is there."""
    captured = dict(facts.captures)
    count = 0
    for case in vault.ledger.cases():
        for item in vault.ledger.items(case.case_id):
            entry = vault.ledger.item_entry(item.item_id)
            if captured.pop(item.item_id, None) != (entry, item.digest):
                raise CustodyBrokenError(kind="item", place=item.item_id)
            if item.is_sealed and vault.ledger.blob(case.case_id, item.digest) is None:
                raise CustodyBrokenError(kind="exhibit", place=item.item_id)
            count += 1
    for item_id in captured:
        raise CustodyBrokenError(kind="item", place=item_id)
    return count


def _check_messages(vault: OpenVault, facts: Facts, progress: Progress) -> int:
    """Compute every message tree again from the raw spans, and compare it and the rows with each window's entry."""
    runs: list[tuple[PartRecord, int, int, str]] = []
    total = sum(one.messages for one in vault.ledger.imports())
    done = 0
    for one in vault.ledger.imports():
        for part in vault.ledger.parts(one.import_id):
            committed = dict(facts.windows.pop(part.part_id, {}))
            frontier = Frontier()
            for window in vault.ledger.windows(part.part_id):
                before = frontier.size
                frontier = frontier.append(message_leaves(window.raw, window.lengths, window.salts))
                root, first, digest = committed.pop(frontier.size, ("", -1, ""))
                if window.first != before or first != before or root != frontier.root().hex():
                    raise CustodyBrokenError(kind="window", place=_place(part, before, frontier.size))
                runs.append((part, before, frontier.size, digest))
                done += len(window.lengths)
                progress("verifying", done, total)
            if committed:
                raise CustodyBrokenError(kind="window", place=_place(part, frontier.size, min(committed)))
            if frontier != part.frontier or vault.ledger.source_count(part.part_id) != part.committed:
                raise CustodyBrokenError(kind="message", place=_place(part, 0, part.committed))
    for part_id in facts.windows:
        raise CustodyBrokenError(kind="window", place=f"part {part_id}")
    told = _row_digests(vault)
    for part, first, end, digest in runs:
        if rows_digest(bytes(told[part.part_id][32 * first : 32 * end])) != digest:
            raise CustodyBrokenError(kind="message", place=_place(part, first, end))
    return done


def _row_digests(vault: OpenVault) -> dict[int, bytearray]:
    """Return, by part, the digests of what the ledger tells of its messages: 32 bytes each, by ordinal."""
    digests: dict[int, bytearray] = {}
    for case in vault.ledger.cases():
        for stored in vault.ledger.messages(case.case_id):
            digest = row_digest(stored.message)
            for part_id, ordinal, _ in stored.sources:
                rows = digests.setdefault(part_id, bytearray())
                if len(rows) < 32 * (ordinal + 1):
                    rows.extend(bytes(32 * (ordinal + 1) - len(rows)))
                rows[32 * ordinal : 32 * ordinal + 32] = digest
    return digests


def _place(part: PartRecord, first: int, end: int) -> str:
    """Name a run of messages by part and ordinals. The part's path would be a name from a stranger's file."""
    return f"import {part.import_id}, part {part.part_id}, messages {first}-{end - 1}"


def _check_blobs(vault: OpenVault, progress: Progress) -> int:
    """Decrypt every blob and digest what comes out; compare the names on disk with the records."""
    known = list(vault.ledger.blob_names())
    on_disk = set(vault.blobs.names())
    for name in known:
        if name not in on_disk:
            raise CustodyBrokenError(kind="blob", place=_file(name))
    for name in sorted(on_disk - set(known)):
        raise CustodyBrokenError(kind="blob-unknown", place=_file(name))
    for done, (case, digest) in enumerate(vault.ledger.blob_digests(), 1):
        blob = vault.ledger.blob(case, digest)
        if blob is None or blob.name != vault.blobs.name(case, digest):
            raise CustodyBrokenError(kind="blob", place=_file(known[done - 1]))
        try:
            with vault.blobs.open(blob, identity=vault.reader_identity) as stream:
                found = _digest(stream)
        except VaultDamagedError as error:
            raise CustodyBrokenError(kind="blob", place=_file(blob.name)) from error
        if found != digest:
            raise CustodyBrokenError(kind="exhibit", place=_file(blob.name))
        progress("verifying", done, len(known))
    return len(known)


def _digest(stream: BinaryIO) -> str:
    total = hashlib.sha256()
    while piece := stream.read(_PIECE):
        total.update(piece)
    return total.hexdigest()


def _file(name: str) -> str:
    return f"blobs/{name}" if "/" in name else f"blobs/{name[:2]}/{name}.age"
