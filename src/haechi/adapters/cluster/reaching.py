"""The writer's files as a replica on another machine reaches them: through an actor beside the writer."""

from collections.abc import Mapping
from typing import Any

from haechi.adapters.cluster.mirror import Listing

_PATIENCE_S = 60.0


class RemoteFiles:
    """An `Origin` behind Ray's handle of `Files`. What that raises is raised here; an actor that is gone raises Ray's error."""

    def __init__(self, actor: Any) -> None:  # noqa: ANN401 - Ray makes handles as it goes
        self._actor = actor

    def listing(self, known: Mapping[str, int]) -> Listing:
        """See `Origin.listing`."""
        found: Listing = _got(self._actor.listing.remote(dict(known)))
        return found

    def read(self, name: str, start: int) -> bytes:
        """See `Origin.read`."""
        found: bytes = _got(self._actor.read.remote(name, start))
        return found


def _got(reference: Any) -> Any:  # noqa: ANN401 - whatever the call returns
    import ray  # noqa: PLC0415 - a replica has it loaded

    return ray.get(reference, timeout=_PATIENCE_S)
