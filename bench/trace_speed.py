"""What tracing costs: each step's processor time on one core, a query against galleries of growing size, and memory."""

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from measuring import memory
from traced_pairs import Bench

from haechi.adapters.tracing.faces import find_faces
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import packed, see, unpacked
from haechi.adapters.tracing.whole import compare_whole

PAIRS = 60


def print_speed(bench: Bench) -> None:
    """Print times and sizes."""
    photos = bench.photos[:PAIRS]
    big = bench.hosts[0].rgb
    sights = [see(one.rgb) for one in photos]
    large, second = see(big), see(bench.hosts[1].rgb)
    questioned = [face for _, _, face in bench.suspects(photos[:12])]
    steps: dict[str, float] = {
        f"look into a photo of {photos[0].rgb.shape[1]} px": each(see, [one.rgb for one in photos]),
        f"look into a photo of {big.shape[1]} px": each(see, [big] * 5),
        "of that, finding faces": each(find_faces, [big] * 5),
        "pack and unpack": each(lambda one: unpacked(packed(one)), sights),
        "compare two faces": pairs(compare, [(one, two.faces[0]) for one in questioned for two in sights if two.faces]),
        "compare two large faces": each(lambda _: compare(large.faces[0], second.faces[0]), range(5)),
        "compare two whole pictures": pairs(compare_whole, [(sights[0].whole, one.whole) for one in sights]),
        "compare two whole pictures of 640 px": each(lambda _: compare_whole(large.whole, second.whole), range(5)),
        "the same, where one lies in the other": each(lambda _: compare_whole(large.whole, large.whole), range(5)),
    }
    for name, taken in steps.items():
        print(f"  {name}: {1000 * taken:.1f} ms of CPU")
    pair = steps["compare two faces"] + steps["compare two whole pictures"]
    sizes = [len(packed(one)) for one in sights]
    print(
        f"  a packed photo: {np.mean(sizes) / 1e3:.0f} kB of {photos[0].rgb.shape[1]} px, {len(packed(large)) / 1e3:.0f} kB of {big.shape[1]} px"
    )
    for count in (1_000, 10_000):
        print(
            f"  {count:,} photos, one core: index {count * steps[f'look into a photo of {photos[0].rgb.shape[1]} px']:.0f} s "
            f"({count * steps[f'look into a photo of {big.shape[1]} px']:.0f} s of {big.shape[1]} px), a picture against all {count * pair:.1f} s"
        )
    print(f"  memory of this process: {memory(os.getpid())[0] / 1e6:.0f} MB")


def each(work: Callable[[object], object], given: Sequence[object]) -> float:
    """Return the mean processor time of a call in seconds."""
    work(given[0])
    start = time.process_time()
    for one in given:
        work(one)
    return (time.process_time() - start) / len(given)


def pairs(work: Callable[..., object], given: Sequence[tuple[object, object]]) -> float:
    """Return the mean processor time of a call with two arguments in seconds."""
    return each(lambda pair: work(*pair), given)  # type: ignore[misc]
