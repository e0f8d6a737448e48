"""A pool answers in order, reads little ahead, and goes on when one of its workers fails."""

from pathlib import Path

import pytest

from haechi.domain.errors import WorkerCrashedError
from haechi.isolation.limits import Limits
from haechi.isolation.pool import Job, Pool
from haechi.isolation.worker import Worker

HERE = Path(__file__).parent
LIMITS = Limits(memory=512 << 20)


def pool_of(task, **how):
    return Pool(f"drawn_tasks:{task}", LIMITS, workers=2, paths=[str(HERE)], **how)


def within(_job):
    return 30.0


def test_answers_come_in_the_order_of_the_requests_however_long_each_takes():
    jobs = [Job(number, {"s": 0.3 if number % 5 == 0 else 0}) for number in range(12)]
    with pool_of("slow") as pool:
        answers = list(pool.map(jobs, timeout_s=within))
    assert [answer.key for answer in answers] == list(range(12))
    assert all(len(answer.frames) == 1 for answer in answers)


def test_requests_are_read_only_a_little_ahead_of_the_answers_taken():
    read = []

    def jobs():
        for number in range(100):
            read.append(number)
            yield Job(number, {})

    with pool_of("echo", ahead=4) as pool:
        answers = pool.map(jobs(), timeout_s=within)
        next(answers)
        assert len(read) <= 4
        answers.close()


def test_a_request_that_kills_its_worker_costs_only_its_own_answer():
    jobs = [Job(number, {"how": "exit" if number == 3 else "raise"}) for number in range(6)]
    with pool_of("misbehave") as pool:
        errors = [type(answer.error).__name__ for answer in pool.map(jobs, timeout_s=within)]
    assert errors == ["WorkerRefusedError"] * 3 + [WorkerCrashedError.__name__] + ["WorkerRefusedError"] * 2


def test_a_job_that_needs_no_worker_starts_none_and_keeps_its_place():
    jobs = [Job(number, {}, needs_worker=number % 2 == 0) for number in range(8)]
    with pool_of("echo") as pool:
        assert [(answer.key, len(answer.frames)) for answer in pool.map(jobs, timeout_s=within)] == [
            (number, 1 - number % 2) for number in range(8)
        ]
    with pool_of("no_such_task") as pool:
        idle = [Job(number, {}, needs_worker=False) for number in range(3)]
        assert all(answer.error is None for answer in pool.map(idle, timeout_s=within))


def test_a_stopped_worker_starts_no_child_for_a_request_that_was_about_to_begin():
    worker = Worker("drawn_tasks:slow", LIMITS, paths=[str(HERE)])
    worker.stop()
    with pytest.raises(WorkerCrashedError):
        next(worker.run({"s": 600}, timeout_s=900.0))
    assert worker.pid is None


def test_closing_gives_up_what_is_under_way():
    pool = pool_of("slow")
    answers = pool.map([Job(0, {"s": 0}), Job(1, {"s": 600}), Job(2, {"s": 600})], timeout_s=lambda _: 900.0)
    assert next(answers).key == 0
    pool.close()
