"""Of a video the key frames are hashed, evenly over its length."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from haechi.adapters.media.video import Film
from haechi.domain.evidence import MediaKind
from haechi.domain.fingerprint import Region, Symmetry, distance
from haechi.domain.match import same_video


@pytest.fixture(scope="module")
def frames(draw):
    """Three drawn scenes, each still for ten frames: three seconds."""
    return [draw(160, 120, seed) for seed in range(3) for _ in range(10)]


CONTAINERS = [
    ("mp4", "mpeg4", "yuv420p", "video/mp4"),
    ("mp4", "libx264", "yuv420p", "video/mp4"),
    ("mov", "mjpeg", "yuvj420p", "video/quicktime"),
    ("matroska", "libx264", "yuv444p", "video/x-matroska"),
    ("webm", "libvpx", "yuv420p", "video/webm"),
    ("avi", "mpeg4", "yuv420p", "video/x-msvideo"),
]


@pytest.mark.parametrize("container", CONTAINERS, ids="-".join)
def test_key_frames_hash_as_the_pictures_they_show(container, examine, encode, film, frames):
    form, codec, pix, mime = container
    try:
        file = film(frames, form=form, codec=codec, pix=pix)
    except av.error.EncoderNotFoundError:
        pytest.skip("this FFmpeg has no such encoder")
    found, *stills = examine(file, *(encode(frames[at]) for at in (0, 10, 20)))
    assert (found.kind, found.mime, found.width, found.height) == (MediaKind.VIDEO, mime, 160, 120)
    assert abs(found.duration_ms - 3000) <= 100
    assert {(row.region, row.symmetry) for row in found.fingerprints} == {(Region.FRAME, Symmetry.UPRIGHT)}
    for row in found.fingerprints:
        still = stills[min(2, row.at_ms // 1000)]
        assert distance(row.value, still.fingerprints[0].value) <= 20
    assert [row.at_ms for row in found.fingerprints] == sorted(row.at_ms for row in found.fingerprints)


def test_a_recompressed_video_is_the_same_video_and_another_is_not(examine, film, draw):
    frames = [draw(320, 240, seed) for seed in range(3) for _ in range(10)]
    small = [np.asarray(Image.fromarray(frame).resize((240, 180))) for frame in frames]
    other = [draw(320, 240, seed) for seed in range(10, 13) for _ in range(10)]
    one, copy, foreign = (
        found.fingerprints for found in examine(film(frames), film(small, form="webm", codec="libvpx"), film(other))
    )
    assert same_video(one, copy) is not None
    assert same_video(one, foreign) is None


def test_only_so_many_frames_are_taken_and_they_span_the_film(film, draw):
    file = film([draw(64, 48, seed) for seed in range(60)], every=1)
    found = list(Film(io.BytesIO(file), "video/mp4").frames(most=10))
    assert len(found) == 10
    assert found[0][0] == 0
    assert found[-1][0] >= 5000


def test_when_time_is_up_the_frames_so_far_are_all_and_it_is_told(film, draw):
    open_film = Film(io.BytesIO(film([draw(64, 48, seed) for seed in range(20)], every=1)), "video/mp4")
    assert len(list(open_film.frames(seconds=-1))) == 0
    assert open_film.findings == ["video-partly-examined"]


def test_a_video_cut_short_keeps_the_frames_it_has(examine, film, frames):
    whole = film(frames, form="matroska")
    (found,) = examine(whole[: len(whole) // 2])
    assert found.fingerprints
    assert (found.width, found.height) == (160, 120)


def test_a_list_of_other_files_is_no_video(examine, tmp_path):
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"x" * 1000)
    playlist = f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n".encode()
    for file in (
        playlist,
        f"ffconcat version 1.0\nfile {secret}\n".encode(),
        b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + playlist,
    ):
        (found,) = examine(("a.mp4", file))
        assert found.fingerprints == ()
        assert found.findings


def test_a_frame_that_grows_beyond_the_limit_is_lost_and_the_others_are_not():
    """A fuzzer's find: a film of 64 x 48 pixels, one frame of which says 11,824 x 9,037."""
    drawn = Path(__file__).parents[2] / "fuzz" / "corpus" / "film" / "frame-that-grows"
    film = Film(io.BytesIO(drawn.read_bytes()), "video/x-flv")
    assert {pixels.shape for _at, pixels, _turn in film.frames()} == {(48, 64)}
    assert film.findings == ["truncated"]
