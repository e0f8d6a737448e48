"""Partners' lists over the network: pages, cursors, deletions, feedback, and partners that misbehave."""

import json
from functools import partial

import pytest

from exchange_partners import Ncmec, StopNcii, ThreatExchange, served
from haechi.adapters.exchanges import Asking, clients
from haechi.bootstrap.matcher_exchanges import exchange_apis
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, Signal, SignalType, Tier
from haechi.domain.errors import (
    CredentialsUnreadableError,
    ExchangeCannotError,
    ExchangeCursorExpiredError,
    ExchangeFailedError,
    ExchangeMissingError,
)
from haechi.domain.hash_list import ListedRow, RefusedRow
from haechi.flows.exchange_hashes import fetch_exchange
from haechi.flows.hold_exchange import held_exchange
from haechi.ports.exchange import Feedback, Page, Verdict
from hashes import md5, numbers, pdq, query

CREDENTIALS = {
    "ncmec": {"username": "u", "password": "p"},
    "stopncii": {"subscription_key": "s", "FetchHashes": "f", "SubmitHashes": "h", "SubmitFeedback": "b"},
    "threatexchange": {"api_token": "token"},
}
SETTINGS = {"threatexchange": {"privacy_group": "5"}}


def ncmec(count=7):
    return Ncmec([("image", f"i{number}", md5(number).value.hex()) for number in range(1, count + 1)])


def stopncii_record(number, **more):
    known = {"lastModtimestamp": 1_000 + number, "signalType": "ImagePDQ", "hashValue": pdq(number).value.hex()}
    return known | {"hashStatus": "Active", "caseNumbers": {"someone": "Active"}} | more


def stopncii(count=7):
    return StopNcii([stopncii_record(number) for number in range(1, count + 1)])


def update(number, **more):
    known = {"id": str(number), "type": "HASH_PDQ", "indicator": pdq(number).value.hex(), "should_delete": False}
    return known | {"last_updated": 1_795_000_000 + number, "descriptors": {"data": [{}]}} | more


def threatexchange(count=7):
    return ThreatExchange([update(number) for number in range(1, count + 1)])


PARTNERS = {"ncmec": ncmec, "stopncii": stopncii, "threatexchange": threatexchange}


@pytest.fixture(params=PARTNERS)
def api(request):
    return request.param


@pytest.fixture
def partner(api):
    with served(PARTNERS[api]()) as one:
        yield one


def asking(**more):
    return Asking("partner", **({"allow_private": True, "sleep": lambda _seconds: None, "deadline_s": 5} | more))


def client(api, partner, clock, **more):
    return clients()[api](asking(**more), {"url": partner.url} | SETTINGS.get(api, {}), CREDENTIALS[api], now=clock)


class Reading:
    """One exchange of a matcher, read as its command does."""

    def __init__(self, matcher, api, partner, clock):
        self.matcher, self.api, self.partner, self.clock = matcher, api, partner, clock
        self.refused = []
        matcher.exchanges.set("partner", bank="ADULTS", api=api, settings={}, by="me")

    def __call__(self, **more):
        tools = self.matcher._tools  # noqa: SLF001 - the command itself asks no address on this machine
        one = partial(client, self.api, self.partner, self.clock, **more)
        with held_exchange(tools, "partner") as held:
            return fetch_exchange(tools, held, one, tier=Tier.POLICE, by="me", refuse=self.refused.append)

    @property
    def kept(self):
        return self.matcher.exchanges.all()[0]


@pytest.fixture
def read(matcher, api, partner, clock):
    return Reading(matcher, api, partner, clock)


def found(matcher):
    asked = [query(pdq(number), md5(number)) for number in range(1, 12)]
    return [place for place, one in enumerate(matcher.look_up(asked, depicted=Depicted.ADULT), 1) if numbers(one)]


def test_a_list_is_read_page_by_page_to_its_end(read, matcher, partner):
    report = read()
    assert (report.added, report.is_whole, len(partner.asked)) == (7, True, 3)
    assert found(matcher) == [1, 2, 3, 4, 5, 6, 7]
    assert (read.kept.succeeded, read.kept.fetched_at) == (True, "2026-11-22T10:00:00.000000Z")
    assert read.kept.cursor
    again = read()
    assert (again.added, again.replaced) == (0, 0)


def test_an_interrupted_reading_goes_on_and_loses_nothing(read, matcher, partner):
    partner.trouble = [None, "garbage"]
    with pytest.raises(ExchangeFailedError):
        read()
    assert (found(matcher), read.kept.succeeded) == ([1, 2, 3], False)
    partner.trouble = []
    report = read()
    assert found(matcher) == [1, 2, 3, 4, 5, 6, 7]
    assert report.added == 4


def test_who_is_busy_is_asked_again_after_the_time_it_says(read, partner):
    waited = []
    partner.trouble = [503, 429, None, 500]
    assert read(sleep=waited.append).added == 7
    assert waited == [7, 7, 7]
    partner.trouble = [503] * 4
    with pytest.raises(ExchangeFailedError) as failed:
        read()
    assert failed.value.facts["problem"] == "busy"


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        ("drip", "slow"), ("huge", "long"), ("cut", "cut"), ("redirect", "redirect"), ("garbage", "answer"),
        ("gzip", "answer"), (401, "credentials"), (404, "status"),
    ],
)  # fmt: skip
def test_a_partner_that_misbehaves_is_named_and_nothing_is_changed(read, matcher, partner, trouble, problem):
    partner.trouble = [trouble]
    with pytest.raises(ExchangeFailedError) as failed:
        read(deadline_s=0.4 if trouble == "drip" else 5, most_bytes=100_000)
    assert failed.value.facts["problem"] == problem
    assert (found(matcher), read.kept.cursor, read.kept.succeeded) == ([], None, False)
    assert matcher.audit(most=1)[0].facts["problem"] == problem


def test_a_secret_is_in_no_address_and_no_error(read, partner):
    partner.trouble = [404]
    with pytest.raises(ExchangeFailedError) as failed:
        read()
    for secret in ("Bearer", "token", '"p"'):
        assert secret not in str(failed.value)
        assert secret not in partner.asked[0][1]


@pytest.mark.parametrize("api", ["ncmec"], indirect=True)
def test_ncmec_deletions_are_withdrawn(read, matcher, partner):
    read()
    partner.records = [("image", "i2", None), ("image", "i99", None)]
    assert read().withdrawn == 1
    assert found(matcher) == [1, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("api", ["ncmec"], indirect=True)
def test_ncmec_is_read_to_its_end_or_from_the_beginning(read, partner):
    partner.trouble = [None, None, 404]
    with pytest.raises(ExchangeFailedError):
        read()
    assert read.kept.cursor is None
    partner.trouble = []
    read()
    assert read.kept.cursor == "2026-11-20T00:00:00.000000Z"
    read()
    assert "from=2026-11-20T00%3A00%3A00Z" in partner.asked[-3][1]


@pytest.mark.parametrize("api", ["ncmec"], indirect=True)
def test_ncmec_pages_lead_neither_in_a_circle_nor_elsewhere(read, partner):
    partner.loops = True
    with pytest.raises(ExchangeFailedError):
        read()
    assert len(partner.asked) < 4
    partner.elsewhere = "http://elsewhere.invalid"
    with pytest.raises(ExchangeFailedError) as failed:
        read()
    assert failed.value.facts["problem"] == "answer"


@pytest.mark.parametrize("api", ["stopncii"], indirect=True)
def test_stopncii_withdrawals_are_withdrawals_and_a_page_that_expired_is_asked_from_its_time(read, matcher, partner):
    partner.trouble = [None, 403]
    with pytest.raises(ExchangeFailedError):
        read()
    assert json.loads(read.kept.cursor) == {"since": 10, "page": "3"}
    partner.expired = {"3"}
    partner.page = 4
    assert read().is_whole
    assert json.loads(read.kept.cursor) == {"since": 1_007, "page": ""}
    partner.records.append(stopncii_record(2, hashStatus="Withdrawn", lastModtimestamp=1_100))
    assert read().withdrawn == 1
    assert found(matcher) == [1, 3, 4, 5, 6, 7]
    told = str([one.claimed_facts for one in matcher.contents("ADULTS")])
    assert "someone" not in told


@pytest.mark.parametrize("api", ["threatexchange"], indirect=True)
def test_threatexchange_is_read_as_a_whole_when_its_place_is_too_old(read, matcher, partner, clock):
    read()
    partner.records = [update(number, last_updated=1_805_000_000) for number in (1, 2, 8)]
    clock.at = "2027-11-22T10:00:00.000000Z"
    report = read()
    assert (report.added, report.withdrawn) == (1, 5)
    assert found(matcher) == [1, 2, 8]


@pytest.mark.parametrize("api", ["threatexchange"], indirect=True)
def test_threatexchange_deletions_and_lost_cursors(read, matcher, partner):
    partner.trouble = [None, 404]
    with pytest.raises(ExchangeFailedError):
        read()
    partner.expired = {"3"}
    partner.page = 10
    assert read().is_whole
    partner.records += [
        update(3, should_delete=True, last_updated=1_795_000_100),
        {"id": "4", "last_updated": 1_795_000_100},
    ]
    assert read().withdrawn == 2
    assert found(matcher) == [1, 2, 5, 6, 7]


@pytest.mark.parametrize("api", ["stopncii", "threatexchange"], indirect=True)
def test_a_partner_that_forgets_every_page_is_not_asked_for_ever(read, partner):
    partner.expired = {"3"}
    with pytest.raises(ExchangeFailedError) as failed:
        read()
    assert (failed.value.facts["problem"], len(partner.asked)) == ("answer", 4)


@pytest.mark.parametrize("api", ["threatexchange"], indirect=True)
def test_a_partner_that_lost_the_place_is_asked_for_all(partner, clock):
    with pytest.raises(ExchangeCursorExpiredError):
        list(client("threatexchange", partner, clock).pages('{"since": 5}'))


@pytest.mark.parametrize("api", ["stopncii", "threatexchange"], indirect=True)
def test_broken_records_are_put_aside(read, partner):
    partner.records[1] = {**partner.records[1], "hashValue": "zz", "indicator": "zz"}
    partner.records[2] = {**partner.records[2], "signalType": "Text", "type": "URI"}
    report = read()
    assert (report.added, report.refused) == (5, 2)
    assert [one.problem for one in read.refused] == ["hash", "type"]
    assert isinstance(read.refused[0], RefusedRow)


ROW = ListedRow("x", (pdq(1),))


def test_stopncii_gets_values_not_names(clock):
    with served(stopncii()) as partner:
        one = client("stopncii", partner, clock)
        one.submit([ROW])
        one.tell([Feedback("x", pdq(2), Verdict.MATCHED), Feedback("x", pdq(3), Verdict.REFUTED)])
    (_, place, headers, submitted), (_, _, _, told) = partner.asked
    (record,) = json.loads(submitted)["hashRecords"]
    assert (place, headers["x-functions-key"]) == ("/SubmitHashes", "h")
    assert (record["signalType"], record["hashValue"]) == ("ImagePDQ", pdq(1).value.hex())
    assert record["CSPFeedbacks"] == [{"tags": [], "feedbackValue": "Blocked"}]
    assert [entry["feedbackValue"] for entry in json.loads(told)["hashFeedbacks"]] == ["PendingReview", "NotBlocked"]


def test_ncmec_gets_feedback_on_each_fingerprint(clock):
    with served(ncmec()) as partner:
        one = client("ncmec", partner, clock)
        one.tell([Feedback("7/image/a b", md5(1), Verdict.CONFIRMED)])
        one.tell([Feedback("7/image/a", md5(1), Verdict.REFUTED, reason="<guid>")])
        for wrong in (Feedback("7/image/a", md5(1), Verdict.REFUTED), Feedback("7/image/a", md5(1), Verdict.MATCHED)):
            with pytest.raises(ExchangeCannotError):
                one.tell([wrong])
        with pytest.raises(ExchangeCannotError):
            one.submit([ROW])
    (method, place, _, first), (_, _, _, second) = partner.asked
    assert (method, place) == ("PUT", "/v2/entries/7/a%20b/md5/feedback")
    assert b"<affirmative/>" in first
    assert b"<guid>&lt;guid&gt;</guid>" in second


def test_threatexchange_gets_descriptors_and_reactions(clock):
    with served(threatexchange()) as partner:
        one = client("threatexchange", partner, clock)
        one.submit([ROW])
        one.tell([Feedback("77", pdq(1), Verdict.CONFIRMED)])
        with pytest.raises(ExchangeCannotError):
            one.tell([Feedback("../me", pdq(1), Verdict.CONFIRMED)])
    (_, first, _, descriptor), (_, second, _, reaction) = partner.asked
    assert (first, second) == ("/threat_descriptors", "/77")
    assert b"type=HASH_PDQ" in descriptor
    assert reaction == b"reactions=HELPFUL"


def test_what_a_partner_has_no_word_for_is_not_sent(clock):
    frame = Signal(SignalType.VPDQ, bytes(32))
    for api in ("stopncii", "threatexchange"):
        with served(PARTNERS[api]()) as partner:
            with pytest.raises(ExchangeCannotError):
                client(api, partner, clock).submit([ListedRow("x", (frame,))])
            assert partner.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/x", "https://localhost/",
        "http://example.org/", "ftp://example.org/", "https://u:p@example.org/", "https://exa mple.org/", "https://[::ffff:127.0.0.1]/",
    ],
)  # fmt: skip
def test_no_address_inside_is_asked_outside_of_tests(url):
    with pytest.raises(ExchangeFailedError) as failed:
        Asking("partner")("GET", url)
    assert failed.value.facts["problem"] == "address"


def test_exchanges_are_set_and_forgotten(matcher):
    assert list(exchange_apis()) == ["local_file", "ncmec", "sample", "stopncii", "threatexchange"]
    with pytest.raises(ExchangeCannotError):
        matcher.exchanges.set("x", bank="ADULTS", api="none", settings={}, by="me")
    with pytest.raises(ExchangeMissingError):
        matcher.exchanges.fetch("x", by="me")
    matcher.exchanges.set("x", bank="ADULTS", api="ncmec", settings={"environment": "test-ngo"}, by="me")
    with pytest.raises(ExchangeFailedError) as failed:
        matcher.exchanges.fetch("x", by="me")
    assert failed.value.facts["problem"] == "credentials"
    matcher.exchanges.remove("x", by="me")
    assert list(matcher.exchanges.all()) == []


def test_credentials_are_kept_in_a_file_of_their_own(matcher, tmp_path):
    matcher.exchanges.set_credentials("ncmec", {"username": "u", "password": "drawn-secret"}, by="me")
    assert (matcher.exchanges.has_credentials("ncmec"), matcher.exchanges.has_credentials("stopncii")) == (True, False)
    file = tmp_path / "matcher" / "exchange-credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "drawn-secret" not in str(matcher.audit())
    matcher.exchanges.set_credentials("ncmec", {}, by="me")
    assert not matcher.exchanges.has_credentials("ncmec")


def test_a_credentials_file_that_cannot_be_read_is_told_and_not_written_anew(matcher, tmp_path):
    file = tmp_path / "matcher" / "exchange-credentials.json"
    matcher.exchanges.set("x", bank="ADULTS", api="ncmec", settings={"environment": "test-ngo"}, by="me")
    for damaged, problem in ((b'{"ncmec": {"user', "damaged"), (b"[]", "damaged"), (None, "unreadable")):
        if damaged is None:
            file.unlink()
            file.mkdir()
        else:
            file.write_bytes(damaged)
        with pytest.raises(CredentialsUnreadableError) as failed:
            matcher.exchanges.set_credentials("stopncii", {"a": "b"}, by="me")
        assert failed.value.facts["problem"] == problem
        with pytest.raises(CredentialsUnreadableError):
            matcher.exchanges.fetch("x", by="me")
        assert (matcher.audit(most=1)[0].facts["problem"], damaged) == (problem, damaged and file.read_bytes())


@pytest.fixture
def listed(tmp_path, clock, index):
    """Return what writes lines into a file and reads it as an exchange's list."""
    (tmp_path / "lists").mkdir()
    place = tmp_path / "lists" / "l"
    with open_matcher(tmp_path / "m", index=index, now=clock, lists=tmp_path / "lists") as matcher:
        matcher.add_bank("ADULTS", Depicted.ADULT, by="me")
        matcher.exchanges.set("f", bank="ADULTS", api="local_file", settings={"filename": "l"}, by="me")

        def read(*shown):
            if shown:
                lines = [one if isinstance(one, str) else f"pdq {pdq(one).value.hex()}" for one in shown]
                place.write_text("\n".join(lines) + "\n", encoding="ascii")
            report = matcher.exchanges.fetch("f", by="me")
            return report.added, report.withdrawn, found(matcher)

        read.matcher, read.place = matcher, place
        yield read


def test_a_file_is_the_list_and_a_line_that_is_gone_twice_is_withdrawn(listed):
    assert listed(1, 2, 3) == (3, 0, [1, 2, 3])
    assert listed() == (0, 0, [1, 2, 3])
    assert listed(2, 3, 4) == (1, 0, [1, 2, 3, 4])
    assert listed() == (0, 1, [2, 3, 4])
    assert listed() == (0, 0, [2, 3, 4])
    listed.place.write_bytes(b"")
    with pytest.raises(ExchangeFailedError):
        listed()
    assert found(listed.matcher) == [2, 3, 4]


def test_a_writer_that_pauses_in_the_middle_of_a_file_withdraws_nothing(listed):
    listed(1, 2, 3)
    listed()
    assert listed(1) == (0, 0, [1, 2, 3])
    assert listed(1, 2) == (0, 0, [1, 2, 3])
    assert listed(1, 2, 3, 4) == (1, 0, [1, 2, 3, 4])
    assert listed() == (0, 0, [1, 2, 3, 4])


def test_of_the_files_of_rows_that_were_put_aside_the_newest_few_of_an_exchange_are_kept(listed, clock, tmp_path):
    folder = tmp_path / "m" / "quarantine"
    folder.mkdir()
    others = {"2020-01-01T000000-000000Z-exchange-g-00000000.jsonl", "2020-01-01T000000-000000Z-plain-00000000.jsonl"}
    for name in others:
        (folder / name).touch()
    made = []
    for second in range(22):
        clock.at = f"2026-11-22T10:00:{second:02}.000000Z"
        listed(second + 1, "pdq zz")
        made = sorted({one.name for one in folder.iterdir()} - others)
    assert [int(name[15:17]) for name in made] == list(range(2, 22))
    assert others < {one.name for one in folder.iterdir()}


def test_the_sample_is_the_same_each_time(matcher):
    matcher.exchanges.set("s", bank="ADULTS", api="sample", settings={}, by="me")
    reports = [matcher.exchanges.fetch("s", by="me") for _ in range(2)]
    assert [(one.added, one.is_whole) for one in reports] == [(3 * len(SignalType), True), (0, True)]


def test_a_partner_that_cannot_be_asked_at_all_is_kept_as_failed(matcher):
    matcher.exchanges.set("x", bank="ADULTS", api="ncmec", settings={"environment": "test-ngo"}, by="me")
    with pytest.raises(ExchangeFailedError):
        matcher.exchanges.fetch("x", by="me")
    assert matcher.exchanges.get("x").succeeded is False
    assert matcher.audit(most=1)[0].facts["problem"] == "credentials"


def test_an_empty_list_in_place_of_one_that_was_forgotten_withdraws_nothing(matcher):
    pages = [[Page([ListedRow("one", (pdq(1),))], "1")], ExchangeCursorExpiredError(exchange="x"), [Page([], "2")]]

    class Forgetful:
        def pages(self, _cursor):
            script = pages.pop(0)
            if isinstance(script, list):
                yield from script
            else:
                raise script

    matcher.exchanges.set("x", bank="ADULTS", api="sample", settings={}, by="me")

    def read():
        facts = {"tier": Tier.POLICE, "by": "me", "refuse": lambda _row: None}
        with held_exchange(matcher._tools, "x") as held:  # noqa: SLF001 - as above
            return fetch_exchange(matcher._tools, held, Forgetful, **facts)  # noqa: SLF001

    read()
    with pytest.raises(ExchangeFailedError):
        read()
    assert (matcher.sizes()["ADULTS"], matcher.exchanges.get("x").cursor) == (1, "1")
