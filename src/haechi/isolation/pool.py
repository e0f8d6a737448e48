"""Several workers that run the same task, with answers in the order of the requests."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from haechi.domain.errors import WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError
from haechi.isolation.limits import Limits
from haechi.isolation.worker import Worker

Key = TypeVar("Key")
WorkerError = WorkerCrashedError | WorkerRefusedError | WorkerTimeoutError


@dataclass(frozen=True, slots=True)
class Job(Generic[Key]):
    """One request to any worker. `needs_worker` False passes through, in its turn, with no frames."""

    key: Key
    request: Mapping[str, Any]
    fd: int | None = None
    needs_worker: bool = True


@dataclass(frozen=True, slots=True)
class Answer(Generic[Key]):
    """The frames of one request, or the error that cost its worker."""

    key: Key
    frames: tuple[tuple[dict[str, Any], bytes], ...] = ()
    error: WorkerError | None = None


class Pool:
    """Keeps `workers` child processes busy. Answers are small: each is held whole until its turn comes.

    `ahead` is how many requests may be under way or waiting for their turn, so a slow one holds back few others.
    """

    def __init__(
        self, task: str, limits: Limits, *, workers: int, ahead: int | None = None, paths: Sequence[str] = ()
    ) -> None:
        self._workers = [Worker(task, limits, paths=paths) for _ in range(max(1, workers))]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._ahead = ahead or 2 * len(self._workers)
        # The children die with the thread that started them: these threads live as long as the pool.
        self._threads = ThreadPoolExecutor(len(self._workers), thread_name_prefix="worker")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, jobs: Iterable[Job[Key]], *, timeout_s: Callable[[Job[Key]], float]) -> Iterator[Answer[Key]]:
        """Yield one answer a job, in order. `jobs` is read only `ahead` jobs further than answers were taken."""
        waiting: deque[tuple[Job[Key], Future[Answer[Key]] | None]] = deque()
        try:
            for job in jobs:
                future = self._threads.submit(self._run, job, timeout_s(job)) if job.needs_worker else None
                waiting.append((job, future))
                while len(waiting) >= self._ahead or (waiting and _is_done(waiting[0][1])):
                    yield _answer(*waiting.popleft())
            while waiting:
                yield _answer(*waiting.popleft())
        finally:
            for _, future in waiting:
                if future is not None:
                    future.cancel()

    def close(self) -> None:
        """End all workers. Requests under way are given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(wait=True)
        for worker in self._workers:
            worker.close()

    def _run(self, job: Job[Key], timeout_s: float) -> Answer[Key]:
        worker = self._idle.get()
        try:
            return Answer(job.key, tuple(worker.run(job.request, job.fd, timeout_s=timeout_s)))
        except (WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError) as error:
            return Answer(job.key, error=error)
        finally:
            self._idle.put(worker)


def _is_done(future: Future[Any] | None) -> bool:
    return future is None or future.done()


def _answer(job: Job[Key], future: Future[Answer[Key]] | None) -> Answer[Key]:
    return Answer(job.key) if future is None else future.result()
