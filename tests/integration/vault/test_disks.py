"""Disks that are full or cannot be written: refused by name, nothing half done, and what was kept can still be read."""

import pytest

from drawn_vault import check

TELL = """
from haechi.domain.errors import HaechiError
def tell(call):
    try:
        call()
    except HaechiError as error:
        print(error.code)
    else:
        print("done")
"""
pytestmark = pytest.mark.usefixtures("mounts")
READ_ONLY = 'mount --bind "$4" "$4"\nmount -o remount,ro,bind "$4"'


def test_a_vault_on_a_read_only_disk_can_be_read_and_checked_but_not_written(path, child):
    told = child(
        TELL + "path = Path(sys.argv[1])\n"
        "tell(lambda: opened(path).__enter__())\n"
        "tell(lambda: print(check(path).items))\n"
        "tell(lambda: make(path / 'new'))",
        path,
        before=READ_ONLY,
    )
    assert told.stdout.split() == ["vault-read-only", "3", "done", "vault-read-only"], told.stderr
    assert check(path).items == 3


def test_a_ledger_that_is_the_only_thing_on_a_read_only_disk_is_refused(path, child):
    told = child(
        TELL + "path = Path(sys.argv[1])\ntell(lambda: sealed_case(opened(path).__enter__(), 'new'))",
        path,
        before='mount --bind "$4/ledger.db" "$4/ledger.db"\nmount -o remount,ro,bind "$4/ledger.db"',
    )
    assert told.stdout.split() == ["vault-read-only"], told.stderr
    assert check(path).items == 3


def test_creating_on_a_full_disk_leaves_nothing(tmp_path, child):
    for size in (8, 40, 120, 200):
        told = child(
            TELL + "path = Path(sys.argv[1])\ntell(lambda: make(path / 'v'))\nprint(len(list(path.iterdir())))",
            tmp_path,
            before=f'mount -t tmpfs -o size={size}k none "$4"',
        )
        assert told.stdout.split() == ["disk-full", "0"], (size, told.stderr)


FILL = """
import os
path = Path(sys.argv[1]) / "v"
make(path)
with opened(path) as vault:
    case = sealed_case(vault)
    take(vault, case, [message(1, "kept")], files=[("kept.png", b"kept")])
with open(path.parent / "ballast", "wb", 0) as ballast:
    try:
        while True:
            ballast.write(bytes(int(sys.argv[2])))
    except OSError:
        pass
"""


@pytest.mark.parametrize("left", [4_096, 30_000, 90_000])
def test_a_disk_that_fills_up_loses_nothing_that_was_kept(tmp_path, child, left):
    told = child(
        TELL + FILL + "def fill():\n"
        "    with opened(path) as vault:\n"
        "        for turn in range(60):\n"
        "            files = [(f'{turn}.png', os.urandom(4_000))]\n"
        "            take(vault, case, [message(turn + 5, 'x' * 9_000)], files=files)\n"
        "tell(fill)\n"
        "tell(lambda: print('kept', check(path).items >= 1))\n"
        "(path.parent / 'ballast').unlink()\n"
        "with opened(path):\n    pass\n"
        "tell(fill)\n"
        "tell(lambda: print('kept', check(path).items >= 61))",
        tmp_path,
        left,
        before='mount -t tmpfs -o size=9000k none "$4"',
    )
    assert told.stdout.split() == ["disk-full", "kept", "True", "done", "done", "kept", "True", "done"], told.stderr


def test_sealing_on_a_full_disk_leaves_no_blob(tmp_path, child):
    told = child(
        TELL + FILL + "import io\n"
        "vault = open_vault(TOOLS, path, GivenKey(PASSPHRASE), operation=Operation.READ)\n"
        "left = lambda: sorted(place for part in ('blobs', 'tmp') for place in (path / part).rglob('*.*'))\n"
        "before = left()\n"
        "for size in (100_000, 5_000_000):\n"
        "    tell(lambda: vault.blobs.seal('ab' * 32, io.BytesIO(bytes(size)), readers=[]))\n"
        "print(left() == before)",
        tmp_path,
        20_000,
        before='mount -t tmpfs -o size=9000k none "$4"',
    )
    assert told.stdout.split() == ["disk-full", "disk-full", "True"], told.stderr
