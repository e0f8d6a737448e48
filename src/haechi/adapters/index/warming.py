"""Has everything compiled that searching and merging use, before somebody waits for it.

Kernels are compiled when they are first called, 5 to 18 s altogether at an installation's first time, and loaded from the cache later. Which of them a
search calls depends on how much is in the index: without this, the first lookup would stand still, and one of the first after 65,536 additions again.
"""

import tempfile
from pathlib import Path

import numpy as np

from haechi.adapters.index.pairs import PairIndex
from haechi.adapters.index.plan import TABLES_FROM
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.ports.index import Row

_SEALED = 1 << 14
_EVERY = 64  # radius: more than tables are opened for, so that all is compared


def warm() -> None:
    """Go through an index of drawn hashes in a temporary folder: memory, segments with and without tables, withdrawals, merging, pairs."""
    flat = np.random.default_rng(1).integers(0, 256, (_SEALED, 32), dtype=np.uint8).tobytes()
    values = [flat[at : at + 32] for at in range(0, len(flat), 32)]
    with tempfile.TemporaryDirectory(prefix="haechi-warm-") as made:
        index = StoredIndex(Path(made) / "index", IndexSettings(seal_rows=_SEALED))
        try:
            for first, count in ((0, _SEALED), (_SEALED, TABLES_FROM // 4)):
                index.add([Row(value, first + at, 1) for at, value in enumerate(values[:count])])
                index.withdraw([first])
                for radius in (1, _EVERY):
                    index.search(values[:2], {1: radius}, most=1)
                index.settle()
                for radius in (1, _EVERY):
                    index.search(values[:2], {1: radius}, most=1)
        finally:
            index.close()
    for _pair in PairIndex().pairs(values[: TABLES_FROM + 1], values[: TABLES_FROM + 1], within=1):
        pass
