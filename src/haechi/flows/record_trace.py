"""Record what a trace said, each item in an entry of the log, and find what was said before by the same means."""

from collections.abc import Sequence

from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.evidence import EvidenceItem
from haechi.domain.trace_record import TraceRecord
from haechi.flows.open_vault import OpenVault
from haechi.ports.ledger import Ledger


def record_traces(vault: OpenVault, case: Case, records: Sequence[TraceRecord]) -> None:
    """Commit the records, all of them or none. Raises `DiskFullError`, `VaultReadOnlyError`.

    An entry says that the item was compared, with how many photos and stills; everything else is behind its commitment.
    """
    tools = vault.tools
    with vault.ledger.begin() as writer:
        for record in records:
            entry = writer.append(
                Draft(
                    EntryType.TRACE,
                    vault.actor,
                    tools.now(),
                    case=case.case_id,
                    item=record.item,
                    opening=open_record(tools.randomness(32), record.to_json()),
                    counts={"photos": record.gallery.photos, "stills": len(record.answers)},
                )
            )
            writer.add_trace(case.case_id, record, entry.index)
    vault.checkpoint()


def said_before(ledger: Ledger, case: Case, item: EvidenceItem, like: TraceRecord) -> TraceRecord | None:
    """Return the item's newest record where nothing that an answer rests on has changed since: see `TraceRecord.rests_on`.

    One from which photos were left out that may be there now is no such record.
    """
    kept = ledger.latest_trace(case.case_id, item.item_id)
    if kept is None or not kept.record.gallery.is_final or kept.record.rests_on() != like.rests_on():
        return None
    return kept.record
