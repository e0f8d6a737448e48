"""Partners that are read by themselves: at their interval, less often after failures, one at a time, until it is stopped."""

import contextlib
import threading
from datetime import datetime, timedelta

import pytest

from brute_index import BruteIndex
from haechi.bootstrap import matcher_exchanges, matcher_fetching
from haechi.bootstrap.matcher_fetching import BY, ExchangeFetching
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, in_utc
from haechi.domain.errors import ExchangeEndedError, ExchangeFailedError, ExchangeInUseError, ExchangeStoppedError
from haechi.domain.hash_list import ListedRow
from haechi.flows.hold_exchange import LEASE_S
from haechi.ports.exchange import Page
from hashes import pdq
from postgres_server import postgres_server


class Scripted:
    """Partners by name: each reading hands out two rows in two pages, unless its script says otherwise."""

    def __init__(self):
        self.read, self.failing, self.inside = [], set(), 0
        self.between = lambda: None

    def client(self, asking, *_settings, **_clock):
        self.asking = asking
        return self

    def pages(self, cursor):
        name = self.asking.exchange
        self.inside += 1
        assert self.inside == 1
        try:
            self.read.append((name, cursor))
            if name in self.failing:
                raise ExchangeFailedError(exchange=name, problem="connect")
            first = int(cursor or 0)
            for number in (first + 1, first + 2):
                self.asking.go_on()
                yield Page([ListedRow(f"{name}{number}", (pdq(100 * ord(name[0]) + number),))], str(number))
                self.between()
        finally:
            self.inside -= 1


@pytest.fixture
def partners(monkeypatch):
    scripted = Scripted()
    monkeypatch.setattr("haechi.adapters.exchanges.clients", lambda _lists=None: {"drawn": scripted.client})
    monkeypatch.setattr(matcher_exchanges, "exchange_apis", lambda: ["drawn"])
    return scripted


@pytest.fixture
def fetching(matcher, clock, partners):  # noqa: ARG001 - the partners there are
    for name in "ab":
        matcher.exchanges.set(name, bank="ADULTS", api="drawn", settings={}, by="me")
    return ExchangeFetching(matcher, every_s=900, now=clock)


def later(clock, seconds):
    clock.at = in_utc((datetime.fromisoformat(clock.at) + timedelta(seconds=seconds)).isoformat())


def test_each_is_read_at_its_own_interval_and_from_where_it_was(matcher, clock, partners, fetching):
    matcher.exchanges.set("b", bank="ADULTS", api="drawn", settings={"fetch_every_s": 3_600}, by="me")
    assert fetching.fetch_due() == 2
    assert fetching.fetch_due() == 0
    later(clock, 900)
    assert fetching.fetch_due() == 1
    later(clock, 2_700)
    assert fetching.fetch_due() == 2
    assert partners.read == [("a", None), ("b", None), ("a", "2"), ("a", "4"), ("b", "2")]
    assert matcher.sizes()["ADULTS"] == 10
    assert (matcher.audit(most=1)[0].by, matcher.audit(most=1)[0].action) == (BY, "fetch-exchange")


def test_what_is_switched_off_is_not_read_and_goes_on_where_it_was(matcher, partners, fetching, clock):
    fetching.fetch_due()
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={}, is_enabled=False, by="me")
    later(clock, 900)
    assert fetching.fetch_due() == 1
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={"tier": "police"}, by="me")
    fetching.fetch_due()
    assert partners.read[-1] == ("a", "2")


def test_one_that_fails_is_asked_less_and_less_often_and_holds_up_no_other(matcher, clock, partners, fetching):
    partners.failing = {"a"}
    asked = []
    for minute in range(0, 8 * 60, 15):
        before = len(partners.read)
        fetching.fetch_due()
        asked += [minute for name, _ in partners.read[before:] if name == "a"]
        later(clock, 900)
    assert asked == [0, 30, 90, 210, 450]
    assert fetching.failures("a") == 5
    assert sum(name == "b" for name, _ in partners.read) == 32
    kept = matcher.exchanges.get("a")
    assert (kept.succeeded, kept.cursor) == (False, None)
    partners.failing = set()
    later(clock, 6 * 3_600)
    fetching.fetch_due()
    assert (fetching.failures("a"), matcher.exchanges.get("a").succeeded) == (0, True)


def test_it_stops_in_the_middle_of_a_list_and_another_one_goes_on_there(matcher, partners, fetching):
    reached, stopped = threading.Event(), threading.Event()

    def between():
        reached.set()
        stopped.wait(10)

    partners.between = between
    fetching.start()
    assert reached.wait(10)
    assert matcher.exchanges.fetching_since("a") == "2026-11-22T10:00:00.000000Z"
    closing = threading.Thread(target=fetching.close)
    closing.start()
    stopped.set()
    closing.join(10)
    assert not closing.is_alive()
    kept = matcher.exchanges.get("a")
    assert (kept.cursor, kept.succeeded, partners.read) == ("1", None, [("a", None)])
    assert matcher.exchanges.fetching_since("a") is None
    with pytest.raises(ExchangeStoppedError):
        matcher.exchanges.fetch("b", by="me")


@pytest.mark.usefixtures("fetching")
def test_two_who_ask_at_once_are_served_one_after_the_other(matcher, partners):
    asking = [threading.Thread(target=matcher.exchanges.fetch, args=(name,), kwargs={"by": "me"}) for name in "abab"]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert set(partners.read) == {("a", None), ("a", "2"), ("b", None), ("b", "2")}


def test_a_reading_that_cannot_be_noted_is_not_begun_again_at_once_though_the_clock_was_set_back(
    clock, partners, fetching, monkeypatch
):
    fetching.fetch_due()
    later(clock, -86_400)

    def broken(*_cursor):
        partners.read.append("broken")
        raise MemoryError

    monkeypatch.setattr(partners, "pages", broken)
    assert [fetching.fetch_due() for _ in range(3)] == [2, 0, 0]
    assert partners.read.count("broken") == 2


def test_one_that_was_switched_off_or_removed_while_another_was_read_is_not_asked(matcher, partners, fetching):
    matcher.exchanges.set("c", bank="ADULTS", api="drawn", settings={}, by="me")

    def between():
        partners.between = lambda: None
        matcher.exchanges.set("b", bank="ADULTS", api="drawn", settings={}, is_enabled=False, by="me")
        matcher.exchanges.remove("c", by="me")

    partners.between = between
    assert fetching.fetch_due() == 1
    assert partners.read == [("a", None)]


def test_one_that_is_made_anew_does_not_wait_for_the_failures_of_the_one_before(matcher, partners, fetching):
    partners.failing = {"a"}
    fetching.fetch_due()
    matcher.exchanges.remove("a", by="me")
    fetching.fetch_due()
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={}, by="me")
    assert (fetching.failures("a"), fetching.fetch_due()) == (0, 1)


def switch_off(matcher):
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={}, is_enabled=False, by="me")


def remove(matcher):
    matcher.exchanges.remove("a", by="me")


def make_anew(matcher):
    remove(matcher)
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={}, by="me")


def set_to_another_list(matcher):
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={"other": 1}, by="me")


@pytest.mark.usefixtures("fetching")
@pytest.mark.parametrize(
    ("change", "problem"),
    [(switch_off, "off"), (remove, "removed"), (make_anew, "taken"), (set_to_another_list, "changed")],
)
def test_a_reading_ends_when_its_exchange_is_no_longer_the_same_and_writes_nothing_afterwards(
    matcher, partners, change, problem
):
    def between():
        partners.between = lambda: None
        change(matcher)

    partners.between = between
    with pytest.raises(ExchangeEndedError) as ended:
        matcher.exchanges.fetch("a", by="me")
    kept = {one.name: one for one in matcher.exchanges.all()}.get("a")
    assert ended.value.facts["problem"] == matcher.audit(most=1)[0].facts["problem"] == problem
    assert matcher.sizes()["ADULTS"] == 1
    assert kept is None or (kept.cursor, kept.succeeded) == ("1" if problem == "off" else None, None)


def test_one_that_is_switched_off_and_asked_for_by_a_person_is_read(matcher, fetching):
    switch_off(matcher)
    assert matcher.exchanges.fetch("a", by="me").added == 2
    assert fetching.failures("a") == 0


@pytest.fixture(params=["file", "server"])
def two(request, tmp_path, clock, partners):  # noqa: ARG001 - the partners there are
    """Two openings of one catalogue."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres_server()) if request.param == "server" else None
        places = [tmp_path / "one"] * 2 if url is None else [tmp_path / "one", tmp_path / "other"]
        one, other = (
            stack.enter_context(open_matcher(place, catalogue_url=url, index=BruteIndex(), now=clock))
            for place in places
        )
        one.add_bank("ADULTS", Depicted.ADULT, by="me")
        one.exchanges.set("a", bank="ADULTS", api="drawn", settings={}, by="me")
        yield one, other


def test_two_servers_of_one_catalogue_do_not_read_one_list_at_once(two, partners, clock):
    one, other = two
    timer = ExchangeFetching(other, every_s=900, now=clock)
    passed = []

    def between():
        partners.between = lambda: None
        with pytest.raises(ExchangeInUseError):
            other.exchanges.fetch("a", by="me")
        timer.fetch_due()
        passed.append(timer.failures("a"))

    partners.between = between
    assert one.exchanges.fetch("a", by="me").added == 2
    assert (passed, partners.read) == ([0], [("a", None)])
    later(clock, 900)
    assert timer.fetch_due() == 1
    assert partners.read == [("a", None), ("a", "2")]


def test_what_a_killed_server_held_may_be_read_when_its_time_is_over(two, partners, clock):
    one, other = two
    tools = one._tools  # noqa: SLF001 - what it has written when it is killed
    timer = ExchangeFetching(other, every_s=900, now=clock)
    with tools.catalogue.begin() as writer:
        assert writer.take_lease("a", "killed", lasts_s=LEASE_S)
    timer.fetch_due()
    assert partners.read == []
    with tools.catalogue.begin() as writer:
        assert writer.hold_lease("a", "killed", lasts_s=-1)  # as if it were later
    timer.fetch_due()
    assert partners.read == [("a", None)]
    with tools.catalogue.begin() as writer:
        assert not writer.hold_lease("a", "killed", lasts_s=LEASE_S)


def test_a_mistake_of_ours_does_not_end_the_thread(monkeypatch, fetching):
    monkeypatch.setattr(matcher_fetching, "LOOK_EVERY_S", 0.001)
    done, looked = threading.Event(), []

    def fails(*_anything):
        looked.append(1)
        if len(looked) > 2:
            done.set()
        raise ZeroDivisionError

    monkeypatch.setattr(fetching, "fetch_due", fails)
    fetching.start()
    assert done.wait(10)
    fetching.close()


def test_changing_an_exchange_while_it_is_read_does_not_lose_its_place(matcher, partners, monkeypatch, fetching):  # noqa: ARG001 - the exchanges
    catalogue = matcher._tools.catalogue  # noqa: SLF001 - between its reading and its writing
    begin = catalogue.begin

    def late():
        monkeypatch.setattr(catalogue, "begin", begin)
        matcher.exchanges.fetch("a", by="me")
        return begin()

    monkeypatch.setattr(catalogue, "begin", late)
    matcher.exchanges.set("a", bank="ADULTS", api="drawn", settings={"tier": "police"}, by="me")
    assert matcher.exchanges.get("a").cursor == "2"


def test_credentials_that_are_set_at_once_are_all_kept(matcher):
    names = [f"api{number}" for number in range(8)]
    setting = [
        threading.Thread(target=matcher.exchanges.set_credentials, args=(name, {"k": name}), kwargs={"by": "me"})
        for name in names
    ]
    for one in setting:
        one.start()
    for one in setting:
        one.join()
    assert all(matcher.exchanges.has_credentials(name) for name in names)
