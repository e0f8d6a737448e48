"""Joins the drawing of exhibit pages to packets. Workers are started only where something was traced and may be drawn."""

from haechi.bootstrap import OpenVault
from haechi.bootstrap.tracing import TASK
from haechi.domain.case import Case
from haechi.domain.errors import TracerUnavailableError
from haechi.domain.packet import PacketPlan
from haechi.domain.trace_drawing import may_draw
from haechi.ports.progress import Progress


def with_traces(
    vault: OpenVault, case: Case, plan: PacketPlan, *, with_pictures: bool, tells_all: bool, progress: Progress
) -> PacketPlan:
    """Return the plan with what was traced of its exhibits. Raises `CustodyBrokenError`."""
    from contextlib import ExitStack

    from haechi.adapters.media.snapshot import take
    from haechi.adapters.tracing.tracer import PoolTracer
    from haechi.flows.photos_at_hand import PhotosAtHand
    from haechi.flows.show_traces import show_traces

    ledger = vault.unlocked.ledger
    if not any(True for _ in ledger.traces(case.case_id)):
        return plan
    with ExitStack() as stack:
        drawer = None
        if may_draw(case):
            try:
                drawer = PoolTracer(TASK, 1)
                stack.callback(drawer.close)
            except TracerUnavailableError:
                drawer = None  # the numbers are told without drawings
        return show_traces(
            plan,
            case,
            ledger=ledger,
            hand=PhotosAtHand(vault.unlocked, take=take, sources=()),
            drawer=drawer,
            with_pictures=with_pictures,
            tells_all=tells_all,
            progress=progress,
        )
