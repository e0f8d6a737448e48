"""Lookups of many requests at once: what waits while the searching threads are busy is asked together.

A search of one costs a call into the index and the catalogue; of a hundred, hardly more than the hashes themselves. Nothing
waits for company: with a thread free, a single lookup goes at once. A long list is asked in pieces, and single lookups go
between them, so that one client's million does not keep everybody else waiting.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from haechi.domain.bank import Depicted, Tier
from haechi.domain.lookup import Answer, Query

MOST_TOGETHER = 64
"""Queries of one search at most. More would save nothing: a longer list is asked in pieces by all threads at once, and so is
done before the next one, where several long lists side by side would all be done at the end."""
_FEW = 16


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked of: named banks or all of a kind, contents of at least a tier, and how many hits at most.

    `seed` decides which banks of an `enabled_ratio` below 1 take part, `every` asks them all.
    """

    banks: frozenset[str] | None = None
    depicted: Depicted | None = None
    least: Tier | None = None
    most: int = 100
    seed: str | None = None
    every: bool = False


@dataclass(slots=True)
class _Piece:
    scope: Scope
    queries: Sequence[Query]
    answers: "asyncio.Future[list[Answer]]"


@dataclass(slots=True)
class _Lanes:
    few: deque[_Piece] = field(default_factory=deque)
    many: deque[_Piece] = field(default_factory=deque)


LookUp = Callable[[Sequence[Query], Scope], Sequence[Answer]]


class Lookups:
    """Asks the matcher from a few threads. Used from one event loop."""

    def __init__(self, look_up: LookUp, *, threads: int) -> None:
        self._look_up = look_up
        self._free = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="look-up")
        self._lanes = _Lanes()
        self._is_turn_of_many = False

    async def ask(self, queries: Sequence[Query], scope: Scope) -> list[Answer]:
        """Return one answer a query, in order."""
        loop = asyncio.get_running_loop()
        pieces = [
            _Piece(scope, queries[start : start + MOST_TOGETHER], loop.create_future())
            for start in range(0, len(queries), MOST_TOGETHER)
        ]
        lane = self._lanes.few if len(queries) <= _FEW else self._lanes.many
        lane.extend(pieces)
        self._start(loop)
        found = await asyncio.gather(*(piece.answers for piece in pieces))
        return [answer for answers in found for answer in answers]

    def close(self) -> None:
        """End the threads; what waits is given up."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._free and (together := self._next()):
            self._free -= 1
            running = loop.run_in_executor(self._threads, self._answer, together)
            running.add_done_callback(partial(self._done, loop, together))

    def _next(self) -> list[_Piece]:
        """Return pieces of one scope to ask together; the two lanes take turns when both wait."""
        lanes = self._lanes
        self._is_turn_of_many = bool(lanes.many) and (self._is_turn_of_many or not lanes.few)
        lane = lanes.many if self._is_turn_of_many else lanes.few
        self._is_turn_of_many = not self._is_turn_of_many
        together: list[_Piece] = []
        count = 0
        while lane and (not together or self._joins(lane[0], together[0], count)):
            piece = lane.popleft()
            if not piece.answers.done():  # the client has gone
                together.append(piece)
                count += len(piece.queries)
        return together

    @staticmethod
    def _joins(piece: _Piece, first: _Piece, count: int) -> bool:
        return piece.scope == first.scope and count + len(piece.queries) <= MOST_TOGETHER

    def _answer(self, together: list[_Piece]) -> Sequence[Answer]:
        return self._look_up([query for piece in together for query in piece.queries], together[0].scope)

    def _done(
        self,
        loop: asyncio.AbstractEventLoop,
        together: list[_Piece],
        done: "asyncio.Future[Sequence[Answer]]",
    ) -> None:
        self._free += 1
        error = None if done.cancelled() else done.exception()
        at = 0
        for piece in together:
            here = slice(at, at := at + len(piece.queries))
            if piece.answers.done():
                continue
            if done.cancelled():
                piece.answers.cancel()
            elif error is not None:
                piece.answers.set_exception(error)
            else:
                piece.answers.set_result(list(done.result()[here]))
        self._start(loop)
