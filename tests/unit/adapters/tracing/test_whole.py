"""A photo is found in a picture that keeps part of it, and the map says which part."""

import cv2
import numpy as np
import pytest

from drawn.replaced import replace_clothes
from drawn_faces import person
from haechi.adapters.tracing.whole import compare_whole, kept_map, whole_view


def grey(rgb):
    return cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY)


@pytest.mark.parametrize("seed", range(4))
def test_a_photo_whose_clothes_were_replaced_is_found_before_another(seed):
    made = replace_clothes(person(0), person(1), np.random.default_rng(seed))
    picture = whole_view(grey(made.rgb))
    own, other = (compare_whole(picture, whole_view(grey(person(at).rgb))) for at in (0, 21))
    assert own.numbers["inliers"] > 2 * other.numbers["inliers"]
    assert own.numbers["kept"] > own.numbers["replaced"]


def test_a_mirrored_copy_is_found_as_mirrored():
    one = whole_view(grey(person(0).rgb))
    found = compare_whole(whole_view(grey(person(0).rgb[:, ::-1])), one)
    assert found.is_mirrored
    assert found.numbers["inliers"] >= 40


def test_a_picture_beside_itself_was_kept_wherever_anything_can_be_told():
    one = whole_view(grey(person(0).rgb))
    found = compare_whole(one, one)
    assert found.map_ is not None
    assert (found.map_ == 1).sum() > 50 * (found.map_ == 2).sum()
    assert found.numbers["kept"] + found.numbers["replaced"] + found.numbers["unknown"] == pytest.approx(1)


def test_plain_areas_are_never_called_kept():
    plain = np.full((200, 200), 120, np.uint8)
    assert not kept_map(plain, plain, np.eye(3), is_mirrored=False).any()


def test_what_lies_outside_the_photo_is_unknown():
    rng = np.random.default_rng(1)
    picture = cv2.GaussianBlur(rng.integers(0, 255, (200, 200)).astype(np.uint8), (0, 0), 1.5)
    shifted = np.array([[1, 0, 100], [0, 1, 0], [0, 0, 1]], float)
    found = kept_map(picture, picture, shifted, is_mirrored=False)
    assert not found[:, :95].any()


def test_the_largest_points_come_first_and_the_same_from_run_to_run():
    grey = cv2.cvtColor(person(0).rgb, cv2.COLOR_RGB2GRAY)
    first, again = whole_view(grey), whole_view(grey)
    assert np.array_equal(first.features.places, again.features.places)
    assert np.array_equal(first.features.descriptors, again.features.descriptors)
    small = cv2.resize(first.grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    half = whole_view(small).features.places * 2
    near = [np.hypot(*(half - place).T).min() < 4 for place in first.features.places]
    assert np.mean(near[:60]) > 2 * np.mean(near[-60:])


def test_pictures_without_points_have_nothing_in_common():
    black = whole_view(np.zeros((300, 300), np.uint8))
    found = compare_whole(black, whole_view(grey(person(0).rgb)))
    assert found.numbers["inliers"] == 0
    assert found.numbers["unknown"] == 1
