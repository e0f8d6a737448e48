"""Joins tracing to the vault: the workers, the coefficients, and where the pictures' bytes come from."""

from collections.abc import Sequence
from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.domain.case import Case
from haechi.domain.evidence import ItemId
from haechi.flows.trace import Traced
from haechi.ports.progress import Progress

TASK = "haechi.bootstrap.trace_task:trace"


def trace(
    vault: OpenVault,
    case: Case,
    items: Sequence[str],
    *,
    sources: Sequence[Path] = (),
    is_again: bool = False,
    progress: Progress,
) -> Traced:
    """Return which own photos the items were made from. Raises as `flows.trace` does, and `TracerUnavailableError`."""
    from contextlib import ExitStack

    from haechi.adapters.containers import open_container
    from haechi.adapters.media.snapshot import take
    from haechi.adapters.tracing.models import models, validation
    from haechi.adapters.tracing.tracer import PoolTracer
    from haechi.flows.compare_with_gallery import Means
    from haechi.flows.keep_features import KeptFeatures
    from haechi.flows.photos_at_hand import PhotosAtHand
    from haechi.flows.trace import trace as trace_items

    with ExitStack() as stack:
        tracer = PoolTracer(TASK)
        stack.callback(tracer.close)
        containers = [open_container(path) for path in sources]
        for container in containers:
            stack.callback(container.close)
        means = Means(
            hand=PhotosAtHand(vault.unlocked, take=take, sources=containers),
            kept=KeptFeatures(vault.unlocked, case, method=tracer.method),
            tracer=tracer,
            models=models(),
        )
        return trace_items(
            vault.unlocked,
            case,
            [ItemId(item) for item in items],
            means=means,
            validation=validation(),
            is_again=is_again,
            progress=progress,
        )


def forget(vault: OpenVault, case: Case | None, photos: Sequence[str]) -> int:
    """Delete what was computed of these own photos, of the case's or of all; return of how many.

    Raises as `flows.keep_features.forget_features` does.
    """
    from haechi.flows.keep_features import forget_features

    return forget_features(vault.unlocked, case, [ItemId(one) for one in photos])
