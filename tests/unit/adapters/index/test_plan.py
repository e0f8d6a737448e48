"""Whichever chunks are chosen, two hashes within the radius share a bucket that is opened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.index import kernels, plain
from haechi.adapters.index.permutation import Permutation
from haechi.adapters.index.plan import probes_for, widths_for


@pytest.mark.parametrize("hashes", [10_000, 65_536, 300_000, 1_000_000, 10_000_000, 100_000_000])
def test_chunks_cover_every_bit_and_take_130_bytes_a_row_at_most(hashes):
    widths = widths_for(hashes)
    assert sum(widths) == 256
    buckets = sum(1 << width for width in widths)
    if hashes > 1 << 18:
        assert 32 + 11 + 4 + 4 * len(widths) + buckets * (1 + 4 / 64) / hashes <= 130


@pytest.mark.parametrize("magnitude", [14, 20, 24])
@pytest.mark.parametrize("radius", range(0, 65, 4))
def test_the_radii_of_the_chunks_add_up_to_more_than_the_radius(magnitude, radius):
    widths = widths_for(1 << magnitude)
    probes = probes_for(widths, radius, magnitude)
    if probes is None:
        assert radius > 31  # so far, scanning is cheaper
        return
    parts = zip(probes.first[:-1].tolist(), probes.first[1:].tolist(), strict=True)
    radii = [max((int(mask).bit_count() for mask in probes.masks[start:stop]), default=-1) for start, stop in parts]
    assert sum(one + 1 for one in radii) >= radius + 1


@given(st.binary(min_size=2048, max_size=2048), st.lists(st.binary(min_size=32, max_size=32), max_size=5))
def test_permuting_is_undone_and_keeps_every_distance(randomness, values):
    permutation = Permutation.by_chance(randomness)
    words = permutation.words(values) if values else None
    if values:
        assert permutation.values(words) == values
        first = int.from_bytes(values[0])
        for value, row in zip(values, words, strict=True):
            bits = sum((int(one) ^ int(other)).bit_count() for one, other in zip(words[0], row, strict=True))
            assert bits == (first ^ int.from_bytes(value)).bit_count()


def test_an_order_that_is_no_permutation_is_refused():
    with pytest.raises(ValueError, match="permutation"):
        Permutation(bytes(256))


def test_without_numba_numpy_searches(monkeypatch):
    kernels.kernels.cache_clear()
    monkeypatch.setenv("HAECHI_PLAIN_INDEX", "1")
    assert kernels.kernels() is plain
    kernels.kernels.cache_clear()
