"""Bytes in, digests and hashes out, each with what it is the hash of; whatever the file is, it costs its own result only."""

import hashlib
import io
import os

import numpy as np
import pytest
from PIL import Image

from haechi.adapters.media.hasher import PoolHasher
from haechi.adapters.media.pdq import hash_picture
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import MATCH_WITHIN, Expansion, Reading, Region, Symmetry, distance
from haechi.domain.hashed import Box
from haechi.domain.vpdq import FRAMES_MATCHED, read_vpdq, share_of_frames, vpdq_text

SIZE = (320, 240)


@pytest.fixture(scope="module")
def hasher():
    one = PoolHasher(2)
    yield one
    one.close()


@pytest.fixture(scope="module")
def image(draw):
    return Image.fromarray(draw(*SIZE))


def whole(hashed, reading=Reading.SHOWN, symmetry=Symmetry.UPRIGHT):
    """Return the hash of the whole picture, or None."""
    rows = [
        one
        for one in hashed.prints
        if (one.transform.region, one.transform.reading, one.transform.symmetry) == (Region.WHOLE, reading, symmetry)
    ]
    assert len(rows) <= 1
    return rows[0] if rows else None


def nearest(known, hashed):
    return min(hashed.prints, key=lambda one: distance(one.value, known))


def test_both_digests_and_the_kind_come_with_the_hashes(hasher, encode, image):
    content = encode(image)
    found = hasher.hash(content)
    assert (found.sha256, found.md5) == (hashlib.sha256(content).hexdigest(), hashlib.md5(content).hexdigest())  # noqa: S324
    assert (found.size, found.kind, found.mime, found.width, found.height) == (
        len(content), MediaKind.IMAGE, "image/png", *SIZE,
    )  # fmt: skip
    assert len({one.transform for one in found.prints}) == len(found.prints) == 8


def fed(image):
    """Return what python-threatexchange feeds the reference."""
    return np.ascontiguousarray(
        np.asarray(image).astype(np.uint8)[..., :3] if image.mode == "CMYK" else np.asarray(image)
    )


FORMS = {
    "palette": lambda image: (image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
    "gif": lambda image: (image.convert("P", palette=Image.Palette.ADAPTIVE), "GIF"),
    "inks": lambda image: (image.convert("CMYK"), "JPEG"),
    "black-and-white": lambda image: (image.convert("1"), "PNG"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_that_the_reference_is_fed_wrongly_has_both_hashes(form, hasher, encode, image):
    content = encode(*FORMS[form](image))
    found = hasher.hash(content, expansion=Expansion.ONE)
    right = hash_picture(np.asarray(image)).values[Symmetry.UPRIGHT]
    with Image.open(io.BytesIO(content)) as opened:
        expected = hash_picture(fed(opened).astype(np.uint8))
    stored = whole(found, Reading.STORED)
    assert distance(whole(found).value, right) <= MATCH_WITHIN
    assert (stored.value, stored.quality) == (expected.values[Symmetry.UPRIGHT], expected.quality)


def test_where_the_reference_fails_there_is_only_the_picture_as_shown(hasher, encode, image):
    sixteen = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    found = hasher.hash(encode(sixteen), expansion=Expansion.ONE)
    assert whole(found, Reading.STORED) is None
    assert distance(whole(found).value, hash_picture(np.asarray(image)).values[Symmetry.UPRIGHT]) <= 8


@pytest.mark.parametrize("form", ["RGB", "L", "LA", "RGBA"])
def test_where_both_are_the_same_there_is_one(form, hasher, encode, image):
    found = hasher.hash(encode(image.convert(form)), expansion=Expansion.ONE)
    assert [one.transform.reading for one in found.prints] == [Reading.SHOWN]


def test_a_picture_stored_turned_has_the_hash_of_what_is_shown_and_of_what_is_stored(hasher, encode, image):
    exif = Image.Exif()
    exif[274] = 6
    stored = image.transpose(Image.Transpose.ROTATE_90)
    found = hasher.hash(encode(stored, exif=exif), expansion=Expansion.ONE)
    assert whole(found).value == hash_picture(np.asarray(image)).values[Symmetry.UPRIGHT]
    assert whole(found, Reading.STORED).value == hash_picture(np.asarray(stored)).values[Symmetry.UPRIGHT]


def test_a_reference_has_the_picture_and_four_middles(hasher, encode, image):
    found = hasher.hash(encode(image), expansion=Expansion.REFERENCE)
    assert [one.transform.region for one in found.prints] == [Region.WHOLE, *[Region.CROP] * 4]
    box = found.prints[-1].transform.box
    assert box.width * box.height == pytest.approx(0.7 * SIZE[0] * SIZE[1], rel=0.02)
    part = np.asarray(image.crop((box.x, box.y, box.x + box.width, box.y + box.height)))
    assert found.prints[-1].value == hash_picture(part).values[Symmetry.UPRIGHT]


def test_a_cropped_and_mirrored_copy_finds_its_reference_and_says_how(hasher, encode, image):
    known = hasher.hash(encode(image), expansion=Expansion.REFERENCE)
    copy = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).crop((16, 12, 304, 228))
    asked = hasher.hash(encode(copy, "JPEG", quality=80), expansion=Expansion.TURNS)
    bits, ours, theirs = min(
        (distance(one.value, other.value), str(one.transform.symmetry), str(other.transform.region))
        for one in asked.prints
        for other in known.prints
    )
    assert bits <= MATCH_WITHIN
    assert (ours, theirs) == ("mirror", "crop")


def framed(image, box, size=(720, 1280), colour=(236, 229, 221)):
    """Return a screen with bars above and below, and the picture in a box of it."""
    screen = Image.new("RGB", size, colour)
    for top in (0, 1150):
        screen.paste((7, 94, 84), (0, top, 720, top + 110))
    screen.paste(image.resize(box[2:]), box[:2])
    return screen


@pytest.mark.parametrize("orientation", [1, 6, 7])
def test_a_picture_inside_a_screenshot_is_found_with_its_place(orientation, hasher, encode, image):
    known = hash_picture(np.asarray(image)).values[Symmetry.UPRIGHT]
    box = (40, 300, 480, 360)
    screen, exif = framed(image, box), Image.Exif()
    exif[274] = orientation
    undone = {6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE}
    stored = screen.transpose(undone[orientation]) if orientation in undone else screen
    found = hasher.hash(encode(stored, exif=exif), expansion=Expansion.RECTANGLES)
    best = nearest(known, found)
    assert distance(best.value, known) <= MATCH_WITHIN
    assert (best.transform.region, best.transform.symmetry) == (Region.RECTANGLE, Symmetry.UPRIGHT)
    where = best.transform.box
    assert np.allclose((where.x, where.y, where.width, where.height), box, atol=4)


def test_one_picture_of_a_collage_is_found_in_its_cell(hasher, encode, draw):
    pictures = [draw(150, 150, seed) for seed in range(4)]
    sheet = np.block([[[pictures[0]], [pictures[1]]], [[pictures[2]], [pictures[3]]]])
    found = hasher.hash(encode(sheet), expansion=Expansion.GRID)
    known = hash_picture(pictures[2]).values[Symmetry.UPRIGHT]
    best = nearest(known, found)
    assert best.value == known
    assert best.transform.box == Box(0, 150, 150, 150)


def test_a_border_is_trimmed(hasher, encode, image):
    framed_image = Image.new("RGB", (420, 300), (255, 255, 255))
    framed_image.paste(image, (50, 30))
    found = hasher.hash(encode(framed_image), expansion=Expansion.TRIM)
    trimmed = [one for one in found.prints if one.transform.region is Region.TRIMMED]
    assert {one.transform.box for one in trimmed} == {Box(50, 30, *SIZE)}
    assert trimmed[0].value == hash_picture(np.asarray(image)).values[Symmetry.UPRIGHT]


def test_grey_is_enough_for_a_hash_a_few_bits_off(hasher, encode, image):
    content = encode(image, "JPEG", quality=85)
    exact, quick = (whole(hasher.hash(content, is_grey_enough=grey)) for grey in (False, True))
    assert distance(exact.value, quick.value) <= 4


def test_a_film_is_hashed_second_by_second(hasher, film, draw):
    frames = [draw(*SIZE, seed) for seed in range(4) for _ in range(10)]
    found = hasher.hash(film(frames, every=40))
    assert [one.transform.at_ms for one in found.prints] == [0, 1000, 2000, 3000]
    for second, one in enumerate(found.prints):
        assert distance(one.value, hash_picture(frames[10 * second]).values[Symmetry.UPRIGHT]) <= MATCH_WITHIN
    assert read_vpdq(vpdq_text(found.prints)) == found.prints


def test_a_recompressed_film_matches_and_another_does_not(hasher, film, draw):
    frames = [draw(*SIZE, seed) for seed in range(4) for _ in range(10)]
    small = [np.asarray(Image.fromarray(frame).resize((240, 180))) for frame in frames]
    foreign = [draw(*SIZE, seed) for seed in range(10, 14) for _ in range(10)]
    one, copy, other = (hasher.hash(film(shown)).prints for shown in (frames, small, foreign))
    assert share_of_frames(copy, one) >= FRAMES_MATCHED
    assert share_of_frames(other, one) < FRAMES_MATCHED


def codes(hashed):
    return [code for code, _ in hashed.findings]


def test_what_is_no_picture_has_its_digests_and_says_so(hasher):
    for content, code in ((b"", "empty"), (b"hello", "not-a-picture"), (b"\xff\xd8\xff\xe0 broken", "undecodable")):
        found = hasher.hash(content)
        assert codes(found) == [code]
        assert (found.sha256, found.prints) == (hashlib.sha256(content).hexdigest(), ())


def test_many_files_come_back_in_order_with_progress(hasher, encode, draw, tmp_path):
    contents = [encode(draw(96, 64, seed)) for seed in range(12)]
    (tmp_path / "one.png").write_bytes(contents[0])
    files = [*enumerate(contents[:6]), ("path", tmp_path / "one.png"), ("gone", tmp_path / "gone"), ("text", b"text")]
    told = []
    found = dict(hasher.hash_many(files, expansion=Expansion.ONE, progress=lambda *done: told.append(done)))
    assert list(found) == [key for key, _ in files]
    assert found["gone"] is None
    assert found["path"].prints == found[0].prints
    assert [count for count, _ in told] == list(range(1, len(files) + 1))
    assert told[-1][1] == sum(map(len, contents[:6])) + len(contents[0]) + len(b"text")


def test_whoever_stops_taking_results_leaves_nothing_open(hasher, encode, draw):
    content = encode(draw(96, 64))
    list(hasher.hash_many([(0, content)] * 8))
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    read = []

    def endless():
        while True:
            read.append(1)
            yield len(read), content

    results = hasher.hash_many(endless())
    next(results)
    results.close()
    assert len(read) < 20
    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208


def test_a_worker_that_lies_costs_its_own_result(tmp_path, encode, image):
    (tmp_path / "lying.py").write_text(
        "def lie(request, fd):\n"
        "    yield {'width': 'wide', 'prints': [['zz', 1000, 'x', 'y', 'z', [1], None]], 'findings': [['a', {}]]}, b''\n"
    )
    hasher = PoolHasher(1, task="lying:lie", paths=[str(tmp_path)])
    found = hasher.hash(encode(image))
    hasher.close()
    assert codes(found) == ["worker-crashed"]
    assert found.prints == ()
