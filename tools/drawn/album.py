"""The pictures of the drawn case: which are hers, which are copies of which by which change, and their files.

Two are composites, each posted in both rooms: one has the face of a photo of hers, the other that of no photo of hers.

`ALBUM` is the plan and the truth at once. A posted picture is written as Telegram writes photos: at most 1,280 pixels,
JPEG, no metadata. Her own photos carry what a phone writes: time with offset, sometimes a position.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from PIL import ExifTags, Image

from .changes import changed, jpeg
from .composites import Treatment, compose
from .composites import portrait as with_face
from .portraits import portrait
from .scenes import scene

AS_IS = "as-is"
MADE_FROM_HERS, MADE_FROM_OTHERS = "c11-44", "c40-41"
SEOUL = timezone(timedelta(hours=9))
LARGEST_SIDE = 1280
OWN = ("p7", "p9", "p11", "p13", "p14", "p15", "p19", "p21", "p24", "p27", "s1", "s4")
OWN_TAKEN = datetime(2025, 3, 8, 10, 24, 51, tzinfo=SEOUL)
TURNED_BY_PHONE = {"p21": 6}  # EXIF orientation: the sensor lay on its side


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture as posted: which drawing, and what was done to it. `again` posts the very bytes of an earlier one."""

    source: str
    change: str = AS_IS
    again: bool = False
    as_file: bool = False


# Room "a" first, then room "b", in the order of posting. What is not in OWN is nobody's in this case.
ALBUM: dict[str, tuple[Drawn, ...]] = {
    "a": (
        Drawn("s0"), Drawn("p7", "resized"), Drawn("s5"), Drawn("p9"), Drawn("p30"), Drawn("p9", "mirrored"), Drawn("s2"),
        Drawn("p11", "caption-below"), Drawn("p13", "recompressed"), Drawn("s11"), Drawn("p14", "cropped-3"), Drawn("p31"),
        Drawn("p15", "cropped-25"), Drawn("p19", "brighter"), Drawn("s12"), Drawn("p21", "bordered"), Drawn("p24"),
        Drawn("s9"), Drawn("p27", "written-over"), Drawn("p33"), Drawn("s1", "recompressed"), Drawn("p11", "mirrored"),
        Drawn("s17", as_file=True), Drawn("p7", "turned"), Drawn(MADE_FROM_HERS), Drawn(MADE_FROM_OTHERS),
    ),
    "b": (
        Drawn("p9", again=True), Drawn("p30", "mirrored"), Drawn(MADE_FROM_OTHERS, again=True), Drawn(MADE_FROM_HERS, again=True), Drawn("p13", "letterboxed"), Drawn("s3"), Drawn("p14", "cropped-10"),
        Drawn("p7", "mirrored"), Drawn("p36"), Drawn("p24", again=True), Drawn("p24", "caption-above"), Drawn("p19", "grey"),
        Drawn("s8"), Drawn("p21", "upside-down"), Drawn("p15", "stretched"), Drawn("p31", "resized"), Drawn("p38"),
        Drawn("p27", "screenshot"), Drawn("s4", "resized"), Drawn("p11", "recompressed"), Drawn("s2", again=True),
        Drawn("s14"), Drawn("p33", "cropped-3"), Drawn("p9", "caption-below"), Drawn("p13", "turned"), Drawn("p40"),
    ),
}  # fmt: skip


@lru_cache(maxsize=64)
def drawing(source: str) -> Image.Image:
    """Return the drawing named `p7` (portrait of seed 7), `s2` (scene of seed 2) or `c11-44` (11's face on portrait 44)."""
    if source[0] == "c":
        return _composite(*map(int, source[1:].split("-")))
    return (portrait if source[0] == "p" else scene)(int(source[1:]))


def _composite(donor: int, host: int) -> Image.Image:
    """Return the face of one drawn portrait on another. Only portraits in which the detector finds a face can be used."""
    faces = [with_face(str(seed), f"{seed}.jpg", np.asarray(portrait(seed))) for seed in (donor, host)]
    made = None
    if faces[0] is not None and faces[1] is not None:
        made = compose(faces[0], faces[1], Treatment(width=200), np.random.default_rng(donor))
    if made is None:
        raise ValueError(donor, host)
    return Image.fromarray(made.rgb)


def posted(drawn: Drawn) -> tuple[bytes, tuple[int, int]]:
    """Return the file of a posted picture and its width and height in pixels."""
    image = drawing(drawn.source)
    if drawn.change != AS_IS:
        image = changed(drawn.change, image, seed=int(drawn.source[1:]))
    if max(image.size) > LARGEST_SIDE:
        image = image.copy()
        image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    if drawn.as_file:
        return jpeg(image, quality=93, exif=_exif(datetime(2026, 9, 2, 18, 5, 40, tzinfo=SEOUL), at=None)), image.size
    return jpeg(image), image.size


def write_own_photos(folder: Path) -> dict[str, str]:
    """Write her own photos; return file name → drawing."""
    folder.mkdir(parents=True)
    names = {}
    for number, source in enumerate(OWN):
        taken = OWN_TAKEN + timedelta(days=29 * number, minutes=97 * number)
        at = (37.5443 + number * 0.0021, 127.0374 - number * 0.0017) if number % 3 == 0 else None
        image, exif = drawing(source), _exif(taken, at=at)
        if source in TURNED_BY_PHONE:
            exif[ExifTags.Base.Orientation] = TURNED_BY_PHONE[source]
            image = image.transpose(Image.Transpose.ROTATE_90)
        name = f"{taken:%Y%m%d_%H%M%S}.jpg"
        (folder / name).write_bytes(jpeg(image, quality=(95, 92, 90)[number % 3], exif=exif))
        names[name] = source
    return names


def _exif(taken: datetime, *, at: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Drawn", "Phone D1"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    details[ExifTags.Base.OffsetTimeOriginal] = "+09:00"
    if at:
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
        position[ExifTags.GPS.GPSLatitudeRef], position[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        position[ExifTags.GPS.GPSLatitude], position[ExifTags.GPS.GPSLongitude] = _degrees(at[0]), _degrees(at[1])
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 2)


def write_video(path: Path, *, width: int = 640, copy: bool = False) -> tuple[int, int, int]:
    """Write a five-second video that glides over three scenes; return width, height and seconds.

    `copy` is the same film as a second person posts it: smaller, compressed harder. H.264 where the encoder is there.
    """
    width, rate, seconds = (width * 3 // 4 if copy else width), 12, 5
    height = width * 9 // 16 // 2 * 2
    sources, frames = ("s6", "s10", "s16"), rate * seconds
    with av.open(str(path), "w", format="mp4") as film:
        codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
        stream = film.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = 500_000 if copy else 1_400_000
        stream.thread_count = 1  # more threads, other bytes
        for number in range(frames):
            shown = sources[number * len(sources) // frames]
            share = number / frames
            frame = drawing(shown).resize((width, height), box=_window(drawing(shown).size, share))
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")):
                film.mux(packet)
        for packet in stream.encode(None):
            film.mux(packet)
    return width, height, seconds


def _window(size: tuple[int, int], share: float) -> tuple[float, float, float, float]:
    """Return the part of a drawing that the camera sees: 16:9, gliding slowly to the right."""
    wide = size[0] * 0.86
    high = min(wide * 9 / 16, size[1])
    left, top = (size[0] - wide) * share, (size[1] - high) * 0.4
    return left, top, left + wide, top + high
