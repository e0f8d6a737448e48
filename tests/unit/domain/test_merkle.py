"""The Merkle tree against the vectors of Certificate Transparency and against RFC 6962's own recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.merkle import EMPTY_ROOT, Frontier, Tree, extends, includes, leaf_hash

# The eight leaves that CT implementations test with, and their root.
CT_LEAVES = [bytes.fromhex(leaf) for leaf in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 64
HASHES = [leaf_hash(bytes([number])) for number in range(MOST)]
TREES = [Tree(HASHES[:size]) for size in range(MOST + 1)]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written: split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def changed(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    """Every proof that differs by one hash: one bit flipped, one taken away, one too many."""
    flipped = [(*proof[:at], bytes([value[0] ^ 1, *value[1:]]), *proof[at + 1 :]) for at, value in enumerate(proof)]
    shorter = [(*proof[:at], *proof[at + 1 :]) for at in range(len(proof))]
    return [*flipped, *shorter, (*proof, bytes(32)), (bytes(32), *proof)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size):
    hashes = [leaf_hash(leaf) for leaf in CT_LEAVES[:size]]
    assert Tree(hashes).root().hex() == CT_ROOTS[size - 1]
    assert Frontier().append(hashes).root().hex() == CT_ROOTS[size - 1]


def test_the_root_of_nothing_is_the_digest_of_nothing():
    assert Tree([]).root() == Frontier().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_the_one_that_the_rfc_defines(leaves):
    assert Tree(map(leaf_hash, leaves)).root() == defined_root(leaves)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_a_frontier_may_be_packed_and_grown_in_any_steps(hashes, cut):
    first = Frontier().append(hashes[:cut])
    assert Frontier.unpacked(first.size, first.packed()).append(hashes[cut:]) == Frontier().append(hashes)


@pytest.mark.parametrize(("size", "length"), [(1, 0), (1, 64), (3, 32), (0, 32), (4, 31)])
def test_a_packed_frontier_that_does_not_fit_its_size_is_refused(size, length):
    with pytest.raises(ValueError, match=str(size)):
        Frontier.unpacked(size, bytes(length))


def test_every_inclusion_proof_up_to_64_leaves_holds_and_every_changed_one_fails():
    for size in range(1, MOST + 1):
        tree, root = TREES[size], TREES[size].root()
        for index in range(size):
            proof = tree.inclusion(index)
            assert includes(root, size, index, HASHES[index], proof)
            assert not any(includes(root, size, index, HASHES[index], other) for other in changed(proof))
            assert not includes(root, size, index, HASHES[index - 1], proof) or size == 1
            assert not includes(root, size, index + size, HASHES[index], proof)
            assert not includes(root, size, -1, HASHES[index], proof)


def test_an_inclusion_proof_speaks_of_one_place_only():
    for size in range(2, MOST + 1):
        proof = TREES[size].inclusion(size // 2)
        root, leaf = TREES[size].root(), HASHES[size // 2]
        assert [at for at in range(size) if includes(root, size, at, leaf, proof)] == [size // 2]


def test_every_consistency_proof_up_to_64_leaves_holds_and_every_changed_one_fails():
    for size in range(1, MOST + 1):
        root = TREES[size].root()
        for old in range(1, size + 1):
            proof, old_root = TREES[size].consistency(old), TREES[old].root()
            assert extends(old_root, old, root, size, proof)
            assert not any(extends(old_root, old, root, size, other) for other in changed(proof))
            assert not extends(bytes(32), old, root, size, proof)
            assert not extends(old_root, old, bytes(32), size, proof)


@pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5), (-1, 5)])
def test_no_proof_makes_a_tree_of_nothing_or_of_more_a_beginning(old, size):
    assert not extends(EMPTY_ROOT, old, TREES[5].root(), size, ())


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    with pytest.raises(IndexError):
        TREES[5].inclusion(index)


@pytest.mark.parametrize("size", [-1, 0, 6])
def test_a_tree_that_was_never_there_has_no_consistency_proof(size):
    with pytest.raises(IndexError):
        TREES[5].consistency(size)
