"""A hash index whose writer is killed, or whose disk refuses: nothing acknowledged is lost, nothing withdrawn returns."""

import errno
import hashlib
import os
import signal
import threading
import time
from random import Random

import pytest

from haechi.adapters.index import durable, log, segment
from haechi.adapters.index.settings import IndexSettings
from haechi.adapters.index.stored import StoredIndex
from haechi.domain.errors import DiskFullError, IndexUnwritableError
from haechi.ports.index import Row

KILLS = int(os.environ.get("HAECHI_KILLS", "20"))
KILLS_AN_INDEX = 10
THREADS = 3
SMALL = IndexSettings(seal_rows=300, most_unsealed=4, rebuild_rows=500)


def value(content):
    return hashlib.sha256(content.to_bytes(8)).digest()


def load(folder, witness, seed):
    """Add and withdraw from some threads until killed. Each tells the witness before it withdraws, and after each return."""
    index = StoredIndex(folder, SMALL)
    told = os.open(witness, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def work(thread):
        chance = Random(f"{seed} {thread}")
        mine = []
        first = (seed * THREADS + thread) << 24
        while True:
            count = chance.randrange(1, 60)
            index.add([Row(value(content), content, thread, content % 101) for content in range(first, first + count)])
            os.write(told, f"added {first} {count}\n".encode())
            mine.append((first, count))
            first += count
            if chance.random() < 0.4:
                gone = mine.pop(chance.randrange(len(mine)))
                os.write(told, f"withdrawing {gone[0]} {gone[1]}\n".encode())
                index.withdraw(range(gone[0], gone[0] + gone[1]))
                os.write(told, f"withdrawn {gone[0]} {gone[1]}\n".encode())

    threads = [threading.Thread(target=work, args=[thread]) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    while True:
        time.sleep(0.05)
        index.search([value(1)], {0: 31})


def killed(folder, witness, seed, after):
    """Load in a child of this process and kill it so many seconds after the first thing it tells."""
    before = witness.stat().st_size if witness.exists() else 0
    child = os.fork()
    if child == 0:
        try:
            load(folder, witness, seed)
        finally:
            os._exit(1)
    while not witness.exists() or witness.stat().st_size == before:
        time.sleep(0.002)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def wrong(index, witness):
    """Return the contents that the witness knows of and the index answers wrongly."""
    state = {}
    for line in witness.read_text().splitlines():
        what, first, count = line.split()
        for content in range(int(first), int(first) + int(count)):
            state[content] = what
    known = [content for content, what in state.items() if what != "withdrawing"]
    radii = dict.fromkeys(range(THREADS), 0)
    answers = index.search([value(content) for content in known], radii)
    found = {
        content
        for content, answer in zip(known, answers, strict=True)
        if content in {row.content for row in answer.rows}
    }
    return {content: state[content] for content in known if (content in found) != (state[content] == "added")}, len(
        known
    )


def test_what_was_acknowledged_survives_a_kill_at_any_moment_of_load_and_merge(tmp_path, capsys):
    chance = Random(20261122)
    merges = known = 0
    for kill in range(KILLS):
        if kill % KILLS_AN_INDEX == 0:
            folder, witness = tmp_path / f"index-{kill}", tmp_path / f"told-{kill}"
        killed(folder, witness, kill, chance.random() / 2)
        index = StoredIndex(folder, SMALL)
        mistakes, asked = wrong(index, witness)
        status = index.status()
        index.close()
        assert mistakes == {}
        assert status.damaged == ()
        merges, known = max(merges, status.generation), max(known, asked)
    assert merges > 3
    assert known > 300
    with capsys.disabled():
        print(f" {KILLS} kills", end="")  # noqa: T201 - the count is the result


@pytest.fixture
def index(tmp_path):
    index = StoredIndex(tmp_path / "index", IndexSettings(merges=False))
    index.add([Row(value(1), 1, 0)])
    yield index
    index.close()


def failing(monkeypatch, name, error):
    """Let a call of the log fail once."""
    real = getattr(log.os, name)

    def once(*_arguments):
        monkeypatch.setattr(log.os, name, real)
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(log.os, name, once)


@pytest.mark.parametrize("call", ["write", "fdatasync"])
@pytest.mark.parametrize(("error", "named"), [(errno.ENOSPC, DiskFullError), (errno.EIO, IndexUnwritableError)])
def test_a_disk_that_refuses_the_log_is_told_and_nothing_of_it_was_kept(  # noqa: PLR0917 - fixtures
    index, tmp_path, monkeypatch, call, error, named
):
    failing(monkeypatch, call, error)
    with pytest.raises(named):
        index.add([Row(value(2), 2, 0)])
    assert [len(answer.rows) for answer in index.search([value(1), value(2)], {0: 0})] == [1, 0]
    index.add([Row(value(3), 3, 0)])
    index.withdraw([1])
    index.close()
    again = StoredIndex(tmp_path / "index", IndexSettings(merges=False))
    assert [len(answer.rows) for answer in again.search([value(n) for n in (1, 2, 3)], {0: 0})] == [0, 0, 1]
    assert again.status().damaged == ()
    again.close()


def test_what_a_failed_writing_left_on_the_disk_does_not_hide_what_was_acknowledged_after_it(
    index, tmp_path, monkeypatch
):
    failing(monkeypatch, "fdatasync", errno.EIO)
    failing(monkeypatch, "ftruncate", errno.EIO)
    with pytest.raises(IndexUnwritableError):
        index.add([Row(value(2), 2, 0)])
    index.add([Row(value(3), 3, 0)])
    index.close()
    again = StoredIndex(tmp_path / "index", IndexSettings(merges=False))
    assert [len(answer.rows) for answer in again.search([value(n) for n in (1, 2, 3)], {0: 0})] == [1, 0, 1]
    assert again.status().damaged == ()
    again.close()


def test_a_disk_with_no_room_for_a_segment_loses_nothing_and_makes_it_later(tmp_path, monkeypatch):
    index = StoredIndex(tmp_path / "index", SMALL)
    real = segment.os.posix_fallocate
    refused = threading.Event()

    def full(*_arguments):
        refused.set()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(segment.os, "posix_fallocate", full)
    rows = [Row(value(content), content, 0) for content in range(700)]
    for start in range(0, 700, 100):
        index.add(rows[start : start + 100])
    assert refused.wait(10)
    assert all(answer.rows for answer in index.search([row.value for row in rows], {0: 0}))
    monkeypatch.setattr(segment.os, "posix_fallocate", real)
    index.settle()
    # One segment or two: the background may have made its own between there being room and the settling.
    assert index.status().segments
    assert not index.status().in_memory
    assert all(answer.rows for answer in index.search([row.value for row in rows], {0: 0}))
    assert not list((tmp_path / "index").glob(f"*{durable.PART}"))
    index.close()
