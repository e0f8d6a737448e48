"""What is drawn: the same from the same seed, far apart from different ones, near after a small change."""

from itertools import combinations

import numpy as np
import pytest
from tools.drawn.changes import CHANGES, changed
from tools.drawn.portraits import portrait
from tools.drawn.scenes import SUBJECTS, scene

from haechi.adapters.media.pdq import hash_picture
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN, Symmetry, distance

SMALL = (640, 480)
STAYS_NEAR = ("recompressed", "resized", "stretched", "brighter", "grey", "written-over")
GETS_FAR = ("cropped-25", "caption-below", "letterboxed", "screenshot")


def hashed(image):
    return hash_picture(np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("draw", [portrait, scene])
def test_the_same_seed_draws_the_same_pixels(draw):
    assert draw(5, SMALL).tobytes() == draw(5, SMALL).tobytes()
    assert draw(5, SMALL).tobytes() != draw(6, SMALL).tobytes()


def test_different_pictures_are_far_apart_however_they_are_turned():
    prints = [hashed(portrait(seed, SMALL)) for seed in range(20)]
    prints += [hashed(scene(seed, SMALL)) for seed in range(2 * len(SUBJECTS))]
    assert min(one.quality for one in prints) >= ENOUGH_QUALITY
    nearest = min(
        distance(one.values[Symmetry.UPRIGHT], turned)
        for one, other in combinations(prints, 2)
        for turned in other.values.values()
    )
    assert nearest > MATCH_WITHIN + 20


@pytest.mark.parametrize("change", STAYS_NEAR)
def test_a_small_change_stays_within_the_threshold(change):
    image = portrait(7, SMALL)
    assert _bits(image, changed(change, image, seed=1)) <= MATCH_WITHIN


@pytest.mark.parametrize("change", GETS_FAR)
def test_a_large_change_goes_beyond_the_threshold(change):
    image = portrait(7, SMALL)
    assert _bits(image, changed(change, image, seed=1)) > MATCH_WITHIN


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_leaves_its_picture_alone_and_repeats(change):
    image = scene(4, SMALL)
    before = image.tobytes()
    once, again = (np.asarray(changed(change, image, seed=3).convert("RGB")) for _ in range(2))
    assert image.tobytes() == before
    assert np.array_equal(once, again)


def _bits(one, other):
    return distance(hashed(one).values[Symmetry.UPRIGHT], hashed(other).values[Symmetry.UPRIGHT])
