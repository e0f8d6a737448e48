"""A process that is killed while it writes loses nothing that it had told somebody outside was kept."""

import os
import random

import pytest

from faults.injection import Bench
from faults.scenario import acknowledged
from faults.scenarios import ENDLESS

KILLS = int(os.environ.get("HAECHI_KILLS", "200"))
KILLS_A_VAULT = 25  # then a new one: each check reads all that was kept so far


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path / "bench")
    yield bench
    bench.close()


def test_what_was_acknowledged_survives_a_kill_at_any_moment(bench, tmp_path, capsys):
    chance = random.Random(20261122)
    told = tmp_path / "told"
    kept = 0
    for kill in range(KILLS):
        if kill % KILLS_A_VAULT == 0:
            folder = tmp_path / f"vault-{kill}"
            folder.mkdir()
            ENDLESS.prepare(folder)
            told.unlink(missing_ok=True)
        bench.kill(ENDLESS, folder, told, after=chance.random() / 8, once_told=kill % 4 > 0)
        assert ENDLESS.holds(folder, acknowledged(told)) is None
        kept = max(kept, acknowledged(told).get("log", 0))
    assert kept > 10  # it had come to something before it was killed
    with capsys.disabled():
        print(f" {KILLS} kills", end="")  # noqa: T201 - the count is the result
