"""A glance orders photos: the one that was used before others, whatever hides or turns it; what is not there fits nothing."""

import numpy as np
import pytest

from drawn.composites import Treatment
from drawn_faces import composite, person
from haechi.adapters.tracing.glance import asked, glance
from haechi.adapters.tracing.sight import packed, see, unpacked_gist
from haechi.ports.tracer import GLANCE_BYTES

SEEDS = (0, 1, 17, 30)


def gist_of(sight):
    return unpacked_gist(packed(sight)[:GLANCE_BYTES])


def asked_of(sight):
    return asked(sight.faces, sight.whole)


@pytest.fixture(scope="module")
def photos():
    return [gist_of(see(person(seed).rgb)) for seed in SEEDS]


@pytest.fixture(scope="module")
def blank():
    return see(np.zeros((64, 64, 3), np.uint8))


def face_fits(picture, photos):
    return [row[0][0][0] for row in glance([asked_of(see(picture))], photos)]


@pytest.mark.parametrize(
    "how",
    [
        Treatment(width=150),
        Treatment(width=90, quality=40),
        Treatment(width=150, mirror=True),
        Treatment(width=150, text=2),
        Treatment(width=150, mosaic=0.25),
    ],
)
def test_the_face_that_was_used_fits_best(photos, how):
    fits = face_fits(composite(0, 21, how).rgb, photos)
    assert fits[0] == max(fits)


def test_a_face_fits_itself_before_any_other(photos):
    fits = face_fits(person(17).rgb, photos)
    assert fits[2] > sorted(fits)[-2] + 0.05


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_the_picture_that_a_part_was_taken_of_shares_most_points(photos, is_mirrored):
    part = person(30).rgb[400:, :][:, :: -1 if is_mirrored else 1]
    counts = [row[0][1] for row in glance([asked_of(see(np.ascontiguousarray(part)))], photos)]
    assert counts[3] == max(counts) > 2 * sorted(counts)[-2]


def test_a_photo_is_glanced_at_alike_alone_and_among_others(photos):
    one = asked_of(see(composite(0, 21).rgb))
    together = glance([one], photos)
    for photo, row in zip(photos, together, strict=True):
        [[(faces, whole)]] = glance([one], [photo])
        assert faces == pytest.approx(row[0][0], abs=1e-5)
        assert whole == row[0][1]


def test_where_there_is_no_face_nothing_fits(photos, blank):
    assert glance([asked_of(blank)], [photos[0], gist_of(blank)]) == [[([], 0)], [([], 0)]]
    [[(faces, whole)]] = glance([asked_of(see(person(0).rgb))], [gist_of(blank)])
    assert set(faces) == {None}
    assert whole == 0


def test_nothing_is_glanced_at_among_no_photos():
    assert glance([asked_of(see(person(0).rgb))], []) == []
