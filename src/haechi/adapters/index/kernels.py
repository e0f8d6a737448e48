"""Which of `compiled` and `plain` searches: the compiled one where numba can be loaded. Both give the same answers."""

import os
from functools import cache
from types import ModuleType

from haechi.adapters.index import plain

PLAIN = "HAECHI_PLAIN_INDEX"
"""Set in the environment, it keeps numba away: for a machine where compiling misbehaves."""


@cache
def kernels() -> ModuleType:
    """Return the module that searches. The first call loads it, the first search compiles it (or reads it from the cache)."""
    if os.environ.get(PLAIN):
        return plain
    try:
        from haechi.adapters.index import compiled  # noqa: PLC0415 - LLVM takes 0.3 s to load
    except (ImportError, OSError):  # no wheel for this machine, or one that does not load
        return plain
    return compiled
