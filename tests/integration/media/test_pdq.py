"""The hash is the PDQ reference's, bit for bit, for pictures of any size and turned any way.

`pdq_reference.json` was made with pdqhash 0.2.8 (the reference's own C++) from the pictures that `draw` draws: width,
height, enlargement, seed, hash, quality. Where pdqhash is installed it is asked directly, too.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.adapters.media.pdq import TURNS, hash_picture
from haechi.domain.fingerprint import Symmetry, distance

REFERENCE = json.loads((Path(__file__).parent / "pdq_reference.json").read_text())
TURNED = {
    Symmetry.UPRIGHT: lambda pixels: pixels,
    Symmetry.ROTATE_90: np.rot90,
    Symmetry.ROTATE_180: lambda pixels: np.rot90(pixels, 2),
    Symmetry.ROTATE_270: lambda pixels: np.rot90(pixels, 3),
    Symmetry.MIRROR: np.fliplr,
    Symmetry.FLIP: np.flipud,
    Symmetry.TRANSPOSE: lambda pixels: pixels.swapaxes(0, 1),
    Symmetry.TRANSVERSE: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
}
TELLING_SIDE = 32  # pixels; below it frequencies tie exactly and the reference's own rounding decides
sides = st.integers(1, 300)
seeds = st.integers(0, 1000)


def upright(pixels):
    hashes = hash_picture(np.ascontiguousarray(pixels))
    return hashes.values[Symmetry.UPRIGHT], hashes.quality


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: "-".join(map(str, row[:4])))
def test_hash_and_quality_are_the_references(draw, row):
    width, height, times, seed, value, quality = row
    pixels = draw(width, height, seed).repeat(times, 0).repeat(times, 1)
    ours, ours_quality = upright(pixels)
    assert distance(ours, bytes.fromhex(value)) <= (0 if min(width, height) >= TELLING_SIDE else 31)
    assert ours_quality == quality


@pytest.mark.parametrize("size", [(300, 200), (127, 129), (64, 64), (640, 480), (57, 1000)])
@pytest.mark.parametrize("symmetry", Symmetry)
def test_the_hash_of_a_turn_is_that_of_the_turned_picture(draw, size, symmetry):
    for seed in range(3):
        pixels = draw(*size, seed)
        assert hash_picture(pixels).values[symmetry] == upright(TURNED[symmetry](pixels))[0]


@pytest.mark.parametrize("shown", Symmetry)
def test_pixels_stored_turned_hash_as_the_picture_shown(draw, shown):
    pixels = draw(300, 201)
    stored = next(
        candidate
        for name in Symmetry
        if np.array_equal(TURNED[shown](candidate := TURNED[name](pixels)), pixels) and candidate is not None
    )
    found = hash_picture(np.ascontiguousarray(stored), TURNS[shown])
    assert found == hash_picture(pixels)


@given(st.sampled_from(Symmetry), st.sampled_from(Symmetry), sides, sides)
def test_one_turn_after_another_is_one_turn(first, second, width, height):
    pixels = np.arange(width * height).reshape(height, width)
    one = TURNS[first].then(TURNS[second])
    name = next(symmetry for symmetry, turn in TURNS.items() if turn == one)
    assert np.array_equal(TURNED[second](TURNED[first](pixels)), TURNED[name](pixels))


@settings(max_examples=20)
@given(seeds)
def test_grey_is_hashed_as_the_same_grey_in_colour(draw, seed):
    grey = draw(150, 100, seed)[:, :, 1].copy()
    assert distance(upright(grey)[0], upright(np.dstack([grey] * 3))[0]) <= 2


def test_a_picture_of_one_colour_has_no_quality():
    assert upright(np.full((100, 100, 3), 77, np.uint8))[1] == 0
