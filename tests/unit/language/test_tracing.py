"""What a file says of itself is told as its word, with the name of a service and never its code."""

import pytest

from haechi.domain.trace import Bound, Outcome
from haechi.domain.trace_lead import Lead
from haechi.language import Language, audience, use
from haechi.language import tracing as word
from haechi.language.tracing import PROGRAMS


@pytest.fixture(autouse=True)
def _in_korean():
    use(Language.KO)


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("side-at-cap", {"side": 1280, "consistent_with": "telegram", "verified": True}, "텔레그램에서"),
        ("side-at-cap", {"side": 1080, "consistent_with": "instagram", "verified": False}, "확인한 크기는 아닙니다"),
        ("generator-note", {"key": "prompt", "consistent_with": "comfyui", "takes_a_picture": True}, "다른 사진"),
        ("generator-note", {"key": "prompt", "consistent_with": "comfyui", "takes_a_picture": False}, "ComfyUI"),
        ("content-credentials", {"state": "fits", "signer": "A"}, "서명자로 적힌 이름: A, 프로그램: -"),
        ("content-credentials", {"state": "does-not-fit"}, "맞지 않습니다"),
        ("content-credentials", {"state": "unreadable"}, "확인하지 못했습니다"),
        ("declares-generated", {"source": "x", "where": "credentials"}, "서명이 맞는"),
        ("declares-generated", {"source": "x", "where": "notes"}, "누구나 적을 수 있습니다"),
    ],
)
def test_a_fact_of_the_container_is_told_in_its_own_words(code, facts, words):
    told = word.container(code, facts)
    assert words in told
    assert "?" not in told


@pytest.mark.parametrize(("best_other", "words"), [(0.4, "많아야 0.40입니다"), (None, "찾은 사진은 0.93입니다")])
def test_the_bound_is_told_beside_what_is_reached_and_the_best_other_photo(best_other, words):
    told = word.bound(Bound(possible=0.991, reached=0.93, best_other=best_other, quality=None))
    assert "0.99까지" in told
    assert words in told


def test_no_code_of_a_program_is_shown():
    for name in PROGRAMS:
        facts = {"consistent_with": name}
        assert name == name.lower()
        assert PROGRAMS[name] in word.container("saved-like", facts)


def test_what_has_no_sentence_is_only_in_the_numbers():
    assert word.container("something-new", {}) is None


@pytest.mark.parametrize(
    ("margin", "words"), [(-0.5, "1배"), (2.0, "100배"), (3.0, "1,000배 넘게"), (9.0, "1,000배 넘게")]
)
def test_a_lead_beyond_what_was_measured_is_more_than_a_thousand_times(margin, words):
    assert word.ahead(margin, is_partial=False) == words
    assert word.ahead(margin, is_partial=True) == f"{words} (자세히 견준 사진 가운데)"


def test_only_the_audience_of_the_very_photo_is_told_without_a_reserve():
    told = {lead: audience.led("글", lead) for lead in Lead}
    assert told[Lead.THIS_PHOTO] == "글"
    assert "같은 자리" in told[Lead.THIS_OR_SITTING]
    assert "같은 곳" in told[Lead.SAME_PLACE]


def test_every_outcome_has_a_sentence():
    assert word.OUTCOMES.keys() == set(Outcome)
