"""Every kind of picture is hashed as it is shown, and no file, whatever is in it, costs more than its own result."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from haechi.adapters.media.examiner import PoolExaminer
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import Region, Symmetry, distance
from haechi.isolation.limits import Limits

SIZE = (320, 240)
BROKEN = {"truncated", "undecodable"}


def upright(examined, region=Region.WHOLE):
    rows = [row for row in examined.fingerprints if row.symmetry is Symmetry.UPRIGHT and row.region is region]
    assert len(rows) == 1
    return rows[0]


def codes(examined):
    return [code for code, _ in examined.findings]


@pytest.fixture(scope="module")
def image(draw):
    return Image.fromarray(draw(*SIZE))


@pytest.fixture(scope="module")
def plain(examine, encode, image):
    """The result for the picture itself, without loss."""
    return examine(encode(image))[0]


def grey16(image):
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def clear(image):
    """Return the picture with its right half fully transparent; the colours are still there."""
    alpha = np.full(SIZE[::-1], 255, np.uint8)
    alpha[:, SIZE[0] // 2 :] = 0
    return Image.fromarray(np.dstack([np.asarray(image), alpha]))


FORMS = {
    "png": lambda image: (image, "PNG", {}),
    "jpeg": lambda image: (image, "JPEG", {"quality": 90}),
    "progressive": lambda image: (image, "JPEG", {"quality": 90, "progressive": True}),
    "webp": lambda image: (image, "WEBP", {"quality": 90}),
    "avif": lambda image: (image, "AVIF", {"quality": 90}),
    "bmp": lambda image: (image, "BMP", {}),
    "tiff": lambda image: (image, "TIFF", {"compression": "tiff_lzw"}),
    "palette": lambda image: (image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG", {}),
    "gif": lambda image: (image, "GIF", {}),
    "inks": lambda image: (image.convert("CMYK"), "JPEG", {"quality": 90}),
    "grey": lambda image: (image.convert("L"), "JPEG", {"quality": 90}),
    "grey16": lambda image: (grey16(image), "PNG", {}),
    "grey-alpha": lambda image: (image.convert("LA"), "PNG", {}),
    "black-and-white": lambda image: (image.convert("1"), "PNG", {}),
    "alpha": lambda image: (clear(image), "PNG", {}),
    "whole-numbers": lambda image: (image.convert("L").convert("I"), "TIFF", {}),
    "fractions": lambda image: (image.convert("L").convert("F"), "TIFF", {}),
    "lab": lambda image: (image.convert("YCbCr"), "JPEG", {"quality": 90}),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_picture_in_any_form_has_nearly_the_same_hash(form, examine, encode, image, plain):
    pixels, name, options = FORMS[form](image)
    (found,) = examine(encode(pixels, name, **options))
    assert (found.kind, found.width, found.height, found.findings) == (MediaKind.IMAGE, *SIZE, ())
    assert distance(upright(found).value, upright(plain).value) <= 20
    assert {row.symmetry for row in found.fingerprints if row.region is Region.WHOLE} == set(Symmetry)


def test_transparency_is_dropped_bit_for_bit(examine, encode, image, plain):
    (found,) = examine(encode(clear(image)))
    assert upright(found).value == upright(plain).value


def test_where_the_colours_show_nothing_the_picture_is_laid_on_white(examine, encode, image):
    drawing = np.zeros((*SIZE[::-1], 4), np.uint8)
    drawing[:, :, 3] = np.asarray(image.convert("L"))
    (found,) = examine(encode(drawing))
    (expected,) = examine(encode(255 - drawing[:, :, 3]))
    assert distance(upright(found).value, upright(expected).value) <= 4


def test_the_first_picture_of_an_animation_counts(examine, encode, draw, plain):
    pictures = [Image.fromarray(draw(*SIZE, seed)) for seed in range(3)]
    for form in ("GIF", "WEBP", "PNG"):
        options = {"save_all": True, "append_images": pictures[1:], "duration": 100}
        (found,) = examine(encode(pictures[0], form, **options))
        assert distance(upright(found).value, upright(plain).value) <= 16


STORED = {
    1: "UPRIGHT",
    2: "MIRROR",
    3: "ROTATE_180",
    4: "FLIP",
    5: "TRANSPOSE",
    6: "ROTATE_90",
    7: "TRANSVERSE",
    8: "ROTATE_270",
}
METHODS = {
    "MIRROR": Image.Transpose.FLIP_LEFT_RIGHT,
    "FLIP": Image.Transpose.FLIP_TOP_BOTTOM,
    "ROTATE_90": Image.Transpose.ROTATE_90,
    "ROTATE_180": Image.Transpose.ROTATE_180,
    "ROTATE_270": Image.Transpose.ROTATE_270,
    "TRANSPOSE": Image.Transpose.TRANSPOSE,
    "TRANSVERSE": Image.Transpose.TRANSVERSE,
}


@pytest.fixture(params=["PNG", "TIFF", "JPEG", "WEBP"])
def form(request):
    return request.param


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_hashed_as_its_orientation_shows_it(orientation, form, examine, encode, image, plain):  # noqa: PLR0917
    how = METHODS.get(STORED[orientation])
    stored = image if how is None else image.transpose(how)
    exif = Image.Exif()
    exif[274] = orientation
    options = {"exif": exif} | ({"lossless": True} if form == "WEBP" else {})
    (found,) = examine(encode(stored, form, **options))
    assert (found.width, found.height) == SIZE
    assert found.capture.orientation == orientation
    if form != "JPEG":
        assert [row.value for row in found.fingerprints] == [row.value for row in plain.fingerprints]
    assert distance(upright(found).value, upright(plain).value) <= 10


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short_is_told_and_what_there_is_is_hashed(form, share, examine, encode, image):
    whole = encode(image, form)
    (found,) = examine(whole[: int(len(whole) * share)])
    assert len(found.findings) == 1
    assert set(codes(found)) <= BROKEN
    assert bool(found.fingerprints) == (codes(found) == ["truncated"])


def test_most_of_a_picture_is_still_found_by_what_is_left_of_it(examine, encode, image, plain):
    for form in ("JPEG", "PNG"):
        whole = encode(image, form)
        (found,) = examine(whole[: int(len(whole) * 0.99)])
        assert codes(found) == ["truncated"]
        assert distance(upright(found).value, upright(plain).value) <= 31


def test_more_pixels_than_the_cap_are_not_decoded(examine, claim_png):
    for content in (b"", b"\0" * 1000):
        (found,) = examine(claim_png(60_000, 60_000, content))
        assert found.findings == (("too-many-pixels", {"width": 60_000, "height": 60_000}),)
        assert (found.width, found.height) == (60_000, 60_000)


def test_a_jpeg_of_more_pixels_is_decoded_smaller(encode, image, plain):
    import mmap
    import os

    from haechi.adapters.media.pdq import hash_picture
    from haechi.adapters.media.picture import UndecodableError, read_picture

    for form, content in (("RGB", image), ("CMYK", image.convert("CMYK"))):
        file = encode(content.resize((1280, 960)), "JPEG", quality=90)
        fd = os.memfd_create(form)
        os.write(fd, file)
        with mmap.mmap(fd, 0, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE) as mapped:
            found = read_picture(mapped, "image/jpeg", pixels=200_000)
            with pytest.raises(UndecodableError, match="too-many-pixels"):
                read_picture(mapped, "image/jpeg", pixels=1000)
        os.close(fd)
        assert (found.width, found.height, found.pixels.shape[:2]) == (1280, 960, (240, 320))
        assert found.findings == (("decoded-smaller", {"factor": 4}),)
        assert distance(hash_picture(found.pixels).values[Symmetry.UPRIGHT], upright(plain).value) <= 20


def test_a_bomb_of_compressed_nothing_is_an_ordinary_picture_of_its_size(examine, claim_png):
    bomb = claim_png(2000, 2000, bytes(2001 * 2000 * 10))
    (found,) = examine(bomb)
    assert (found.width, found.height) == (2000, 2000)
    assert upright(found).quality == 0


def frame_without_end():
    return b"GIF89a\x40\1\xf0\0\0\0\0;"


HOSTILE = {
    "no-frames.gif": frame_without_end(),
    "claims-everything.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x22\0\2\x11\1\3\x11\1",
    "only-a-head.png": b"\x89PNG\r\n\x1a\n",
    "only-a-head.webp": b"RIFF\xff\xff\xff\x7fWEBPVP8L",
    "only-a-head.tif": b"II*\0\xff\xff\xff\x7f",
    "endless.tif": b"II*\0\x08\0\0\0\1\0\0\1\4\0\1\0\0\0\1\0\0\0\x08\0\0\0",
    "only-a-head.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "only-a-head.avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
    "rubbish.mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 50,
    "huge-box.mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\1moov\x7f\xff\xff\xff\xff\xff\xff\xff",
    "rubbish.webm": b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + bytes(range(256)) * 50,
    "rubbish.avi": b"RIFF\xff\xff\xff\x7fAVI LIST" + bytes(range(256)) * 50,
    "unknown.jxl": b"\xff\x0a" + bytes(100),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_only_a_beginning_yields_a_finding(name, examine):
    (found,) = examine((name, HOSTILE[name]))
    assert set(codes(found)) & {
        "undecodable",
        "truncated",
        "unsupported-format",
        "too-many-pixels",
        "no-picture-in-video",
    }
    assert found.fingerprints == () or codes(found) == ["truncated"]


def test_any_damage_in_the_middle_is_survived(examine, encode, image, film, draw):
    dice = np.random.default_rng(7)
    wholes = [encode(image, form) for form in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF")]
    wholes.append(film([draw(64, 48, seed) for seed in range(6)]))
    damaged = []
    for whole in wholes:
        for _ in range(12):
            file = bytearray(whole)
            for at in dice.integers(0, len(file), 20):
                file[at] = dice.integers(0, 256)
            damaged.append(bytes(file))
    for found in examine(*damaged):
        assert not {"worker-crashed", "worker-timeout"} & set(codes(found))


def test_a_name_that_lies_is_told_and_the_bytes_count(examine, encode, image, plain):
    jpeg, text, nothing = examine(("a.png", encode(image, "JPEG")), ("b.jpg", b"hello"), ("c.jpg", b""))
    assert jpeg.findings == (("mislabelled", {"claimed_extension": "png", "found": "image/jpeg"}),)
    assert distance(upright(jpeg).value, upright(plain).value) <= 16
    assert (text.kind, codes(text), text.fingerprints) == (MediaKind.OTHER, ["mislabelled"], ())
    assert codes(nothing) == ["empty"]


def test_a_file_that_is_two_kinds_at_once_is_the_one_it_begins_with(examine, encode, image, plain):
    picture = encode(image, "JPEG", quality=90)
    (found,) = examine(picture + b"PK\3\4" + encode(image) + b"%PDF-1.7 <script>")
    assert found.mime == "image/jpeg"
    assert distance(upright(found).value, upright(plain).value) <= 16


def test_pictures_too_small_to_hash_have_no_quality(examine, encode, draw):
    for found in examine(*(encode(draw(*size)) for size in ((1, 1), (4, 300), (300, 4)))):
        assert upright(found).quality == 0
        assert found.findings == ()


def test_what_is_no_picture_is_known_without_a_worker(examine):
    with_task = PoolExaminer(1, task="haechi.no_such_module:task")
    snapshot = with_task.snapshot(io.BytesIO(b"%PDF-1.7"), "paper.pdf")
    assert [result.mime for _, _, result in with_task.examine([(0, snapshot)])] == ["application/pdf"]
    with_task.close()
    assert [found.kind for found in examine(b"ID3\4\0", b"hello")] == [MediaKind.AUDIO, MediaKind.OTHER]


def test_a_picture_that_needs_more_memory_than_a_worker_has_costs_only_its_own_result(encode, draw):
    small = PoolExaminer(1, limits=Limits(memory=500 << 20, has_threads=True))
    files = [encode(draw(100, 80)), encode(Image.new("RGB", (9000, 9000))), encode(draw(100, 80, 1))]
    rows = [(number, small.snapshot(io.BytesIO(file), "")) for number, file in enumerate(files)]
    results = [result for _, _, result in small.examine(rows)]
    assert [codes(result) for result in results] == [[], ["too-much-memory"], []]
    assert results[2].fingerprints
    small.close()


def test_a_file_on_which_the_native_decoder_faults_costs_only_its_own_result(encode, draw):
    # A drawn picture, broken by the fuzzer: libheif of pi-heif 1.4 ends with a segmentation fault.
    broken = (Path(__file__).parent / "crashing.heic").read_bytes()
    pool = PoolExaminer(1)
    files = [encode(draw(40, 30)), broken, encode(draw(42, 30))]
    results = [result for _, _, result in pool.examine([(0, pool.snapshot(io.BytesIO(one), "")) for one in files])]
    pool.close()
    assert [bool(codes(result)) for result in results] == [False, True, False]
    assert results[2].fingerprints


@pytest.mark.parametrize(
    ("how", "code"),
    [("crash", "worker-crashed"), ("hang", "worker-timeout"), ("lie", "worker-crashed"), ("silence", "worker-crashed")],
)
def test_a_worker_that_fails_costs_only_its_own_result(how, code, encode, draw, monkeypatch):
    from haechi.adapters.media import examiner as module

    monkeypatch.setattr(module, "_IMAGE_S", 3.0)
    pool = PoolExaminer(2, task=f"hostile_tasks:{how}", paths=[str(Path(__file__).parent)])
    sizes = [(40, 30), (41, 30), (42, 30), (43, 30)]
    rows = [(0, pool.snapshot(io.BytesIO(encode(draw(*size))), "")) for size in sizes]
    results = [result for _, _, result in pool.examine(rows)]
    assert [codes(result) for result in results] == [[], [], [code], []]
    assert [result.width for result in results] == [40, 41, None, 43]
    pool.close()


def test_a_file_that_changes_while_it_is_examined_has_no_result(tmp_path, encode, draw, monkeypatch):
    from haechi.adapters.media import snapshot as snapshots

    monkeypatch.setattr(snapshots.take, "__kwdefaults__", {**snapshots.take.__kwdefaults__, "held": 100})
    path = tmp_path / "drawn.png"
    path.write_bytes(encode(draw(100, 80)))
    examiner = PoolExaminer(1)
    with path.open("rb") as stream:
        kept, changed = examiner.snapshot(stream, ""), None
    with path.open("rb") as stream:
        changed = examiner.snapshot(stream, "")
    assert codes(next(examiner.examine([(0, kept)]))[2]) == []
    os.utime(path, (1, 1))
    assert codes(next(examiner.examine([(0, changed)]))[2]) == ["changed-while-read"]
    examiner.close()


def test_a_long_row_of_files_comes_back_in_order_with_little_held_at_a_time(examiner, encode, draw):
    files = [encode(draw(40 + number, 30)) for number in range(30)]
    read = []

    def rows():
        for number, file in enumerate(files):
            read.append(number)
            yield number, examiner.snapshot(io.BytesIO(file), "")

    for done, (number, snapshot, result) in enumerate(examiner.examine(rows())):
        assert (number, result.width) == (done, 40 + done)
        assert len(read) <= done + 5
        snapshot.close()


def test_a_phones_heic_is_hashed_as_its_orientation_shows_it(examine, encode, draw):
    """`drawn.heic` is `draw(192, 144)`, stored turned with EXIF orientation 6, made once with libheif and x265.

    Nothing that Haechi installs writes HEIC.
    """
    found, drawn = examine((Path(__file__).parent / "drawn.heic").read_bytes(), encode(draw(192, 144)))
    assert (found.mime, found.width, found.height, found.findings) == ("image/heic", 192, 144, ())
    assert found.capture.make == "Drawn"
    assert distance(upright(found).value, upright(drawn).value) <= 16
