"""What a file says of itself is told as its word; damaged and hostile files say nothing and break nothing."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from haechi.adapters.tracing.container import container_facts, standard_quality


def image(width=320, height=200, seed=1):
    noise = np.random.default_rng(seed).integers(0, 255, (height // 20, width // 20, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def saved(picture, kind="JPEG", **how):
    target = io.BytesIO()
    picture.save(target, kind, **how)
    return target.getvalue()


@pytest.mark.parametrize("quality", [30, 50, 75, 87, 95, 100])
def test_the_quality_of_standard_tables_is_read(quality):
    facts = dict(container_facts(saved(image(), quality=quality), "image/jpeg"))
    assert facts["jpeg"] == {"quality": quality, "tables": "standard", "progressive": False}


def test_a_table_of_ones_own_has_no_quality():
    assert standard_quality(list(range(1, 65))) is None
    assert standard_quality([1]) is None


def tables_of(quality):
    return [list(one) for one in Image.open(io.BytesIO(saved(image(), quality=quality))).quantization.values()]


def test_tables_are_standard_only_if_those_of_the_colours_are_too():
    luminance, chrominance = tables_of(80)
    told = [
        dict(container_facts(saved(image(), qtables=[luminance, one]), "image/jpeg"))["jpeg"]
        for one in (chrominance, tables_of(60)[1], [*chrominance[:-1], chrominance[-1] + 1])
    ]
    assert [(one["tables"], one["quality"]) for one in told] == [("standard", 80), ("own", None), ("own", None)]


def test_the_one_table_of_a_grey_picture_is_standard():
    told = dict(container_facts(saved(image().convert("L"), quality=80), "image/jpeg"))["jpeg"]
    assert (told["tables"], told["quality"]) == ("standard", 80)


def test_a_progressive_picture_of_1280_pixels_at_87_is_consistent_with_telegram():
    facts = dict(container_facts(saved(image(1280, 720), quality=87, progressive=True), "image/jpeg"))
    assert facts["side-at-cap"] == {"side": 1280, "consistent_with": "telegram", "verified": True}
    assert facts["saved-like"] == {"consistent_with": "telegram-desktop"}


def test_a_size_that_is_only_reported_is_told_as_not_verified():
    facts = dict(container_facts(saved(image(1080, 1340)), "image/jpeg"))
    assert facts["side-at-cap"] == {"side": 1080, "consistent_with": "instagram", "verified": False}


def with_thumbnail(picture, thumbnail):
    exif = Image.Exif()
    exif[0x0131] = "Editor\x1b[2J 1.0"
    small = saved(thumbnail.resize((160, 100)))
    bare = exif.tobytes()
    # One directory more, whose two entries say where the thumbnail lies and how long it is.
    tiff = bare[6:] if bare.startswith(b"Exif\0\0") else bare
    order = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[first : first + 2], order)
    link = first + 2 + 12 * count
    start = len(tiff) + 2 + 24 + 4
    entries = b"".join(
        tag.to_bytes(2, order) + (4).to_bytes(2, order) + (1).to_bytes(4, order) + value.to_bytes(4, order)
        for tag, value in ((0x0201, start), (0x0202, len(small)))
    )
    tiff = tiff[:link] + len(tiff).to_bytes(4, order) + tiff[link + 4 :]
    tiff += (2).to_bytes(2, order) + entries + bytes(4) + small
    return saved(picture, exif=b"Exif\0\0" + tiff)


def test_a_thumbnail_of_another_picture_is_told_and_its_own_is_not():
    own = [code for code, _ in container_facts(with_thumbnail(image(), image()), "image/jpeg")]
    other = [code for code, _ in container_facts(with_thumbnail(image(), image(seed=2)), "image/jpeg")]
    assert "thumbnail-differs" not in own
    assert "thumbnail-differs" in other


def test_a_declared_program_moves_no_cursor():
    facts = dict(container_facts(with_thumbnail(image(), image()), "image/jpeg"))
    assert facts["declares-software"] == {"name": "Editor [2J 1.0"}


def test_a_file_that_declares_to_be_generated_is_told():
    content = saved(image(), comment=b"<Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</...>")
    facts = container_facts(content, "image/jpeg")
    assert ("declares-generated", {"source": "trainedAlgorithmicMedia", "where": "notes"}) in facts


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["image/jpeg", "image/png"]))
def test_damaged_files_say_nothing_worse(noise, at, mime):
    content = bytearray(saved(image(), "JPEG" if mime == "image/jpeg" else "PNG"))
    content[at : at + len(noise)] = noise
    assert isinstance(container_facts(bytes(content), mime), tuple)
