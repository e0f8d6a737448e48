"""Asks replicas so that every question is answered once and rightly, whoever dies or is slow meanwhile."""

import asyncio
import itertools
import logging
import math
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from haechi.adapters.cluster.coalescing import Coalescer
from haechi.adapters.cluster.members import Member, Shard
from haechi.adapters.cluster.merging import merged
from haechi.adapters.cluster.mirror import Files
from haechi.adapters.cluster.packing import Packed, unpack
from haechi.adapters.cluster.reaching import RemoteFiles
from haechi.adapters.cluster.replica import Follow, Replica
from haechi.ports.index import Neighbours

Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_SLOW = 4
"""A replica that takes so many times as long as usual is not waited for alone."""
_LONGEST_HEDGE_S = 5.0
_SMOOTH = 0.05
_LOOK_S = 1.0
_START_S = 600.0
"""Time for a replica to start, copying included."""
_AGAIN_S = 3.0
_AVOID_S = 60.0
"""How long a node on which a replica failed to start is tried after all others."""
_LOST_S = 30.0
"""A call that is unanswered for so long says that its replica hangs."""


@dataclass(frozen=True, slots=True)
class RouterSettings:
    """How the router asks."""

    replicas: int = 2
    """Of each shard, on different nodes as far as there are some."""
    window_s: float = 0.001
    """How long a small question waits for others."""
    batch: int = 1_000
    hedge_s: float = 0.1
    """The least time after which a second replica is asked as well."""


class Router:
    """Keeps up the replicas of all shards, and asks them. When none of a shard answers, its writer does."""

    def __init__(self, ray: ModuleType, shards: Sequence[tuple[Shard, Follow]], settings: RouterSettings) -> None:
        """Begin to start replicas; until they are there, the writers answer."""
        self._ray = ray
        self._shards = [shard for shard, _ in shards]
        self._follows = {shard.number: follow for shard, follow in shards}
        self._settings = settings
        self._usual_s = settings.hedge_s / _SLOW
        self._calls = itertools.count()
        self._here: str = ray.get_runtime_context().get_node_id()
        self._threads = ThreadPoolExecutor(max(2, len(shards)), "haechi-cluster")
        self._failed: dict[str, float] = {}
        """When a replica last failed to start on a node."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._coalescer = Coalescer(self._ask, window_s=settings.window_s, batch=settings.batch)
        self._thread = threading.Thread(target=self._run, name="haechi-router", daemon=True)
        self._thread.start()
        self._looking = asyncio.run_coroutine_threadsafe(self._keep_looking(), self._loop)

    def search(self, values: Sequence[bytes], radii: Mapping[int, int], most: int) -> list[Neighbours]:
        """Answer as `HashIndex.search` from any thread; values and radii have been checked."""
        return self._wait(self._coalescer.search(values, radii, most))

    def nodes(self) -> list[list[str]]:
        """Return for each shard the nodes of the replicas that can be asked."""
        return [[one.node for one in shard.members if one.is_ready] for shard in self._shards]

    def close(self) -> None:
        """End the replicas. What is being asked is answered by the writers."""
        self._looking.cancel()
        self._wait(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._threads.shutdown()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _wait(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _end(self) -> None:
        for shard in self._shards:
            for member in list(shard.members):
                shard.lose(member)
                self._ray.kill(member.actor)
            if shard.origin is not None:
                self._ray.kill(shard.origin)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LOOK_S)

    # Asking

    async def _ask(self, values: Sequence[bytes], radii: Mapping[int, int], most: int) -> list[Neighbours]:
        parts = await asyncio.gather(*(self._answer(shard, values, radii, most) for shard in self._shards))
        return merged(parts, most)

    async def _answer(
        self, shard: Shard, values: Sequence[bytes], radii: Mapping[int, int], most: int
    ) -> list[Neighbours]:
        """Return the first answer of a shard: of one replica; of a second when that fails or is slow; and so on to the writer."""
        packed = b"".join(values)
        asked: set[Member] = set()
        waiting: set[asyncio.Task[list[Neighbours]]] = set()
        last: asyncio.Task[list[Neighbours]] | None = None
        while True:
            member = next((one for one in shard.ready() if one not in asked), None)
            if last is None:
                if member is None:
                    task = last = self._task(self._at_writer(shard, values, radii, most))
                else:
                    asked.add(member)
                    task = self._task(self._at_replica(shard, member, packed, radii, most))
                waiting.add(task)
            hedge_s = None if last else min(_LONGEST_HEDGE_S, max(self._settings.hedge_s, _SLOW * self._usual_s))
            done, waiting = await asyncio.wait(waiting, timeout=hedge_s, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.exception() is None:
                    return task.result()
            if last in done:
                return last.result()

    async def _at_writer(
        self, shard: Shard, values: Sequence[bytes], radii: Mapping[int, int], most: int
    ) -> list[Neighbours]:
        return await self._loop.run_in_executor(self._threads, lambda: shard.writer.search(values, radii, most=most))

    async def _at_replica(
        self, shard: Shard, member: Member, values: bytes, radii: Mapping[int, int], most: int
    ) -> list[Neighbours]:
        """Raises what went wrong; a replica that is lost is replaced."""
        call, begun = next(self._calls), time.monotonic()
        member.begun[call] = begun
        try:
            packed: Packed = await member.actor.search.remote(values, dict(radii), most)
        except self._ray.exceptions.RayTaskError:  # it lives, and said that it cannot
            shard.rest(member)
            raise
        except Exception as error:
            self._lose(shard, member, type(error).__name__)
            raise
        finally:
            del member.begun[call]
        taken_s = min(time.monotonic() - begun, _LONGEST_HEDGE_S)
        self._usual_s += _SMOOTH * (taken_s - self._usual_s)
        return unpack(packed)

    def _task(self, coroutine: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # seen: an answer that came too late may have been an error

    # Keeping up replicas

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - Ray's head may be away; what is there goes on answering
                _LOG.warning("the cluster cannot be asked: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        nodes = await self._loop.run_in_executor(None, self._ray.nodes)
        alive = {node["NodeID"]: node["NodeManagerAddress"] for node in nodes if node["Alive"]}
        now = time.monotonic()
        for shard in self._shards:
            for member in list(shard.members):
                if member.node not in alive:
                    self._lose(shard, member, "node lost")
                elif any(now - begun > _LOST_S for begun in member.begun.values()):
                    self._lose(shard, member, "hangs")
                elif member.is_ready and not member.begun:
                    self._task(self._look_at(shard, member))
            for _ in range(self._settings.replicas - len(shard.members)):
                self._start(shard, alive)

    async def _look_at(self, shard: Shard, member: Member) -> None:
        call = next(self._calls)
        member.begun[call] = time.monotonic()
        try:
            await member.actor.told.remote()
        except Exception as error:  # noqa: BLE001 - whatever it is
            self._lose(shard, member, type(error).__name__)
        finally:
            del member.begun[call]

    def _start(self, shard: Shard, alive: Mapping[str, str]) -> None:
        if not alive:
            return
        mine = [one.node for one in shard.members]
        every = [one.node for each in self._shards for one in each.members]
        now = time.monotonic()
        failed = {one for one, at in self._failed.items() if now - at < _AVOID_S}
        node = min(sorted(alive), key=lambda one: (one in failed, mine.count(one), every.count(one), one == self._here))
        if now - self._failed.get(node, -math.inf) < _AGAIN_S:
            return
        if shard.origin is None and any(one != alive.get(self._here) for one in alive.values()):
            files = self._ray.remote(Files).options(max_restarts=-1, **self._on(self._here))
            shard.origin = files.remote(self._follows[shard.number].folder)
        replica = self._ray.remote(Replica).options(max_restarts=0, **self._on(node))
        origin = RemoteFiles(shard.origin) if shard.origin is not None else None
        member = Member(replica.remote(self._follows[shard.number], origin), node)
        shard.members.append(member)
        self._task(self._await_start(shard, member))

    async def _await_start(self, shard: Shard, member: Member) -> None:
        try:
            await asyncio.wait_for(member.actor.told.remote(), _START_S)
        except Exception as error:  # noqa: BLE001 - a later look starts another
            self._failed[member.node] = time.monotonic()
            self._lose(shard, member, type(getattr(error, "cause", None) or error).__name__)
        else:
            member.is_ready = True

    def _on(self, node: str) -> dict[str, object]:
        strategy = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        return {"num_cpus": 0, "scheduling_strategy": strategy(node, soft=False)}

    def _lose(self, shard: Shard, member: Member, reason: str) -> None:
        if shard.lose(member):
            _LOG.warning("a replica of shard %d is gone: %s", shard.number, reason)
            self._ray.kill(member.actor)  # one that hangs, or is only cut off, must not stay beside its successor
