"""Make a packet: plan it, render the report, write and sign the bag, and note it in the custody log."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.packet import Exhibit, PacketPlan
from haechi.ports.ledger import Ledger
from haechi.ports.now import Now
from haechi.ports.packets import PacketWriter, Renderer
from haechi.ports.progress import Progress
from haechi.ports.randomness import Randomness
from haechi.ports.signer import Signer


@dataclass(frozen=True, slots=True)
class Built:
    """A packet that lies complete at `path`; `digest` is the SHA-256 (hex) of its tag manifest."""

    path: Path
    packet_id: str
    exhibits: int
    messages: int
    groups: int
    signer_public: bytes
    digest: str


def build_packet(
    plan: PacketPlan,
    target: Path,
    *,
    case: Case,
    ledger: Ledger,
    renderer: Renderer,
    packets: PacketWriter,
    open_exhibit: Callable[[Exhibit], BinaryIO],
    signer: Signer,
    now: Now,
    randomness: Randomness,
    actor: str,
    progress: Progress,
    checkpoint: Callable[[], None],
) -> Built:
    """Write the packet that `plan` describes to `target`, which must not exist yet.

    Raises `PacketExistsError`, `DiskFullError`, and `CustodyBrokenError` when an exhibit's bytes are not the sealed ones.
    """
    progress("rendering", 0, None)
    documents = renderer.render(plan)
    total = len(plan.exhibits)
    digest = packets.write(
        plan,
        target,
        documents=documents,
        open_exhibit=open_exhibit,
        signer=signer,
        progress=lambda done: progress("packing", done, total),
    )
    with ledger.begin() as writer:
        writer.append(
            Draft(
                EntryType.EXPORT,
                actor,
                now(),
                case=case.case_id,
                opening=open_record(randomness(32), {"packet": plan.packet_id, "tagmanifest_sha256": digest}),
                counts={"exhibits": total, "messages": len(plan.messages)},
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
    )
