"""What a cluster is made of, without one: shards, copies on other machines, small questions asked together."""

import asyncio
import threading
from contextlib import closing, suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brute_index import BruteIndex
from haechi.adapters.cluster.coalescing import Coalescer
from haechi.adapters.cluster.mirror import Files, Mirror, Place
from haechi.adapters.cluster.packing import pack, split, unpack
from haechi.adapters.cluster.replica import Follow, Replica, ReplicaBehindError
from haechi.adapters.cluster.sharded import ShardedIndex
from haechi.adapters.index.following import FollowingIndex
from haechi.adapters.index.stored import IndexSettings, StoredIndex
from haechi.bootstrap.clustering import open_replica
from haechi.ports.index import Near, Neighbours, Row

RADII = {0: 31, 1: 64, 2: 0}
EVERYTHING_NEAR = {0: 2, 1: 2, 2: 2}
hashes = st.integers(0, 3).flatmap(
    lambda base: st.lists(st.integers(0, 255), max_size=40).map(
        lambda bits: (base ^ sum(1 << bit for bit in set(bits))).to_bytes(32)
    )
)
rows = st.builds(Row, hashes, st.integers(0, 2**64 - 1) | st.integers(0, 9), st.integers(0, 3), st.integers(0, 100))
near = st.builds(
    Near, st.integers(0, 2**64 - 1), st.integers(0, 65535), st.integers(0, 256), st.integers(0, 100), hashes
)


def some_rows(count, *, seed=1):
    """Return rows of which half lie near each other."""
    chance = Random(seed)
    crowd = chance.getrandbits(256)
    return [
        Row(
            (crowd ^ (1 << chance.randrange(256))).to_bytes(32) if number % 2 else chance.randbytes(32),
            number,
            number % 3,
            90,
        )
        for number in range(count)
    ]


@given(st.lists(st.builds(Neighbours, st.lists(near, max_size=5).map(tuple), st.booleans()), max_size=6))
def test_answers_arrive_as_they_were_sent(answers):
    assert unpack(pack(answers)) == answers


@given(st.lists(rows, max_size=60), st.lists(hashes, min_size=1, max_size=4), st.integers(0, 20), st.integers(1, 5))
def test_shards_answer_as_one_index_does(kept, values, most, count):
    one, shards = BruteIndex(), ShardedIndex([BruteIndex() for _ in range(count)])
    gone = [row.content for row in kept[::7]]
    for index in (one, shards):
        index.add(kept)
        index.withdraw(gone)
    assert shards.search(values, RADII, most=most) == one.search(values, RADII, most=most)
    assert shards.status().rows == one.status().rows


@given(st.lists(rows, max_size=60), st.integers(1, 4))
@settings(max_examples=30)
def test_a_rebuilt_index_of_shards_holds_what_it_was_given(kept, count):
    one, shards = BruteIndex(), ShardedIndex([BruteIndex() for _ in range(count)])
    shards.add(some_rows(5))
    for index in (one, shards):
        index.rebuild(iter(kept))
    assert shards.search([bytes(32)], RADII, most=1000) == one.search([bytes(32)], RADII, most=1000)


def test_a_rebuild_whose_source_fails_changes_no_shard():
    shards = ShardedIndex([BruteIndex(), BruteIndex()])
    shards.add(some_rows(20))
    before = shards.search([bytes(32)], {0: 256, 1: 256, 2: 256})

    def source():
        yield from some_rows(10_000, seed=2)
        raise KeyError

    with pytest.raises(KeyError):
        shards.rebuild(source())
    assert shards.search([bytes(32)], {0: 256, 1: 256, 2: 256}) == before


@pytest.mark.parametrize("after", [False, True])
def test_a_shard_that_cannot_be_rebuilt_says_so(after):
    class Failing(BruteIndex):
        def rebuild(self, rows):
            if after:
                list(rows)
            raise KeyError

    with pytest.raises(KeyError):
        ShardedIndex([BruteIndex(), Failing()]).rebuild(some_rows(100_000))


def test_a_copy_answers_as_the_index_it_follows(tmp_path):
    kept = some_rows(3_000)
    values = [row.value for row in kept[:50]]
    with stored(tmp_path / "index", seal_rows=500) as writer:
        mirror = Mirror(Files(tmp_path / "index"), tmp_path / "copies")
        mirror.update()
        copy = FollowingIndex(mirror.folder, every_s=0)
        for start in range(0, len(kept), 300):
            writer.add(kept[start : start + 300])
            writer.withdraw([start, start + 1])
            mirror.update()
            assert copy.search(values, RADII) == writer.search(values, RADII)
        writer.settle()
        writer.rebuild(kept[:100])
        mirror.update()
        assert copy.search(values, RADII) == writer.search(values, RADII)
        assert {path.name for path in mirror.folder.iterdir()} - {"held"} == {
            path.name for path in (tmp_path / "index").iterdir()
        } - {"lock"}


def test_a_copy_is_whole_at_every_moment_of_writing_and_merging(tmp_path):
    kept = some_rows(6_000)
    with stored(tmp_path / "index", seal_rows=200) as writer:
        writer.add(kept[:100])
        mirror = Mirror(Files(tmp_path / "index"), tmp_path / "copies")
        mirror.update()
        copy = FollowingIndex(mirror.folder, every_s=0)
        writing = threading.Thread(
            target=lambda: [writer.add(kept[start : start + 50]) for start in range(100, 6_000, 50)]
        )
        writing.start()
        seen = 0
        while writing.is_alive():
            with suppress(FileNotFoundError):  # a file went while it was copied: it is tried again
                mirror.update()
            answer = copy.search([kept[1].value], EVERYTHING_NEAR, most=10_000)[0]
            assert copy.status().damaged == ()
            assert len(answer.rows) >= seen
            seen = len(answer.rows)
        writing.join()
        mirror.update()
        assert len(copy.search([kept[1].value], EVERYTHING_NEAR, most=10_000)[0].rows) == 3_000


def test_a_log_that_was_cut_back_is_cut_in_the_copy(tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    log = folder / "log-000000000001.wal"
    log.write_bytes(b"good and torn")
    mirror = Mirror(Files(folder), tmp_path / "copies")
    mirror.update()
    log.write_bytes(b"good")
    mirror.update()
    log.write_bytes(b"good, more")
    mirror.update()
    assert (mirror.folder / log.name).read_bytes() == b"good, more"


def test_nothing_but_the_files_of_an_index_can_be_asked_for(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    for name in ("secret", "../secret", "/etc/passwd", "segment-000000000001.hash/../secret"):
        with pytest.raises(FileNotFoundError):
            Files(tmp_path).read(name, 0)


def test_a_copy_whose_process_is_gone_is_removed_by_the_next(tmp_path):
    (tmp_path / "index").mkdir()
    first = Mirror(Files(tmp_path / "index"), tmp_path / "copies")
    second = Mirror(Files(tmp_path / "index"), tmp_path / "copies")
    assert first.folder.exists()
    second.folder.rename(left := second.folder.with_name("left"))
    (left / "held").unlink()
    (left / "held").touch()
    third = Mirror(Files(tmp_path / "index"), tmp_path / "copies")
    assert first.folder.exists()
    assert third.folder.exists()
    assert not left.exists()


def test_a_replica_that_cannot_follow_does_not_answer(tmp_path):
    class Origin(Files):
        is_reached = True

        def listing(self, known):
            if not self.is_reached:
                raise OSError
            return super().listing(known)

    with stored(tmp_path / "index") as writer:
        writer.add(some_rows(10))
        origin = Origin(tmp_path / "index")
        elsewhere = Place("another machine", 0, 0)
        follow = Follow(tmp_path / "index", elsewhere, open_replica, tmp_path / "copies", 0.3, version())
        with closing(Replica(follow, origin)) as replica:
            answer = unpack(replica.search(some_rows(1)[0].value, RADII, 10))
            assert answer == writer.search([some_rows(1)[0].value], RADII, most=10)
            origin.is_reached = False
            assert answers_come_to(replica, answers=False)
            origin.is_reached = True
            assert answers_come_to(replica, answers=True)
    assert not any((tmp_path / "copies").iterdir())


def test_a_replica_of_a_damaged_index_does_not_answer(tmp_path):
    with stored(tmp_path / "index", seal_rows=100) as writer:
        writer.add(some_rows(300))
        writer.settle()
        for segment in (tmp_path / "index").glob("segment-*"):
            with segment.open("r+b") as stream:
                stream.seek(4096)
                stream.write(b"damaged")
        here = Place.of(tmp_path / "index")
        follow = Follow(tmp_path / "index", here, open_replica, None, 60, version())
        with closing(Replica(follow, None)) as replica, pytest.raises(ReplicaBehindError):
            replica.search(bytes(32), RADII, 10)


def test_a_replica_of_another_version_does_not_start(tmp_path):
    with pytest.raises(RuntimeError):
        Replica(Follow(tmp_path, Place.of(tmp_path), open_replica, None, 60, "0"), None)


def test_small_questions_of_one_moment_are_asked_as_one():
    asked = []

    async def ask(values, radii, most):
        asked.append((list(values), radii, most))
        return [Neighbours((Near(value[0], 0, 0, 100, value),), is_truncated=False) for value in values]

    async def all_of_them():
        coalescer = Coalescer(ask, window_s=0.001, batch=100)
        return await asyncio.gather(
            *(coalescer.search([bytes([number % 5]) * 32], {0: 31}, 10) for number in range(20)),
            coalescer.search([bytes([9]) * 32, bytes([8]) * 32], {0: 31}, 10),
            coalescer.search([bytes([1]) * 32], {0: 30}, 10),
        )

    answers = asyncio.run(all_of_them())
    assert [answer[0].rows[0].content for answer in answers[:20]] == [number % 5 for number in range(20)]
    assert [one.rows[0].content for one in answers[20]] == [9, 8]
    assert [(len(values), radii) for values, radii, _ in asked] == [(7, {0: 31}), (1, {0: 30})]


def test_a_large_question_is_asked_in_parts_and_answered_in_order():
    asked = []

    async def ask(values, _radii, _most):
        asked.append(len(values))
        await asyncio.sleep(0.01 if len(asked) == 1 else 0)
        return [Neighbours((Near(split(value)[0][0], 0, 0, 100, value),), is_truncated=False) for value in values]

    values = [bytes([number]) * 32 for number in range(250)]
    answers = asyncio.run(Coalescer(ask, window_s=0.001, batch=100).search(values, {0: 31}, 10))
    assert [one.rows[0].content for one in answers] == list(range(250))
    assert asked == [100, 100, 50]


def test_what_fails_fails_for_everyone_who_asked():
    async def ask(_values, _radii, _most):
        raise OSError

    async def both():
        coalescer = Coalescer(ask, window_s=0.001, batch=100)
        each = (coalescer.search([bytes(32)], {0: 31}, 10) for _ in range(2))
        return await asyncio.gather(*each, return_exceptions=True)

    assert [type(one) for one in asyncio.run(both())] == [OSError, OSError]


def answers_come_to(replica, *, answers):
    """Wait up to ten seconds until a replica answers, or does not."""
    for _ in range(100):
        try:
            replica.search(bytes(32), RADII, 10)
        except ReplicaBehindError:
            if not answers:
                return True
        else:
            if answers:
                return True
        threading.Event().wait(0.1)
    return False


def stored(folder, **how):
    """Return an index for writing that is closed at the end of `with`."""
    from contextlib import closing

    return closing(StoredIndex(folder, IndexSettings(**how)))


def version():
    import haechi

    return haechi.__version__
