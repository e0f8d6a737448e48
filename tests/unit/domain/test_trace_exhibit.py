"""Which answers get a page in a packet, and what may be told where not everything may."""

import pytest

from haechi.domain.case import Age, Case, CaseId, CustodyMode
from haechi.domain.errors import PicturesRefusedError
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Against, Ratio
from haechi.domain.trace import POINTING, Answer, DonorGroup, FaceAnswer, FaceFit, Outcome, SeenFace, WholeFit
from haechi.domain.trace_drawing import check_pictures, may_draw
from haechi.domain.trace_exhibit import ShownTrace, newest, pages_of, photos_on
from haechi.domain.trace_record import ComparedGallery, KeptTrace, TraceNumber, TraceRecord

ITEM, DIGEST = ItemId("i-1"), Sha256("a" * 64)


def fit(photo, rank):
    return FaceFit(
        ItemId(photo),
        is_mirrored=False,
        rank=rank,
        other_occasion=Ratio(rank),
        same_sitting=Ratio(rank),
        gates=(),
        numbers={"third": 0.9},
    )


def face(outcome, *groups):
    told = tuple(DonorGroup(tuple(fit(photo, rank) for photo, rank in group)) for group in groups)
    return FaceAnswer(SeenFace(100, 1, 0), outcome, (), told, compared=5, needed=100)


def answer(*faces, at_ms=None, scenes=()):
    return Answer(ITEM, DIGEST, at_ms, 400, 400, faces, scenes, (("jpeg", {"quality": 80}),))


def whole(photo, inliers=50):
    return WholeFit(ItemId(photo), is_mirrored=False, inliers=inliers, spread=0.5, kept=0.8, replaced=0.1, unknown=0.1)


def record(*answers):
    named = {one.photo for row in answers for f in row.faces for g in f.groups for one in g.fits}
    named |= {one.photo for row in answers for one in row.scenes}
    photos = {photo: Sha256("b" * 64) for photo in named}
    gallery = ComparedGallery(9, Sha256("c" * 64), 9, {})
    models = {Against.OTHER_OCCASION: Sha256("d" * 64)}
    return TraceRecord(ITEM, DIGEST, "m", models, gallery, answers, photos, {})


def test_only_what_points_to_a_photo_gets_a_page():
    silent = [face(Outcome.NONE_FOUND), face(Outcome.NOT_ENOUGH, [("p", 0.5)]), face(Outcome.NOT_EVALUATED)]
    assert pages_of(record(answer(*silent))) == ()
    for outcome in POINTING:
        [page] = pages_of(record(answer(*silent, face(outcome, [("p", 1.5)]))))
        assert (page.face, page.photo) == (3, "p")


def test_of_a_films_frames_the_one_that_fits_best_is_shown_once_a_photo():
    frames = [answer(face(Outcome.MADE_FROM, [("p", rank)]), at_ms=at) for at, rank in ((0, 2.0), (10, 4.0), (20, 3.0))]
    other = answer(face(Outcome.POINTS_TO, [("q", 1.2)]), at_ms=30)
    pages = pages_of(record(*frames, other))
    assert [(page.photo, page.answer.at_ms) for page in pages] == [("p", 10), ("q", 30)]


def test_a_photo_that_only_lies_in_the_picture_gets_a_page_without_a_face():
    one = answer(face(Outcome.MADE_FROM, [("p", 2.0), ("twin", 1.9)]), scenes=(whole("twin"),))
    assert [page.face for page in pages_of(record(one))] == [0]
    two = answer(face(Outcome.MADE_FROM, [("p", 2.0)]), scenes=(whole("q"),))
    assert [(page.photo, page.face) for page in pages_of(record(two))] == [("p", 0), ("q", None)]


def test_photos_too_alike_to_tell_apart_are_named_together():
    pages = pages_of(record(answer(face(Outcome.MADE_FROM, [("p", 2.0), ("twin", 1.9)], [("z", 0.1)]))))
    assert photos_on(pages) == {"p", "twin"}


def test_the_newest_answer_of_a_file_counts():
    rows = [KeptTrace(TraceNumber(n), CaseId("c"), 10 + n, record(answer())) for n in range(3)]
    assert newest(rows)[DIGEST].entry == 12


def test_without_an_opening_digests_of_photos_that_are_no_exhibits_are_not_told():
    kept = KeptTrace(
        TraceNumber(1), CaseId("c"), 7, record(answer(face(Outcome.MADE_FROM, [("p", 2.0)], [("z", 0.1)])))
    )
    told = ShownTrace("E-0001", kept, {ItemId("p"): "E-0002"}, None, ()).to_json()
    assert set(told["record"]["photos"]) == {"p"}
    assert told["record"]["answers"][0]["findings"] == []
    assert told["opened"] is False


def case(mode, age):
    return Case(CaseId("c"), "n", mode, age, "yes")


@pytest.mark.parametrize("mode", CustodyMode)
@pytest.mark.parametrize("age", Age)
def test_something_is_drawn_only_where_bytes_are_kept_of_an_adult(mode, age):
    one = case(mode, age)
    assert may_draw(one) == (mode.keeps_bytes and age is Age.ADULT)
    if not may_draw(one):
        with pytest.raises(PicturesRefusedError):
            check_pictures(one, reason="why", redacted_only=False)


@pytest.mark.parametrize(("reason", "redacted_only", "why"), [("", False, "no-reason"), ("a", True, "redacted-only")])
def test_pictures_need_a_reason_and_the_whole_packet(reason, redacted_only, why):
    with pytest.raises(PicturesRefusedError) as refused:
        check_pictures(case(CustodyMode.SEALED, Age.ADULT), reason=reason, redacted_only=redacted_only)
    assert refused.value.facts["reason"] == why
