"""Likelihood ratios: how much more probable measured numbers are under one proposition than under another.

A logistic model turns the numbers of one comparison into a ratio. It was fitted on comparisons whose truth is known; its
coefficients travel as data with a digest and a record of how often it was wrong. A ratio is never printed beyond what
the number of known wrong comparisons can bear (ELUB: P. Vergeer et al., "Numerical likelihood ratios outputted by LR
systems are often based on extrapolation", 2016).
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.canonical import Json, canonical
from haechi.domain.evidence import Sha256

_FURTHEST = 4.0
"""Standard deviations beyond which a number counts no further: nothing like it was seen when the model was fitted."""
_PARTS = 1_000_000


class Against(StrEnum):
    """What "made from this very photo" is weighed against."""

    OTHER_OCCASION = "other-occasion"
    """Another photo of the same person, taken on another occasion."""
    SAME_SITTING = "same-sitting"
    """Another shot of the same sitting."""


class Strength(StrEnum):
    """Words for a ratio (ENFSI guideline for evaluative reporting, 2015); words follow the number, never replace it."""

    NONE = "none"
    """Up to 2: the findings support neither proposition."""
    WEAK = "weak"
    MODERATE = "moderate"
    MODERATELY_STRONG = "moderately-strong"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A likelihood ratio as its decimal logarithm. `is_capped` says that it is "at least" (or "at most") this."""

    log10: float
    is_capped: bool = False

    @property
    def value(self) -> float:
        """The ratio itself."""
        return float(10.0**self.log10)

    @property
    def strength(self) -> Strength:
        """How strongly the findings support the proposition that they support at all."""
        size = abs(self.log10)
        bounds = (math.log10(2), 1.0, 2.0, 3.0)
        return tuple(Strength)[sum(size >= bound for bound in bounds)]

    @property
    def supports_this_photo(self) -> bool:
        """Whether the findings are more probable if this very photo was used."""
        return self.log10 > 0


@dataclass(frozen=True, slots=True)
class Term:
    """One number of the model: standardised by `mean` and `spread`, then weighed. `is_logged` takes log(1 + x) first."""

    name: str
    mean: float
    spread: float
    weight: float
    is_logged: bool = False

    def part(self, numbers: Mapping[str, float]) -> float:
        """Return what this number adds to the logarithm of the odds."""
        value = numbers[self.name]
        value = math.log1p(max(value, 0.0)) if self.is_logged else value
        distance = (value - self.mean) / self.spread
        return self.weight * min(max(distance, -_FURTHEST), _FURTHEST)


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: score = intercept + parts; natural log of the ratio = slope x score + shift, within the bounds."""

    against: Against
    terms: Sequence[Term]
    intercept: float
    slope: float
    shift: float
    most: int
    """The highest ratio that is printed."""
    least: int = 100
    """Its counterpart below 1: nothing under 1 / least is printed."""

    def exact(self, numbers: Mapping[str, float]) -> float:
        """Return the decimal logarithm without bounds, for ranking photos and for checking the model."""
        score = self.intercept + sum(term.part(numbers) for term in self.terms)
        return (self.slope * score + self.shift) / math.log(10)

    def ratio(self, numbers: Mapping[str, float]) -> Ratio:
        """Return the ratio within the bounds. Raises `KeyError` when a number is missing."""
        found = self.exact(numbers)
        top, bottom = math.log10(self.most), -math.log10(self.least)
        return Ratio(min(max(found, bottom), top), is_capped=not bottom < found < top)

    def record(self) -> Json:
        """Return the model as data without fractions: every coefficient in millionths."""
        return {
            "v": 1,
            "against": self.against.value,
            "terms": [
                {
                    "name": term.name,
                    "logged": term.is_logged,
                    "mean": _whole(term.mean),
                    "spread": _whole(term.spread),
                    "weight": _whole(term.weight),
                }
                for term in self.terms
            ],
            "intercept": _whole(self.intercept),
            "slope": _whole(self.slope),
            "shift": _whole(self.shift),
            "most": self.most,
            "least": self.least,
        }

    @property
    def digest(self) -> Sha256:
        """The SHA-256 of the record in canonical JSON (RFC 8785)."""
        return Sha256(hashlib.sha256(canonical(self.record())).hexdigest())

    @classmethod
    def of(cls, record: Mapping[str, object]) -> "Model":
        """Return the model that `record` describes. Raises `KeyError`, `TypeError`, `ValueError`."""
        if record["v"] != 1:
            raise ValueError(record["v"])
        terms = record["terms"]
        if not isinstance(terms, Sequence):
            raise TypeError(terms)
        return cls(
            against=Against(str(record["against"])),
            terms=tuple(
                Term(
                    name=str(term["name"]),
                    mean=_fraction(term["mean"]),
                    spread=_fraction(term["spread"]),
                    weight=_fraction(term["weight"]),
                    is_logged=bool(term["logged"]),
                )
                for term in terms
            ),
            intercept=_fraction(record["intercept"]),
            slope=_fraction(record["slope"]),
            shift=_fraction(record["shift"]),
            most=int(str(record["most"])),
            least=int(str(record["least"])),
        )


def share_of(ratios: Sequence[float], at: int, asked: int, *, prior: float = 0.5) -> float:
    """Return the share of the odds that one photo of a gallery has, from decimal logarithms of the ratios.

    A gallery of n photos asks n questions at once. With the odds `prior` that any photo of the gallery was used, each
    photo alike, the share is LR_i / (sum of all LR + n (1 - prior) / prior). `asked` is n: at least as many as there are
    ratios, and more where some photos were only glanced at.
    """
    sizes = [float(10.0**one) for one in ratios]
    everything: float = sum(sizes) + asked * (1 - prior) / prior
    return sizes[at] / everything


def _whole(value: float) -> int:
    return round(value * _PARTS)


def _fraction(value: object) -> float:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value / _PARTS
