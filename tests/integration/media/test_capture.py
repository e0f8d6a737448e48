"""What EXIF claims is taken as a claim; where it makes no sense it is left out, and nothing in it can stop an import."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from haechi.adapters.media.capture import capture_of


def with_exif(base=(), details=(), gps=()):
    exif = Image.Exif()
    exif.update(dict(base))
    exif.get_ifd(ExifTags.IFD.Exif).update(dict(details))
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(dict(gps))
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG", exif=exif)
    return Image.open(target)


def taken(details, gps=()):
    found = capture_of(with_exif(details={0x9003: "2024:08:01 15:05:12", **dict(details)}, gps=gps))
    return found["taken_at"], found["zone_source"]


def fix(hours, minutes, day="2024:08:01"):
    return {29: day, 7: (float(hours), float(minutes), 12.0)}


def test_the_cameras_offset_is_part_of_the_time():
    assert taken({0x9011: "+09:00", 0x9291: "123"}) == ("2024-08-01T15:05:12.123+09:00", "exif-offset")


def test_without_an_offset_the_satellites_give_it():
    assert taken({}, fix(6, 5)) == ("2024-08-01T15:05:12+09:00", "gps")
    assert taken({}, fix(18, 35)) == ("2024-08-01T15:05:12-03:30", "gps")
    assert taken({}, fix(4, 3, "2024:08:02")) == ("2024-08-01T15:05:12-13:00", "gps")


@pytest.mark.parametrize(
    "gps", [fix(6, 12), fix(6, 5, "2024:08:03"), fix(6, 5, "no day"), {29: "2024:08:01"}, {7: (1.0, 2.0, 3.0)}]
)
def test_satellites_that_give_no_time_zone_are_not_believed(gps):
    assert taken({}, gps) == ("2024-08-01T15:05:12", "none")


@pytest.mark.parametrize("offset", ["+9", "KST", "+99:00", ""])
def test_an_offset_that_is_none_is_left_out(offset):
    assert taken({0x9011: offset}) == ("2024-08-01T15:05:12", "none")


@pytest.mark.parametrize("moment", ["0000:00:00 00:00:00", "2024:13:01 00:00:00", "yesterday", " "])
def test_a_time_that_is_none_is_left_out(moment):
    found = capture_of(with_exif({271: "Drawn"}, {0x9003: moment}))
    assert (found["taken_at"], found["zone_source"]) == (None, "none")


def test_place_and_serial_numbers_are_only_in_the_private_part():
    found = capture_of(
        with_exif(
            {271: "Drawn\0\0", 272: " Camera  ", 305: "1.0", 274: 6},
            {0xA431: "SERIAL-1", 0xA435: "LENS-1"},
            {1: "N", 2: (37.0, 33.0, 59.4), 3: "W", 4: (126.0, 58.0, 41.0)},
        )
    )
    assert found["private"] == {
        "body_serial": "SERIAL-1", "lens_serial": "LENS-1", "latitude": "37.566500", "longitude": "-126.978056",
    }  # fmt: skip
    assert (found["make"], found["model"], found["software"], found["orientation"]) == ("Drawn", "Camera", "1.0", 6)


@pytest.mark.parametrize("place", [(91.0, 0.0, 0.0), (float("nan"), 0.0, 0.0), (1.0, 2.0), "north"])
def test_a_place_that_is_none_is_left_out(place):
    image = Image.new("RGB", (8, 8))
    image.getexif().get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: place, 3: "E", 4: (1.0, 2.0, 3.0)})
    image.getexif()[271] = "Drawn"
    assert capture_of(image)["private"] == {}


def test_a_picture_that_claims_nothing_has_no_capture(encode, draw):
    for form in ("PNG", "TIFF", "JPEG"):
        assert capture_of(Image.open(io.BytesIO(encode(draw(50, 40), form)))) is None


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=8))
def test_no_exif_can_raise(rubbish, damage):
    whole = bytearray(with_exif({271: "Drawn", 274: 6}, {0x9003: "2024:08:01 15:05:12"}, fix(6, 5)).info["exif"])
    for at, value in damage:
        whole[at % len(whole)] = value
    for content in (bytes(whole), b"Exif\0\0" + rubbish, rubbish):
        image = Image.new("RGB", (8, 8))
        image.info["exif"] = content
        found = capture_of(image)
        assert found is None or all(value.isprintable() for value in found["private"].values())
