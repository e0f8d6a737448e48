"""The gallery is the person's own, answers abstain where they should, and finding nothing is not an all-clear."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.errors import TraceRefusedError
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.likelihood import Ratio
from haechi.domain.trace import (
    FaceFit,
    Gallery,
    Gate,
    Outcome,
    Scene,
    SeenFace,
    WholeFit,
    conclude,
    face_gates,
    grouped,
    needed_ratio,
    pair_gates,
    taken_together,
)

FACE = SeenFace(width=120, score=0.9, blur=0.5)


def photo(name: str, role: Role = Role.OWN_PHOTO, capture: Capture | None = None) -> EvidenceItem:
    examined = Examined(MediaKind.IMAGE, "image/jpeg", capture=capture)
    return EvidenceItem(ItemId(name), 1, f"{name}.jpg", Sha256(name * 8), 1, role, examined, is_sealed=False)


def fit(name: str, log10: float, *, sitting: float | None = None, gates: tuple[Gate, ...] = ()) -> FaceFit:
    ratio = Ratio(min(max(log10, -2), 3))
    return FaceFit(
        ItemId(name),
        is_mirrored=False,
        rank=log10,
        other_occasion=ratio,
        same_sitting=ratio if sitting is None else Ratio(sitting),
        gates=gates,
        numbers={},
    )


def answer(*fits: FaceFit, compared: int = 10, face: SeenFace = FACE, alike=()):
    groups = grouped(fits, alike)
    others = [one.rank for group in groups[1:] for one in group.fits]
    return conclude(face, groups, compared=compared, runner_up=max(others, default=None))


def test_a_gallery_takes_nobody_elses_photo():
    with pytest.raises(TraceRefusedError) as refused:
        Gallery.of([photo("mine"), photo("theirs", Role.FOUND)])
    assert refused.value.facts["reason"] == "not-own-photo"


def test_a_gallery_of_nothing_is_refused():
    with pytest.raises(TraceRefusedError, match="gallery-empty"):
        Gallery.of([])


def test_a_photo_filed_twice_is_one_photo_of_the_gallery():
    assert len(Gallery.of([photo("a"), photo("a"), photo("b")]).items) == 2


def test_a_strong_lead_says_which_photo():
    assert answer(fit("a", 2.6), fit("b", 0.2)).outcome is Outcome.MADE_FROM


def test_two_photos_that_fit_alike_are_not_told_apart_unless_they_are_one_group():
    both = fit("a", 2.6), fit("b", 2.5)
    assert answer(*both).outcome is Outcome.NOT_ENOUGH
    joined = answer(*both, alike=[("b", "a")])
    assert joined.outcome is Outcome.MADE_FROM
    assert [one.photo for one in joined.groups[0].fits] == ["a", "b"]


def test_a_weaker_lead_only_points_to_a_photo():
    assert answer(fit("a", 1.5)).outcome is Outcome.POINTS_TO


@pytest.mark.parametrize(("sitting", "outcome"), [(0.0, Outcome.MADE_FROM), (-0.01, Outcome.THIS_OR_SITTING)])
def test_where_another_shot_of_the_sitting_is_likelier_this_photo_is_not_said_to_be_the_one(sitting, outcome):
    assert answer(fit("a", 2.6, sitting=sitting)).outcome is outcome


def test_another_shot_of_the_sitting_makes_no_weak_answer_stronger():
    assert answer(fit("a", 1.5, sitting=-2)).outcome is Outcome.POINTS_TO
    assert answer(fit("a", 2.6, sitting=-2), fit("b", 2.5)).outcome is Outcome.NOT_ENOUGH


def test_the_larger_the_gallery_the_more_it_asks_for():
    assert answer(fit("a", 2.6), compared=10).outcome is Outcome.MADE_FROM
    assert answer(fit("a", 2.6), compared=800).outcome is Outcome.POINTS_TO


@pytest.mark.parametrize(("compared", "enough"), [(1, 10), (100, 10), (400, 40), (1_000, 100), (50_000, 100)])
def test_pointing_to_a_photo_needs_a_tenth_of_what_showing_it_does(compared, enough):
    assert answer(fit("a", math.log10(enough)), compared=compared).outcome is Outcome.POINTS_TO
    assert answer(fit("a", math.log10(enough) - 0.01), compared=compared).outcome is Outcome.NOT_ENOUGH


SMALL = (Gate.PHOTO_TOO_SMALL,)


def test_a_thumbnail_that_fits_better_does_not_stand_before_its_photo():
    alike = [("thumbnail", "photo")]
    told = answer(fit("thumbnail", 3.1, gates=SMALL), fit("photo", 3.0), fit("b", 0.2), alike=alike)
    assert told.outcome is Outcome.MADE_FROM
    assert told.groups[0].best.photo == "photo"


def test_no_photo_is_named_where_one_outside_the_conditions_fits_nearly_as_well():
    best = fit("other shot", 2.2, sitting=0.1)
    told = answer(best, fit("used, half covered", 5.0, gates=SMALL))
    assert (told.outcome, told.gates) == (Outcome.NOT_EVALUATED, SMALL)
    assert answer(best, fit("half covered", 1.5, gates=SMALL)).outcome is Outcome.NOT_ENOUGH
    assert answer(best, fit("half covered", 1.0, gates=SMALL)).outcome is Outcome.MADE_FROM


def test_a_photo_outside_the_conditions_says_why_nothing_was_found_where_it_fits_best():
    told = answer(fit("thumbnail", 3.1, gates=SMALL), fit("b", 0.2))
    assert (told.outcome, told.gates) == (Outcome.NOT_EVALUATED, SMALL)
    assert answer(fit("thumbnail", 0.1, gates=SMALL), fit("b", 0.2)).outcome is Outcome.NOT_ENOUGH


def test_finding_nothing_is_said_as_that_and_not_as_an_all_clear():
    assert answer().outcome is Outcome.NONE_FOUND
    assert answer(fit("a", -1.0)).outcome is Outcome.NONE_FOUND


@pytest.mark.parametrize("face", [SeenFace(59, 0.9, 0.5), SeenFace(200, 0.9, 2.1)])
def test_a_face_outside_the_measured_conditions_gets_no_ratio(face):
    told = answer(fit("a", 3.0), face=face)
    assert told.outcome is Outcome.NOT_EVALUATED
    assert told.gates
    assert not told.groups


def test_a_photo_with_too_little_to_compare_is_not_evaluated():
    gates = pair_gates(FACE, {"comparable": 0.4, "tiles": 40})
    assert gates == (Gate.TOO_LITTLE_TO_COMPARE,)
    assert pair_gates(FACE, {"comparable": 0.9, "tiles": 11}) == gates
    assert answer(fit("a", 3.0, gates=gates)).outcome is Outcome.NOT_EVALUATED


def test_a_good_face_passes_every_gate():
    assert not face_gates(FACE)
    assert not pair_gates(FACE, {"comparable": 0.8, "tiles": 40})


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_the_needed_ratio_grows_with_the_gallery_and_stays_within_what_is_printed(one, other):
    small, large = sorted((one, other))
    assert 100 <= needed_ratio(small) <= needed_ratio(large) <= 1_000


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12), st.permutations(range(9)))
def test_groups_hold_every_photo_once_whatever_the_order(links, order):
    fits = [fit(str(at), at / 10) for at in order]
    groups = grouped(fits, [(ItemId(str(a)), ItemId(str(b))) for a, b in links])
    assert sorted(one.photo for group in groups for one in group.fits) == sorted(one.photo for one in fits)
    assert [group.best.rank for group in groups] == sorted((group.best.rank for group in groups), reverse=True)
    place = {one.photo: at for at, group in enumerate(groups) for one in group.fits}
    assert all(place[str(a)] == place[str(b)] for a, b in links)


def test_photos_of_one_camera_two_seconds_apart_are_one_group():
    first = photo("a", capture=Capture("2026-01-02T10:00:00", make="A", model="B"))
    near = photo("b", capture=Capture("2026-01-02T10:00:02", make="A", model="B"))
    later = photo("c", capture=Capture("2026-01-02T10:00:03", make="A", model="B"))
    other = photo("d", capture=Capture("2026-01-02T10:00:01", make="A", model="C"))
    assert taken_together(first, near)
    assert not taken_together(first, later)
    assert not taken_together(first, other)
    assert not taken_together(first, photo("e"))


@pytest.mark.parametrize(
    ("inliers", "spread", "scene"),
    [(40, 0.2, Scene.SAME_SCENE), (40, 0.1, Scene.LOOK), (15, 0.0, Scene.LOOK), (14, 0.9, Scene.NONE_FOUND)],
)
def test_a_scene_needs_many_points_over_much_of_the_picture(inliers, spread, scene):
    assert (
        WholeFit(ItemId("a"), is_mirrored=False, inliers=inliers, spread=spread, kept=0, replaced=0, unknown=1).scene
        is scene
    )
