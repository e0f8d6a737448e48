"""What every fingerprint index must do: find exactly the pairs that comparing all with all finds."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.index import building, memory, pairs, plain, searching
from haechi.domain.errors import HashRefusedError
from haechi.domain.fingerprint import distance

values = st.binary(min_size=32, max_size=32)
near = st.lists(st.integers(0, 255), max_size=40)


@pytest.fixture
def chance():
    return Random(31)


@pytest.fixture(params=["brute", "compiled", "plain"])
def index(request, monkeypatch):
    """Return each implementation; those that skip do so however few hashes there are."""
    if request.param == "brute":
        return memory.MemoryIndex()
    monkeypatch.setattr(building, "widths_for", lambda _hashes: (16,) * 16)
    if request.param == "plain":
        monkeypatch.setattr(searching, "kernels", lambda: plain)
        monkeypatch.setattr(building, "kernels", lambda: plain)
    return pairs.PairIndex(few=0)


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
    found = list(memory.MemoryIndex().pairs(left, right, within=within))
    assert len(found) == len(set(found))
    assert set(found) == by_definition(left, right, within)


@pytest.mark.parametrize("within", [0, 1, 31, 40, 64, 100])
def test_a_hundred_pictures_and_their_copies_are_paired_as_by_definition(index, chance, within):
    left = [chance.randbytes(32) for _ in range(40)] + [bytes(32)] * 2
    right = [flipped(left[k % 42], chance.sample(range(256), k % 70)) for k in range(300)]
    found = list(index.pairs(left, right, within=within))
    assert len(found) == len(set(found))
    assert set(found) == by_definition(left, right, within)
    assert [pair[0] for pair in found] == sorted(pair[0] for pair in found)


def test_a_flood_of_one_hash_is_paired_in_full(index, chance):
    value = chance.randbytes(32)
    right = [flipped(value, [k % 256]) for k in range(700)]
    assert set(index.pairs([value], right, within=31)) == {(0, k, 1) for k in range(700)}


def test_more_hashes_than_are_compared_at_once_are_all_compared(index, monkeypatch):
    monkeypatch.setattr(memory, "_CELLS", 6)
    left = [bytes([number]) * 32 for number in range(13)]
    right = [bytes([number]) * 32 for number in range(0, 26, 2)]
    assert set(index.pairs(left, right, within=64)) == by_definition(left, right, 64)


def test_an_index_of_nothing_finds_nothing(index):
    assert list(index.pairs([], [bytes(32)], within=256)) == []
    assert list(index.pairs([bytes(32)], [], within=256)) == []


def test_a_value_that_is_no_hash_is_refused(index):
    with pytest.raises((ValueError, HashRefusedError)):
        list(index.pairs([bytes(31)], [bytes(32)], within=0))
