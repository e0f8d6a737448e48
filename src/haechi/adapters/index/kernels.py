"""Which of `compiled` and `plain` searches: the compiled one where numba can be loaded. Both give the same answers."""

import os
from functools import cache
from pathlib import Path
from types import ModuleType

from haechi.adapters.index import plain
from haechi.isolation import kernel_cache

PLAIN = "HAECHI_PLAIN_INDEX"
"""Set in the environment, it keeps numba away: for a machine where compiling misbehaves."""
_SOURCE = Path(__file__).with_name("compiled.py")


@cache
def kernels() -> ModuleType:
    """Return the module that searches. The first call loads it, the first search compiles it (or reads it from the cache)."""
    if os.environ.get(PLAIN) or not kernel_cache.is_at_hand(_SOURCE):  # numba compiles nothing that it cannot keep
        return plain
    kernel_cache.settle()
    try:
        from haechi.adapters.index import compiled  # noqa: PLC0415 - LLVM takes 0.3 s to load
    except (ImportError, OSError):  # no wheel for this machine, or one that does not load
        return plain
    return compiled


def has_to_compile() -> bool:
    """Say whether the first search will have to compile: this installation has kept nothing yet."""
    return not (os.environ.get(PLAIN) or kernel_cache.is_compiled(_SOURCE)) and kernels() is not plain
