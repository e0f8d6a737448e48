"""A worker answers, is limited, and costs nobody but itself when it fails."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.domain.errors import UnavailableError, WorkerCrashedError, WorkerRefusedError, WorkerTimeoutError
from haechi.isolation.limits import Limits
from haechi.isolation.worker import Worker

HERE = Path(__file__).parent
LIMITS = Limits(memory=512 << 20, cpu_s=60)


def worker_of(task, limits=LIMITS):
    return Worker(f"drawn_tasks:{task}", limits, paths=[str(HERE)])


def ask(worker, request, **how):
    return list(worker.run(request, timeout_s=30, **how))


@pytest.fixture(scope="module")
def echo():
    with worker_of("echo") as worker:
        yield worker


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), json_values))
def test_any_plain_value_comes_back_as_it_was_sent(echo, request):
    assert ask(echo, request) == [({"said": request}, b"")]


def test_a_descriptor_is_handed_over_and_stays_the_callers(echo):
    memory = os.memfd_create("drawn")
    os.write(memory, b"drawn bytes")
    for _ in range(50):  # more often than the worker may have files open: it closes each
        assert ask(echo, {}, fd=memory) == [({"said": {}}, b"drawn bytes")]
    os.close(memory)


def test_a_worker_serves_many_requests_from_one_process():
    with worker_of("process") as worker:
        assert ask(worker, {})[0][0]["pid"] == ask(worker, {})[0][0]["pid"] == worker.pid


def test_a_worker_starts_with_little_in_it_and_nothing_of_the_callers_environment(monkeypatch):
    monkeypatch.setenv("HAECHI_SECRET", "passphrase")
    with worker_of("process") as worker:
        seen = ask(worker, {})[0][0]
    assert not {"numpy", "PIL", "av", "sqlalchemy", "asyncio"} & set(seen["modules"])
    assert set(seen["environment"]) <= {"LANG", "LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH"}


def test_frames_stream_and_the_worker_waits_while_nobody_takes_them():
    with worker_of("count") as worker:
        frames = worker.run({"to": 100_000, "blob": 1000}, timeout_s=30)
        assert next(frames)[0] == {"number": 0}
        first = psutil.Process(worker.pid).cpu_times().user
        time.sleep(0.3)
        busy = psutil.Process(worker.pid).cpu_times().user - first
        assert psutil.Process(worker.pid).status() in ("sleeping", "idle", "disk-sleep")
        assert busy < 0.3
        assert next(frames)[0] == {"number": 1}
        frames.close()


def test_a_long_answer_arrives_whole_and_in_order():
    with worker_of("count") as worker:
        answer = ask(worker, {"to": 3000, "blob": 5000})
    assert [row["number"] for row, _ in answer] == list(range(3000))
    assert {len(blob) for _, blob in answer} == {5000}


def test_an_answer_left_half_read_does_not_leak_into_the_next():
    with worker_of("count") as worker:
        frames = worker.run({"to": 1000}, timeout_s=30)
        next(frames)
        frames.close()
        assert [row["number"] for row, _ in ask(worker, {"to": 2})] == [0, 1]


@pytest.mark.parametrize("how", ["exit", "fault", "rubbish", "deep"])
def test_a_worker_that_dies_or_talks_rubbish_is_a_crash_and_the_next_request_works(how):
    with worker_of("misbehave") as worker:
        for _ in range(2):
            with pytest.raises(WorkerCrashedError):
                ask(worker, {"how": how})


def test_the_status_of_a_dead_worker_is_told():
    with worker_of("misbehave") as worker:
        with pytest.raises(WorkerCrashedError) as crash:
            ask(worker, {"how": "fault"})
        assert crash.value.facts["status"] == -signal.SIGSEGV
        with pytest.raises(WorkerCrashedError) as crash:
            ask(worker, {"how": "exit"})
        assert crash.value.facts["status"] == 3


def test_a_frame_longer_than_the_limit_is_a_crash():
    with worker_of("count", Limits(memory=512 << 20, blob=1000)) as worker:
        assert len(ask(worker, {"to": 3, "blob": 1000})) == 3
        with pytest.raises(WorkerCrashedError):
            ask(worker, {"to": 1, "blob": 1001})


def test_a_worker_that_hangs_is_killed_when_its_time_is_up():
    with worker_of("misbehave") as worker:
        frames = worker.run({"how": "hang"}, timeout_s=0.3)
        with pytest.raises(WorkerTimeoutError):
            next(frames)
        assert worker.pid is None


def test_a_worker_that_only_computes_runs_out_of_processor_time():
    with worker_of("misbehave", Limits(memory=512 << 20, cpu_s=1)) as worker, pytest.raises(WorkerTimeoutError) as late:
        ask(worker, {"how": "spin"})
    assert late.value.facts == {"seconds": 1}


def test_processor_time_is_counted_for_each_request_anew():
    with worker_of("count", Limits(memory=512 << 20, cpu_s=1)) as worker:
        while psutil.Process(worker.pid).cpu_times().user < 2 if worker.pid else True:
            ask(worker, {"to": 20_000})


def test_a_worker_that_wants_too_much_memory_gets_an_error_and_not_the_memory():
    with worker_of("misbehave") as worker, pytest.raises(WorkerRefusedError) as refused:
        ask(worker, {"how": "eat-memory"})
    assert refused.value.facts["error"] == "MemoryError"


@pytest.mark.parametrize(
    ("how", "facts"),
    [
        ("raise", ("ValueError", "")),
        ("refuse", ("UnknownExportError", "unknown-export")),
        ("not-json", ("TypeError", "")),
    ],
)
def test_an_error_in_the_task_is_named_without_the_files_words(how, facts):
    with worker_of("misbehave") as worker, pytest.raises(WorkerRefusedError) as refused:
        ask(worker, {"how": how})
    assert (refused.value.facts["error"], refused.value.facts["refusal"]) == facts
    assert not {"words", "secret"} & set(str(refused.value).replace("-", " ").split())


def test_an_unknown_task_is_refused():
    with worker_of("no_such_task") as worker, pytest.raises(WorkerRefusedError):
        ask(worker, {})


def test_every_failure_belongs_to_one_family():
    assert all(
        issubclass(kind, UnavailableError) for kind in (WorkerCrashedError, WorkerTimeoutError, WorkerRefusedError)
    )


@pytest.mark.parametrize("what", ["write", "append", "write-memory-file"])
def test_a_worker_cannot_write_one_byte_to_any_file(what, tmp_path):
    there = tmp_path / "there"
    there.write_bytes(b"")
    with worker_of("forbidden") as worker:
        for path in (tmp_path / "new", there):
            assert ask(worker, {"what": what, "path": str(path)})[0][0]["refused"]
    assert there.read_bytes() == b""
    assert not (tmp_path / "new").exists() or (tmp_path / "new").stat().st_size == 0


def landlock():
    """Return the version of Landlock that this kernel has, 0 for none."""
    code = "import ctypes; print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))"
    return max(0, int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout))


@pytest.mark.parametrize(
    ("what", "since"),
    [
        ("make-folder", 1),
        ("link", 1),
        ("remove", 1),
        ("write", 1),
        ("start-a-program", 1),
        ("connect", 4),
        ("signal", 6),
    ],
)
def test_where_the_kernel_can_it_refuses_names_programs_and_networks(what, since, tmp_path):
    if landlock() < since:
        pytest.skip("this kernel has no such Landlock")
    there = tmp_path / "there"
    if what == "remove":
        there.touch()
    with socket.create_server(("127.0.0.1", 0)) as server, worker_of("forbidden") as worker:
        request = {"what": what, "path": str(there), "port": server.getsockname()[1], "pid": os.getpid()}
        assert ask(worker, request)[0][0]["refused"] in ("PermissionError", "BlockingIOError")
    assert there.exists() == (what == "remove")


@pytest.mark.parametrize("first", ["list(w.run({'s': 0}, timeout_s=30))", "None"], ids=["running", "starting"])
def test_a_worker_does_not_outlive_its_caller(first):
    code = (
        "import sys\nfrom haechi.isolation.limits import Limits\nfrom haechi.isolation.worker import Worker\n"
        f"w = Worker('drawn_tasks:slow', Limits(), paths=[sys.argv[1]])\n{first}\n"
        "w._send({'s': 600}, None)\nprint(w.pid, flush=True)\ninput()\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", code, str(HERE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child = psutil.Process(int(caller.stdout.readline()))
    caller.kill()
    caller.communicate()
    deadline = time.monotonic() + 30
    while _is_alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # nobody may be there to bury it
    except psutil.NoSuchProcess:
        return False
