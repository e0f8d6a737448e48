"""An index answered by a Ray cluster of two nodes: exactly what it answers alone, whoever dies."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import psutil
import pytest

from haechi.adapters.cluster.mirror import Place
from haechi.bootstrap.clustering import Spread, open_clustered_index, open_clustered_matcher
from haechi.bootstrap.matcher import NewContent
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, Signal, SignalType, Tier
from haechi.domain.errors import ClusterUnavailableError, HashRefusedError
from haechi.domain.lookup import Query
from haechi.ports.index import Row
from stock_programs import REQUIRED

LONG_S = 240  # a busy machine starts Ray slowly
RADII = {0: 31, 1: 40, 2: 0}
OTHER_MACHINE = "127.0.0.2"
SMALL = {"num_cpus": 1, "object_store_memory": 80 << 20}


@pytest.fixture(scope="module")
def cluster():
    """Start a cluster of one node; tests add others."""
    if importlib.util.find_spec("ray") is None:
        if "ray" in REQUIRED:
            pytest.fail("ray is required here and missing")
        pytest.skip("needs the package ray, of the extra haechi[cluster]")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # so that it listens on the loopback alone
    from ray.cluster_utils import Cluster

    # Ray asks its nodes every three seconds otherwise, and takes one for dead after five that fail.
    asking = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 3}
    made = Cluster(initialize_head=True, head_node_args={**SMALL, "include_dashboard": False, "_system_config": asking})
    try:
        yield made
    finally:
        made.shutdown()


@pytest.fixture(scope="module")
def known():
    """Return rows, half of them near each other, and queries near some."""
    chance = Random(4)
    crowd = chance.getrandbits(256)
    rows = [
        Row(
            (crowd ^ (1 << chance.randrange(256)) ^ (1 << chance.randrange(256))).to_bytes(32)
            if number % 2
            else chance.randbytes(32),
            number,
            number % 3,
            number % 101,
        )
        for number in range(4_000)
    ]
    return rows, [row.value for row in rows[:60]] + [chance.randbytes(32) for _ in range(60)]


@contextmanager
def spread(folder, cluster, rows, **how):
    """Open an index that holds `rows` on all nodes, with every replica there."""
    with closing(
        open_clustered_index(folder, Spread(address=cluster.address, copies=folder / "copies", **how))
    ) as index:
        index.add(rows)
        assert index.is_full(within_s=LONG_S)
        yield index


@contextmanager
def second_node(cluster):
    """Have another machine in the cluster, as Ray sees it: it keeps copies of its own."""
    node = cluster.add_node(node_ip_address=OTHER_MACHINE, **SMALL)
    try:
        yield node
    finally:
        if node in cluster.list_all_nodes():
            cluster.remove_node(node, allow_graceful=False)


def eventually(is_so):
    """Wait until something is so."""
    until = time.monotonic() + LONG_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def started_by(pid):
    """Return the processes that a process started, and those started by them."""
    return psutil.Process(pid).children(recursive=True)


class Load:
    """Threads that ask all the time, singly and in batches, and compare every answer."""

    def __init__(self, index, values, expected):
        self.index, self.values, self.expected = index, values, expected
        self.asked = self.answered = 0
        self.wrong = []
        self.longest_s = 0.0
        self.is_over = False
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(size,)) for size in (1, 1, 7, len(values))]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.is_over = True
        for thread in self._threads:
            thread.join()

    def _ask(self, size):
        at = 0
        while not self.is_over:
            part = slice(at % len(self.values), at % len(self.values) + size)
            at += size
            with self._lock:
                self.asked += 1
            begun = time.monotonic()
            try:
                found = self.index.search(self.values[part], RADII, most=20)
            except Exception as error:  # noqa: BLE001 - any is one too many
                self.wrong.append(error)
                continue
            with self._lock:
                self.answered += 1
                self.longest_s = max(self.longest_s, time.monotonic() - begun)
            if found != self.expected[part]:
                self.wrong.append(part)

    def go_on(self, count):
        """Wait until so many more have been answered."""
        until = self.answered + count
        eventually(lambda: self.answered >= until)


def alone(folder, rows, values, *, most):
    """Return what an index in this process answers."""
    from haechi.adapters.index.stored import StoredIndex

    with closing(StoredIndex(folder)) as index:
        index.add(rows)
        return index.search(values, RADII, most=most)


def test_a_node_killed_in_the_middle_of_load_loses_no_question(tmp_path, cluster, known):
    rows, values = known
    expected = alone(tmp_path / "alone", rows, values, most=20)
    with second_node(cluster) as node, spread(tmp_path / "index", cluster, rows) as index:
        assert len(set(index.nodes()[0])) == 2
        with Load(index, values, expected) as load:
            load.go_on(100)
            cluster.remove_node(node, allow_graceful=False)
            load.go_on(100)
            eventually(lambda: index.is_full(within_s=0) and len(set(index.nodes()[0])) == 1)  # made up for here
            load.go_on(100)
        assert load.wrong == []
        assert load.answered == load.asked


def test_shards_on_two_nodes_answer_as_one_index_and_follow_it(tmp_path, cluster, known, monkeypatch):
    rows, values = known
    monkeypatch.setattr(Place, "of", lambda _folder: Place("another machine", 0, 0))  # so that copies are made
    with second_node(cluster), spread(tmp_path / "index", cluster, rows[:2_000], shards=2, replicas=1) as index:
        assert len(list((tmp_path / "index" / "copies").glob("*/manifest-*.json"))) >= 2
        assert len({node for nodes in index.nodes() for node in nodes}) == 2
        for most in (1, 20, 4_000):
            expected = alone(tmp_path / f"alone-{most}", rows[:2_000], values, most=most)
            assert index.search(values, RADII, most=most) == expected
        index.add(rows[2_000:])
        index.withdraw(range(100, 200))
        left = [row for row in rows if row.content not in range(100, 200)]
        expected = alone(tmp_path / "alone", left, values, most=20)
        eventually(lambda: index.search(values, RADII, most=20) == expected)
        assert index.status().rows == len(left)


def test_a_replica_that_hangs_or_dies_is_not_waited_for(tmp_path, cluster, known):
    rows, values = known
    expected = alone(tmp_path / "alone", rows, values, most=20)
    with spread(tmp_path / "index", cluster, rows) as index, Load(index, values, expected) as load:
        first, second = [one for one in psutil.process_iter() if one.name().startswith("ray::Replica")]
        load.go_on(100)
        first.send_signal(signal.SIGSTOP)
        try:
            load.go_on(100)
            second.kill()
            load.go_on(100)
            second.wait(LONG_S)
        finally:
            first.send_signal(signal.SIGCONT)
        load.go_on(100)
        assert load.wrong == []


def test_what_is_withdrawn_is_not_in_the_next_lookup_through_replicas(tmp_path, cluster):
    chance = Random(5)
    with closing(open_clustered_matcher(tmp_path, Spread(address=cluster.address))) as matcher:
        matcher.add_bank("known", Depicted.ADULT, by="test")
        for _ in range(30):
            signal_ = Signal(SignalType.PDQ, chance.randbytes(32), 100)
            content = matcher.add_content("known", NewContent((signal_,), Tier.POLICE), by="test")
            eventually(lambda signal_=signal_: matcher.look_up([Query.of(signal_)])[0].hits)
            matcher.withdraw("known", content.number, by="test")
            assert not matcher.look_up([Query.of(signal_)])[0].hits


def test_what_is_no_hash_or_radius_is_refused_as_ever(tmp_path, cluster):
    with closing(open_clustered_index(tmp_path, Spread(address=cluster.address, replicas=0))) as index:
        with pytest.raises(HashRefusedError):
            index.search([bytes(31)], {0: 31})
        with pytest.raises(ValueError, match="radius"):
            index.search([bytes(32)], {0: 65})
        assert index.search([], {0: 31}) == []


def test_a_match_server_makes_a_cluster_of_this_machine_alone_and_leaves_nothing(tmp_path, cluster):  # noqa: ARG001
    with open_matcher(tmp_path / "m") as matcher:
        matcher.add_bank("known", Depicted.ADULT, by="test")
        matcher.add_content(
            "known", NewContent((Signal(SignalType.PDQ, bytes(range(32)), 100),), Tier.POLICE), by="test"
        )
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "HAECHI_LANG": "ko", "TMPDIR": "/tmp"}  # noqa: S108
    options = ["--folder", tmp_path / "m", "--port", "0", "--keyless", "matcher", "--cluster", "--replicas", "1"]
    command = [sys.executable, "-m", "haechi", "match-server", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            address = re.search(r"http://[0-9.:]+", process.stdout.readline())[0]
            while "준비되었습니다" not in (process.stdout.readline() or "준비되었습니다"):
                pass
            asked = f"{address}/m/raw_lookup?signal_type=pdq&signal={bytes(range(32)).hex()}"
            eventually(lambda: any(one.name().startswith("ray::Replica") for one in started_by(process.pid)))
            started = started_by(process.pid)
            for _ in range(20):
                with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - http
                    assert json.load(answer)["matches"]
            (private,) = Path("/tmp").glob(f"haechi-ray-*{process.pid}")  # noqa: S108
            assert (private / "token").stat().st_mode & 0o077 == 0
            reached = {
                one.laddr.ip
                for child in started_by(process.pid)
                for one in child.net_connections()
                if one.status == "LISTEN"
            }
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=LONG_S)
    assert process.returncode == 0
    assert {ip.removeprefix("::ffff:") for ip in reached} == {"127.0.0.1"}
    assert not private.exists()
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in started)


def test_a_cluster_that_does_not_answer_is_named(tmp_path, cluster):
    with pytest.raises(ClusterUnavailableError):
        open_clustered_index(tmp_path / "index", Spread(address="127.0.0.1:1"))
    with closing(open_clustered_index(tmp_path / "index", Spread(address=cluster.address, replicas=0))) as index:
        assert index.status().rows == 0  # the folder was let go of
