"""Verify a vault: compute everything again from its parts, and name what does not fit.

Nothing is written. The order is from the ground up: the database's own pages, the log against itself, against what
it signed and what others said of it, the records that its entries commit to, and at last every sealed byte.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from haechi.domain.cosignature import Verifiers
from haechi.domain.custody import Opening
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.note import ED25519
from haechi.flows.ask_witnesses import WitnessFinding, WitnessSays
from haechi.flows.open_vault import OpenVault, read_checkpoint
from haechi.flows.verify_answers import Answered, Answers, CheckStamp, check_answers
from haechi.flows.verify_audience import Audiences
from haechi.flows.verify_blobs import check_blobs
from haechi.flows.verify_deletions import Deletions
from haechi.flows.verify_findings import Findings
from haechi.flows.verify_kept import Kept, compare_kept, read_kept
from haechi.flows.verify_log import read_log
from haechi.flows.verify_records import Records
from haechi.flows.verify_traces import Traces
from haechi.flows.verify_trust import Trust
from haechi.ports.progress import Progress


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was computed again and found right.

    `blobs` were decrypted; `sealed_elsewhere` lie as they were sealed, for others. `erased` entries had an opening
    that a deletion took. `answered` is what others said of the log, `compared` how many kept checkpoints it extends,
    `witnesses` what those who were asked just now have seen.
    """

    entries: int
    messages: int
    items: int
    blobs: int
    sealed_elsewhere: int = 0
    erased: int = 0
    answered: Answered = field(default_factory=Answered)
    compared: int = 0
    witnesses: Sequence[WitnessFinding] = ()


@dataclass(frozen=True, slots=True)
class Outside:
    """What is needed to check what others said: how stamps and cosignatures are verified, and what came from elsewhere.

    `kept` are checkpoints that somebody kept; `witnesses` is what those say who were asked just now.
    """

    check_stamp: CheckStamp | None = None
    verifiers: Verifiers | None = None
    kept: Sequence[Kept] = ()
    witnesses: Sequence[WitnessFinding] = ()


def verify(vault: OpenVault, progress: Progress, *, outside: Outside | None = None) -> Verified:
    """Return what was verified. Raises `CustodyBrokenError` with everything that is wrong, the first as `kind` and `place`.

    `kind` is `header`, `page`, `entry-form`, `entry-order`, `entry-link`, `entry-leaf`, `log-head`, `checkpoint`,
    `rollback`, `log-root`, `kept-fork`, `kept-signature`, `anchor`, `stamp`, `cosignature`, `opening`, `opening-missing`,
    `not-erased`, `deletion`, `role`, `approval`, `case`, `readers`, `recipient`, `authority`, `witness`,
    `policy`, `report-key`, `seal`, `item`, `window`, `message`, `derivative`, `count`, `trace`, `audience`, `blob`, `blob-unknown` or
    `exhibit`; `place` is an entry's index, a page, a file, an anchor, a part with its messages, or an item.
    Raises `CheckpointForeignError` when a checkpoint to compare with is none of this log.
    """
    findings = Findings()
    outside = outside or Outside()
    if not vault.header.is_intact:
        findings.add("header", "haechi.vault")
    found = None
    trust = Trust(vault.blobs.recipient(vault.reader_identity), findings)
    try:
        for line in vault.ledger.damaged_pages():
            findings.add("page", f"ledger.db: {line}")
        found = _check_log(vault, outside, trust, findings, progress)
    except CustodyBrokenError as error:
        findings.take(error)
    except VaultDamagedError as error:
        findings.add("page", str(error.facts.get("part")))
    # A damaged ledger must not hide which of the files are damaged.
    blobs = elsewhere = 0
    with suppress(VaultDamagedError):
        blobs, elsewhere = check_blobs(vault, None if found is None else trust, findings, progress)
    findings.raise_any()
    if found is None:
        raise TypeError(found)
    entries, records, answered, erased, compared = found
    return Verified(
        entries, records.messages, records.items, blobs, elsewhere, erased, answered, compared, outside.witnesses
    )


def _check_log(
    vault: OpenVault, outside: Outside, trust: Trust, findings: Findings, progress: Progress
) -> tuple[int, Records, Answered, int, int]:
    signed = None
    try:
        signed = read_checkpoint(vault)
    except VaultDamagedError:
        findings.add("checkpoint", "checkpoint")
    kept = read_kept(vault, outside.kept, findings)
    sizes = {anchor.size for anchor in vault.ledger.anchors()} | {one.size for one in kept.values()}
    # Told in their place in the order: what is said of records follows from what is said of the log.
    late = Findings()
    answers = Answers(findings)
    deletions = Deletions(vault.origin, vault.tools.verify, findings)
    rows = vault.ledger.items_by_entry()
    records = Records(vault.ledger, rows, trust, late)
    audiences = Audiences(late)
    trace_rows = vault.ledger.trace_rows()
    traces = Traces(trace_rows, late)

    def passing(index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        deletions.take(index, members, opening)
        answers.take(index, members, opening)
        trust.take(index, members, opening)
        records.take(index, members, opening)
        audiences.take(index, members, opening)
        traces.take(index, members, opening)

    with closing(rows), closing(trace_rows):
        entries, roots = read_log(
            vault.ledger, sizes | ({signed.size} if signed else set()), passing, findings, progress
        )
        records.finish()
        audiences.finish(vault.ledger)
        traces.finish()
    if signed is not None and signed.size > entries:
        findings.add("rollback", entries)
    elif signed is not None and signed.root != roots[signed.size]:
        findings.add("log-root", signed.size)
    compared = compare_kept(kept, entries, roots, findings)
    for one in outside.witnesses:
        if one.says is WitnessSays.LONGER:
            findings.add("rollback", f"{one.witness} ({one.size} > {entries})")
        elif one.says is WitnessSays.OTHER:
            findings.add("kept-fork", f"{one.witness} ({one.size})")
    verifiers = outside.verifiers or {ED25519: vault.tools.verify}
    answered = check_answers(
        vault, entries, roots, answers, findings=findings, check_stamp=outside.check_stamp, verifiers=verifiers
    )
    deletions.compare(vault.ledger.people())
    trust.finish(vault.ledger)
    erased = deletions.finish(vault.ledger.opening_numbers)
    findings.extend(late)
    return entries, records, answered, erased.count, compared
