"""Banks, contents and times: order of tiers, what is active, who is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import Bank, Content, Depicted, Held, Signal, SignalType, Tier, asked_together, in_utc
from haechi.domain.errors import BankMixedError, HashRefusedError

NOW = "2026-11-22T10:00:00.000000Z"


def bank(number=0, depicted=Depicted.ADULT, **more):
    return Bank(number, f"B{number}", depicted, **more)


def content(**more):
    return Content(1, "B", (), Tier.POLICE, NOW, "me", **more)


@given(st.sampled_from(Tier), st.sampled_from(Tier))
def test_a_tier_reaches_itself_and_what_is_weaker(one, least):
    order = ["self-asserted", "worker-verified", "police", "regulator"]
    assert one.reaches(least) == (order.index(one) >= order.index(least))


@pytest.mark.parametrize(
    ("more", "active"),
    [
        ({}, True), ({"withdrawn_at": NOW}, False), ({"expires_at": NOW}, False), ({"held": Held.FLOOD}, False),
        ({"expires_at": "2026-11-22T10:00:00.000001Z"}, True), ({"disabled_until": NOW}, True),
        ({"disabled_until": "2026-11-22T10:00:00.000001Z"}, False),
    ],
)  # fmt: skip
def test_only_what_holds_now_is_active(more, active):
    assert content(**more).is_active(NOW) is active


def test_adults_and_minors_are_not_asked_together_but_innocents_are_everybodys():
    minor = bank(1, Depicted.MINOR)
    assert asked_together([bank(), bank(2, Depicted.MINOR, is_negative=True)])
    with pytest.raises(BankMixedError):
        asked_together([bank(), minor])


@given(st.text(), st.floats(0, 1))
def test_the_same_seed_gives_the_same_answer(seed, ratio):
    one = bank(enabled_ratio=ratio)
    assert one.is_asked(seed) == one.is_asked(seed)
    assert bank(enabled_ratio=1.0).is_asked(seed)
    assert not bank(enabled_ratio=0.0).is_asked(seed)


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_times_sort_as_text_as_they_do_as_times(one, other):
    try:
        left, right = in_utc(one.isoformat()), in_utc(other.isoformat())
    except (ValueError, OverflowError):
        return
    assert (left < right) == (one.timestamp() < other.timestamp())


@pytest.mark.parametrize("wrong", ["", "soon", 10**20, float("nan"), "2026-13-01", "0001-01-01T00:00:00+09:00"])
def test_what_is_no_time_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is nobody's concern
        in_utc(wrong)


def test_seconds_since_1970_are_times_too():
    assert in_utc(0) == "1970-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("kind", SignalType)
def test_a_hash_of_another_length_is_refused(kind):
    assert Signal(kind, bytes(kind.size)).check()
    for length in (0, kind.size - 1, kind.size + 1):
        with pytest.raises(HashRefusedError):
            Signal(kind, bytes(length)).check()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (ApiRole.HASHER, {"hasher"}), (ApiRole.MATCHER, {"hasher", "matcher"}),
        (ApiRole.CURATOR, {"hasher", "matcher", "curator"}), (ApiRole.ADMIN, {"hasher", "matcher", "curator", "admin"}),
    ],
)  # fmt: skip
def test_a_key_may_what_its_role_says_until_it_is_revoked(role, may):
    assert {one for one in ApiRole if ApiKey("k", "d", role, 1, NOW).may(one)} == may
    assert not any(ApiKey("k", "d", role, 1, NOW, revoked_at=NOW).may(one) for one in ApiRole)
