"""What every fingerprint index must do: find exactly the pairs that comparing all with all finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.index import memory
from haechi.domain.fingerprint import distance

values = st.binary(min_size=32, max_size=32)
near = st.lists(st.integers(0, 255), max_size=40)


@pytest.fixture(params=[memory.MemoryIndex])
def index(request):
    return request.param()


def by_definition(left, right, within):
    return {
        (i, j, distance(one, other))
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if distance(one, other) <= within
    }


def flipped(value, bits):
    number = int.from_bytes(value)
    for bit in bits:
        number ^= 1 << bit
    return number.to_bytes(32)


@given(st.lists(values, max_size=8), st.lists(st.tuples(values, near), max_size=8), st.integers(0, 256))
def test_exactly_the_pairs_of_the_definition_are_found(left, others, within):
    right = [value for value, _ in others] + [
        flipped(left[k % len(left)], bits) for k, (_, bits) in enumerate(others) if left
    ]
    for kind in (memory.MemoryIndex,):
        found = list(kind().pairs(left, right, within=within))
        assert len(found) == len(set(found))
        assert set(found) == by_definition(left, right, within)


def test_more_hashes_than_are_compared_at_once_are_all_compared(index, monkeypatch):
    monkeypatch.setattr(memory, "_CELLS", 6)
    left = [bytes([number]) * 32 for number in range(13)]
    right = [bytes([number]) * 32 for number in range(0, 26, 2)]
    assert set(index.pairs(left, right, within=64)) == by_definition(left, right, 64)


def test_an_index_of_nothing_finds_nothing(index):
    assert list(index.pairs([], [bytes(32)], within=256)) == []
    assert list(index.pairs([bytes(32)], [], within=256)) == []


def test_a_value_that_is_no_hash_is_refused(index):
    with pytest.raises(ValueError, match="32 bytes"):
        list(index.pairs([bytes(31)], [bytes(32)], within=0))
