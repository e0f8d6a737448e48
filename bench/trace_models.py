"""Fitting the two models of likelihood ratios from measured rows, and the record of how well they do on other people."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from rates import at_most, auc, by_person, cllr, cllr_floor, folds, hit_rate, logistic
from traced_pairs import Row

from haechi.domain.likelihood import Against, Model, Term
from haechi.domain.trace import SeenFace, face_gates, pair_gates

TERMS = {
    # Chosen on the fitting half alone, leaving people out: this one number had Cllr 0.094 and found 0.968 of the donors at FPR
    # 1e-2, against 0.099 and 0.952 for 16 numbers together.
    Against.OTHER_OCCASION: (("third", False),),
    # Chosen likewise: Cllr 0.110, against 0.188 for coherence, residual, fine and scale.
    Against.SAME_SITTING: (("third", False), ("residual", False)),
}
CAPS = {Against.OTHER_OCCASION: 1_000, Against.SAME_SITTING: 100}
NULL = {Against.OTHER_OCCASION: "same", Against.SAME_SITTING: "sitting"}
_PENALTY = 1 / 0.3
_FOLDS = 5
_LIMIT = 4.0

Floats = npt.NDArray[np.float64]


def evaluated(rows: Sequence[Row]) -> list[Row]:
    """Return the rows within the conditions outside which no ratio is given."""
    return [
        row
        for row in rows
        if not face_gates(SeenFace(row.questioned_width, 1.0, row.blur))
        and not pair_gates(SeenFace(row.photo_width, 1.0, 0.0), row.numbers)
    ]


def fit(rows: Sequence[Row], against: Against) -> Model:
    """Fit one model: weights on all rows, calibration on scores of people left out, null hypothesis against donors."""
    used = [row for row in evaluated(rows) if row.kind != "twin"]
    named = TERMS[against]
    values = np.array([[_value(row, *term) for term in named] for row in used])
    truth = np.array([row.kind == "donor" for row in used], float)
    mean, spread = values.mean(0), values.std(0) + 1e-9
    standard = np.clip((values - mean) / spread, -_LIMIT, _LIMIT)
    people = [row.person for row in used]
    fold = folds(people, _FOLDS)
    scores = np.zeros(len(used))
    for one in range(_FOLDS):
        weights, intercept = logistic(standard[fold != one], truth[fold != one], penalty=_PENALTY)
        scores[fold == one] = standard[fold == one] @ weights + intercept
    chosen = np.array([row.kind in ("donor", NULL[against]) for row in used])
    slope, shift = logistic(scores[chosen][:, None], truth[chosen], penalty=0.01)
    prior = math.log(truth[chosen].sum() / (1 - truth[chosen]).sum())
    weights, intercept = logistic(standard, truth, penalty=_PENALTY)
    terms = tuple(
        Term(name, float(mean[at]), float(spread[at]), float(weights[at]), is_logged)
        for at, (name, is_logged) in enumerate(named)
    )
    model = Model(against, terms, intercept, float(slope[0]), float(shift - prior), CAPS[against])
    return Model.of(model.record())  # rounded, as it is kept  # type: ignore[arg-type]


def ratios(rows: Sequence[Row], model: Model) -> Floats:
    """Return natural logarithms of the unbounded ratios."""
    return np.array([model.exact(row.numbers) for row in rows]) * math.log(10)


def record(rows: Sequence[Row], model: Model) -> dict[str, object]:
    """Return what one model does on people it was not fitted on."""
    used = evaluated(rows)
    found = ratios(used, model)
    kinds = np.array([row.kind for row in used])
    people = [row.person for row in used]
    null = NULL[model.against]

    def split(chosen: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        return found[chosen][kinds[chosen] == "donor"], found[chosen][kinds[chosen] == null]

    donors, wrong = split(np.arange(len(used)))
    others = found[kinds == "other"]
    ten, hundred, cap = (math.log(size) for size in (10, 100, model.most))
    wrong_hundred = int((wrong >= hundred).sum())
    # Comparisons of one person are no independent tries: the second bound counts people.
    amiss = {one for one, kind, value in zip(people, kinds, found, strict=True) if kind == null and value >= hundred}
    made: dict[str, object] = {
        "donors": len(donors),
        "wrong_photos": len(wrong),
        "strangers": len(others),
        "people": len(set(people)),
        "evaluated": _round(len(used) / max(1, len(rows))),
        "auc": _round(auc(donors, wrong)),
        "auc_95": [_round(one) for one in by_person(people, lambda chosen: auc(*split(chosen)))],
        "auc_strangers": _round(auc(donors, others)) if len(others) else None,
        "hit_rate_at_1e-2": _round(hit_rate(donors, wrong, 0.01)),
        "hit_rate_at_1e-2_95": [
            _round(one) for one in by_person(people, lambda chosen: hit_rate(*split(chosen), 0.01))
        ],
        "hit_rate_at_1e-3": _round(hit_rate(donors, wrong, 0.001)),
        "cllr": _round(cllr(donors, wrong)),
        "cllr_floor": _round(cllr_floor(donors, wrong)),
        "first": _round(first_rate(used, found, null)),
        "donor_above_10": _round(float((donors >= ten).mean())),
        "donor_above_100": _round(float((donors >= hundred).mean())),
        "donor_above_cap": _round(float((donors >= cap).mean())),
        "donor_below_tenth": _round(float((donors < -ten).mean())),
        "wrong_above_10": int((wrong >= ten).sum()),
        "wrong_above_100": wrong_hundred,
        "wrong_above_100_at_most": _round(at_most(wrong_hundred, len(wrong))),
        "people_wrong_above_100": len(amiss),
        "people_wrong_above_100_at_most": _round(at_most(len(amiss), len(set(people)))),
        "wrong_above_cap": int((wrong >= cap).sum()),
        "strangers_above_10": int((others >= ten).sum()),
        "strangers_above_100": int((others >= hundred).sum()),
    }
    made["absent_above_100"] = _round(absent_rate(used, found, null, hundred))
    return made


def told_together(rows: Sequence[Row], models: Mapping[Against, Model]) -> dict[str, object]:
    """Return what the two ratios say together, as `haechi.domain.trace` concludes, of donors and of shots of their sitting.

    Where the ratio against another day is 100 or more and that against the sitting below 1, the program says "this photo or
    another of the sitting". `this_photo` counts where it would say "this photo".
    """
    used = evaluated(rows)
    day, sitting = (ratios(used, models[against]) for against in (Against.OTHER_OCCASION, Against.SAME_SITTING))
    told: dict[str, object] = {}
    for kind, name in (("donor", "donors_together"), ("sitting", "sitting_shots_together")):
        chosen = np.array([row.kind == kind for row in used])
        if chosen.any():
            strong = chosen & (day >= math.log(100))
            people = {row.person for row, wrong in zip(used, strong & (sitting >= 0), strict=True) if wrong}
            told[name] = {
                "all": int(chosen.sum()),
                "day_above_10": int((chosen & (day >= math.log(10))).sum()),
                "day_above_100": int(strong.sum()),
                "this_photo": int((strong & (sitting >= 0)).sum()),
                "people_this_photo": len(people),
            }
    return told


def first_rate(rows: Sequence[Row], values: Floats, null: str) -> float:
    """Return how often the donor comes before every other photo of its person."""
    best: dict[tuple[object, ...], tuple[float, str]] = {}
    for row, value in zip(rows, values, strict=True):
        if row.kind not in ("donor", null):
            continue
        key = _suspect(row)
        if key not in best or value > best[key][0]:
            best[key] = (value, row.kind)
    return float(np.mean([kind == "donor" for _, kind in best.values()]))


def absent_rate(rows: Sequence[Row], values: Floats, null: str, above: float) -> float:
    """Return how often the best wrong photo passes a ratio where the donor is taken out of the gallery."""
    best: dict[tuple[object, ...], float] = {}
    for row, value in zip(rows, values, strict=True):
        if row.kind == null:
            best[_suspect(row)] = max(best.get(_suspect(row), -math.inf), value)
    return float(np.mean([value >= above for value in best.values()])) if best else math.nan


def _suspect(row: Row) -> tuple[object, ...]:
    return row.person, row.donor, *sorted(row.how.items(), key=str)


def _value(row: Row, name: str, is_logged: bool) -> float:  # noqa: FBT001 -- a term's own two words
    return math.log1p(max(row.numbers[name], 0.0)) if is_logged else row.numbers[name]


def _round(value: float) -> float:
    return round(value, 4)
