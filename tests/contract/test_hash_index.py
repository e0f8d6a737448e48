"""What every hash index must do: answer as the full scan of what was added and not withdrawn."""

import shutil
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from haechi.adapters.index import building, plain, searching
from haechi.adapters.index.following import FollowingIndex
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.domain.errors import HashRefusedError, IndexClosedError
from haechi.domain.fingerprint import distance
from haechi.ports.index import Neighbours, Row

SMALL = IndexSettings(seal_rows=40, rebuild_rows=50, most_unsealed=4)
EVERY_BANK = {0: 31, 1: 31, 2: 31}


@pytest.fixture(params=["compiled", "plain"])
def engine(request, monkeypatch):
    """Search compiled and in NumPy, with tables however few hashes there are."""
    monkeypatch.setattr(building, "widths_for", lambda hashes: (16,) * 16 if hashes > 10 else ())
    if request.param == "plain":
        monkeypatch.setattr(searching, "kernels", lambda: plain)
        monkeypatch.setattr(building, "kernels", lambda: plain)
    return request.param


@pytest.fixture
def index(engine, tmp_path):  # noqa: ARG001 - it decides what searches
    index = StoredIndex(tmp_path / "index", SMALL)
    yield index
    index.close()


def flipped(value, bits):
    number = int.from_bytes(value)
    for bit in bits:
        number ^= 1 << bit
    return number.to_bytes(32)


def agrees(answer, query, rows, radii, most):
    """Tell whether an answer is that of the full scan; rows that are equally far and of one content may come in any order."""
    near = [
        (distance(row.value, query), row.content, row.bank, row.quality, row.value)
        for row in set(rows)
        if row.bank in radii and distance(row.value, query) <= radii[row.bank]
    ]
    told = [(one.distance, one.content, one.bank, one.quality, one.value) for one in answer.rows]
    return (
        len(set(told)) == len(told)
        and set(told) <= set(near)
        and [one[:2] for one in told] == [one[:2] for one in sorted(near)[:most]]
        and answer.is_truncated == (len(near) > most)
    )


def check(index, rows, chance, radii=EVERY_BANK, *, most=100, queries=12):
    known = [row.value for row in rows] or [bytes(32)]
    asked = [flipped(chance.choice(known), chance.sample(range(256), chance.randrange(70))) for _ in range(queries)]
    for query, answer in zip(asked, index.search(asked, radii, most=most), strict=True):
        assert agrees(answer, query, rows, radii, most), (radii, most)


def drawn(chance, count, *, kind="random", start=0):
    """Return rows of random hashes, of copies of a few, or of hashes that have only a few bits that differ at all."""
    if kind == "random":
        values = [chance.randbytes(32) for _ in range(count)]
    elif kind == "copies":
        few = [chance.randbytes(32) for _ in range(3)]
        values = [flipped(chance.choice(few), chance.sample(range(256), chance.randrange(35))) for _ in range(count)]
    else:
        values = [flipped(b"\x0f" * 32, chance.sample(range(0, 256, 5), chance.randrange(20))) for _ in range(count)]
    return [
        Row(value, start + at // 2 if kind == "copies" else start + at, chance.randrange(3), chance.randrange(101))
        for at, value in enumerate(values)
    ]


@pytest.mark.parametrize("kind", ["random", "copies", "constant-bits"])
@pytest.mark.parametrize("radius", [0, 1, 5, 31, 32, 45, 64])
def test_an_answer_is_that_of_the_full_scan_at_every_radius(index, kind, radius):
    chance = Random(radius)
    rows = drawn(chance, 130, kind=kind)
    index.add(rows)
    check(index, rows, chance, {0: radius, 1: radius // 2, 2: 0}, most=100)
    index.settle()
    check(index, rows, chance, {0: radius, 1: radius // 2, 2: 0}, most=100)
    check(index, rows, chance, {2: radius}, most=3)


def test_a_bank_that_is_not_asked_for_is_not_answered_with(index):
    index.add([Row(bytes(32), 1, 7), Row(bytes(32), 2, 8)])
    assert [one.content for one in index.search([bytes(32)], {8: 31})[0].rows] == [2]
    assert index.search([bytes(32)], {}) == [Neighbours((), is_truncated=False)]
    assert index.search([], {8: 31}) == []


def test_the_same_row_twice_is_one_wherever_it_lies(index):
    row = Row(bytes(32), 1, 0, 50)
    index.add([row, row])
    index.settle()
    index.add([row])
    index.settle()
    index.add([row])
    (answer,) = index.search([bytes(32)], {0: 0}, most=1)
    assert [one.content for one in answer.rows] == [1]
    assert not answer.is_truncated


def test_the_largest_and_smallest_numbers_come_back_as_they_were(index):
    rows = [Row(b"\xff" * 32, 2**64 - 1, 65535, 100), Row(b"\xff" * 32, 0, 0, 0)]
    index.add(rows)
    (answer,) = index.search([b"\xff" * 32], {0: 0, 65535: 0})
    assert [(one.value, one.content, one.bank, one.quality) for one in answer.rows] == [rows[1], rows[0]]


@pytest.mark.parametrize(
    "row",
    [
        Row(bytes(31), 1, 0),
        Row(bytes(33), 1, 0),
        Row(bytes(32), -1, 0),
        Row(bytes(32), 1, 65536),
        Row(bytes(32), 1 << 64, 0),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_with_it_its_batch(index, row):
    with pytest.raises(HashRefusedError):
        index.add([Row(bytes(32), 5, 0), row])
    assert index.search([bytes(32)], {0: 31})[0].rows == ()


def test_a_query_that_is_no_hash_and_a_radius_over_64_are_refused(index):
    with pytest.raises(HashRefusedError):
        index.search([bytes(31)], {0: 1})
    with pytest.raises(ValueError, match="64"):
        index.search([bytes(32)], {0: 65})


def test_what_was_withdrawn_stays_away_until_it_is_added_anew(index):
    index.add([Row(bytes(32), content, 0) for content in range(5)])
    index.withdraw([1, 3, 99])
    assert [one.content for one in index.search([bytes(32)], {0: 0})[0].rows] == [0, 2, 4]
    index.settle()
    index.withdraw([0])
    index.add([Row(bytes(32), 3, 0)])
    index.settle()
    assert [one.content for one in index.search([bytes(32)], {0: 0})[0].rows] == [2, 3, 4]
    index.withdraw([3])
    assert [one.content for one in index.search([bytes(32)], {0: 0})[0].rows] == [2, 4]


def test_a_flood_of_near_copies_is_cut_at_the_nearest_and_says_so(index):
    chance = Random(3)
    rows = [
        Row(flipped(bytes(32), chance.sample(range(256), chance.randrange(6))), content, 0) for content in range(900)
    ]
    index.add(rows)
    index.settle()
    check(index, rows, chance, {0: 31}, most=10)
    assert index.search([bytes(32)], {0: 31}, most=900)[0].is_truncated is False
    assert len(index.search([bytes(32)], {0: 31}, most=900)[0].rows) == len(rows)


def test_rebuilding_replaces_what_was_there(index):
    chance = Random(4)
    index.add(drawn(chance, 100))
    rows = drawn(chance, 170, start=1000)
    index.rebuild(iter(rows))
    check(index, rows, chance)
    assert index.status().rows == len(rows)
    index.rebuild([])
    assert index.status().rows == 0


def test_what_is_changed_during_a_rebuild_counts_on_top(index):
    rows = [Row(bytes([number]) * 32, number, 0) for number in range(120)]
    index.add(rows[:50])

    def meanwhile():
        yield from rows[:60]
        assert len(index.search([rows[0].value], {0: 0})[0].rows) == 1
        index.withdraw([3, 4])
        index.add([rows[100], rows[4]])
        yield from rows[60:70]

    index.rebuild(meanwhile())
    expected = [row for row in [*rows[:70], rows[100]] if row.content != 3]
    check(index, expected, Random(1), {0: 64})


def test_who_follows_sees_what_was_acknowledged_and_generations_go_by(index, tmp_path):
    chance = Random(5)
    rows = drawn(chance, 30)
    index.add(rows)
    follower = FollowingIndex(tmp_path / "index", every_s=0)
    check(follower, rows, chance)
    for turn in range(6):
        more = drawn(chance, 30, start=1000 * (turn + 1))
        index.add(more)
        gone = {chance.choice(rows).content}
        index.withdraw(list(gone))
        rows = [row for row in rows + more if row.content not in gone]
        check(follower, rows, chance)
        if turn % 2:
            index.settle()
            check(follower, rows, chance)
    index.rebuild(rows[:20])
    check(follower, rows[:20], chance)
    with pytest.raises(IndexClosedError):
        follower.add(rows[:1])


class Life(RuleBasedStateMachine):
    """An index that is added to, withdrawn from, merged, closed, rebuilt and cut off, beside a dictionary."""

    contents = Bundle("contents")

    def __init__(self):
        super().__init__()
        self.index = None

    @initialize(folder=st.integers(), seed=st.integers(0, 1 << 32))
    def begin(self, folder, seed):
        self.folder = self.place / f"{abs(hash((folder, seed))):x}"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.chance = Random(seed)
        self.rows = set()
        self.turn = 0
        self.index = StoredIndex(self.folder, SMALL)

    @rule(
        kind=st.sampled_from(["random", "copies", "constant-bits"]), count=st.integers(1, 60), start=st.integers(0, 300)
    )
    def add(self, kind, count, start):
        rows = drawn(self.chance, count, kind=kind, start=start)
        self.index.add(rows)
        self.rows |= set(rows)

    @rule(count=st.integers(1, 30))
    def add_again(self, count):
        rows = sorted(self.rows)[:count]
        self.index.add(rows)

    @rule(contents=st.lists(st.integers(0, 360), max_size=20))
    def withdraw(self, contents):
        self.index.withdraw(contents)
        self.rows = {row for row in self.rows if row.content not in contents}

    @rule()
    def settle(self):
        self.index.settle()
        assert self.index.status().rows >= len(self.rows)  # a row that was added again may lie in two segments

    @rule()
    def reopen(self):
        self.index.close()
        self.index = StoredIndex(self.folder, SMALL)

    @rule()
    def crash(self):
        """Go on with a copy of the folder as it lies there: all that a crash leaves is what was synced or more."""
        self.turn += 1
        copy = self.folder.with_name(f"{self.folder.name}-{self.turn}")
        for _ in range(20):
            shutil.rmtree(copy, ignore_errors=True)
            try:
                shutil.copytree(self.folder, copy)
                break
            except shutil.Error:  # a file was merged away while it was being copied: no crash does that
                continue
        self.index.close()
        self.folder = copy
        self.index = StoredIndex(self.folder, SMALL)

    @rule()
    def rebuild(self):
        self.index.rebuild(sorted(self.rows))

    @rule(radius=st.integers(0, 64), most=st.sampled_from([1, 7, 100]))
    def search(self, radius, most):
        check(self.index, sorted(self.rows), self.chance, {0: radius, 1: 31}, most=most, queries=4)

    @invariant()
    def is_whole(self):
        if self.index is not None:
            assert self.index.status().damaged == ()

    def teardown(self):
        if self.index is not None:
            self.index.close()


def test_any_life_of_an_index_answers_as_the_full_scan(tmp_path_factory, monkeypatch):
    monkeypatch.setattr(building, "widths_for", lambda hashes: (16,) * 16 if hashes > 10 else ())
    Life.place = tmp_path_factory.mktemp("lives")
    Life.TestCase.settings = settings(
        max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    Life.TestCase().runTest()
