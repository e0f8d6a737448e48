"""Marked strings in names, messages, pictures, EXIF, passphrases and reasons lie nowhere in clear, whatever was done or happened."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from decrypted_pages import decrypted_pages
from drawn_files import scene
from drawn_vault import CHEAP, TOOLS
from haechi import bootstrap
from haechi.adapters.keys import MasterKeySlots
from haechi.adapters.ledger import migrate, place
from haechi.adapters.machine import system_randomness
from haechi.flows.open_vault import open_vault
from haechi.ports.keys import GivenKey
from integration.vault.canaries import search, shapes

PASSPHRASE, NEW, SECOND = "카나리아 암호 하나둘", "카나리아 새암호 셋넷", "카나리아 둘째암호 다섯"
TEXTS = {
    "passphrase": PASSPHRASE,
    "new passphrase": NEW,
    "second passphrase": SECOND,
    "case": "카나리아-사건-이름",
    "room": "카나리아-방-이름",
    "sender": "카나리아-보낸이",
    "message": "카나리아-글-본문",
    "file name": "canary_file_name",
    "exif": "CanaryCamera Model",
    "person": "카나리아-사람-하나",
    "other person": "카나리아-사람-둘",
    "reason": "카나리아-삭제-이유",
    "export": "ChatExport_canary",
}
STAGES = ("create", "import", "kill", "abort", "migrate", "keys", "people", "delete-item", "delete-case")
LONG = 6_000


class World:
    """A home, a temporary folder, a working folder and a vault that nobody else writes to; what goes in lies elsewhere."""

    def __init__(self, root: Path) -> None:
        self.inputs, self.out = root / "inputs", root / "out"
        self.home, self.tmp, self.cwd = root / "home", root / "tmp", root / "cwd"
        for folder in (self.inputs, self.out, self.home, self.tmp, self.cwd):
            folder.mkdir()
        self.vault = self.home / "vault"
        self.told: list[tuple[str, bytes]] = []
        self.found: dict[str, list[str]] = {}
        self.pictures: list[bytes] = []
        for name, words in (("passphrase", PASSPHRASE), ("new", NEW), ("second", SECOND)):
            (self.inputs / name).write_text(words, encoding="utf-8")
        self.export = self._draw()

    def _draw(self) -> Path:
        folder = self.inputs / TEXTS["export"]
        (folder / "photos").mkdir(parents=True)
        messages = []
        for number in range(LONG):
            one = {
                "id": number,
                "type": "message",
                "date": "2026-01-02T03:04:05",
                "date_unixtime": str(1_767_300_000 + number),
                "from": TEXTS["sender"],
                "from_id": "user7",
                "text": f"{TEXTS['message']} {number}",
                "text_entities": [],
            }
            if number < 12:
                name = f"photos/{TEXTS['file name']}_{number}.jpg"
                exif = Image.Exif()
                exif[0x0110], exif[0x013B] = TEXTS["exif"], TEXTS["exif"]
                scene(number).save(folder / name, quality=85, exif=exif)
                one["photo"] = name
                content = (folder / name).read_bytes()
                self.pictures += [content[at : at + 40] for at in (len(content) // 2, len(content) - 200)]
            messages.append(one)
        chat = {"name": TEXTS["room"], "type": "private_supergroup", "id": 77, "messages": messages}
        (folder / "result.json").write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
        return folder

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "HAECHI_VAULT": str(self.vault),
            "PYTHONUTF8": "1",
        }

    def start(self, *words: str, key: str = "passphrase", **more) -> subprocess.Popen:
        command = [sys.executable, "-m", "haechi", *words, "--debug", "--passphrase-file", str(self.inputs / key)]
        return subprocess.Popen(
            command, cwd=self.cwd, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more
        )

    def run(self, *words: str, key: str = "passphrase", tells: bool = False) -> None:
        """Run one command. What it says on standard output was asked for, unless it `tells` numbers only."""
        process = self.start(*words, key=key)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (words, out.decode(), err.decode())
        self.told.append((f"standard error of {words[0]}", err))
        if tells:
            self.told.append((f"standard output of {words[0]}", out))

    def interrupt(self, number: int, **more) -> int:
        """Begin to import and end the process by a signal in the midst of it; return how it ended, as wait(2) says it."""
        words = ["import", str(self.export), "--json", "--case", TEXTS["case"]]
        process = self.start(*words, **more)
        before = self.size()
        while self.size() == before and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        self.told.append(("standard error of an interrupted import", process.stderr.read()))
        status = os.waitpid(process.pid, 0)[1]
        process.returncode = os.waitstatus_to_exitcode(status)
        return status

    def size(self) -> bytes:
        return (self.vault / "checkpoint").read_bytes()

    def look(self, stage: str) -> None:
        """Search everything, while the vault is open too: the write-ahead log and its index are there then."""
        watched = (self.home, self.tmp, self.cwd)
        wanted = [*TEXTS.values(), *self.pictures]
        self.found[stage] = search(wanted, *watched, texts=self.told)

    def opened(self, key: str):
        return open_vault(TOOLS, self.vault, GivenKey((self.inputs / key).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("canaries"))
    quick = MasterKeySlots(system_randomness, cost=CHEAP)
    bootstrap.create_vault(world.vault, passphrase=PASSPHRASE, keys=quick)
    consent = ["--mode", "sealed", "--age", "adult", "--consent", "동의"]
    world.run("case", TEXTS["case"], *consent)
    world.look("create")
    assert os.waitstatus_to_exitcode(world.interrupt(signal.SIGKILL)) == -9
    world.look("kill")
    unlimited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)}
    world.dumped = os.WCOREDUMP(world.interrupt(signal.SIGABRT, **unlimited))
    world.look("abort")
    world.run("import", str(world.export), "--json", "--case", TEXTS["case"])
    world.run("import", str(world.export), "--json", "--case", TEXTS["case"] + "-둘", "--age", "unknown")
    vault = world.opened("passphrase")
    world.look("import")
    vault.close()
    _put_back_a_revision(world)
    world.run("status", tells=True)  # only reading: refuses, or reads what is up to date
    world.look("migrate")
    world.run("key", "passphrase", "--new-passphrase-file", str(world.inputs / "new"), tells=True)
    world.look("keys")
    added = ["--own-name", TEXTS["other person"], "--new-passphrase-file", str(world.inputs / "second")]
    world.run("person", "add", TEXTS["person"], *added, key="new")
    world.look("people")
    item = _first_item(world)
    approved = ["--approve-as", TEXTS["person"], "--approver-passphrase-file", str(world.inputs / "second")]
    deleting = ["--reason", TEXTS["reason"], "--yes", "--json", *approved, "--case", TEXTS["case"]]
    world.run("delete", "--item", item, *deleting, key="new")
    world.look("delete-item")
    world.run("delete", "--whole-case", *deleting, "--certificate", str(world.out / "certificate"), key="new")
    world.look("delete-case")
    return world


def _put_back_a_revision(world: World) -> None:
    """Write the ledger as the first revision had it, and open the vault for writing, which brings it up to date."""
    vault = world.opened("passphrase")
    key = vault.tools.keys.database_key(vault.master)
    vault.close()
    old, new = world.vault / "ledger.db", world.inputs / "old.db"
    engine = place._engine(new, key, mode="rwc", read_only=False)  # noqa: SLF001 - a ledger that no code makes any more
    with engine.connect().execution_options(haechi_write=True) as connection, connection.begin():
        migrate.upgrade(connection, "0001")
    raw = engine.raw_connection()
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(f"ATTACH DATABASE '{old}' AS newer KEY \"x'{key.hex()}'\"")
    for (table,) in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        if table != "alembic_version":
            columns = ", ".join(f'"{row[1]}"' for row in raw.execute(f"PRAGMA main.table_info({table})").fetchall())
            raw.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM newer."{table}"')  # noqa: S608 - names from the schema
    raw.execute("DETACH DATABASE newer")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    engine.dispose()
    shutil.move(new, old)
    vault = world.opened("passphrase")
    world.copy_was_there = (world.vault / "ledger.db.before-migration").exists()
    world.look("migrate-open")
    vault.close()


def _first_item(world: World) -> str:
    vault = world.opened("new")
    try:
        case = next(one for one in vault.ledger.cases() if one.name == TEXTS["case"])
        return next(one.item_id for one in vault.ledger.items(case.case_id) if one.path.endswith("_3.jpg"))
    finally:
        vault.close()


@pytest.mark.parametrize("stage", [*STAGES, "migrate-open"])
def test_no_marked_string_lies_in_clear_after(world, stage):
    assert world.found[stage] == []


def test_the_stages_did_what_they_are_named_for(world):
    assert world.copy_was_there
    vault = world.opened("new")
    try:
        types = [json.loads(entry.raw)["type"] for entry in vault.ledger.entries()]
        assert {"import", "seal", "key", "role", "delete"} <= set(types)
        assert [case.name for case in vault.ledger.cases()] == [TEXTS["case"] + "-둘"]
    finally:
        vault.close()


def test_a_process_that_is_aborted_leaves_no_picture_of_its_memory(world, tmp_path):
    unlimited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)}
    plain = subprocess.Popen(
        [sys.executable, "-c", "import os; os.abort()"], cwd=tmp_path, stderr=subprocess.DEVNULL, **unlimited
    )
    assert _was_dumped(plain) or not list(tmp_path.iterdir())
    if not list(tmp_path.glob("core*")):
        pytest.skip("this machine writes no dump of any process into its folder")
    assert not world.dumped
    # A command that reads no picture: it waits for its passphrase, of which it has the beginning.
    fifo = tmp_path / "passphrase"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "haechi", "status", "--passphrase-file", str(fifo)]
    waiting = subprocess.Popen(command, cwd=world.cwd, env=world.environment(), stderr=subprocess.DEVNULL, **unlimited)
    with fifo.open("wb", buffering=0) as pipe:  # opens once the command has opened it
        pipe.write(PASSPHRASE.encode())
        waiting.send_signal(signal.SIGABRT)
        assert not _was_dumped(waiting)
    assert list(world.cwd.iterdir()) == []


def _was_dumped(process: subprocess.Popen) -> bool:
    status = os.waitpid(process.pid, 0)[1]
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == -signal.SIGABRT
    return os.WCOREDUMP(status)


def test_no_page_of_the_ledger_shows_a_destroyed_case_to_who_has_the_key(world):
    vault = world.opened("new")
    key = vault.tools.keys.database_key(vault.master)
    size = len(list(vault.ledger.items(vault.ledger.cases()[0].case_id)))
    vault.close()
    clear = b"".join(decrypted_pages(world.vault / "ledger.db", key))
    assert size
    # The other case holds the same export: only what belonged to this one alone can be looked for.
    assert (TEXTS["case"] + "-둘").encode() in clear
    assert clear.count(TEXTS["case"].encode()) == clear.count((TEXTS["case"] + "-둘").encode())
    assert not list(world.vault.rglob("*.age"))
    assert not (world.vault / "ledger.db.before-migration").exists()


@pytest.mark.parametrize("canary", ["카나리아-이름", random.Random(5).randbytes(40)])
def test_the_search_finds_a_marked_string_in_every_shape(tmp_path, canary):
    for number, shape in enumerate(shapes(canary)):
        for before in range(3):
            (tmp_path / f"{number}-{before}").write_bytes(bytes(before) + shape + b"end")
    assert len({line.split(":")[0] for line in search([canary], tmp_path)}) == 3 * len(shapes(canary))
