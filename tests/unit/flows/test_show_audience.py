"""Which photos a trace points to: their audience is worth telling."""

from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Ratio
from haechi.domain.trace import Answer, DonorGroup, FaceAnswer, FaceFit, Outcome, SeenFace, WholeFit
from haechi.flows.show_audience import donor_photos

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


def test_a_trace_points_to_all_photos_of_its_leading_group_and_to_none_of_the_others():
    made = answer(Outcome.MADE_FROM, group("a", "b"), group("c"))
    assert donor_photos([made, answer(Outcome.POINTS_TO, group("d"))]) == {"a", "b", "d"}


def test_what_is_not_enough_to_say_points_to_nothing():
    assert not donor_photos([answer(Outcome.NOT_ENOUGH, group("a")), answer(Outcome.NONE_FOUND)])


def test_a_photo_that_much_of_the_picture_is_counts():
    assert donor_photos([answer(Outcome.NONE_FOUND, scenes=(scene("a", 90), scene("b", 20)))]) == {"a"}
