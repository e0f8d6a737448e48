"""A page says no more than its answer does: which photo, that or another of its sitting, or only that pictures overlap."""

from dataclasses import replace

import pytest

from haechi.adapters.renderer.telling import Telling
from haechi.adapters.renderer.trace_page import trace_page
from haechi.adapters.renderer.typesetting import FONT
from haechi.adapters.renderer.visible import repertoire
from haechi.adapters.renderer.words import LANGUAGES, words
from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Against, Ratio
from haechi.domain.trace import Answer, DonorGroup, FaceAnswer, FaceFit, Outcome, SeenFace, WholeFit
from haechi.domain.trace_exhibit import ShownTrace, TracePage
from haechi.domain.trace_record import ComparedGallery, KeptTrace, TraceNumber, TraceRecord

PHOTO = ItemId("photo")
NUMBERS = {
    "comparable": 0.9,
    "tiles": 40,
    "possible": 40,
    "matching": 36,
    "residual": 0.004,
    "coherence": 0.95,
}
SCENE = WholeFit(PHOTO, is_mirrored=False, inliers=90, spread=0.5, kept=0.6, replaced=0.3, unknown=0.1)
WHOLE = ComparedGallery(9, Sha256("c" * 64), 9, {})


def page_of(plan, outcome, *, language="en", gallery=WHOLE):
    fit = FaceFit(PHOTO, is_mirrored=False, rank=2.5, other_occasion=Ratio(2.5), same_sitting=Ratio(-0.5), gates=(), numbers=NUMBERS)  # fmt: skip
    face = FaceAnswer(SeenFace(100, 1, 0), outcome, (), (DonorGroup((fit,)),), compared=7, needed=100, margin=2.0)
    answer = Answer(ItemId("found"), Sha256("a" * 64), None, 400, 400, (face,), (SCENE,))
    models = {Against.OTHER_OCCASION: Sha256("d" * 64)}
    record = TraceRecord(answer.item, answer.digest, "m", models, gallery, (answer,), {PHOTO: Sha256("b" * 64)}, {})
    trace = ShownTrace("E-0001", KeptTrace(TraceNumber(1), CaseId("c"), 7, record), {PHOTO: "E-0002"}, None, ())
    page = TracePage(answer, None if outcome is None else 0, PHOTO)
    telling = Telling(plan, words(language), repertoire(FONT))
    return telling.say, trace_page(telling, trace, page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_was_made_from_a_photo_is_said_to_show_which_one_was_used(plan, language):
    for outcome in (Outcome.MADE_FROM, Outcome.THIS_OR_SITTING, Outcome.POINTS_TO, None):
        say, told = page_of(plan, outcome, language=language)
        assert (say("trace.shows-this") in told["shows"]) == (outcome is Outcome.MADE_FROM)
        assert (say("trace.sitting-note") in told["notes"]) == (outcome is Outcome.THIS_OR_SITTING)


def test_a_page_of_the_whole_picture_has_no_ratio_and_says_so(plan):
    say, told = page_of(plan, None)
    assert told["claims"] is None
    assert told["title"] == "Her photo, or another taken at the same place, overlaps this picture"
    assert say("trace.scene-note") in told["notes"]
    assert say("trace.model-other") not in [label for label, _ in told["method"]["rows"]]


def test_photos_that_were_not_looked_into_are_told_and_the_lead_is_among_the_others(plan):
    _, whole = page_of(plan, Outcome.MADE_FROM)
    _, some = page_of(plan, Outcome.MADE_FROM, gallery=replace(WHOLE, compared=5, unread={"too-large": 1}))
    rows = {label: str(cell) for label, cell in some["conditions"]["rows"]}
    assert "not opened: 1; only glanced at: 3" in rows["Not looked into"]
    assert "among those compared in full" in rows["Next photo"]
    assert "Not looked into" not in dict(whole["conditions"]["rows"])
    assert "in full" not in str(whole["conditions"])
