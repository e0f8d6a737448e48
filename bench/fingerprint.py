"""How many pictures a second one core decodes and hashes, beside Pillow with the PDQ reference, in the same run.

    python bench/fingerprint.py

Haechi hashes eight turns and looks for plain borders; the reference hashes the picture once. Figures are processor time
of one thread. Without `pdqhash` (it needs a compiler to install) only Haechi is measured.
"""

import argparse
import io
import mmap
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.measuring import machine  # noqa: E402
from bench.recording import Record, Recorder  # noqa: E402

from haechi.adapters.media.look import look  # noqa: E402
from haechi.adapters.media.pdq import hash_picture  # noqa: E402
from haechi.adapters.media.picture import read_picture  # noqa: E402

try:
    import pdqhash
except ImportError:
    pdqhash = None

SIZES = ((4032, 3024, 85, 8), (1920, 1080, 85, 20), (640, 480, 85, 150))


def drawn(width: int, height: int) -> Image.Image:
    """Return waves with grain, about as hard to compress as a photograph."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [np.sin(x / (width / (3 + c)) * 7 + y / height * (5 + 3 * c)) * 90 + 128 for c in range(3)]
    grain = np.random.default_rng(1).normal(0, 6, (height, width, 1))
    return Image.fromarray((np.dstack(waves) + grain).clip(0, 255).astype(np.uint8))


def jpeg(width: int, height: int, quality: int) -> bytes:
    """Return a JPEG file."""
    target = io.BytesIO()
    drawn(width, height).save(target, "JPEG", quality=quality)
    return target.getvalue()


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the median processor time of one call."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return sorted(taken)[len(taken) // 2]


def measured(file: bytes, width: int, height: int, times: int, record: Record) -> str:
    """Return the line about one file, and record its figures."""
    fd = os.memfd_create("picture")
    os.write(fd, file)
    request = {"kind": "image", "mime": "image/jpeg", "size": len(file)}
    ours = seconds(lambda: list(look(request, fd)), times)
    with mmap.mmap(fd, 0, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE) as mapped:
        picture = read_picture(mapped, "image/jpeg")
    os.close(fd)
    hashing = seconds(lambda: hash_picture(picture.pixels), times)
    line = f"{width}x{height}, {len(file) / 1e6:.2f} MB: {1 / ours:.1f}/s, of {1000 * ours:.1f} ms hashing {1000 * hashing:.1f}"
    record.add(f"{width} x {height}, {len(file) / 1e6:.2f} MB: hashing", 1000 * hashing, "ms")
    if pdqhash is None:
        record.add(f"{width} x {height}, {len(file) / 1e6:.2f} MB", 1 / ours, "pictures/s a core")
        return line
    reference = seconds(lambda: pdqhash.compute(np.asarray(Image.open(io.BytesIO(file)))), max(3, times // 4))
    record.add(f"{width} x {height}, {len(file) / 1e6:.2f} MB", 1 / ours, "pictures/s a core", peer=1 / reference)
    return f"{line}; Pillow and pdqhash {1 / reference:.1f}/s, {reference / ours:.1f} times as long"


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    recorder = Recorder(parser)
    options = parser.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    for width, height, quality, times in SIZES:
        print(measured(jpeg(width, height, quality), width, height, times, record))
    record.close()


if __name__ == "__main__":
    main()
