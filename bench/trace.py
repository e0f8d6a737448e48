"""How well tracing finds the photo a picture was made from, and how often it is wrong, on photos of your own.

    python bench/trace.py FOLDER --hosts FOLDER [--sitting FOLDER] [--fit] [--half 1] [--seeds 1] [--every 1]
    python bench/trace.py FOLDER --hosts FOLDER --speed [--sizes 1000 10000] [--every 1]

FOLDER holds photos of many people, `name/*.jpg`; hosts are portraits that the faces are laid on; --sitting are shots of
one sitting, two or more a person. All of them clothed adults. People are split into two halves: --fit fits the models on the
first and writes them with their record, everything printed is of the second. Composites are made in memory and never written.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from measuring import machine
from rates import auc, by_person, hit_rate
from trace_models import NULL, evaluated, first_rate, fit, ratios, record, told_together
from trace_speed import print_speed
from traced_pairs import Bench, Portrait, Row, Treatment, people_of, single_thread, spread, whole_fit

import haechi.adapters.tracing.models as shipped
from haechi import __version__
from haechi.domain.fingerprint import MATCH_WITHIN
from haechi.domain.likelihood import Against, Model
from haechi.domain.trace import Scene, WholeFit

DATA = Path(shipped.__file__).parent / "data"
FIT_SEEDS = (10,)
STATISTICS = (
    "third", "strong", "coherence", "bent", "inliers", "tight", "middle", "fine", "directions", "phase", "top", "residual", "refined",
)  # fmt: skip
BASE = Treatment(width=120, quality=75)
FACTORS = {
    "base: affine, Poisson, 120 px, q 75": BASE,
    "face 60 px": replace(BASE, width=62),
    "face 80 px": replace(BASE, width=80),
    "face 200 px": replace(BASE, width=200),
    "JPEG 30": replace(BASE, quality=30),
    "mirrored": replace(BASE, mirror=True),
    "piecewise warp": replace(BASE, warp="piecewise"),
    "colour": replace(BASE, colour=1.0),
    "blur 1 px": replace(BASE, blur=1.0),
    "blur 2 px": replace(BASE, blur=2.0),
    "noise 8": replace(BASE, noise=8.0),
    "smoothed": replace(BASE, smooth=1.0),
    "three lines of text": replace(BASE, text=3),
    "mosaic over a quarter": replace(BASE, mosaic=0.25),
    "screenshot, twice saved": replace(BASE, screenshot=0.7, first_quality=50, quality=60),
}


def main() -> None:
    """Measure, and print."""
    told = arguments()
    single_thread()
    print(f"{machine()}; haechi {__version__}")
    if told.speed:
        print_speed(Bench(told.folder, told.hosts, half=1), told.sizes, told.every)
        return
    if told.fit:
        fit_all(told)
    models = {
        Model.of(one).against: Model.of(one) for one in json.loads((DATA / "coefficients.json").read_text())["models"]
    }
    bench = Bench(told.folder, told.hosts, half=told.half)
    donors = bench.photos[:: told.every]
    rows = kept(told, f"faces-{told.half}", lambda: faces_of(bench, donors, range(told.seeds), told))
    album = len(bench.photos) / len(bench.people)
    found = {"faces": print_faces(rows, models, tried=len(donors) * told.seeds, album=album)}
    if told.sitting:
        sitting = kept(told, f"sittings-{told.half}", lambda: sittings_of(bench, range(told.seeds), told))
        found["sittings"] = print_sittings(sitting, models)
    scenes = kept(told, f"scenes-{told.half}", lambda: spread(partial(scenes_of, bench), donors[::2], told.processes))
    pairs = bench.sitting_scenes(sorted(people_of(told.sitting).items())[bench.half :: 2]) if told.sitting else []
    found["scenes"] = print_scenes(scenes, pairs)
    if told.factors:
        print_factors(bench, donors[:: max(1, len(donors) // 40)], models[Against.OTHER_OCCASION])
    if told.fit:
        write_validation(found, models, told)


def arguments() -> argparse.Namespace:
    """Return what was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hosts", type=Path, required=True)
    parser.add_argument("--sitting", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=(1_000, 10_000), help="galleries that --speed compares with"
    )
    parser.add_argument("--factors", action="store_true", help="also one change at a time")
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--seeds", type=int, default=1, help="composites of each photo")
    parser.add_argument("--every", type=int, default=1, help="use every n-th photo only")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--numbers", type=Path, help="a folder to keep measured numbers in, and to take them from")
    parser.add_argument("--about", default="", help="what the photos are, for the record that --fit writes")
    return parser.parse_args()


def rows_of(bench: Bench, donors: Sequence[Portrait]) -> list[Row]:
    """Return the rows of these donors."""
    return bench.rows(donors)


def kept(told: argparse.Namespace, name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """Return rows that were measured before with the same numbers' folder, or measure and keep them: numbers, no pictures."""
    if told.numbers is None:
        return measure()
    file = told.numbers / f"{name}.json"
    if file.exists():
        return [Row(**one) for one in json.loads(file.read_text())]
    rows = measure()
    told.numbers.mkdir(exist_ok=True)
    file.write_text(json.dumps([asdict(row) for row in rows]))
    return rows


def faces_of(bench: Bench, donors: Sequence[Portrait], seeds: Iterable[int], told: argparse.Namespace) -> list[Row]:
    """Return the rows of one composite a donor and seed."""
    rows: list[Row] = []
    for seed in seeds:
        bench.seed = seed
        rows += spread(partial(rows_of, bench), donors, told.processes)
    return rows


def sittings_of(bench: Bench, seeds: Iterable[int], told: argparse.Namespace) -> list[Row]:
    """Return the rows of the sittings."""
    rows: list[Row] = []
    for seed in seeds:
        bench.seed = seed
        named = sorted(people_of(told.sitting).items())[bench.half :: 2]
        rows += spread(partial(sitting_rows_of, bench), named, told.processes, step=2)
    return rows


def sitting_rows_of(bench: Bench, named: Sequence[tuple[str, list[Path]]]) -> list[Row]:
    """Return the rows of these people's sittings."""
    return bench.sitting_rows(named)


def scenes_of(bench: Bench, donors: Sequence[Portrait]) -> list[Row]:
    """Return the rows of these donors' replaced clothes."""
    return bench.scene_rows(donors)


def fit_all(told: argparse.Namespace) -> None:
    """Fit both models on the first half of the people and write them."""
    bench = Bench(told.folder, told.hosts, half=0)
    rows = kept(told, "faces-fit", lambda: faces_of(bench, bench.photos[:: told.every], FIT_SEEDS, told))
    sitting = kept(told, "sittings-fit", lambda: sittings_of(bench, FIT_SEEDS, told)) if told.sitting else []
    models = [fit(rows, Against.OTHER_OCCASION)]
    if sitting:
        models.append(fit(sitting, Against.SAME_SITTING))
    told_models = {"v": 1, "models": [one.record() for one in models]}
    DATA.mkdir(exist_ok=True)
    (DATA / "coefficients.json").write_text(json.dumps(told_models, indent=1) + "\n")
    for one in models:
        weights = ", ".join(f"{term.name} {term.weight:+.2f}" for term in one.terms)
        print(f"fitted {one.against.value}: {weights}; digest {one.digest}")


def write_validation(
    found: dict[str, dict[str, object]], models: dict[Against, Model], told: argparse.Namespace
) -> None:
    """Write the record that travels with the coefficients."""
    record_ = {
        "v": 1,
        "haechi": __version__,
        "about": told.about,
        "models": {against.value: model.digest for against, model in models.items()},
        "measured_on": "people that nothing was fitted on",
        **found,
    }
    (DATA / "validation.json").write_text(json.dumps(record_, indent=1, ensure_ascii=False) + "\n")


def print_faces(rows: Sequence[Row], models: dict[Against, Model], *, tried: int, album: float) -> dict[str, object]:
    """Print the table of single statistics and the model, and return the model's record.

    `tried` is how many photos composites were to be made of, `album` how many photos a person has on average.
    """
    model = models[Against.OTHER_OCCASION]
    used = evaluated(rows)
    kinds = np.array([row.kind for row in used])
    people = [row.person for row in used]
    counted = Counter(row.kind for row in used)
    print(
        f"\nFACES, {len(set(people))} people; comparisons evaluated of all: {len(used)} of {len(rows)}; {dict(counted)}"
    )
    print("statistic               AUC same person (95 %)      AUC others   at FPR 1e-2   at 1e-3   donor first")
    every = {name: np.array([row.numbers[name] for row in used]) for name in STATISTICS}
    every["residual"] = -every["residual"]
    lines = {
        "the model": ratios(used, model),
        **every,
        "PDQ of the face": -np.array([float(row.face_pdq) for row in used]),
        "PDQ of the picture": -np.array([float(row.pdq) for row in used]),
    }
    for name, values in lines.items():
        print_line(name, values, kinds, people, used)
    made = record(rows, model)
    print_ratios(made)
    widths = {}
    for low, high in ((60, 90), (90, 140), (140, 400)):
        part = [row for row in used if low <= row.questioned_width < high]
        if len({row.kind for row in part}) > 1:
            told = record(part, model)
            widths[f"{low}-{high}"] = {
                name: told[name] for name in ("donors", "auc", "cllr", "donor_above_100", "wrong_above_100")
            }
            print(f"  face {low}-{high} px: {widths[f'{low}-{high}']}")
    open_ = [row for row in used if not row.how["text"] and not row.how["mosaic"]]
    told = record(open_, model)
    print(
        f"  nothing over the face: at FPR 1e-2 {told['hit_rate_at_1e-2']}, donor above 100 {told['donor_above_100']}, Cllr {told['cllr']}"
    )
    seen = sum(row.kind == "donor" for row in rows)
    counts = {
        "photos_a_person": round(album, 1),
        "tried": tried,
        "face_not_found": tried - seen,
        "donors_not_evaluated": seen - sum(row.kind == "donor" for row in used),
    }
    together = told_together(rows, models)
    print(f"  {counts}; {together}")
    return {**made, **counts, **together, "by_face_width": widths}


def print_line(
    name: str, values: "np.ndarray", kinds: "np.ndarray", people: Sequence[str], rows: Sequence[Row]
) -> None:
    """Print what one statistic does alone."""

    def apart(chosen: "np.ndarray") -> float:
        return auc(values[chosen][kinds[chosen] == "donor"], values[chosen][kinds[chosen] == "same"])

    donor, same, other = (values[kinds == kind] for kind in ("donor", "same", "other"))
    low, high = by_person(people, apart)
    first = first_rate(rows, values, "same")
    print(
        f"{name:22s}  {auc(donor, same):.4f} ({low:.4f}-{high:.4f})   {auc(donor, other):9.4f}   "
        f"{hit_rate(donor, same, 0.01):11.3f}   {hit_rate(donor, same, 0.001):7.3f}   {first:11.3f}"
    )


def print_ratios(made: dict[str, object]) -> None:
    """Print how the ratios do."""
    print(
        f"  AUC {made['auc']} {made['auc_95']}, at FPR 1e-2 {made['hit_rate_at_1e-2']} {made['hit_rate_at_1e-2_95']}, "
        f"Cllr {made['cllr']} (floor {made['cllr_floor']}), donor first {made['first']}"
    )
    print(
        f"  ratio above 10 / 100: donors {made['donor_above_10']} / {made['donor_above_100']}, wrong photos "
        f"{made['wrong_above_10']} / {made['wrong_above_100']} of {made['wrong_photos']} (at most {made['wrong_above_100_at_most']} "
        f"at 95 %), strangers {made['strangers_above_10']} / {made['strangers_above_100']} of {made['strangers']}; "
        f"donors below 1/10 {made['donor_below_tenth']}; donor absent, best above 100: {made['absent_above_100']}"
    )


def print_sittings(rows: Sequence[Row], models: dict[Against, Model]) -> dict[str, object]:
    """Print how well shots of one sitting are told apart, by face width."""
    used = evaluated(rows)
    print(f"\nSITTINGS, {len({row.person for row in used})} people, {len(used)} of {len(rows)} comparisons evaluated")
    by_width = {}
    for hard in (0.0, 1.0):
        for width in sorted({row.extra["width"] for row in used if row.extra["hard"] == hard}):
            part = [row for row in used if row.extra["width"] == width and row.extra["hard"] == hard]
            donor, other = ([row.numbers for row in part if row.kind == kind] for kind in ("donor", "sitting"))
            found = {
                name: round(auc(np.array([one[name] for one in donor]), np.array([one[name] for one in other])), 4)
                for name in ("coherence", "inliers")
            }
            by_width[f"{width:.0f}{' hard' if hard else ''}"] = found["coherence"]
            print(
                f"  face {width:.0f} px{' hard' if hard else ''}: AUC coherence {found['coherence']}, SIFT inliers {found['inliers']} ({len(donor)} and {len(other)})"
            )
    made = record(rows, models[Against.SAME_SITTING])
    print_ratios(made)
    together = told_together(rows, models)
    print(f"  {together}")
    return {**made, **together, "auc_coherence_by_width": by_width}


def print_scenes(rows: Sequence[Row], sittings: Sequence[WholeFit]) -> dict[str, object]:
    """Print how well whole pictures are found and mapped; `sittings` are shots beside others of their sitting."""

    def values(kind: str, name: str) -> "np.ndarray":
        return np.array([row.numbers[name] if name != "pdq" else -row.pdq for row in rows if row.kind == kind], float)

    donor, same, other = (values(kind, "inliers") for kind in ("donor", "same", "other"))
    counts = np.array([row.numbers["inliers"] for row in rows])
    maps = [row.extra for row in rows if row.kind == "donor"]
    scored = [one for one in maps if "auc" in one]
    wrong = Counter(whole_fit(row.numbers).scene for row in rows if row.kind == "same")
    shots = Counter(one.scene for one in sittings)
    made: dict[str, object] = {
        "pictures": len(donor),
        "first": round(first_rate(rows, counts, NULL[Against.OTHER_OCCASION]), 4),
        "auc": round(auc(donor, same), 4),
        "auc_strangers": round(auc(donor, other), 4),
        "inliers_median_least": [float(np.median(donor)), float(donor.min())],
        "wrong_most": float(same.max()),
        "strangers_most": float(other.max()),
        "wrong_photos": len(same),
        "wrong_same_scene": wrong[Scene.SAME_SCENE],
        "wrong_to_look_at": wrong[Scene.LOOK],
        "sitting_pairs": len(sittings),
        "sitting_same_scene": shots[Scene.SAME_SCENE],
        "maps": len(scored),
        "map_auc": round(float(np.mean([one["auc"] for one in scored])), 4),
        "map_auc_p5": round(float(np.quantile([one["auc"] for one in scored], 0.05)), 4),
        "kept_recall": round(float(np.mean([one["kept_recall"] for one in scored])), 4),
        "replaced_called_kept": round(float(np.mean([one["replaced_called_kept"] for one in scored])), 4),
        "comparable": round(float(np.mean([one["comparable"] for one in maps if "comparable" in one])), 4),
        "pdq_auc": round(auc(values("donor", "pdq"), values("same", "pdq")), 4),
        "pdq_within_31": round(float((values("donor", "pdq") >= -MATCH_WITHIN).mean()), 4),
    }
    print("\nWHOLE PICTURES (clothes replaced)")
    for name, value in made.items():
        print(f"  {name}: {value}")
    return made


def print_factors(bench: Bench, donors: Sequence[Portrait], model: Model) -> None:
    """Print one change at a time."""
    print(
        "\nONE CHANGE AT A TIME          ratio above 10    above 100   median log10   donor first   coherence donor / same"
    )
    for name, how in FACTORS.items():
        rows = evaluated(bench.rows(donors, how, others=0))
        found = ratios(rows, model) / np.log(10)
        kinds = np.array([row.kind for row in rows])
        donor = found[kinds == "donor"]
        coherence = np.array([row.numbers["coherence"] for row in rows])
        if not len(donor):
            print(f"  {name:36s} not evaluated")
            continue
        print(
            f"  {name:36s} {(donor >= 1).mean():5.2f}  {(donor >= np.log10(100)).mean():9.2f}  {np.median(donor):11.1f}"
            f"  {first_rate(rows, found, 'same'):11.2f}   {np.median(coherence[kinds == 'donor']):.2f} / {np.median(coherence[kinds == 'same']):.2f}"
            f"   ({len(donor)} of {len(donors)} evaluated)"
        )


if __name__ == "__main__":
    main()
