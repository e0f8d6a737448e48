"""Painting over parts of a picture: black where asked, untouched elsewhere, and nothing of the old file left."""

import hashlib
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from drawn_files import scene
from haechi.adapters.media.paint import paint
from haechi.adapters.media.redactor import WorkerRedactor
from haechi.domain.derivative import Region
from haechi.domain.errors import CustodyBrokenError, RedactionRefusedError, WorkerCrashedError

BOX = Region(40, 30, 100, 60)


@pytest.fixture(scope="module")
def redactor():
    redactor = WorkerRedactor()
    yield redactor
    redactor.close()


def saved(image, kind, **more) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def painted(redactor, content: bytes, *regions: Region):
    return redactor.paint(io.BytesIO(content), digest=hashlib.sha256(content).hexdigest(), regions=regions or (BOX,))


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_the_region_is_black_and_every_other_pixel_is_as_it_was(redactor):
    source = scene(1)
    result = pixels(painted(redactor, saved(source, "PNG")).content)
    expected = np.array(source)
    expected[30:90, 40:140] = 0
    assert np.array_equal(result, expected)


def test_what_is_under_the_region_makes_no_difference_to_the_new_file(redactor):
    one, two = scene(1), scene(1)
    two.paste(scene(2).crop((40, 30, 140, 90)), (40, 30))
    assert one.tobytes() != two.tobytes()
    for kind in ("PNG", "TIFF", "BMP"):
        assert painted(redactor, saved(one, kind)).content == painted(redactor, saved(two, kind)).content


def test_a_jpeg_stays_a_jpeg_and_is_near_black_in_the_region(redactor):
    result = painted(redactor, saved(scene(1), "JPEG", quality=90))
    assert result.mime == "image/jpeg"
    assert pixels(result.content)[32:88, 42:138].max() <= 12


def test_a_grey_jpeg_is_painted_too(redactor):
    result = painted(redactor, saved(scene(1).convert("L"), "JPEG"))
    opened = Image.open(io.BytesIO(result.content))
    assert (opened.mode, opened.size) == ("L", (480, 360))
    assert np.asarray(opened)[32:88, 42:138].max() <= 12


@pytest.mark.parametrize(
    ("mode", "kind"), [("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("I;16", "PNG"), ("RGB", "WEBP")]
)
def test_every_kind_of_colours_is_painted(redactor, mode, kind):
    source = scene(1).convert("L").convert("I;16") if mode == "I;16" else scene(1).convert(mode)
    result = painted(redactor, saved(source, kind))
    assert pixels(result.content)[32:88, 42:138].max() <= 12
    assert (result.width, result.height) == (480, 360)


def test_no_metadata_of_any_kind_is_left(redactor):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "CANARYMAKE", "CANARYMODEL"
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = saved(scene(1), "JPEG", exif=exif, comment=b"CANARYCOMMENT", icc_profile=b"CANARYPROFILE" * 20, dpi=(72, 72))
    note = PngImagePlugin.PngInfo()
    note.add_text("CANARYKEY", "CANARYTEXT")
    for content in (jpeg, saved(scene(1), "PNG", pnginfo=note, exif=exif)):
        assert b"CANARY" in content
        result = painted(redactor, content)
        opened = Image.open(io.BytesIO(result.content))
        assert b"CANARY" not in result.content
        assert not opened.getexif()
        assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_regions_are_in_pixels_as_a_viewer_shows_them(redactor, orientation):
    shown = scene(3).resize((48, 36))
    # What is stored so that this orientation shows `shown`: the inverse of what EXIF tells a viewer to do.
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = shown.transpose(back[orientation]) if orientation in back else shown
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = painted(redactor, saved(stored, "PNG", exif=exif), Region(5, 7, 11, 3))
    expected = np.array(shown)
    expected[7:10, 5:16] = 0
    assert np.array_equal(pixels(result.content), expected)
    assert (result.width, result.height) == shown.size


def test_colours_hidden_under_transparency_do_not_come_to_light(redactor):
    hidden = scene(1).convert("RGBA")
    hidden.putalpha(0)
    result = pixels(painted(redactor, saved(hidden, "PNG")).content)
    assert (result[0, 0] == 255).all()
    assert set(np.unique(result)) == {0, 255}


def test_of_an_animation_only_the_first_picture_is_there(redactor):
    content = saved(scene(1), "GIF", save_all=True, append_images=[scene(2), scene(3)])
    result = painted(redactor, content)
    assert result.mime == "image/png"
    assert getattr(Image.open(io.BytesIO(result.content)), "n_frames", 1) == 1


@pytest.mark.parametrize(
    "region", [Region(480, 0, 1, 1), Region(0, 0, 481, 1), Region(0, 359, 1, 2), Region(0, 0, 10**9, 10**9)]
)
def test_a_region_that_leaves_the_picture_is_refused_with_the_picture_s_size(redactor, region):
    with pytest.raises(RedactionRefusedError) as raised:
        painted(redactor, saved(scene(1), "PNG"), BOX, region)
    assert raised.value.facts == {"reason": "outside", "width": 480, "height": 360}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xd8\xff drawn, but no picture", "undecodable"),
        (b"\0\0\0\x18ftypisom film", "not-a-picture"),
        (b"text", "not-a-picture"),
        (b"", "not-a-picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_name(redactor, content, reason):
    with pytest.raises(RedactionRefusedError) as raised:
        painted(redactor, content)
    assert raised.value.facts["reason"] == reason


def test_bytes_that_are_not_the_sealed_ones_are_not_painted(redactor):
    with pytest.raises(CustodyBrokenError):
        redactor.paint(io.BytesIO(saved(scene(1), "PNG")), digest="0" * 64, regions=[BOX])


def test_a_picture_of_too_many_pixels_is_refused_and_not_made_smaller(tmp_path):
    (tmp_path / "picture.jpg").write_bytes(saved(scene(1), "JPEG"))
    with (tmp_path / "picture.jpg").open("rb") as file:
        request = {"mime": "image/jpeg", "regions": [[0, 0, 1, 1]], "pixels": 1000}
        assert list(paint(request, file.fileno())) == [({"refused": "too-large"}, b"")]


def test_a_worker_that_answers_with_something_else_is_not_believed(tmp_path):
    (tmp_path / "lying.py").write_text(
        "def answer(request, fd):\n"
        "    yield {'mime': 'image/png', 'width': 4, 'height': 3}, b'\\xff\\xd8\\xff no png'\n"
    )
    redactor = WorkerRedactor(task="lying:answer", paths=[str(tmp_path)])
    with pytest.raises(WorkerCrashedError):
        painted(redactor, saved(scene(1), "PNG"))
    redactor.close()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30), st.integers(1, 8), st.integers(1, 6)), min_size=1))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_regions_are_black_and_the_rest_is_as_it_was(tmp_path, boxes):
    source = scene(4).resize((48, 36))
    (tmp_path / "picture").write_bytes(saved(source, "PNG"))
    with (tmp_path / "picture").open("rb") as file:
        frames = list(paint({"mime": "image/png", "regions": [list(box) for box in boxes]}, file.fileno()))
    expected = np.array(source)
    for x, y, width, height in boxes:
        expected[y : y + height, x : x + width] = 0
    assert np.array_equal(pixels(b"".join(piece for _, piece in frames)), expected)
