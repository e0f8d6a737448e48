"""PDQ beside its reference, in the same run: bits, forms of one picture, and speed: `make bench ARGS="hashing"`.

The reference is `pdqhash` (the reference's own C++) fed by Pillow as python-threatexchange feeds it. It has to be compiled and
is no dependency of haechi: `python -m pip install --target FOLDER --no-deps pdqhash`, then this with
PYTHONPATH=FOLDER. The same goes for scikit-image, whose shipped photographs are hashed too where it is installed.
Times are processor time of one thread, medians; "all cores" is wall time of `PoolHasher.hash_many`.
"""

import argparse
import io
import mmap
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "bench")]

from fingerprint import jpeg  # noqa: E402
from measuring import machine  # noqa: E402
from recording import Record, Recorder  # noqa: E402

from drawn.portraits import portrait  # noqa: E402
from drawn.scenes import scene  # noqa: E402
from haechi.adapters.media import engine  # noqa: E402
from haechi.adapters.media.hasher import PoolHasher  # noqa: E402
from haechi.adapters.media.pdq import hash_picture  # noqa: E402
from haechi.adapters.media.picture import read_picture  # noqa: E402
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN, Expansion, Reading, Symmetry, distance  # noqa: E402

try:
    import pdqhash
except ImportError:
    sys.exit(f"{__doc__}\npdqhash is not installed")

EDGES = (
    (1, 1), (1, 7), (4, 9), (5, 5), (6, 5), (7, 200), (200, 7), (16, 16), (31, 33), (63, 65), (64, 64), (65, 63), (127, 129),
    (128, 128), (129, 127), (50, 2000), (2000, 50), (8000, 50), (50, 8000), (4032, 3024),
)  # fmt: skip
COMPARED = 300
FASTER = (("4032", 20), ("640", 5))  # times the reference, by the width of the picture
SPEEDS = ((4032, 3024, 85, 7), (640, 480, 85, 200))


def reference_of(pixels: np.ndarray) -> tuple[bytes, int]:
    """Return the reference's hash and quality of an RGB array."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), quality


def fed_by_pillow(file: bytes) -> tuple[bytes, int]:
    """Return what python-threatexchange 1.2 makes of a file. Raises what it raises."""
    image = Image.open(io.BytesIO(file))
    pixels = np.asarray(image.convert("RGB") if image.mode == "LA" else image)
    return reference_of(np.concatenate([pixels[..., np.newaxis]] * 3, axis=2) if pixels.ndim == 2 else pixels)  # noqa: PLR2004


def photographs() -> list[Image.Image]:
    """Return the pictures that scikit-image ships, without loading it."""
    found = find_spec("skimage")
    folder = Path(next(iter(found.submodule_search_locations or ()))) / "data" if found else None
    files = sorted(folder.iterdir()) if folder else []
    return [Image.open(file).convert("RGB") for file in files if file.suffix in {".png", ".jpg", ".gif"}]


def pictures(count: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what is compared: photographs at three sizes, drawn scenes and portraits, edge sizes, noise, plain areas."""
    for image in photographs():
        yield "shipped photographs", np.asarray(image)
        for size in ((333, 251), (1280, 960)):
            yield "shipped photographs, resized", np.asarray(image.resize(size))
    for number in range(count):
        size = ((640, 480), (512, 384), (900, 1200), (317, 411))[number % 4]
        yield "drawn scenes and portraits", np.asarray((portrait if number % 3 == 2 else scene)(number, size))  # noqa: PLR2004
    for width, height in EDGES:
        for number in range(3):
            yield "edge sizes 1 x 1 to 8000 x 50", np.asarray(scene(number, (640, 480)).resize((width, height)))
    dice = np.random.default_rng(1)
    for number in range(20):
        yield "noise", dice.integers(0, 256, (40 + 31 * number, 50 + 29 * number, 3), np.uint8)
    y, x = np.mgrid[0:480, 0:640]
    for plane in (
        x * 0,
        x * 0 + 77,
        x // 50 % 2 * 255,
        (x // 40 + y // 40) % 2 * 255,
        x * 255 // 640,
        51 + 51 * (x // 320),
    ):
        yield "plain areas, stripes, ramps", np.dstack([plane] * 3).astype(np.uint8)


def compare(count: int, record: Record) -> None:
    """Print and record the differences from the reference."""
    table: dict[str, list[tuple[int, int, int, int]]] = {}
    turns = {"mirror": np.fliplr, "rotate-90": np.rot90, "transverse": lambda one: np.rot90(one, 2).swapaxes(0, 1)}
    for name, pixels in pictures(count):
        value, quality = reference_of(pixels)
        both = [hash_picture(pixels, engine=one) for one in (engine.load(), engine.PLAIN)]
        turned = [distance(both[0].values[Symmetry(turn)], reference_of(how(pixels))[0]) for turn, how in turns.items()]
        table.setdefault(name, []).append(
            (
                distance(both[0].values[Symmetry.UPRIGHT], value),
                abs(both[0].quality - quality),
                int(both[0] != both[1]),
                max(turned) if both[0].quality else 0,
            )
        )
    print(
        "\n| pictures | number | bits different | quality different | NumPy differs | turns, most bits |\n|---|---:|---:|---:|---:|---:|"
    )
    rows = [*table.items(), ("**all**", [row for rows in table.values() for row in rows])]
    for name, found in rows:
        bits, quality, plain, turned = (np.array(column) for column in zip(*found, strict=True))
        print(f"| {name} | {len(found)} | {bits.sum()} | {quality.sum()} | {plain.sum()} | {turned.max()} |")
    record.add("pictures compared with pdqhash", len(found), least=COMPARED)
    record.add("bits different", int(bits.sum()), exactly=0)
    record.add("qualities different", int(quality.sum()), exactly=0)
    record.add("pictures that NumPy hashes otherwise", int(plain.sum()), exactly=0)


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """Return a file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def forms(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Yield the same picture saved in the ways that the reference is fed wrongly."""
    yield "PNG, palette", encoded(image.convert("P", palette=Image.Palette.ADAPTIVE), "PNG")
    yield "GIF", encoded(image, "GIF")
    yield "JPEG, CMYK", encoded(image.convert("CMYK"), "JPEG", quality=90)
    yield "PNG, 1 bit", encoded(image.convert("1"), "PNG")
    yield "PNG, 16 bits", encoded(Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257), "PNG")
    yield "PNG, transparent", encoded(Image.merge("RGBA", (*image.split(), image.convert("L"))), "PNG")
    for orientation, stored in (
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"JPEG, orientation {orientation}", encoded(image.transpose(stored), "JPEG", quality=90, exif=exif)


def match_forms(count: int, hasher: PoolHasher, record: Record) -> None:
    """Print how many of each form match the picture itself, ours and the reference's, and whether we also give the reference's."""
    found: dict[str, list[tuple[bool, bool, bool | None]]] = {}
    for number in range(count):
        image = scene(number, (640, 480)) if number % 3 else portrait(number, (480, 640))
        value, _ = reference_of(np.asarray(image))
        for name, file in forms(image):
            prints = hasher.hash(file, expansion=Expansion.ONE).prints
            shown = next(one for one in prints if one.transform.reading is Reading.SHOWN)
            stored = next((one for one in prints if one.transform.reading is Reading.STORED), shown)
            try:
                fed, quality = fed_by_pillow(file)
            except (ValueError, IndexError):
                row = False, None
            else:
                row = (
                    quality >= ENOUGH_QUALITY and distance(fed, value) <= MATCH_WITHIN,
                    (stored.value, stored.quality) == (fed, quality),
                )
            found.setdefault(name, []).append(
                (shown.quality >= ENOUGH_QUALITY and distance(shown.value, value) <= MATCH_WITHIN, *row)
            )
    print(
        "\n| saved as | haechi matches | the reference matches | haechi gives the reference's hash too |\n|---|---:|---:|---:|"
    )
    for name, rows in found.items():
        same = [row[2] for row in rows if row[2] is not None]
        told = f"{sum(same)} of {len(same)}" if same else "the reference fails"
        ours, theirs = (sum(row[at] for row in rows) for at in range(2))
        record.add(f"saved as {name}: match", ours, f"of {len(rows)}", exactly=len(rows), peer=theirs)
        print(
            f"| {name} | {sum(row[0] for row in rows)} of {len(rows)} | {sum(row[1] for row in rows)} of {len(rows)} | {told} |"
        )


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the median processor time of one call."""
    work()
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return sorted(taken)[len(taken) // 2]


def race(hasher: PoolHasher, record: Record) -> None:
    """Print how long one picture takes, from the file's bytes to the hash."""
    print(
        "\n| JPEG | | decoding ms | hashing ms | pictures a second and core | times the reference |\n|---|---|---:|---:|---:|---:|"
    )
    for width, height, quality, times in SPEEDS:
        drawn = encoded(
            scene(3, (1280, 960)).resize((width, height), Image.Resampling.BICUBIC), "JPEG", quality=quality
        )
        for content, file in (("drawn scene", drawn), ("waves with grain", jpeg(width, height, quality))):
            race_one(f"{width} x {height}, {content}, {len(file) / 1e6:.2f} MB", file, times, hasher, record)


def race_one(name: str, file: bytes, times: int, hasher: PoolHasher, record: Record) -> None:
    """Print and record the lines about one file."""
    fd = os.memfd_create("picture")
    os.write(fd, file)
    with mmap.mmap(fd, 0, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE) as mapped:
        pixels = np.asarray(Image.open(io.BytesIO(file)))
        rows = [
            (
                "Pillow, pdqhash",
                seconds(lambda: np.asarray(Image.open(io.BytesIO(file))), times),
                seconds(lambda: pdqhash.compute(pixels), max(3, times // 4)),
            )
        ]
        for label, is_grey_enough in (("haechi, eight turns", False), ("haechi, grey is enough", True)):

            def decode(grey: bool = is_grey_enough) -> np.ndarray:  # noqa: FBT001
                return read_picture(mapped, "image/jpeg", is_grey_enough=grey).pixels

            shown = decode()
            rows.append(
                (
                    label,
                    seconds(decode, times),
                    seconds(lambda shown=shown, exact=not is_grey_enough: hash_picture(shown, is_precise=exact), times),
                )
            )
    os.close(fd)
    whole = sum(rows[0][1:])
    for label, decoding, hashing in rows:
        taken = decoding + hashing
        if label != "Pillow, pdqhash":
            barred = label.endswith("grey is enough")
            least = next(bar for size, bar in FASTER if name.startswith(size)) if barred else None
            record.add(f"{name}, {label}", whole / taken, "times the reference", least=least)
            record.add(f"{name}, {label}", 1 / taken, "pictures/s a core", peer=1 / whole)
        print(
            f"| {name} | {label} | {1000 * decoding:.2f} | {1000 * hashing:.2f} | {1 / taken:.1f} | {whole / taken:.1f} |"
        )
    for label, is_grey_enough in (("all cores", False), ("all cores, grey is enough", True)):
        with tempfile.TemporaryDirectory() as folder:
            count = max(24, 3 * times)
            path = Path(folder) / "one.jpg"
            path.write_bytes(file)
            list(hasher.hash_many([(0, path)] * 4, is_grey_enough=is_grey_enough))
            start = time.monotonic()
            list(hasher.hash_many([(number, path) for number in range(count)], is_grey_enough=is_grey_enough))
            wall = (time.monotonic() - start) / count
        print(f"| {name} | {label}, with both digests, isolated | | | {1 / wall:.1f} (all) | {whole / wall:.1f} |")


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pictures", type=int, default=260, help="drawn pictures compared bit for bit")
    parser.add_argument("--forms", type=int, default=60, help="pictures saved in each form")
    parser.add_argument("--only", choices=("bits", "forms", "speed"))
    recorder = Recorder(parser)
    options = parser.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    print(f"engine: {getattr(engine.load(), '__name__', '')}, pdqhash {pdqhash.__version__}")
    hasher = PoolHasher()
    if options.only in (None, "bits"):
        compare(options.pictures, record)
    if options.only in (None, "forms"):
        match_forms(options.forms, hasher, record)
    if options.only in (None, "speed"):
        race(hasher, record)
    hasher.close()
    record.close()


if __name__ == "__main__":
    main()
