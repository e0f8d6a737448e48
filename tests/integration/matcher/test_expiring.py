"""What has expired leaves the index, and nothing else does."""

import pytest

from haechi.domain.bank import Depicted, Tier
from haechi.flows import withdraw_content
from haechi.ports.catalogue import NewContent
from hashes import md5, numbers, pdq, query


def add(matcher, number, expires_at):
    new = NewContent((pdq(number), md5(number)), Tier.POLICE, expires_at=expires_at)
    return matcher.add_content("ADULTS", new, by="me").number


@pytest.fixture
def contents(matcher):
    """Four contents: expired long ago, some hours ago, to expire, never."""
    days = ("2026-11-20", "2026-11-22", "2026-12-01", None)
    return [add(matcher, number, day and f"{day}T05:00:00Z") for number, day in enumerate(days, 1)]


def found(matcher):
    asked = [query(pdq(number), md5(number)) for number in (1, 2, 3, 4)]
    return [sorted(set(numbers(one))) for one in matcher.look_up(asked, depicted=Depicted.ADULT)]


def test_a_content_is_out_of_the_index_a_day_after_it_expired(matcher, contents, clock):
    before = matcher.index_status().rows
    told = found(matcher)
    assert told == [[], [], [contents[2]], [contents[3]]]
    assert not matcher.withdraw_expired()
    assert matcher.index_status().rows == before - 1
    clock.at = "2026-11-23T05:00:00.000000Z"
    matcher.withdraw_expired()
    assert matcher.index_status().rows == before - 2
    assert found(matcher) == told
    gone = matcher.content("ADULTS", contents[0])
    assert (gone.withdrawn_by, matcher.sizes()["ADULTS"]) == ("expiry", 2)
    assert matcher.audit(most=1)[0].facts == {"bank": "ADULTS", "contents": 1}
    matcher.rebuild_index()
    assert matcher.index_status().rows == before - 2


def test_no_more_is_done_at_a_time_than_was_said(matcher, monkeypatch):
    monkeypatch.setattr(withdraw_content, "EXPIRED_AT_ONCE", 2)
    for number in range(5):
        add(matcher, number, "2026-11-01T00:00:00Z")
    left = []
    while matcher.withdraw_expired():
        left.append(matcher.index_status().rows)
    assert [*left, matcher.index_status().rows] == [3, 1, 0]


def test_a_catalogue_of_before_gets_what_finds_them(tmp_path, clock, index):
    from sqlalchemy import create_engine, inspect, text

    from haechi.bootstrap.matcher_opening import CATALOGUE, open_matcher

    open_matcher(tmp_path, index=index, now=clock).close()
    engine = create_engine(f"sqlite:///{tmp_path / CATALOGUE}")
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_contents_expiring"))
    open_matcher(tmp_path, index=index, now=clock).close()
    assert "ix_contents_expiring" in {one["name"] for one in inspect(engine).get_indexes("contents")}
    engine.dispose()
