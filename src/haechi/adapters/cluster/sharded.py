"""An index cut into shards by content: each holds the contents whose number leaves the same rest, and can lie on another machine."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from queue import Queue
from typing import TypeVar

from haechi.adapters.cluster.merging import merged
from haechi.ports.index import HashIndex, IndexStatus, Neighbours, Row

Thing = TypeVar("Thing")
_CHUNK = 1 << 12
_WAITING = 8
"""Chunks that wait for a shard while it is rebuilt: with `_CHUNK` rows each, what it takes in memory."""


class ShardedIndex:
    """The indexes of all shards, written and searched as one."""

    def __init__(self, shards: Sequence[HashIndex]) -> None:
        """Take the indexes: number *k* has the contents for which content modulo their count is *k*."""
        self.shards = tuple(shards)

    def add(self, rows: Sequence[Row]) -> None:
        """See `HashIndex.add`."""
        for shard, mine in zip(self.shards, self._dealt(rows, lambda row: row.content), strict=True):
            if mine:
                shard.add(mine)

    def withdraw(self, contents: Sequence[int]) -> None:
        """See `HashIndex.withdraw`."""
        for shard, mine in zip(self.shards, self._dealt(contents, lambda content: content), strict=True):
            if mine:
                shard.withdraw(mine)

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], *, most: int = 100) -> list[Neighbours]:
        """See `HashIndex.search`."""
        return merged([shard.search(values, radii, most=most) for shard in self.shards], most)

    def status(self) -> IndexStatus:
        """See `HashIndex.status`: of all shards together; the generation is the sum of theirs."""
        each = [shard.status() for shard in self.shards]
        return IndexStatus(
            rows=sum(one.rows for one in each),
            generation=sum(one.generation for one in each),
            segments=sum(one.segments for one in each),
            in_memory=sum(one.in_memory for one in each),
            bytes_on_disk=sum(one.bytes_on_disk for one in each),
            is_merging=any(one.is_merging for one in each),
            damaged=tuple(f"{shard}/{name}" for shard, one in enumerate(each) for name in one.damaged),
        )

    def rebuild(self, rows: Iterable[Row]) -> None:
        """See `HashIndex.rebuild`. When it fails some shards may be rebuilt and others as they were: rebuild again."""
        feeds = [_Feed(shard) for shard in self.shards]
        remaining, failure = iter(rows), None
        try:
            while chunk := list(islice(remaining, _CHUNK)):
                for feed, mine in zip(feeds, self._dealt(chunk, lambda row: row.content), strict=True):
                    feed.put(mine)
        except BaseException as error:
            failure = error
            raise
        finally:
            for feed in feeds:
                feed.end(failure)
        for feed in feeds:
            if feed.error is not None:
                raise feed.error

    def close(self) -> None:
        """Close all shards."""
        for shard in self.shards:
            shard.close()

    def _dealt(self, things: Sequence[Thing], content_of: Callable[[Thing], int]) -> list[list[Thing]]:
        dealt: list[list[Thing]] = [[] for _ in self.shards]
        for thing in things:
            dealt[content_of(thing) % len(self.shards)].append(thing)
        return dealt


class _Feed:
    """Rebuilds one shard in a thread from rows that come by and by, in bounded memory."""

    def __init__(self, shard: HashIndex) -> None:
        self._shard = shard
        self._queue: Queue[list[Row] | BaseException | None] = Queue(_WAITING)
        self._is_read = False
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="haechi-shard", daemon=True)
        self._thread.start()

    def put(self, rows: list[Row]) -> None:
        """Hand over rows; waits while the shard has enough. Raises what the shard failed with."""
        if self.error is not None:
            raise self.error
        if rows:
            self._queue.put(rows)

    def end(self, failure: BaseException | None) -> None:
        """Say that these were all, or what the source of rows failed with, and wait."""
        self._queue.put(failure)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._shard.rebuild(self._rows())
        except BaseException as error:  # noqa: BLE001 - told to whoever rebuilds
            self.error = error
        for _ in self._left():  # or whoever hands over would wait for ever
            pass

    def _rows(self) -> Iterator[Row]:
        for got in self._left():
            if isinstance(got, BaseException):
                raise got
            yield from got

    def _left(self) -> Iterator[list[Row] | BaseException]:
        while not self._is_read:
            got = self._queue.get()
            self._is_read = not isinstance(got, list)
            if got is not None:
                yield got
