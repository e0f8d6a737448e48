"""Inclusion proofs of a few leaves of a large tree, in 32 bytes a leaf."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.disclosure import inclusions, message_number, message_origin
from haechi.domain.merkle import EMPTY_ROOT, Tree, includes


def leaves(size: int) -> list[bytes]:
    return [hashlib.sha256(str(at).encode()).digest() for at in range(size)]


@given(st.data(), st.integers(1, 300))
def test_the_proofs_are_those_of_a_whole_tree(data, size):
    wanted = data.draw(st.sets(st.integers(0, size - 1)))
    hashes = leaves(size)
    root, proofs = inclusions(bytearray(b"".join(hashes)), wanted)
    tree = Tree(hashes)
    assert root == tree.root()
    assert proofs == {index: tree.inclusion(index) for index in wanted}


def test_a_proof_in_a_tree_of_forty_thousand_has_sixteen_hashes_and_holds():
    hashes = leaves(40_000)
    root, proofs = inclusions(bytearray(b"".join(hashes)), [0, 20_000, 32_767])
    assert {len(proof) for proof in proofs.values()} == {16}
    assert all(includes(root, 40_000, index, hashes[index], proof) for index, proof in proofs.items())


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    with pytest.raises(IndexError):
        inclusions(bytearray(b"".join(leaves(3))), [index])


def test_no_leaves_have_the_empty_root():
    assert inclusions(bytearray(), []) == (EMPTY_ROOT, {})


def test_names_of_messages_and_their_trees():
    assert message_number(7) == "M-0007"
    assert message_origin("haechi.invalid/1", 5) == "haechi.invalid/1/messages/5"
