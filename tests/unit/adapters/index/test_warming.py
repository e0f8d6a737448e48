"""After warming, nothing is compiled any more."""

import numpy as np
import pytest

from haechi.adapters.index.following import FollowingIndex
from haechi.adapters.index.kernels import kernels
from haechi.adapters.index.pairs import PairIndex
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.adapters.index.warming import warm
from haechi.ports.index import Row


def compiled():
    """Return how many forms there are of each kernel."""
    return {name: len(one.signatures) for name, one in vars(kernels()).items() if hasattr(one, "signatures")}


def test_after_warming_nothing_is_compiled_any_more(tmp_path):
    warm()
    if not (before := compiled()):
        pytest.skip("numba is not there: nothing is compiled at all")
    flat = np.random.default_rng(2).bytes(32 * 10_000)
    values = [flat[at : at + 32] for at in range(0, len(flat), 32)]
    index = StoredIndex(tmp_path / "index", IndexSettings(seal_rows=4_096))
    for start in range(0, 10_000, 2_500):
        index.add([Row(value, start + at, at % 3) for at, value in enumerate(values[start : start + 2_500])])
        index.withdraw([start])
        index.search(values[:50], {0: 31, 1: 20})
    index.settle()
    following = FollowingIndex(tmp_path / "index")
    for one in (index, following):
        one.search(values[:50], {0: 31})
        one.search(values[:2], {0: 64}, most=3)
    index.rebuild(Row(value, at, 0) for at, value in enumerate(values))
    index.search(values[:2], {0: 31})
    following.close()
    index.close()
    assert list(PairIndex().pairs(values[:9_000], values[:9_000], within=0))
    assert compiled() == before
