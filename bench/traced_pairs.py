"""What `bench/trace.py` measures: portraits read, composites made of them in memory, and each compared with photos."""

# ruff: noqa: E402 -- the folders of `drawn` and of these modules have to be known first

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tools"), str(Path(__file__).resolve().parent)]

import cv2
import numpy as np
import numpy.typing as npt
from rates import auc

from drawn.composites import Composite, Portrait, Treatment, compose, portrait, treatment, width_of
from drawn.replaced import Replaced, replace_clothes
from haechi.adapters.media.pdq import hash_picture
from haechi.adapters.tracing.face_view import FaceView, view
from haechi.adapters.tracing.faces import find_faces
from haechi.adapters.tracing.opencv import Pixels
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.sight import blur_of
from haechi.adapters.tracing.whole import KEPT, compare_whole, likeness, whole_view
from haechi.domain.evidence import ItemId
from haechi.domain.fingerprint import Symmetry, distance
from haechi.domain.trace import GROUP_COHERENCE, WholeFit

OTHERS = 3
"""Photos of other people that each composite is compared with."""
LEAST_BLOCKS = 20
Numbers = npt.NDArray[np.floating]
SITTING_WIDTHS = (66, 100, 160, 250, 400)
"""Pixels that the faces are drawn wide; the first is found as the narrowest that is evaluated, 60 pixels or a little more."""


@dataclass(slots=True)
class Row:
    """One comparison: `kind` is `donor`, `twin`, `same` (person), `sitting` or `other`; `how` is the treatment.

    A twin is a photo of the donor's group, which the program gives as one answer with it: the same exposure filed twice.
    """

    kind: str
    person: str
    donor: str
    photo: str
    how: dict[str, object]
    numbers: dict[str, float]
    blur: float = 0.0
    questioned_width: float = 0.0
    photo_width: float = 0.0
    pdq: int = 0
    face_pdq: int = 0
    extra: dict[str, float] = field(default_factory=dict)


def read(path: Path) -> Pixels | None:
    """Return a JPEG as RGB."""
    bgr = cv2.imread(str(path))
    return None if bgr is None else np.ascontiguousarray(bgr[:, :, ::-1])


def people_of(folder: Path) -> dict[str, list[Path]]:
    """Return the photos by person: `name/*.jpg`, or flat files whose name before the first `_` is the person's."""
    files = sorted(folder.glob("*/*.jpg")) or sorted(folder.glob("*.jpg"))
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(file.parent.name if file.parent != folder else file.name.partition("_")[0], []).append(file)
    return found


def portraits(files: Iterable[Path], person: str) -> list[Portrait]:
    """Return those photos in which a face is found."""
    read_ones = ((file, read(file)) for file in files)
    found = [portrait(person, file.name, rgb) for file, rgb in read_ones if rgb is not None]
    return [one for one in found if one is not None]


def grey(rgb: Pixels) -> Pixels:
    """Return a picture without colour."""
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def chance_of(*names: object) -> np.random.Generator:
    """Return the dice that belong to these names."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, names)).encode()))


class Bench:
    """One half of the people, with hosts that nobody of them is."""

    def __init__(self, gallery: Path, hosts: Path, *, half: int, seed: int = 0) -> None:
        self.seed = seed
        self.half = half
        named = people_of(gallery)
        chosen = sorted(named)[half::2]
        self.people = {name: portraits(named[name], name) for name in chosen}
        self.photos = [one for name in chosen for one in self.people[name]]
        other = people_of(hosts)
        self.hosts = [one for name in sorted(other)[half::2] for one in portraits(other[name][:1], name)]
        self._views: dict[tuple[str, str], FaceView] = {}
        self._pdq: dict[tuple[str, str], bytes] = {}
        self._twins: dict[frozenset[str], bool] = {}

    def view(self, one: Portrait) -> FaceView:
        """Return a photo's face as it is compared."""
        key = one.person, one.name
        if key not in self._views:
            self._views[key] = view(grey(one.rgb), one.face)
        return self._views[key]

    def pdq(self, one: Portrait) -> bytes:
        """Return the PDQ hash of a whole photo."""
        key = one.person, one.name
        if key not in self._pdq:
            self._pdq[key] = pdq_of(one.rgb)
        return self._pdq[key]

    def kind_of(self, donor: Portrait, photo: Portrait) -> str:
        """Return `twin` for another photo of the donor's group, else `same`."""
        key = frozenset((donor.name, photo.name))
        if key not in self._twins:
            self._twins[key] = compare(self.view(donor), self.view(photo)).numbers["coherence"] > GROUP_COHERENCE
        return "twin" if self._twins[key] else "same"

    def suspects(
        self, donors: Sequence[Portrait], how: Treatment | None = None
    ) -> Iterator[tuple[Portrait, Composite, FaceView]]:
        """Yield a composite of each donor with its face as the detector finds it."""
        for donor in donors:
            chance = chance_of("composite", self.seed, donor.person, donor.name)
            hosts = [one for one in self.hosts if one.person != donor.person]
            host = hosts[int(chance.integers(len(hosts)))]
            made = compose(donor, host, how or treatment(chance), chance)
            if made is None:
                continue
            face = found_face(made)
            if face is not None:
                yield donor, made, face

    def rows(self, donors: Sequence[Portrait], how: Treatment | None = None, *, others: int = OTHERS) -> list[Row]:
        """Compare a composite of each donor with it, with the person's other photos and with some of other people."""
        found = []
        for donor, made, face in self.suspects(donors, how):
            chance = chance_of("others", self.seed, donor.person, donor.name)
            strangers = [one for one in self.photos if one.person != donor.person]
            drawn = [
                strangers[int(at)] for at in chance.choice(len(strangers), min(others, len(strangers)), replace=False)
            ]
            whole, blur = pdq_of(made.rgb), blur_of(face)
            for kind, photos in (
                ("donor", [donor]),
                ("same", [one for one in self.people[donor.person] if one.name != donor.name]),
                ("other", drawn),
            ):
                found += [
                    self._row(
                        self.kind_of(donor, one) if kind == "same" else kind,
                        donor,
                        one,
                        made.treatment,
                        face,
                        whole,
                        blur,
                    )
                    for one in photos
                ]
        return found

    def _row(  # noqa: PLR0917 -- what a row is made of
        self, kind: str, donor: Portrait, photo: Portrait, how: Treatment, face: FaceView, whole: bytes, blur: float
    ) -> Row:
        theirs = self.view(photo)
        return Row(
            kind,
            donor.person,
            donor.name,
            f"{photo.person}/{photo.name}",
            asdict(how),
            compare(face, theirs).numbers,
            blur,
            face.width,
            theirs.width,
            distance(whole, self.pdq(photo)),
            distance(crop_pdq(face), crop_pdq(theirs)),
        )

    def sitting_rows(self, named: Sequence[tuple[str, Sequence[Path]]]) -> list[Row]:
        """Compare composites of one shot with it and with the other shot of the same sitting, in several sizes."""
        found = []
        for person, files in named:
            shots = portraits(files, person)
            for donor in shots:
                for at, width in enumerate((*SITTING_WIDTHS, 100, 200)):
                    chance = chance_of("sitting", self.seed, person, donor.name, at)
                    hard = at >= len(SITTING_WIDTHS)
                    how = replace(treatment(chance), width=float(width), text=0, mosaic=0.0, screenshot=0.0)
                    how = (
                        replace(how, colour=1.0, blur=0.8, first_quality=70, quality=60, screenshot=0.8)
                        if hard
                        else replace(how, blur=0.0, noise=0.0, smooth=0.0, quality=int(chance.integers(50, 96)))
                    )
                    hosts = [one for one in self.hosts if one.person != person]
                    made = compose(donor, hosts[int(chance.integers(len(hosts)))], how, chance)
                    face = found_face(made) if made is not None else None
                    if made is None or face is None:
                        continue
                    for photo in shots:
                        kind = "donor" if photo is donor else "sitting"
                        row = self._row(kind, donor, photo, how, face, bytes(32), blur_of(face))
                        row.extra["hard"] = float(hard)
                        row.extra["width"] = float(width)
                        found.append(row)
        return found

    def sitting_scenes(self, named: Sequence[tuple[str, Sequence[Path]]]) -> list[WholeFit]:
        """Compare each shot as a whole with the next one of the same sitting."""
        found = []
        for person, files in named:
            shots = [whole_view(grey(one.rgb)) for one in portraits(files, person)]
            for one, other in pairwise(shots):
                numbers = compare_whole(one, other).numbers
                found.append(whole_fit(numbers))
        return found

    def scene_rows(self, donors: Sequence[Portrait]) -> list[Row]:
        """Compare pictures whose clothes were replaced with their photo, with the person's others and with strangers'."""
        found = []
        for donor in donors:
            chance = chance_of("scene", self.seed, donor.person, donor.name)
            made = replace_clothes(donor, self.hosts[int(chance.integers(len(self.hosts)))], chance)
            picture = whole_view(grey(made.rgb))
            strangers = [one for one in self.photos if one.person != donor.person]
            drawn = [strangers[int(at)] for at in chance.choice(len(strangers), OTHERS, replace=False)]
            hashed = pdq_of(made.rgb)
            for kind, photos in (
                ("donor", [donor]),
                ("same", [one for one in self.people[donor.person] if one.name != donor.name]),
                ("other", drawn),
            ):
                for photo in photos:
                    compared = compare_whole(picture, whole_view(grey(photo.rgb)))
                    named = self.kind_of(donor, photo) if kind == "same" else kind
                    row = Row(named, donor.person, donor.name, f"{photo.person}/{photo.name}", {}, compared.numbers)
                    row.pdq = distance(hashed, self.pdq(photo))
                    if kind == "donor" and compared.matrix is not None:
                        photo_view = whole_view(grey(photo.rgb))
                        told = likeness(
                            picture.grey, photo_view.grey, compared.matrix, is_mirrored=compared.is_mirrored
                        )
                        row.extra = map_rates(*told, made)
                    found.append(row)
        return found


def whole_fit(numbers: Mapping[str, float]) -> WholeFit:
    """Return what the program concludes about a whole picture from these numbers."""
    shares = {name: numbers[name] for name in ("spread", "kept", "replaced", "unknown")}
    return WholeFit(ItemId(""), is_mirrored=False, inliers=int(numbers["inliers"]), **shares)


def map_rates(alike: Numbers, told: npt.NDArray[np.bool_], made: Replaced) -> dict[str, float]:
    """Return how the three-colour map fits what was really replaced, every fourth pixel each way."""
    size = alike.shape[1], alike.shape[0]
    truth = cv2.resize(made.replaced, size, interpolation=cv2.INTER_NEAREST)[::4, ::4]
    alike, told = alike[::4, ::4], told[::4, ::4]
    kept, replaced = told & (truth == 1), told & (truth == 2)  # noqa: PLR2004 -- as `Replaced` says
    rates = {"comparable": float((told & (truth > 0)).sum() / max(1, (truth > 0).sum()))}
    if kept.sum() >= LEAST_BLOCKS and replaced.sum() >= LEAST_BLOCKS:
        rates["auc"] = auc(alike[kept].astype(float), alike[replaced].astype(float))
        rates["kept_recall"] = float((alike[kept] > KEPT).mean())
        rates["replaced_called_kept"] = float((alike[replaced] > KEPT).mean())
    return rates


def found_face(made: Composite) -> FaceView | None:
    """Return the face that the detector finds where the composite's face is."""
    here = made.points.mean(0)
    near = [one for one in find_faces(made.rgb) if np.hypot(*(one.points.mean(0) - here)) < 0.5 * width_of(made.points)]
    return view(grey(made.rgb), near[0]) if near else None


def pdq_of(rgb: Pixels) -> bytes:
    """Return the PDQ hash of a picture."""
    return hash_picture(rgb).values[Symmetry.UPRIGHT]


def crop_pdq(face: FaceView) -> bytes:
    """Return the PDQ hash of an upright face."""
    edge = face.grey.shape[0] // 5
    return hash_picture(np.ascontiguousarray(face.grey[edge:-edge, edge:-edge])).values[Symmetry.UPRIGHT]


def spread(work: Callable[..., list[Row]], given: Sequence[object], processes: int, *, step: int = 12) -> list[Row]:
    """Do the work for some of what is given in each process, and put the rows together in order."""
    if processes <= 1:
        return work(given)
    parts = [given[at : at + step] for at in range(0, len(given), step)]
    global _work  # noqa: PLW0603 -- what a forked process inherits need not be sent to it
    _work = work
    with ProcessPoolExecutor(processes, get_context("fork"), initializer=single_thread) as pool:
        return [row for rows in pool.map(_do, parts) for row in rows]


_work: Callable[..., list[Row]] | None = None


def _do(part: Sequence[object]) -> list[Row]:
    assert _work is not None  # noqa: S101 -- set before the fork
    return _work(part)


def single_thread() -> None:
    """Use one thread."""
    cv2.setNumThreads(1)
