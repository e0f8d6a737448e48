"""Ratios stay within what they can bear, words follow numbers, and a model survives being written down."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.tracing.models import models
from haechi.domain.likelihood import Against, Model, Ratio, Strength, Term, share_of

MODEL = Model(
    Against.OTHER_OCCASION,
    (Term("coherence", 0.5, 0.2, 1.5), Term("inliers", 1.0, 0.5, 0.5, is_logged=True)),
    intercept=-1.0,
    slope=1.2,
    shift=0.3,
    most=1_000,
)
NUMBERS = st.fixed_dictionaries(
    {"coherence": st.floats(0, 1), "inliers": st.floats(0, 500)},
)


@given(NUMBERS)
def test_a_ratio_never_leaves_its_bounds_and_says_when_it_was_held_back(numbers):
    ratio, exact = MODEL.ratio(numbers), MODEL.exact(numbers)
    assert -2 <= ratio.log10 <= 3
    assert ratio.is_capped == (not -2 < exact < 3)


@given(NUMBERS, st.floats(0, 0.5))
def test_more_coherence_never_lowers_the_ratio(numbers, more):
    assert MODEL.exact({**numbers, "coherence": numbers["coherence"] + more}) >= MODEL.exact(numbers) - 1e-12


EXTREMES = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1e6, -1e6, 5e-324, -1.0])


@pytest.mark.parametrize("model", models().values(), ids=models())
@given(data=st.data())
def test_the_shipped_models_give_a_number_whatever_a_worker_may_have_measured(model, data):
    numbers = {term.name: data.draw(EXTREMES) for term in model.terms}
    assert math.isfinite(model.exact(numbers))
    assert -math.log10(model.least) <= model.ratio(numbers).log10 <= math.log10(model.most)


def test_numbers_beyond_everything_seen_count_no_further():
    assert MODEL.exact({"coherence": 1e6, "inliers": 1}) == MODEL.exact({"coherence": 1e9, "inliers": 1})


def test_a_model_is_the_same_after_being_written_down():
    again = Model.of(MODEL.record())
    assert again == MODEL
    assert again.digest == MODEL.digest


def test_another_coefficient_is_another_digest():
    other = Model.of({**MODEL.record(), "intercept": -999_999})
    assert other.digest != MODEL.digest


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"against": "anything"}, {"intercept": 0.5}, {"intercept": True}, {"terms": 7}]
)
def test_what_is_no_model_is_refused(change):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Model.of({**MODEL.record(), **change})


@pytest.mark.parametrize(
    ("value", "strength"),
    [
        (1, Strength.NONE), (1.9, Strength.NONE), (2, Strength.WEAK), (9.9, Strength.WEAK), (10, Strength.MODERATE),
        (100, Strength.MODERATELY_STRONG), (999, Strength.MODERATELY_STRONG), (1000, Strength.STRONG), (0.05, Strength.MODERATE),
    ],
)  # fmt: skip
def test_words_follow_the_guideline_of_2015(value, strength):
    assert Ratio(math.log10(value)).strength is strength


@given(st.lists(st.floats(-2, 3), min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_shares_of_a_gallery_add_up_to_less_than_one(ratios, prior):
    shares = [share_of(ratios, at, len(ratios), prior=prior) for at in range(len(ratios))]
    assert 0 < sum(shares) < 1


@given(st.floats(-2, 3), st.integers(1, 500))
def test_a_larger_gallery_leaves_a_photo_a_smaller_share(ratio, more):
    assert share_of([ratio] + [-2.0] * more, 0, 1 + more) < share_of([ratio], 0, 1 + more) < share_of([ratio], 0, 1)
