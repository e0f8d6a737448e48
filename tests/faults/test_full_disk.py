"""A small disk that is full again and again: writing is refused by name, reading goes on, nothing acknowledged is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stock_programs import REQUIRED, needed

PASSES = 10
TESTS = Path(__file__).parent.parent
SCRIPT = """
import os, random, sys
from drawn_vault import *
from haechi.domain.errors import HaechiError
place, passes, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(7)
ballast = place / "ballast"

def fill(left):
    with ballast.open("wb", 0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - left))

make(place / "v")
with opened(place / "v") as vault:
    case = sealed_case(vault)
told = (0, 0)
for turn in range(passes):
    fill(chance.randrange(2_000_000))
    try:
        with opened(place / "v") as vault:
            for step in range(10_000):
                first = 100_000 * turn + 10 * step
                files = [(f"{turn}-{step}.png", random.randbytes(chance.randrange(60_000)))]
                take(vault, case, [message(first + at, "글" * 50) for at in range(8)], files=files)
                told = (vault.ledger.item_count(), vault.ledger.log_head().frontier.size)
    except HaechiError as error:
        ended = error.code
    with opened(place / "v", operation=Operation.READ) as vault:
        assert vault.ledger.item_count() >= told[0]
        assert sum(1 for _ in vault.ledger.messages(case.case_id)) == vault.ledger.message_count()
    ballast.unlink()
    with opened(place / "v"):
        pass
    found = check(place / "v")
    assert found.items >= told[0] and found.entries >= told[1], (found, told)
    print(ended)
"""


@pytest.fixture
def loop(tmp_path):
    """Return the words before a command that give it a 24 MB ext4 disk of its own in the folder `disk`."""
    needed("mkfs.ext4")
    unshare = needed("unshare")
    image, place = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(24 * 2**20)
    place.mkdir()
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    before = [unshare, "--mount", "sh", "-ec", 'mount -o loop "$0" "$1"\nshift\nexec "$@"', image, place]
    if os.geteuid() or subprocess.run([*before, "true"], capture_output=True, check=False).returncode:
        if "loop" in REQUIRED:
            pytest.fail("a loop device is required here and refused")
        pytest.skip("this machine does not let us mount a loop device")
    return before, place


def test_a_disk_that_fills_up_ten_times_refuses_writing_and_loses_nothing(loop):
    before, place = loop
    told = subprocess.run(
        [*before, sys.executable, "-c", SCRIPT, place, str(PASSES)],
        env={**os.environ, "PYTHONPATH": str(TESTS), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.split() == ["disk-full"] * PASSES, told.stderr[-3000:]
