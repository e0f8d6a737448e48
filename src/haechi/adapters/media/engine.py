"""Which of the two modules computes: the compiled one where numba works and its code is at hand, else NumPy.

Both give the same bits. Loading the compiled one costs some 0.4 s of processor time and 100 MB, so a process that looks at
a few pictures is done sooner without it.
"""

import threading
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from haechi.adapters.media import pdq_plain
from haechi.adapters.media.tents import Floats, Pixels
from haechi.adapters.media.turns import Turn
from haechi.isolation import kernel_cache

COMPILED = "haechi.adapters.media.pdq_compiled"
PAYS_AFTER = 150_000_000
"""Pixels hashed by NumPy (1.3 ms a million) after which loading the compiled code would have paid."""
_A_PICTURE = 1_000_000  # pixels in whose time NumPy does what it does once a picture


class Engine(Protocol):
    """The arithmetic of PDQ; each function is explained in `pdq_plain`."""

    def blur(self, pixels: Pixels) -> Floats:
        """Return (2, 2, 64, 64) samples."""

    def finish(self, samples: Floats, doubt: float) -> tuple[Floats, tuple[int, int, int]]:
        """Return frequencies and detail."""

    def samples_in_order(self, pixels: Pixels, turn: Turn) -> Floats:
        """Return (64, 64) samples, summed as the reference sums."""


PLAIN = cast("Engine", pdq_plain)


class _Choice:
    """The one choice of this process."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self.spent = 0
        self.lock = threading.Lock()


_choice = _Choice()


def engine_for(pixels: int) -> Engine:
    """Return what to hash a picture of that many pixels with."""
    if _choice.engine is not None:
        return _choice.engine
    _choice.spent += pixels + _A_PICTURE
    return PLAIN if _choice.spent < PAYS_AFTER else load()


def load() -> Engine:
    """Load the compiled code now, compiling it (some 5 s, once for an installation) if it is not kept yet.

    Where that cannot be, whatever the reason, NumPy stays. A process that can keep nothing compiles nothing.
    """
    with _choice.lock:
        if _choice.engine is None:
            _choice.engine = _compiled() or PLAIN
    return _choice.engine


def _compiled() -> Engine | None:
    if not kernel_cache.is_at_hand(Path(__file__).with_name(COMPILED.rpartition(".")[2] + ".py")):
        return None
    kernel_cache.settle()
    try:
        return cast("Engine", import_module(COMPILED))
    except Exception:  # noqa: BLE001 -- numba missing, too new for this Python, its cache unreadable: NumPy does the same
        return None
