"""What tracing costs: each step's processor time, whole queries with and without the shortlist, memory, and what the shortlist loses.

A query runs as in the program: features go from this process to a worker's, comparisons come back. Galleries larger than the folder
are filled up with its photos mirrored, cut and turned a little, to `DIFFERENT` photos; beyond that features come again. What a shortlist
loses is measured on each photo once.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle, islice
from typing import Self

import cv2
import numpy as np
from measuring import SAMPLE_S, memory
from rates import at_most, by_person
from traced_pairs import Bench, Composite, Portrait, grey

from haechi.adapters.tracing.face_view import FaceView
from haechi.adapters.tracing.faces import find_faces
from haechi.adapters.tracing.glance import Gist, asked, glance
from haechi.adapters.tracing.opencv import Pixels
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import packed, see, unpacked, unpacked_gist
from haechi.adapters.tracing.tracer import PoolTracer
from haechi.adapters.tracing.whole import compare_whole, whole_view
from haechi.bootstrap.tracing import TASK
from haechi.domain.evidence import ItemId
from haechi.domain.trace import SeenFace
from haechi.flows.shortlist import FACES, shortlist
from haechi.ports.tracer import GLANCE_BYTES, Glanced, Still

PAIRS = 60
DIFFERENT = 1_000
"""Photos of a gallery that differ from each other at most: making one costs more than comparing with it."""
NEAR = 1_000
"""The gallery's size for which it is told what a shortlist loses."""


def print_speed(bench: Bench, sizes: Sequence[int], every: int) -> None:
    """Print times, sizes, memory, and what the shortlist loses."""
    print_steps(bench)
    wanted = min(max(sizes), DIFFERENT)
    contents = [packed(see(rgb)) for rgb in islice(varied([one.rgb for one in bench.photos[::every]]), wanted)]
    suspects = list(bench.suspects(bench.photos[::every]))
    for size in sizes:
        print_query(contents, suspects[0][1], size)
    print_lost(bench, suspects)


def varied(photos: Sequence[Pixels]) -> Iterator[Pixels]:
    """Yield the photos, and then again and again each of them changed a little further."""
    yield from photos
    for times in count(1):
        for rgb in photos:
            height, width = rgb.shape[:2]
            middle, zoom = (width / 2, height / 2), 1 + 0.02 * times
            turn = cv2.getRotationMatrix2D(middle, 1.5 * times * (-1) ** times, zoom)
            changed = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
            yield np.ascontiguousarray(changed[:, ::-1] if times % 2 else changed)


def print_steps(bench: Bench) -> None:
    """Print each step's processor time on one core."""
    photos = bench.photos[:PAIRS]
    big = bench.hosts[0].rgb
    sights = [see(one.rgb) for one in photos]
    large, second = see(big), see(bench.hosts[1].rgb)
    questioned = [face for _, _, face in bench.suspects(photos[:12])]
    gists = [unpacked_gist(packed(one)) for one in sights]
    ready = asked(large.faces, large.whole)
    steps: dict[str, float] = {
        f"look into a photo of {photos[0].rgb.shape[1]} px": each(see, [one.rgb for one in photos]),
        f"look into a photo of {big.shape[1]} px": each(see, [big] * 5),
        "of that, finding faces": each(find_faces, [big] * 5),
        "pack and unpack": each(lambda one: unpacked(packed(one)), sights),
        "make a picture ready to be glanced for": each(lambda one: asked(one.faces, one.whole), sights[:12]),
        f"glance at a photo, {len(gists)} at once": each(lambda _: glance([ready], gists), range(3)) / len(gists),
        "compare two faces": pairs(compare, [(one, two.faces[0]) for one in questioned for two in sights if two.faces]),
        "compare two large faces": each(lambda _: compare(large.faces[0], second.faces[0]), range(5)),
        "compare two whole pictures": pairs(compare_whole, [(sights[0].whole, one.whole) for one in sights]),
        f"compare two whole pictures of {big.shape[1]} px": each(
            lambda _: compare_whole(large.whole, second.whole), range(5)
        ),
        "the same, where one lies in the other": each(lambda _: compare_whole(large.whole, large.whole), range(5)),
    }
    for name, taken in steps.items():
        print(f"  {name}: {1000 * taken:.2f} ms of CPU")
    sizes = [len(packed(one)) for one in sights]
    print(
        f"  a packed photo: {np.mean(sizes) / 1e3:.0f} kB of {photos[0].rgb.shape[1]} px, {len(packed(large)) / 1e3:.0f} kB of {big.shape[1]} px"
    )
    for width in (photos[0].rgb.shape[1], big.shape[1]):
        print(
            f"  index of 1,000 photos of {width} px, one core: {1000 * steps[f'look into a photo of {width} px']:.0f} s"
        )


def print_query(contents: Sequence[bytes], made: Composite, size: int) -> None:
    """Compare one picture with `size` photos in one worker, all of them and by a shortlist, and print what that took."""
    tracer = PoolTracer(TASK, 1)
    try:
        still = still_of(packed(see(made.rgb)))
        for _ in tracer.compare([(0, still, [still])]):
            pass  # the worker has started
        with Peak() as peak:
            start = time.perf_counter()
            for _ in tracer.compare((at, photo, [still]) for at, photo in gallery(contents, size)):
                pass
            whole = time.perf_counter() - start
        told = peak.told()
        with Peak() as peak:
            start = time.perf_counter()
            glances = dict(tracer.glance(gallery(contents, size, head=GLANCE_BYTES), [still]))
            glanced = time.perf_counter() - start
            chosen = shortlist({ItemId(f"{at:06}"): row for at, row in glances.items() if is_glance(row)}, [still])
            photos = dict(gallery(contents, size, only={int(one) for one in chosen}))
            for _ in tracer.compare((at, photo, [still]) for at, photo in photos.items()):
                pass
            short = time.perf_counter() - start
        print(
            f"  a picture against {size:,} photos, one worker, {len(contents)} of them different: all {whole:.1f} s ({told}); "
            f"by shortlist {short:.2f} s ({glanced:.2f} s of it glancing, {len(chosen)} compared in full; {peak.told()})"
        )
    finally:
        tracer.close()


def is_glance(row: Sequence[object]) -> bool:
    """Say whether a glance succeeded."""
    return all(isinstance(one, Glanced) for one in row)


def gallery(
    contents: Sequence[bytes], size: int, *, head: int | None = None, only: set[int] | None = None
) -> Iterator[tuple[int, Still]]:
    """Yield `size` photos, as they come from where they are kept; of `head` bytes each, and only some, if that is said."""
    for at, content in enumerate(islice(cycle(contents), size)):
        if only is None or at in only:
            yield at, still_of(content, head=head)


def still_of(content: bytes, *, head: int | None = None) -> Still:
    """Return packed features as the program has them."""
    sight = unpacked(content) if head is None else None
    faces = tuple(SeenFace(one.width, one.score, 0.0) for one in sight.faces) if sight else ()
    return Still(None, 1, 1, faces, content[:head])


class Peak:
    """Samples the memory of this process and of it with its workers, and keeps the most."""

    def __init__(self) -> None:
        self._most = (0, 0)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_S):
            own, together = memory(os.getpid())
            self._most = max(self._most[0], own), max(self._most[1], together - own)

    def told(self) -> str:
        """Return the most as text."""
        return (
            f"{self._most[0] / 1e6:.0f} MB here with the bench's own pictures, {self._most[1] / 1e6:.0f} MB the worker"
        )


def print_lost(bench: Bench, suspects: Sequence[tuple[Portrait, Composite, FaceView]]) -> None:
    """Print how often the photo that was used would not be on the shortlist of a gallery of `NEAR`."""
    photos = bench.photos
    gists: list[Gist] = [unpacked_gist(packed(see(one.rgb))) for one in photos]
    places = {(one.person, one.name): at for at, one in enumerate(photos)}
    among, above, people = [], [], []
    for donor, made, face in suspects:
        ready = asked((face,), whole_view(grey(made.rgb)))
        fits = np.array([row[0][0][0] if row[0][0][0] is not None else -1.0 for row in glance([ready], gists)])
        at = places[donor.person, donor.name]
        better = fits > fits[at]
        among.append(float(better.sum()) / (len(photos) - 1))
        same = [
            place
            for place, one in enumerate(photos)
            if one.person == donor.person and place != at and bench.kind_of(donor, one) == "same"
        ]
        above.append(float(better[same].mean()) if same else np.nan)
        people.append(donor.person)
    for name, values in (("all other photos", np.array(among)), ("other photos of the same person", np.array(above))):
        told = ~np.isnan(values)
        share, mine = values[told], [one for one, has in zip(people, told, strict=True) if has]
        lost = share * NEAR >= FACES
        low, high = by_person(mine, lambda rows, lost=lost: float(lost[rows].mean()))
        gone = int(lost.sum())
        print(
            f"  lost by a shortlist of {FACES} among {NEAR:,}, were they as {name}: {gone} of {len(lost)} ({100 * lost.mean():.2f} %, "
            f"95 % by person {100 * low:.2f} to {100 * high:.2f} %; at most {100 * at_most(gone, len(lost)):.2f} %); of {name} "
            f"{100 * share.mean():.3f} % fit better at a glance"
        )


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
