"""Copies of a drawn picture are linked by their fingerprints; other pictures are not."""

import io

import numpy as np
import pytest
from PIL import Image

from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Method, best_pair

SIZE = (640, 480)


def recompressed(image):
    target = io.BytesIO()
    image.save(target, "JPEG", quality=35)
    return Image.open(target)


def framed(image, *, left=0, top=0, right=0, bottom=0, colour="black"):
    wide = Image.new("RGB", (image.width + left + right, image.height + top + bottom), colour)
    wide.paste(image, (left, top))
    return wide


def faded(image):
    """Return the picture under a plain bar whose shade is a little uneven, as a phone's status bar is."""
    wide = np.asarray(framed(image, top=80, colour=(40, 40, 44))).copy()
    wide[:80, :, 0] += (np.arange(wide.shape[1]) % 5).astype(np.uint8)
    return Image.fromarray(wide)


COPIES = {
    "the-same-pixels": (lambda image: image, Method.SIMILAR, None),
    "recompressed": (recompressed, Method.SIMILAR, None),
    "half-size": (lambda image: image.resize((320, 240)), Method.SIMILAR, None),
    "thumbnail": (lambda image: image.resize((160, 120)), Method.SIMILAR, None),
    "squeezed": (lambda image: image.resize((512, 480)), Method.SIMILAR, None),
    "grey": (lambda image: image.convert("L"), Method.SIMILAR, None),
    "brighter": (lambda image: image.point(lambda value: min(255, value + 20)), Method.SIMILAR, None),
    "mirrored": (lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Method.TURNED, Symmetry.MIRROR),
    "upside-down": (lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM), Method.TURNED, Symmetry.FLIP),
    "quarter": (lambda image: image.transpose(Image.Transpose.ROTATE_90), Method.TURNED, Symmetry.ROTATE_270),
    "half": (lambda image: image.transpose(Image.Transpose.ROTATE_180), Method.TURNED, Symmetry.ROTATE_180),
    "three-quarters": (lambda image: image.transpose(Image.Transpose.ROTATE_270), Method.TURNED, Symmetry.ROTATE_90),
    "mirrored-and-recompressed": (
        lambda image: recompressed(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        Method.TURNED,
        Symmetry.MIRROR,
    ),
    "small-and-turned": (
        lambda image: image.resize((200, 150)).transpose(Image.Transpose.ROTATE_90),
        Method.TURNED,
        Symmetry.ROTATE_270,
    ),
    "letterboxed": (lambda image: framed(image, top=80, bottom=80), Method.TRIMMED, None),
    "pillarboxed": (lambda image: framed(image, left=150, right=150, colour="white"), Method.TRIMMED, None),
    "framed": (
        lambda image: framed(image, left=60, right=60, top=60, bottom=60, colour=(200, 30, 30)),
        Method.TRIMMED,
        None,
    ),
    "framed-and-recompressed": (
        lambda image: recompressed(framed(image, left=60, right=60, top=60, bottom=60)),
        Method.TRIMMED,
        None,
    ),
    "under-a-bar": (faded, Method.TRIMMED, None),
    "framed-and-mirrored": (
        lambda image: framed(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), top=80, bottom=80),
        Method.TRIMMED,
        Symmetry.MIRROR,
    ),
}


@pytest.fixture(scope="module")
def originals(draw):
    return [Image.fromarray(draw(*SIZE, seed)) for seed in range(4)]


@pytest.fixture(scope="module")
def prints(examine, encode, originals):
    return [found.fingerprints for found in examine(*(encode(image) for image in originals))]


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_is_linked_from_either_side(how, examine, encode, originals, prints):
    change, method, symmetry = COPIES[how]
    copies = examine(*(encode(change(image)) for image in originals))
    for original, copy in zip(prints, copies, strict=True):
        there = best_pair("a", original, "b", copy.fingerprints)
        back = best_pair("b", copy.fingerprints, "a", original)
        assert there is not None
        assert back is not None
        assert there.method is back.method is method
        # The strongest link is named by the turn that makes the copy the original.
        assert symmetry is None or there.symmetry is symmetry


def test_a_framed_copy_is_linked_to_a_copy_framed_otherwise(examine, encode, originals):
    one, other = examine(
        encode(framed(originals[0], top=80, bottom=80)),
        encode(framed(originals[0], left=200, right=200, colour="white")),
    )
    pair = best_pair("a", one.fingerprints, "b", other.fingerprints)
    assert pair is not None
    assert pair.method is Method.TRIMMED


@pytest.mark.parametrize("colour", ["black", "white", (90, 90, 90)])
def test_a_plain_wall_within_a_frame_is_the_pictures_and_not_the_frames(colour, examine, encode, draw):
    wall = np.full((400, 400, 3), 200, np.uint8) + (np.arange(400) // 50).astype(np.uint8)[:, None]
    wall[150:, 100:300] = draw(200, 250)
    original = Image.fromarray(wall)
    copy = recompressed(framed(original, left=40, right=40, top=40, bottom=40, colour=colour))
    one, other = examine(encode(original), encode(copy))
    pair = best_pair("a", one.fingerprints, "b", other.fingerprints)
    assert pair is not None
    assert pair.method is Method.TRIMMED


def test_different_pictures_are_not_linked_however_they_are_turned_or_trimmed(examine, encode, draw):
    images = [Image.fromarray(draw(320, 240, seed)) for seed in range(40)]
    images = [framed(image, top=40, bottom=40) if number % 3 == 0 else image for number, image in enumerate(images)]
    found = [result.fingerprints for result in examine(*(encode(image) for image in images))]
    linked = [
        (left, right)
        for left in range(len(found))
        for right in range(left)
        if best_pair("a", found[left], "b", found[right]) is not None
    ]
    assert linked == []


def test_a_plain_picture_is_linked_to_nothing(examine, encode):
    black, white = examine(encode(Image.new("RGB", SIZE)), encode(Image.new("RGB", SIZE, "white")))
    assert best_pair("a", black.fingerprints, "b", white.fingerprints) is None


def test_a_picture_without_borders_is_not_trimmed(prints):
    assert {len(rows) for rows in prints} == {8}
