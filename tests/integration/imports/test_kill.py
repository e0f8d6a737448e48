"""An import that is killed at any moment loses nothing it acknowledged, and goes on where it stopped."""

import json
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from drawn.big_export import write_big_export
from integration.imports.vaults import PASSPHRASE, PYTHON, VaultAt, records

KILLS = int(os.environ.get("HAECHI_KILLS", "20"))
SCRIPT = Path(__file__).with_name("import_once.py")


def start(vault: VaultAt, key: Path, export: Path, acknowledged: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([PYTHON, SCRIPT, vault.path, key, export, acknowledged], stderr=subprocess.PIPE)


def last_line(path: Path) -> dict[str, int]:
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return json.loads(lines[-1]) if lines else {"log": 0, "items": 0, "messages": 0}


@pytest.fixture
def long_export(tmp_path, export_a):
    """An export with pictures and enough messages for several windows of both."""
    export = tmp_path / "ChatExport_2026-10-04"
    write_big_export(export, messages=12_000)
    shutil.copytree(export_a / "photos", export / "photos", dirs_exist_ok=True)
    return export


def test_killing_an_import_at_any_moment_loses_nothing_acknowledged(tmp_path, long_export):
    key = tmp_path / "key"
    key.write_text(PASSPHRASE)
    undisturbed = VaultAt(tmp_path / "undisturbed")
    began = time.monotonic()
    assert start(undisturbed, key, long_export, tmp_path / "acks-0").wait() == 0
    whole = time.monotonic() - began
    expected = records(undisturbed)

    chance = random.Random(20261122)
    kills, vaults = 0, 0
    while kills < KILLS:
        vaults += 1
        vault, acknowledged = VaultAt(tmp_path / f"vault-{vaults}"), tmp_path / f"acks-{vaults}"
        while True:
            process = start(vault, key, long_export, acknowledged)
            try:
                process.wait(chance.uniform(0.2, 0.9) * whole if kills < KILLS else None)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
            promised = last_line(acknowledged)
            with vault.opened() as opened:
                status = opened.status()
            vault.verify()
            assert status.log_size >= promised["log"]
            assert status.items >= promised["items"]
            assert status.messages >= promised["messages"]
            if (status.imports, status.unfinished_imports) == (1, 0):
                break
            assert process.returncode == -9, process.stderr.read()
        assert records(vault) == expected
