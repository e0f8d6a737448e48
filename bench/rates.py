"""Error rates with their uncertainty, and the logistic model behind the likelihood ratios, in numpy alone."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_RESAMPLED = 400
_ONE_SIDED = 0.05
_SETTLED = 1e-9


def auc(positive: Floats, negative: Floats) -> float:
    """Return how often a positive is above a negative; ties count half."""
    if not len(positive) or not len(negative):
        return math.nan
    both = np.concatenate([positive, negative])
    _, place, count = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    above = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(above / (len(positive) * len(negative)))


def hit_rate(positive: Floats, negative: Floats, false: float) -> float:
    """Return the share of positives above the threshold that lets through this share of negatives."""
    return float((positive > np.quantile(negative, 1 - false)).mean())


def by_person(people: Sequence[str], measure: object, *, seed: int = 1) -> tuple[float, float]:
    """Return the 95 % interval of `measure(rows)` when whole people are drawn again (cluster bootstrap)."""
    names = sorted(set(people))
    rows = {name: np.flatnonzero(np.array(people) == name) for name in names}
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(_RESAMPLED):
        drawn = chance.choice(len(names), len(names))
        value = measure(np.concatenate([rows[names[at]] for at in drawn]))  # type: ignore[operator]
        if not math.isnan(value):
            found.append(value)
    low, high = np.quantile(found, [0.025, 0.975]) if found else (math.nan, math.nan)
    return float(low), float(high)


def at_most(count: int, of: int) -> float:
    """Return the upper end of the one-sided 95 % interval of a rate (Clopper and Pearson)."""
    if count >= of:
        return 1.0
    low, high = count / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        chance = sum(math.comb(of, k) * middle**k * (1 - middle) ** (of - k) for k in range(count + 1))
        low, high = (middle, high) if chance > _ONE_SIDED else (low, middle)
    return high


def cllr(positive: Floats, negative: Floats) -> float:
    """Return the cost of log likelihood ratios (N. Brümmer, 2006); the arguments are natural logarithms of ratios."""
    return float((np.logaddexp(0, -positive).mean() + np.logaddexp(0, negative).mean()) / 2 / math.log(2))


def cllr_floor(positive: Floats, negative: Floats) -> float:
    """Return what `cllr` would be after the best monotone calibration (pool adjacent violators)."""
    values = np.concatenate([positive, negative])
    truth = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    order = np.lexsort((truth, values))
    blocks: list[list[float]] = []
    for one in truth[order]:
        blocks.append([one, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [blocks[-1][0] + last[0], blocks[-1][1] + last[1]]
    prior = math.log(len(positive) / len(negative))
    fitted = np.concatenate([np.full(int(count), hits / count) for hits, count in blocks])
    odds = np.log(np.clip(fitted, 1e-12, 1 - 1e-12) / np.clip(1 - fitted, 1e-12, 1)) - prior
    right = truth[order] == 1
    return cllr(odds[right], odds[~right])


def logistic(values: Floats, truth: Floats, *, penalty: float) -> tuple[Floats, float]:
    """Return weights and intercept of a ridge logistic regression (Newton's method; the intercept is not penalised)."""
    known = np.hstack([values, np.ones((len(values), 1))])
    ridge = np.eye(known.shape[1]) * penalty
    ridge[-1, -1] = 1e-9
    weights = np.zeros(known.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(known @ weights, -40, 40)))
        gradient = known.T @ (chance - truth) + ridge @ weights
        curvature = (known * (chance * (1 - chance))[:, None]).T @ known + ridge
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < _SETTLED:
            break
    return weights[:-1], float(weights[-1])


def folds(people: Sequence[str], count: int) -> npt.NDArray[np.int64]:
    """Return the fold of each row; all rows of a person are in one fold, and people are dealt by size."""
    names, sizes = np.unique(people, return_counts=True)
    load = np.zeros(count)
    fold = {}
    for at in np.lexsort((names, -sizes)):
        least = int(np.argmin(load))
        fold[names[at]] = least
        load[least] += sizes[at]
    return np.array([fold[name] for name in people])
