"""What a lookup says, and that what was just done is in the next one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brute_index import BruteIndex
from haechi.bootstrap.matcher import Asked, Query
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, Signal, SignalType, Tier
from haechi.domain.errors import BankMissingError, BankMixedError, ContentMissingError, ContentRefusedError
from haechi.domain.fingerprint import distance
from hashes import frames, md5, new, numbers, pdq, query, value

LATER, AFTER = "2026-11-23T00:00:00Z", "2026-11-24T00:00:00.000000Z"


def ask(matcher, *signals, **more):
    (answer,) = matcher.look_up([query(*signals)], **({"depicted": Depicted.ADULT} | more))
    return answer


def add(matcher, *signals, bank="ADULTS", **more):
    return matcher.add_content(bank, new(*signals, **more), by="me")


def test_a_hash_within_the_radius_is_found_and_explained(matcher):
    content = add(matcher, pdq(1))
    near, far = ask(matcher, pdq(1, off=31)), ask(matcher, pdq(1, off=32))
    (hit,) = near.hits
    assert (hit.content, hit.distance, hit.type) == (content, 31, SignalType.PDQ)
    assert (hit.queried, hit.found, hit.quality, hit.transform) == (value(1, off=31), value(1), 100, "whole")
    assert far.hits == ()


def test_each_bank_has_its_own_radius(matcher):
    matcher.change_bank("ADULTS", radius=10, by="me")
    matcher.add_bank("WIDE", Depicted.ADULT, radius=64, by="me")
    add(matcher, pdq(1))
    wide = add(matcher, pdq(1), bank="WIDE")
    assert numbers(ask(matcher, pdq(1, off=11))) == [wide.number]
    assert numbers(ask(matcher, pdq(1, off=64))) == [wide.number]


def test_digests_are_found_when_they_are_equal(matcher):
    content = add(matcher, md5(1), Signal(SignalType.SHA256, value(3)))
    assert numbers(ask(matcher, md5(1))) == [content.number]
    assert numbers(ask(matcher, md5(1), Signal(SignalType.SHA256, value(3)))) == [content.number] * 2
    assert ask(matcher, md5(2)).hits == ()
    assert ask(matcher, Signal(SignalType.VIDEO_MD5, md5(1).value)).hits == ()


def test_a_film_is_found_by_four_fifths_of_its_frames(matcher):
    content = add(matcher, *frames(1, 2, 3, 4, 5, 6, 7))
    (hit,) = ask(matcher, *frames(1, 2, 3, 4, 99, off=7)).hits
    assert (hit.content.number, hit.type, hit.distance) == (content.number, SignalType.VPDQ, 7)
    assert ask(matcher, *frames(1, 2, 3, 98, 99)).hits == ()
    assert ask(matcher, pdq(1)).hits == ()


def test_hashes_too_poor_to_compare_are_not_compared(matcher):
    add(matcher, pdq(1, quality=49))
    good = add(matcher, pdq(2))
    assert ask(matcher, pdq(1)).hits == ()
    assert ask(matcher, pdq(2, quality=49)).hits == ()
    assert numbers(ask(matcher, pdq(2, quality=50))) == [good.number]


def test_the_best_transform_of_a_query_tells_how_it_was_found(matcher):
    add(matcher, pdq(1))
    asked = Query((Asked(pdq(5)), Asked(pdq(1, off=9), "mirror"), Asked(pdq(1, off=3), "trimmed")))
    (answer,) = matcher.look_up([asked], depicted=Depicted.ADULT)
    assert [(hit.transform, hit.distance) for hit in answer.hits] == [("trimmed", 3)]


def test_many_queries_get_an_answer_each(matcher):
    found = [add(matcher, pdq(number)).number for number in range(5)]
    answers = matcher.look_up([query(pdq(number, off=number)) for number in range(8)], depicted=Depicted.ADULT)
    assert [numbers(one) for one in answers] == [[number] for number in found] + [[]] * 3


def test_adults_and_minors_are_never_in_one_answer(matcher):
    adult, minor = add(matcher), add(matcher, bank="MINORS")
    assert numbers(ask(matcher)) == [adult.number]
    assert numbers(ask(matcher, depicted=Depicted.MINOR)) == [minor.number]
    assert numbers(ask(matcher, banks=["MINORS"], depicted=None)) == [minor.number]
    for banks in (["ADULTS", "MINORS"], None):
        with pytest.raises(BankMixedError):
            ask(matcher, banks=banks, depicted=None)
    with pytest.raises(BankMissingError):
        ask(matcher, banks=["NONE"])


def test_only_what_is_vouched_for_enough_is_told(matcher):
    made = {tier: add(matcher, tier=tier).number for tier in Tier}
    for least in Tier:
        wanted = [number for tier, number in made.items() if tier.reaches(least)]
        assert numbers(ask(matcher, least=least)) == wanted


def test_a_withdrawn_content_is_not_in_the_next_answer(matcher):
    content = add(matcher, pdq(1), md5(1))
    matcher.withdraw("ADULTS", content.number, by="me", reason="wrong")
    assert ask(matcher, pdq(1), md5(1)).hits == ()
    assert matcher.sizes()["ADULTS"] == 0
    with pytest.raises(ContentMissingError):
        matcher.withdraw("ADULTS", content.number, by="me")
    assert matcher.content("ADULTS", content.number).withdrawn_by == "me"


class Lagging(BruteIndex):
    """Forgets nothing."""

    def withdraw(self, contents):
        pass


def test_the_catalogue_decides_where_the_index_lags(tmp_path, clock):
    with open_matcher(tmp_path, index=Lagging(), now=clock) as matcher:
        matcher.add_bank("ADULTS", Depicted.ADULT, by="me")
        gone = [add(matcher, pdq(1)) for _number in range(40)]
        kept = add(matcher, pdq(1, off=20))
        for one in gone:
            matcher.withdraw("ADULTS", one.number, by="me")
        assert numbers(ask(matcher, pdq(1), most=3)) == [kept.number]
        matcher.remove_bank("ADULTS", by="me")
        matcher.add_bank("ADULTS", Depicted.ADULT, by="me")
        assert ask(matcher, pdq(1)).hits == ()


def test_disabling_and_expiry_hold_from_the_moment_they_say(matcher, clock):
    short, long = add(matcher, pdq(1), expires_at=LATER), add(matcher, pdq(1))
    matcher.change_content("ADULTS", long.number, disabled_until=LATER, by="me")
    assert numbers(ask(matcher, pdq(1))) == [short.number]
    clock.at = AFTER
    assert numbers(ask(matcher, pdq(1))) == [long.number]
    matcher.change_content("ADULTS", long.number, disabled_until="9999-01-01T00:00:00+09:00", note="n", by="me")
    assert ask(matcher, pdq(1)).hits == ()
    assert matcher.change_content("ADULTS", long.number, disabled_until=None, by="me").note == "n"
    assert numbers(ask(matcher, pdq(1))) == [long.number]
    with pytest.raises(ContentRefusedError):
        matcher.change_content("ADULTS", long.number, disabled_until="tomorrow", by="me")


def test_a_flood_is_cut_off_and_says_so(matcher):
    for number in range(6):
        add(matcher, pdq(1, off=number))
    answer = ask(matcher, pdq(1), most=4)
    assert ([hit.distance for hit in answer.hits], answer.is_truncated) == ([0, 1, 2, 3], True)
    assert not ask(matcher, pdq(1), most=6).is_truncated


def innocent(matcher, *signals):
    return matcher.add_content("INNOCENT", new(*signals), by="me")


def test_the_nearer_of_a_reported_and_an_innocent_picture_wins(matcher):
    reported = add(matcher, pdq(1))
    rival = innocent(matcher, pdq(1, off=40))
    assert rival.held is None
    by_reported, by_innocent = ask(matcher, pdq(1, off=15)), ask(matcher, pdq(1, off=25))
    assert numbers(by_reported) == [reported.number]
    assert (numbers(by_innocent), [hit.suppressed_by for hit in by_innocent.suppressed]) == ([], [rival.number])
    matcher.withdraw("INNOCENT", rival.number, by="me")
    assert numbers(ask(matcher, pdq(1, off=25))) == [reported.number]


def test_an_innocent_picture_cannot_be_made_reported_by_a_hash_at_its_rim(matcher):
    rival = innocent(matcher, pdq(1))
    poison = add(matcher, pdq(1, off=31))
    assert poison.held == "near-innocent"
    assert ask(matcher, pdq(1)).hits == ()
    matcher.change_content("ADULTS", poison.number, is_let_in=True, by="curator")
    answer = ask(matcher, pdq(1))
    assert (numbers(answer), answer.suppressed[0].suppressed_by) == ([], rival.number)


def test_a_reported_picture_cannot_be_hidden_by_calling_it_innocent(matcher):
    reported = add(matcher, pdq(1), md5(1))
    assert innocent(matcher, pdq(1, off=5)).held == "near-reported"
    assert innocent(matcher, md5(1)).held == "near-reported"
    assert numbers(ask(matcher, pdq(1, off=5), md5(1))) == [reported.number] * 2


def test_a_film_of_innocent_frames_is_suppressed(matcher):
    reported = add(matcher, *frames(1, 2, 3, 4, 5))
    matcher.add_content("INNOCENT", new(*frames(4, 5, off=40)), by="me")
    assert numbers(ask(matcher, *frames(1, 2, 3, 4, 5))) == [reported.number]
    hidden = ask(matcher, *frames(1, 2, 3), *frames(4, 5, off=30))
    assert (hidden.hits, numbers_of(hidden.suppressed)) == ((), [reported.number])


def numbers_of(hits):
    return [hit.content.number for hit in hits]


def test_a_list_of_near_copies_is_held_and_the_first_of_them_still_match(matcher):
    copies = [new(pdq(1, off=number % 9, seed=number)) for number in range(2_000)]
    added = matcher.add_contents("ADULTS", copies, by="me")
    assert [one.held for one in added].count(None) == 256
    assert {one.held for one in added[256:]} == {"flood"}
    assert len(ask(matcher, pdq(1), most=1_000).hits) == 256
    assert matcher.index_status().rows == 256
    other = add(matcher, pdq(2))
    assert other.held is None


def test_a_bank_is_asked_as_often_as_its_ratio_says(matcher):
    add(matcher)
    matcher.change_bank("ADULTS", enabled_ratio=0.25, by="me")
    asked = [bool(ask(matcher, seed=str(seed)).hits) for seed in range(400)]
    assert 60 < sum(asked) < 140
    assert asked == [bool(ask(matcher, seed=str(seed)).hits) for seed in range(400)]
    matcher.change_bank("ADULTS", enabled_ratio=0, by="me")
    assert ask(matcher).hits == ()
    assert ask(matcher, every=True).hits


OFFSETS = st.integers(0, 70)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 2), OFFSETS, st.sampled_from(Tier), st.booleans()), max_size=8),
    st.tuples(st.integers(0, 2), OFFSETS),
    st.integers(0, 64),
    st.sampled_from(Tier),
)
def test_an_answer_is_what_comparing_with_everything_says(matcher, contents, asked, radius, least):
    matcher.add_bank("DRAWN", Depicted.ADULT, radius=radius, by="me")
    try:
        wanted = []
        for number, off, tier, withdrawn in contents:
            content = add(matcher, pdq(number, off=off), bank="DRAWN", tier=tier)
            if withdrawn:
                matcher.withdraw("DRAWN", content.number, by="me")
            bits = distance(value(number, off=off), value(asked[0], off=asked[1]))
            if bits <= radius and tier.reaches(least) and not withdrawn:
                wanted.append((bits, content.number))
        answer = ask(matcher, pdq(asked[0], off=asked[1]), banks=["DRAWN"], least=least)
        assert [(hit.distance, hit.content.number) for hit in answer.hits] == sorted(wanted)
    finally:
        matcher.remove_bank("DRAWN", by="me")
