"""What every catalogue does, in a file and on a server."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from haechi.adapters.catalogue import open_catalogue
from haechi.adapters.catalogue.packing import from_text, pack, plain, to_text, unpack
from haechi.domain.api_key import ApiKey, ApiRole
from haechi.domain.bank import Depicted, Held, Signal, SignalType, Tier
from haechi.domain.errors import (
    ApiKeyExistsError,
    ApiKeyMissingError,
    BankExistsError,
    BankMissingError,
    CatalogueUnavailableError,
    ExchangeMissingError,
    FolderReadOnlyError,
)
from haechi.ports.catalogue import AuditLine, Change, Exchange, NewContent
from postgres_server import postgres_server

AT, LATER = "2026-11-22T10:00:00.000000Z", "2026-11-22T11:00:00.000000Z"
KINDS = st.sampled_from(SignalType)


class InFile:
    """A catalogue in a file."""

    def __init__(self, folder):
        self.place = folder / "catalogue.db"

    def open(self, **more):
        return open_catalogue(self.place, **({"index_id": "a"} | more))


class OnServer:
    """A catalogue on a server, emptied for each test."""

    def __init__(self, url):
        self.place = url
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()

    def open(self, **more):
        return open_catalogue(self.place, **({"index_id": "a"} | more))


@pytest.fixture(scope="module")
def server():
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["file", "server"])
def where(request, tmp_path):
    return InFile(tmp_path) if request.param == "file" else OnServer(request.getfixturevalue("server"))


@pytest.fixture
def catalogue(where):
    opened = where.open()
    with opened.begin() as writer:
        add_bank(writer, "A")
    yield opened
    opened.close()


def add_bank(writer, name, **more):
    known = {"radius": 31, "is_negative": False, "enabled_ratio": 1.0, "at": AT}
    return writer.add_bank(name, more.pop("depicted", Depicted.ADULT), **(known | more))


def pdq(number):
    return Signal(SignalType.PDQ, number.to_bytes(32))


def md5(number):
    return Signal(SignalType.MD5, number.to_bytes(16))


def new(*signals, **more):
    return NewContent(signals or (pdq(1),), more.pop("tier", Tier.POLICE), **more)


def add(catalogue, *contents, bank="A"):
    with catalogue.begin() as writer:
        return writer.add_contents(bank, contents, by="me", at=AT)


def test_a_content_comes_back_as_it_was_added(catalogue):
    rich = new(
        Signal(SignalType.VPDQ, bytes(32), 77, 1.5),
        md5(2),
        note="한 줄\0\ud800",
        claimed_id="id\0",
        claimed_uri="https://example.org/\udcff",
        claimed_facts={"a": [1, {"b": None}]},
        source="list:1",
        expires_at=LATER,
        held=Held.FLOOD,
    )
    (number,) = add(catalogue, rich)
    found = catalogue.contents([number, number + 1])
    assert list(found) == [number]
    one = found[number]
    for name in (
        "signals",
        "tier",
        "note",
        "claimed_id",
        "claimed_uri",
        "claimed_facts",
        "source",
        "expires_at",
        "held",
    ):
        assert getattr(one, name) == getattr(rich, name)
    assert (one.bank, one.added_at, one.added_by, one.withdrawn_at) == ("A", AT, "me", None)
    assert catalogue.contents_of("A") == [one]


def test_numbers_rise_and_are_not_given_out_twice(where, catalogue):
    first = add(catalogue, new(), new())
    with pytest.raises(BankMissingError), catalogue.begin() as writer:
        [writer.add_contents(bank, [new()], by="me", at=AT) for bank in ("A", "none")]
    with catalogue.begin() as writer:
        writer.withdraw(first, by="me", at=AT)
    catalogue.close()
    again = where.open()
    assert add(again, new()) == [first[-1] + 1]
    assert again.size() == {"A": 1}
    again.close()


def test_what_is_not_committed_is_not_seen(catalogue):
    with catalogue.begin() as writer:
        (number,) = writer.add_contents("A", [new(md5(1))], by="me", at=AT)
        assert catalogue.contents([number]) == {}
        assert catalogue.newest() == 0
    assert list(catalogue.contents([number])) == [number]


def test_a_withdrawn_content_stays_on_record_and_is_found_no_more(catalogue):
    numbers = add(catalogue, new(md5(7), source="x"), new(md5(7)))
    with catalogue.begin() as writer:
        writer.withdraw(numbers[:1], by="curator", at=LATER)
    with catalogue.begin() as writer:
        writer.withdraw(numbers[:1], by="other", at=AT)
    one = catalogue.contents(numbers)[numbers[0]]
    assert (one.withdrawn_at, one.withdrawn_by) == (LATER, "curator")
    assert catalogue.by_digest(SignalType.MD5, [md5(7).value]) == {md5(7).value: [numbers[1]]}
    assert catalogue.by_source("A", ["x"]) == {}
    assert catalogue.withdrawn_by_source("A", ["x", "y"]) == {"x": "curator"}
    assert [one.number for one in catalogue.rows()] == [numbers[1]]
    assert catalogue.size() == {"A": 1}


def test_what_has_expired_is_told_the_oldest_first_until_it_is_withdrawn(catalogue):
    days = ("2026-11-03", "2026-11-01", None, "2026-11-02", "2026-12-01")
    numbers = add(catalogue, *[new(expires_at=day and f"{day}T00:00:00.000000Z") for day in days])
    at = "2026-11-03T00:00:00.000000Z"
    assert [one.number for one in catalogue.expired(at, most=9)] == [numbers[1], numbers[3], numbers[0]]
    with catalogue.begin() as writer:
        writer.withdraw([numbers[1]], by="expiry", at=at)
    assert [one.number for one in catalogue.expired(at, most=1)] == [numbers[3]]


def test_changes_tell_each_step_in_order(catalogue):
    first = add(catalogue, new(), new(), new())
    add(catalogue, new())
    with catalogue.begin() as writer:
        writer.withdraw([first[2], first[0]], by="me", at=AT)
        writer.set_content(replace(catalogue.contents(first)[first[1]], note="n"))
    told = list(catalogue.changes(0))
    assert told == [
        Change(1, first[0]), Change(1, first[1]), Change(1, first[2]), Change(2, first[2] + 1),
        Change(3, first[0]), Change(3, first[2]), Change(4, first[1]),
    ]  # fmt: skip
    assert list(catalogue.changes(2)) == told[4:]
    assert catalogue.newest() == 4


def test_each_index_has_its_own_place(where, catalogue):
    other = where.open(index_id="b")
    assert (catalogue.applied(), other.applied()) == (-1, -1)
    for sequence in (3, 5):
        with catalogue.begin() as writer:
            writer.set_applied(sequence)
    assert (catalogue.applied(), other.applied()) == (5, -1)
    other.close()


def test_a_removed_bank_takes_all_it_held_and_frees_its_name(catalogue):
    numbers = add(catalogue, new(md5(1)), new())
    (bank,) = catalogue.banks()
    with catalogue.begin() as writer:
        writer.set_exchange(Exchange("e", "A", "ncmec", {}))
        assert writer.remove_bank(bank, by="me", at=LATER) == numbers
    assert (list(catalogue.banks()), list(catalogue.rows()), catalogue.exchanges()) == ([], [], [])
    assert catalogue.by_digest(SignalType.MD5, [md5(1).value]) == {}
    with catalogue.begin() as writer:
        assert add_bank(writer, "A").number == bank.number + 1
    assert catalogue.contents_of("A") == []
    assert catalogue.contents(numbers)[numbers[0]].withdrawn_at == LATER


def test_a_bank_is_changed_and_its_name_is_one_banks(catalogue):
    (bank,) = catalogue.banks()
    with catalogue.begin() as writer:
        add_bank(writer, "B", depicted=Depicted.MINOR, is_negative=True)
        writer.set_bank(replace(bank, radius=40, enabled_ratio=0.5), name="Z")
    assert [(one.name, one.radius, one.enabled_ratio, one.depicted) for one in catalogue.banks()] == [
        ("Z", 40, 0.5, Depicted.ADULT),
        ("B", 31, 1.0, Depicted.MINOR),
    ]
    with pytest.raises(BankExistsError), catalogue.begin() as writer:
        writer.set_bank(catalogue.banks()[0], name="B")
    with pytest.raises(BankExistsError), catalogue.begin() as writer:
        add_bank(writer, "Z")
    with pytest.raises(BankMissingError):
        add(catalogue, new(), bank="none")


def test_another_opening_sees_a_change_of_banks_at_once(where, catalogue):
    other = where.open()
    assert [one.name for one in other.banks()] == ["A"]
    with catalogue.begin() as writer:
        add_bank(writer, "B")
    assert [one.name for one in other.banks()] == ["A", "B"]
    other.close()


def test_only_the_digest_of_a_key_is_kept_and_a_revoked_one_says_so(catalogue):
    key = ApiKey("desk", "ab" * 32, ApiRole.MATCHER, 60, AT)
    with catalogue.begin() as writer:
        writer.add_key(key)
    assert (catalogue.key("ab" * 32), catalogue.key("cd" * 32)) == (key, None)
    with catalogue.begin() as writer:
        writer.revoke_key("desk", at=LATER)
    assert catalogue.key("ab" * 32) == catalogue.keys()[0] == replace(key, revoked_at=LATER)
    with pytest.raises(ApiKeyExistsError), catalogue.begin() as writer:
        writer.add_key(replace(key, secret_digest="ef" * 32))
    with pytest.raises(ApiKeyMissingError), catalogue.begin() as writer:
        writer.revoke_key("none", at=LATER)


def test_exchanges_are_kept_with_their_place(catalogue):
    one = Exchange(
        "e", "A", "ncmec", {"environment": "test"}, is_enabled=False, cursor="c", fetched_at=AT, succeeded=True
    )
    with catalogue.begin() as writer:
        writer.set_exchange(replace(one, cursor=None))
        writer.set_exchange(one)
    assert catalogue.exchanges() == [one]
    with catalogue.begin() as writer:
        writer.remove_exchange("e")
    with pytest.raises(ExchangeMissingError), catalogue.begin() as writer:
        writer.remove_exchange("e")


def test_the_audit_tells_the_newest_first(catalogue):
    with catalogue.begin() as writer:
        for number in range(5):
            writer.tell(AuditLine(AT, "me\0", "do", {"n": number}))
    lines = catalogue.audit(most=2)
    assert [line.facts["n"] for line in lines] == [4, 3]
    assert [line.facts["n"] for line in catalogue.audit(before=lines[-1].number)] == [2, 1, 0]


def test_writers_take_turns(catalogue):
    def write(part):
        for _round in range(4):
            add(catalogue, new(), new(source=f"s{part}"))

    threads = [threading.Thread(target=write, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert catalogue.size() == {"A": 32}
    assert [one.number for one in catalogue.rows()] == list(range(1, 33))
    assert [change.content for change in catalogue.changes(0)] == list(range(1, 33))


@pytest.mark.parametrize("count", [2_500])
def test_many_are_read_in_runs(catalogue, count):
    add(catalogue, *[new(md5(number), source=f"s{number}") for number in range(count)])
    assert [one.signals[0] for one in catalogue.rows()] == [md5(number) for number in range(count)]
    sources = [f"s{number}" for number in range(count)]
    assert len(catalogue.by_source("A", sources)) == count
    assert len(catalogue.by_digest(SignalType.MD5, [md5(number).value for number in range(count)])) == count


@pytest.mark.usefixtures("catalogue")
def test_one_that_is_only_read_is_not_written(where):
    reader = where.open(read_only=True)
    assert [one.name for one in reader.banks()] == ["A"]
    if isinstance(where, InFile):
        with pytest.raises(FolderReadOnlyError):
            add(reader, new())
    reader.close()


def test_a_later_haechi_s_catalogue_is_left_alone(where, catalogue):
    with catalogue._transaction() as connection:  # noqa: SLF001 - as a later one would have made it
        connection.execute(text("UPDATE head SET revision = 99"))
        connection.commit()
    with pytest.raises(CatalogueUnavailableError) as refused:
        where.open()
    assert refused.value.facts["problem"] == "newer"


@pytest.mark.parametrize(
    ("address", "problem"),
    [("postgresql://u:pass-word@127.0.0.1:1/x", "connection"), ("mysql://x", "address"), ("no address", "address")],
)
def test_an_address_that_does_not_answer_is_named_without_its_password(address, problem):
    with pytest.raises(CatalogueUnavailableError) as refused:
        open_catalogue(address, index_id="a")
    assert refused.value.facts["problem"] == problem
    assert "pass-word" not in str(refused.value)


def test_what_is_no_catalogue_is_named(tmp_path):
    place = tmp_path / "catalogue.db"
    with pytest.raises(CatalogueUnavailableError) as missing:
        open_catalogue(place, index_id="a", read_only=True)
    place.write_bytes(b"not a database, but long enough to be told from one" * 99)
    with pytest.raises(CatalogueUnavailableError) as damaged:
        open_catalogue(place, index_id="a")
    assert (missing.value.facts["problem"], damaged.value.facts["problem"]) == ("missing", "damaged")


SIGNALS = KINDS.flatmap(
    lambda kind: st.builds(
        Signal,
        st.just(kind),
        st.binary(min_size=kind.size, max_size=kind.size),
        st.integers(0, 100),
        st.none() | st.floats(0, 1e9),
    )
)


@given(st.lists(SIGNALS))
def test_hashes_are_unpacked_as_they_were_packed(signals):
    assert unpack(pack(signals)) == tuple(signals)


@given(st.binary(max_size=80))
def test_other_bytes_are_refused_or_read_the_same(packed):
    try:
        found = unpack(packed)
    except (ValueError, LookupError):
        return
    assert unpack(pack(found)) == found or any(one.at_s != one.at_s for one in found)


@given(st.dictionaries(st.text(), st.text()))
def test_any_words_are_kept(words):
    kept = to_text(words)
    assert kept.isascii()
    assert from_text(kept) == words


@settings(max_examples=50)
@given(st.text())
def test_any_name_becomes_one_that_a_database_keeps(name):
    assert "\0" not in plain(name).encode().decode()
