"""The hash is the PDQ reference's, bit for bit, for pictures of any size and turned any way, compiled and in NumPy.

`pdq_reference.json` was made with pdqhash 0.2.8 (the reference's own C++) from the pictures that `draw` draws: width,
height, enlargement, seed, hash, quality. `bench/hashing.py` asks pdqhash itself.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.adapters.media import engine
from haechi.adapters.media.pdq import DOUBT, hash_picture
from haechi.adapters.media.turns import TURNS
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
sides = st.integers(1, 300)
seeds = st.integers(0, 1000)


COMPILED = engine.load()


def upright(pixels):
    hashes = hash_picture(np.ascontiguousarray(pixels))
    return hashes.values[Symmetry.UPRIGHT], hashes.quality


def noise(width, height, seed):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_the_compiled_kernels_are_what_is_tested_here():
    assert COMPILED is not engine.PLAIN


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: "-".join(map(str, row[:4])))
def test_hash_and_quality_are_the_references(draw, row):
    width, height, times, seed, value, quality = row
    pixels = draw(width, height, seed).repeat(times, 0).repeat(times, 1)
    for one in (COMPILED, engine.PLAIN):
        found = hash_picture(pixels, engine=one)
        assert (found.values[Symmetry.UPRIGHT].hex(), found.quality) == (value, quality)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 700), st.integers(1, 700), st.integers(0, 255), seeds)
def test_both_engines_give_the_same_bits(width, height, contrast, seed):
    pixels = (noise(width, height, seed).astype(np.uint16) * contrast // 255).astype(np.uint8)
    assert hash_picture(pixels, engine=COMPILED) == hash_picture(pixels, engine=engine.PLAIN)
    assert hash_picture(pixels[:, :, 1], engine=engine.PLAIN) == hash_picture(
        np.ascontiguousarray(pixels[:, :, 1]), engine=COMPILED
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 300), st.integers(5, 300), st.sampled_from(Symmetry), seeds)
def test_sums_in_the_references_order_are_the_same_in_both_engines(width, height, symmetry, seed):
    pixels, turn = noise(width, height, seed), TURNS[symmetry]
    assert np.array_equal(COMPILED.samples_in_order(pixels, turn), engine.PLAIN.samples_in_order(pixels, turn))


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 900), st.integers(5, 900), seeds)
def test_one_pass_is_within_the_doubt_of_sums_in_order(width, height, seed):
    pixels = noise(width, height, seed) // 2 + 100
    exact = COMPILED.samples_in_order(pixels, TURNS[Symmetry.UPRIGHT])
    for one in (COMPILED, engine.PLAIN):
        blocks, _ = one.finish(np.stack([one.blur(pixels)[0, 0], exact])[:, np.newaxis], 0.0)
        assert abs(blocks[0] - blocks[1]).max() < DOUBT


def test_a_part_of_a_picture_hashes_as_the_same_pixels_alone(draw):
    part = draw(400, 300)[37:251, 19:333]
    for one in (COMPILED, engine.PLAIN):
        assert hash_picture(part, engine=one) == hash_picture(np.ascontiguousarray(part), engine=one)


WAYS = {
    "turned": np.rot90,
    "mirrored": np.fliplr,
    "thinned out": lambda pixels: pixels[::2, ::3],
    "one channel": lambda pixels: pixels[..., 1],
}


@pytest.mark.parametrize("how", WAYS)
def test_pixels_may_lie_in_memory_in_any_way(draw, how):
    pixels = WAYS[how](draw(301, 200))
    assert hash_picture(pixels) == hash_picture(np.ascontiguousarray(pixels))


@pytest.mark.parametrize("plain", [0, 77, 255])
def test_where_nothing_is_to_be_seen_both_engines_still_agree(plain):
    pixels = np.full((333, 250, 3), plain, np.uint8)
    assert hash_picture(pixels, engine=COMPILED) == hash_picture(pixels, engine=engine.PLAIN)


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
