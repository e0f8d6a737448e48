"""Make a packet: plan it, render the report, write and sign the bag, and note it in the custody log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from haechi.domain.canonical import Json, canonical
from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.packet import Exhibit, PacketPlan, ShownDerivative
from haechi.domain.trace_exhibit import traces_json
from haechi.ports.case_graph import CaseGraph
from haechi.ports.document_signer import DocumentSigner
from haechi.ports.ledger import Ledger
from haechi.ports.now import Now
from haechi.ports.packets import PacketWriter, Renderer
from haechi.ports.progress import Progress
from haechi.ports.randomness import Randomness
from haechi.ports.signer import Signer


@dataclass(frozen=True, slots=True)
class Built:
    """A packet that lies complete at `path`; `digest` is the SHA-256 (hex) of its tag manifest.

    `originals` are exhibits and messages (`room:number`) that are in it as they are beside a redacted copy of them.
    `traces` are exhibits that were traced, `traced_from` those with a page, `trace_pictures` pages with pictures on them.
    """

    path: Path
    packet_id: str
    exhibits: int
    messages: int
    groups: int
    signer_public: bytes
    digest: str
    disclosed: int
    derivatives: int
    anchors: int
    originals: tuple[str, ...]
    traces: int
    traced_from: int
    trace_pictures: int


def build_packet(
    plan: PacketPlan,
    target: Path,
    *,
    case: Case,
    ledger: Ledger,
    renderer: Renderer,
    packets: PacketWriter,
    open_exhibit: Callable[[Exhibit], BinaryIO],
    open_derivative: Callable[[ShownDerivative], BinaryIO],
    signer: Signer,
    document_signer: DocumentSigner,
    graph: CaseGraph,
    now: Now,
    randomness: Randomness,
    actor: str,
    progress: Progress,
    checkpoint: Callable[[], object],
    pictures_reason: str | None = None,
) -> Built:
    """Write the packet that `plan` describes to `target`, which must not exist yet.

    `pictures_reason` is why pictures were to be on the pages of what was traced; it goes into the log.
    Raises `PacketExistsError`, `DiskFullError`, and `CustodyBrokenError` when bytes are not those the log names.
    """
    progress("rendering", 0, None)
    at = datetime.fromisoformat(plan.as_of)
    documents = {name: document_signer.sign(one, at=at) for name, one in renderer.render(plan).items()}
    traces = {name: document_signer.sign(one, at=at) for name, one in renderer.render_traces(plan).items()}
    if plan.traces:
        traces["exhibit.json"] = canonical(traces_json(plan.packet_id, plan.traces))
    total = len(plan.exhibits)
    digest = packets.write(
        plan,
        target,
        documents=documents,
        open_exhibit=open_exhibit,
        open_derivative=open_derivative,
        signer=signer,
        progress=lambda done: progress("packing", done, total),
        graph=graph.write(plan),
        traces=traces,
    )
    pictures = sum(page.has_pictures for one in plan.traces for page in one.pages)
    record: dict[str, Json] = {"packet": plan.packet_id, "tagmanifest_sha256": digest}
    counts = {"exhibits": total, "messages": len(plan.messages)}
    if pictures_reason is not None:
        record["trace_pictures"] = {"pages": pictures, "reason": pictures_reason}
        counts["trace_pictures"] = pictures
    with ledger.begin() as writer:
        writer.append(
            Draft(
                EntryType.EXPORT,
                actor,
                now(),
                case=case.case_id,
                opening=open_record(randomness(32), record),
                counts=counts,
            )
        )
    checkpoint()
    return Built(
        path=target,
        packet_id=plan.packet_id,
        exhibits=total,
        messages=len(plan.messages),
        groups=len(plan.groups),
        signer_public=plan.signer_public,
        digest=digest,
        disclosed=len(plan.disclosed),
        derivatives=len(plan.derivatives),
        anchors=len(plan.anchors),
        originals=_originals(plan),
        traces=len(plan.traces),
        traced_from=sum(bool(one.pages) for one in plan.traces),
        trace_pictures=pictures,
    )


def _originals(plan: PacketPlan) -> tuple[str, ...]:
    copied = {one.exhibit for one in plan.derivatives}
    redacted = {one.derivative.message for one in plan.derivatives}
    exhibits = [one.number for one in plan.exhibits if one.file is not None and one.number in copied]
    messages = [(one.room, one.message_id) for one in plan.messages if (one.room, one.message_id) in redacted]
    return (*exhibits, *map(":".join, messages))
