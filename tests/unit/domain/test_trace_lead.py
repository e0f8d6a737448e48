"""Which photos a trace leads to, and how far: their audience is worth telling, with what holds it back."""

from dataclasses import replace

import pytest

from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Ratio
from haechi.domain.trace import Answer, DonorGroup, FaceAnswer, FaceFit, Gate, Outcome, SeenFace, WholeFit
from haechi.domain.trace_lead import Lead, leads_of

FACE = SeenFace(120.0, 0.9, 0.5)


def group(*photos):
    return DonorGroup(
        tuple(
            FaceFit(
                ItemId(one),
                is_mirrored=False,
                rank=2.0,
                other_occasion=Ratio(2.0),
                same_sitting=Ratio(1.0),
                gates=(),
                numbers={},
            )
            for one in photos
        )
    )


def answer(outcome, *groups, scenes=()):
    face = FaceAnswer(FACE, outcome, (), groups, compared=3, needed=100)
    return Answer(ItemId("found"), Sha256("0" * 64), None, 9, 9, (face,), scenes)


def scene(photo, inliers):
    return WholeFit(ItemId(photo), is_mirrored=False, inliers=inliers, spread=0.5, kept=0.5, replaced=0.3, unknown=0.2)


@pytest.mark.parametrize(
    ("outcome", "lead"),
    [
        (Outcome.MADE_FROM, Lead.THIS_PHOTO),
        (Outcome.THIS_OR_SITTING, Lead.THIS_OR_SITTING),
        (Outcome.POINTS_TO, Lead.THIS_OR_SITTING),
    ],
)
def test_a_trace_leads_to_all_photos_of_its_leading_group_and_to_none_of_the_others(outcome, lead):
    assert leads_of([answer(outcome, group("a", "b"), group("c"))]) == {"a": lead, "b": lead}


def test_a_thumbnail_of_the_group_is_led_to_less_surely_than_its_photo():
    photo, thumbnail = group("a", "b").fits
    both = DonorGroup((photo, replace(thumbnail, gates=(Gate.PHOTO_TOO_SMALL,))))
    assert leads_of([answer(Outcome.MADE_FROM, both)]) == {"a": Lead.THIS_PHOTO, "b": Lead.THIS_OR_SITTING}


def test_what_is_not_enough_to_say_leads_nowhere():
    assert not leads_of([answer(Outcome.NOT_ENOUGH, group("a")), answer(Outcome.NONE_FOUND)])


def test_a_photo_that_much_of_the_picture_is_counts_as_one_of_its_place():
    found = answer(Outcome.NONE_FOUND, scenes=(scene("a", 90), scene("b", 20)))
    assert leads_of([found]) == {"a": Lead.SAME_PLACE}


def test_where_a_face_leads_to_a_photo_the_picture_around_it_leads_to_no_other():
    assert leads_of([answer(Outcome.POINTS_TO, group("a"), scenes=(scene("b", 90),))]).keys() == {"a"}


def test_of_several_leads_to_a_photo_the_strongest_counts():
    found = [
        answer(Outcome.NONE_FOUND, scenes=(scene("a", 90),)),
        answer(Outcome.MADE_FROM, group("a")),
        answer(Outcome.POINTS_TO, group("a")),
    ]
    assert leads_of(found) == leads_of(reversed(found)) == {"a": Lead.THIS_PHOTO}
