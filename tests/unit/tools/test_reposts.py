"""The ways in which a picture comes back are the same each time, and each changes it."""

import numpy as np
import pytest

from drawn.reposts import REPOSTS, reposted
from drawn.scenes import scene

PICTURE = scene(3, (256, 192))
OTHERS = [scene(number, (256, 192)) for number in range(4, 13)]


@pytest.mark.parametrize("name", REPOSTS)
def test_each_way_changes_the_picture_and_always_alike(name):
    one, other = (reposted(name, PICTURE, OTHERS, seed=1) for _ in range(2))
    assert one.mode == "RGB"
    assert np.array_equal(np.asarray(one), np.asarray(other))
    assert one.size != PICTURE.size or not np.array_equal(np.asarray(one), np.asarray(PICTURE))


def test_there_are_as_many_ways_as_the_table_says():
    assert len(REPOSTS) == 38
