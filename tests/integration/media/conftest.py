"""Pictures and films drawn by arithmetic on whole numbers: the same bytes on every machine, and nobody in them."""

import hashlib
import io
import struct
import zlib

import av
import numpy as np
import pytest
from PIL import Image

from haechi.adapters.media.examiner import PoolExaminer


def drawn(width, height, seed=0):
    """Return an RGB array of waves and round shapes, without any symmetry; each seed is another picture."""
    dice = iter(hashlib.shake_256(f"drawn {seed}".encode()).digest(400))
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u, v = x * 4096 // width, y * 4096 // height
    layers = np.zeros((height, width, 3), np.int64)
    for _ in range(8):
        across, down, shift = next(dice) % 9, next(dice) % 9, next(dice) * 16
        wave = abs((u * across + v * down + shift) % 4096 - 2048)
        layers += wave[:, :, None] * np.array([next(dice) % 5, next(dice) % 5, next(dice) % 5])
    layers = layers * 255 // max(1, layers.max())
    for _ in range(10):
        middle_x, middle_y, radius = next(dice) * 16, next(dice) * 16, 200 + next(dice) * 4
        inside = (u - middle_x) ** 2 + (v - middle_y) ** 2 < radius**2
        layers[inside] = (layers[inside] + np.array([next(dice), next(dice), next(dice)])) // 2
    return layers.clip(0, 255).astype(np.uint8)


def encoded(pixels, form="PNG", **options):
    """Return a picture file."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def filmed(frames, *, form="mp4", codec="mpeg4", pix="yuv420p", rate=10, every=5):
    """Return a video file of `frames`, with a key frame `every` so many."""
    target = io.BytesIO()
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = frames[0].shape[1], frames[0].shape[0], pix
        stream.codec_context.gop_size = every
        stream.bit_rate = 4_000_000
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return target.getvalue()


def png_of(width, height, rows):
    """Return a grey PNG that claims a size, with whatever `rows` as its compressed content."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def draw():
    return drawn


@pytest.fixture(scope="session")
def encode():
    return encoded


@pytest.fixture(scope="session")
def film():
    return filmed


@pytest.fixture(scope="session")
def claim_png():
    return png_of


@pytest.fixture(scope="session")
def examiner():
    pool = PoolExaminer(2)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def examine(examiner):
    """Return a function that examines files, each given as bytes or (name, bytes), in order."""

    def run(*files):
        rows = []
        for number, file in enumerate(files):
            name, content = file if isinstance(file, tuple) else ("", file)
            rows.append((number, examiner.snapshot(io.BytesIO(content), name)))
        results = list(examiner.examine(rows))
        for _, snapshot in rows:
            snapshot.close()
        assert [key for key, _, _ in results] == list(range(len(files)))
        return [result for _, _, result in results]

    return run
