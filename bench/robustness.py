"""Which changes of a picture PDQ survives, alone and with each way of asking more: `make bench ARGS="robustness"`.

Each of 100 pictures comes back in 38 ways (`tools/drawn/reposts.py`) and is looked for among the references; every other
reference is a negative. The columns add up: PDQ alone; its eight turns; without plain borders; rectangles; grid; and four more
hashes of each reference. Pictures are drawn scenes, portraits and, where scikit-image is installed (it need not be), the
photographs it ships. A hit is 31 bits or fewer, both qualities 50 or more.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "bench")]

from measuring import machine  # noqa: E402
from recording import Recorder  # noqa: E402

from drawn.portraits import portrait  # noqa: E402
from drawn.reposts import REPOSTS, reposted  # noqa: E402
from drawn.scenes import scene  # noqa: E402
from haechi.adapters.media.hashing import prints_of  # noqa: E402
from haechi.adapters.media.picture import Picture  # noqa: E402
from haechi.adapters.media.turns import Turn  # noqa: E402
from haechi.domain.fingerprint import ENOUGH_QUALITY, MATCH_WITHIN, Expansion, Region, Symmetry  # noqa: E402

RECALL, PAIRS, PICTURES = 60, 1_000_000, 100
SIDE = 512  # pixels of the longer side of a reference
LEAST = 200  # pixels of the shorter side of a photograph
COLUMNS = ("PDQ", "+ turns", "+ trim", "+ rectangles", "+ grid", "+ middles")
_TWICE = {"motorcycle_right", "chessboard_GRAY"}  # show what another file shows: a match would be right
_COLUMN_OF = {Region.WHOLE: 1, Region.TRIMMED: 2, Region.RECTANGLE: 3, Region.CELL: 4}


def photographs() -> list[Image.Image]:
    """Return the photographs that scikit-image ships, without loading it."""
    found = find_spec("skimage")
    folder = Path(next(iter(found.submodule_search_locations or ()))) / "data" if found else None
    files = sorted(folder.iterdir()) if folder else []
    images = [
        Image.open(file).convert("RGB") for file in files if file.suffix in {".png", ".jpg"} and file.stem not in _TWICE
    ]
    telling = [
        image
        for image in images
        if min(image.size) >= LEAST and prints(image, Expansion.ONE)[1].min() >= ENOUGH_QUALITY
    ]
    return [fitted(image) for image in telling]


def fitted(image: Image.Image) -> Image.Image:
    """Return the picture with its longer side shrunk to `SIDE`."""
    scale = min(1, SIDE / max(image.size))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BOX)


def reference(number: int) -> Image.Image:
    """Return the drawn picture of that number: two scenes, one portrait, and so on."""
    size = (512, 384) if number % 5 else (384, 512)
    return portrait(number, size) if number % 3 == 2 else scene(number * 7 + number % 6, size)  # noqa: PLR2004


def prints(image: Image.Image, expansion: Expansion) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the hashes (n, 4) in words, their qualities, and the first column in which each takes part."""
    pixels = np.asarray(image.convert("RGB"))
    rows = list(prints_of(Picture(pixels, Turn(), *image.size), expansion))
    columns = [
        0 if row[2] == Region.WHOLE and row[3] == Symmetry.UPRIGHT else _COLUMN_OF.get(row[2], 5) for row in rows
    ]
    words = np.frombuffer(bytes.fromhex("".join(row[0] for row in rows)), np.uint64).reshape(-1, 4)
    return words, np.array([row[1] for row in rows]), np.array(columns)


def asked(number: int) -> Iterator[tuple[str, int, list[int], list[int], int, float]]:
    """Yield for each way: its name, the first column that finds the picture, and how many others each column finds."""
    words, quality, columns, owners = _KNOWN["all"]
    images = _KNOWN["images"]
    source = _KNOWN["queries"][number]
    others = [images[(source + 37 * k + 11) % len(images)] for k in range(9)]
    for name in REPOSTS:
        image = reposted(name, images[source], others, seed=source)
        shown = {(source + 37 * k + 11) % len(images) for k in range(9)} if _shows_others(name) else set()
        start = time.process_time()
        ours, level, since = prints(image, Expansion.GRID)
        taken = time.process_time() - start
        hits: dict[int, int] = {}
        for hash_, needed, good in zip(ours, since, level, strict=True):
            if good < ENOUGH_QUALITY:
                continue
            bits = np.bitwise_count(words ^ hash_).sum(axis=1)
            for at in np.flatnonzero((bits <= MATCH_WITHIN) & (quality >= ENOUGH_QUALITY)):
                column = max(int(needed), 5 if columns[at] else 0)
                owner = int(owners[at])
                hits[owner] = min(hits.get(owner, 9), column)
        false = [column for owner, column in hits.items() if owner != source and owner not in shown]
        yield name, hits.get(source, 9), false, sorted(set(hits) - {source} - shown), len(ours), taken


def _shows_others(name: str) -> bool:
    """Whether other references are in the picture, so that finding them is no mistake."""
    return name.startswith(("collage", "side", "40 %", "20 %"))


_KNOWN: dict = {}


def learn(count: int, queries: int) -> None:
    """Draw the references and hash them, in each process."""
    images = [*photographs(), *(reference(number) for number in range(count))][:count]
    rows = [prints(image, Expansion.REFERENCE) for image in images]
    owners = np.repeat(np.arange(len(images)), [len(words) for words, _, _ in rows])
    parts = [np.concatenate([row[at] for row in rows]) for at in range(3)]
    telling = [at for at, (_, quality, _) in enumerate(rows) if quality[0] >= ENOUGH_QUALITY]
    _KNOWN.update(all=(*parts, owners), images=images, queries=telling[:queries])


def answers(number: int) -> list:
    """Return what `asked` yields, for another process."""
    return list(asked(number))


def main() -> None:
    """Print the table, the false positives, and how many pairs there were."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pictures", type=int, default=100, help="pictures that come back")
    parser.add_argument("--references", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--which", action="store_true", help="name each false positive")
    recorder = Recorder(parser)
    options = parser.parse_args()
    here = machine()
    print(here)
    record = recorder.begin(options, here)
    first: dict[str, list[int]] = defaultdict(list)
    false = [0] * len(COLUMNS)
    hashes, seconds, pairs = [], [], 0
    with Pool(options.processes, learn, (options.references, options.pictures)) as pool:
        for rows in pool.imap(answers, range(options.pictures)):
            for name, column, wrong, others, count, taken in rows:
                if others and options.which:
                    print(f"{name}: {others}")
                first[name].append(column)
                pairs += options.references - 1 - (9 if _shows_others(name) else 0)
                for at in wrong:
                    false[at] += 1
                hashes.append(count)
                seconds.append(taken)
    print(f"\n| way | {' | '.join(COLUMNS)} |\n|---|{'---:|' * len(COLUMNS)}")
    shares = {
        name: [sum(at <= column for at in found) / len(found) for column in range(len(COLUMNS))]
        for name, found in first.items()
    }
    for name, row in shares.items():
        print(f"| {name} | {' | '.join(f'{100 * share:.0f}' for share in row)} |")
    mean = np.mean(list(shares.values()), axis=0)
    print(f"| **mean of {len(shares)}** | {' | '.join(f'**{100 * share:.1f}**' for share in mean)} |")
    print(f"| false positives | {' | '.join(str(sum(false[: at + 1])) for at in range(len(COLUMNS)))} |")
    print(
        f"\n{options.pictures} pictures among {options.references} references, {pairs:,} negative pairs; {np.mean(hashes):.0f} hashes and "
        f"{1000 * np.median(seconds):.0f} ms of processor time a query (median)"
    )
    for column, name in enumerate(COLUMNS):
        is_last = column == len(COLUMNS) - 1
        share = 100 * float(mean[column])
        record.add(f"mean recall, {name}", share, "%", least=RECALL if is_last else None)
    record.add("false positives", sum(false), exactly=0)
    record.add("negative pairs", pairs, least=PAIRS)
    record.add("pictures", options.pictures, least=PICTURES)
    for name, row in shares.items():
        record.add(name, 100 * row[-1], "%", peer=100 * row[0])
    record.close()


if __name__ == "__main__":
    main()
