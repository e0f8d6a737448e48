"""Tiles: paths, sizes and hashes as C2SP tlog-tiles has them."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.custody import Entry
from haechi.domain.merkle import Frontier, leaf_hash
from haechi.domain.tile import tile_files, tile_path


def entries(size: int) -> list[Entry]:
    return [Entry(at, b"%d" % at) for at in range(size)]


def files(size: int) -> dict[str, bytes]:
    return dict(tile_files(entries(size)))


def test_a_path_is_written_in_groups_of_three_digits():
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path("entries", 999, 7) == "tile/entries/999.p/7"
    assert tile_path(2, 1000) == "tile/2/x001/000"


@pytest.fixture(scope="module")
def seventy_thousand():
    return files(70_000)


def test_a_tree_of_70_000_has_the_tiles_that_the_text_names(seventy_thousand):
    level = {
        name: [path for path in seventy_thousand if path.startswith(f"tile/{name}/")] for name in ("0", "1", "2", "3")
    }
    full = {name: [path for path in paths if ".p/" not in path] for name, paths in level.items()}
    assert {name: len(paths) for name, paths in full.items()} == {"0": 273, "1": 1, "2": 0, "3": 0}
    assert sorted(path for paths in level.values() for path in paths if ".p/" in path) == [
        "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1",
    ]  # fmt: skip
    assert {len(seventy_thousand[path]) for paths in full.values() for path in paths} == {8192}


def test_the_tiles_of_the_highest_levels_lead_to_the_root(seventy_thousand):
    top = seventy_thousand["tile/2/000.p/1"]
    middle = [seventy_thousand["tile/1/001.p/17"][at : at + 32] for at in range(0, 17 * 32, 32)]
    lowest = [seventy_thousand["tile/0/273.p/112"][at : at + 32] for at in range(0, 112 * 32, 32)]
    root = Frontier().append(entry.leaf for entry in entries(70_000)).root()
    right = Frontier().append(middle)
    parts = [top, *right.roots, *Frontier().append(lowest).roots]
    value = parts.pop()
    while parts:
        value = hashlib.sha256(b"\x01" + parts.pop() + value).digest()
    assert value == root


def test_256_entries_make_a_full_tile_and_a_partial_one_above():
    assert sorted(files(256)) == ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]


@given(st.integers(0, 600))
def test_every_entry_of_a_bundle_hashes_to_its_place_in_the_tile(size):
    made = files(size)
    for path, bundle in made.items():
        if not path.startswith("tile/entries/"):
            continue
        hashes, at = b"", 0
        while at < len(bundle):
            length = int.from_bytes(bundle[at : at + 2], "big")
            hashes += leaf_hash(bundle[at + 2 : at + 2 + length])
            at += 2 + length
        assert made[path.replace("entries", "0")] == hashes


@given(st.lists(st.integers(0, 700), min_size=2, max_size=4).map(sorted))
def test_a_log_that_has_grown_changes_no_tile(sizes):
    for small, large in pairwise(files(size) for size in sizes):
        assert {path: content for path, content in large.items() if path in small} == {
            path: content for path, content in small.items() if path in large
        }
