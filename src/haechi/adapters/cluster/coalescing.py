"""Small questions that come at about the same time, asked as one: a call to another process costs as much as ten lookups."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from haechi.ports.index import Neighbours

Key = tuple[frozenset[tuple[int, int]], int]
Ask = Callable[[Sequence[bytes], Mapping[int, int], int], Awaitable[list[Neighbours]]]
_ROWS_AT_ONCE = 1 << 17
"""What one call may answer at the most, in rows: it bounds the size of an answer."""


@dataclass(slots=True)
class _Batch:
    places: dict[bytes, int] = field(default_factory=dict)
    """Each value once, however many asked for it, and where it is in the batch."""
    waiting: list[tuple[list[int], asyncio.Future[list[Neighbours]]]] = field(default_factory=list)


class Coalescer:
    """Gathers what is asked within a window, with the same radii, into calls. All of it belongs to one event loop."""

    def __init__(self, ask: Ask, *, window_s: float, batch: int) -> None:
        """Take what answers a batch. From `batch` values on a question does not wait for others, and is asked in parts of that size."""
        self._ask = ask
        self._window_s = window_s
        self._batch = batch
        self._open: dict[Key, _Batch] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def search(self, values: Sequence[bytes], radii: Mapping[int, int], most: int) -> list[Neighbours]:
        """Answer as `HashIndex.search`."""
        step = max(1, min(self._batch, _ROWS_AT_ONCE // max(1, most)))
        if len(values) >= step:
            parts = [values[start : start + step] for start in range(0, len(values), step)]
            answers = await asyncio.gather(*(self._ask(part, radii, most) for part in parts))
            return [one for answer in answers for one in answer]
        key = (frozenset(radii.items()), most)
        batch = self._open.get(key)
        if batch is None:
            batch = self._open[key] = _Batch()
            asyncio.get_running_loop().call_later(self._window_s, self._send, key, batch)
        answer: asyncio.Future[list[Neighbours]] = asyncio.get_running_loop().create_future()
        batch.waiting.append(([batch.places.setdefault(value, len(batch.places)) for value in values], answer))
        if len(batch.places) >= step:
            self._send(key, batch)
        return await answer

    def _send(self, key: Key, batch: _Batch) -> None:
        if self._open.get(key) is not batch:  # sent when it was full
            return
        del self._open[key]
        task = asyncio.get_running_loop().create_task(self._answer(key, batch))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, key: Key, batch: _Batch) -> None:
        radii, most = key
        try:
            found = await self._ask(list(batch.places), dict(radii), most)
        except BaseException as error:  # noqa: BLE001 - told to everyone who waits
            for _, answer in batch.waiting:
                if not answer.done():
                    answer.set_exception(error)
            return
        for places, answer in batch.waiting:
            if not answer.done():
                answer.set_result([found[place] for place in places])
