"""Folders that change, lie or break while they are imported, and imports that are stopped: nothing is lost or left open."""

import gc
import os
import resource
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from drawn.changes import jpeg
from drawn.hostile import SMALL
from drawn.scenes import scene
from drawn.telegram_writer import chat_header, text_fields, write_chat
from haechi.adapters.containers.folder import FolderContainer
from haechi.adapters.media.examiner import PoolExaminer
from haechi.domain.errors import ExportChangedError
from haechi.flows import receive
from integration.imports.vaults import VaultAt, quiet, records


def draw_export(folder: Path, *, photos: int = 3, messages: int = 6, room: int = 4200000003) -> Path:
    (folder / "photos").mkdir(parents=True)
    for number in range(photos):
        (folder / f"photos/photo_{number}.jpg").write_bytes(jpeg(scene(number, SMALL)))
    with (folder / "result.json").open("wb") as out:
        write_chat(
            out,
            chat_header(name="방", type="private_group", id=room),
            [
                {
                    "id": number + 1,
                    "type": "message",
                    "date": "2026-10-01T12:00:00",
                    "date_unixtime": "1790823600",
                    "from": "하나",
                    "from_id": "user1001",
                    "photo": f"photos/photo_{number % photos}.jpg",
                    **text_fields(f"{number}번"),
                }
                for number in range(messages)
            ],
        )
    return folder


@pytest.fixture
def export(tmp_path):
    return draw_export(tmp_path / "ChatExport_2026-10-01")


def told(done) -> dict[str, set[str]]:
    codes = {}
    for warning in done.warnings:
        codes.setdefault(warning.path, set()).add(warning.code)
    return codes


def items(vault: VaultAt) -> list[str]:
    return [row[0] for row in records(vault)["items"]]


def after_listing(monkeypatch, change, *, listings=2):
    """Have `change` happen once the export was listed: it is, to be recognised and to be received."""
    members, count = FolderContainer.members, []

    def listed(self):
        found = list(members(self))
        count.append(1)
        if len(count) == listings:
            change()
        return iter(found)

    monkeypatch.setattr(FolderContainer, "members", listed)


def become_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def become_link(path: Path) -> None:
    outside = path.parent.parent.parent / "outside.jpg"
    path.rename(outside)
    path.symlink_to(outside)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Path.unlink, "unreadable"),
        (become_pipe, "unreadable"),
        (become_link, "unreadable"),
        (lambda path: os.truncate(path, 2000), "changed-while-read"),
        (lambda path: os.truncate(path, 0), "changed-while-read"),
    ],
    ids=["removed", "pipe", "link", "cut", "emptied"],
)
def test_a_file_that_changes_after_listing_is_named_and_costs_nothing_else(vault, export, monkeypatch, change, code):
    after_listing(monkeypatch, lambda: change(export / "photos/photo_1.jpg"))

    done = vault.take(export)

    assert code in told(done)["photos/photo_1.jpg"]
    assert done.messages == 6
    assert {"photos/photo_0.jpg", "photos/photo_2.jpg", "result.json"} <= set(items(vault))
    vault.verify()


@pytest.mark.parametrize("change", [Path.unlink, become_pipe, lambda path: path.write_bytes(b"{}")], ids=["removed", "pipe", "rewritten"])  # fmt: skip
def test_messages_that_change_between_receiving_and_reading_stop_the_import_by_name(vault, export, change):
    written = (export / "result.json").read_bytes()

    def sealed(stage, done, total):
        if stage == "receiving" and done == total and done:
            change(export / "result.json")

    with vault.opened() as opened, pytest.raises(ExportChangedError) as refused:
        opened.import_export(export, case=opened.cases()[0], progress=sealed)

    assert refused.value.facts["member"] == "result.json"
    (export / "result.json").unlink(missing_ok=True)
    (export / "result.json").write_bytes(written)
    assert vault.take(export).messages == 6
    vault.verify()


def test_messages_that_are_gone_before_all_is_listed_stop_the_import_by_name(vault, export, monkeypatch):
    members, count = FolderContainer.members, []

    def listed(self):
        count.append(1)
        if len(count) == 2:  # once to be recognised, once to be received
            (export / "result.json").unlink()
        return members(self)

    monkeypatch.setattr(FolderContainer, "members", listed)

    with pytest.raises(ExportChangedError) as refused:
        vault.take(export)

    assert refused.value.facts["member"] == "result.json"
    vault.verify()


class StoppedError(Exception):
    pass


def stopped_at(vault: VaultAt, export: Path, stage: str, error: type[BaseException] = StoppedError) -> None:
    def stop(at, _done, _total):
        if at == stage:
            raise error

    with vault.opened() as opened, pytest.raises(error):
        opened.import_export(export, case=opened.cases()[0], progress=stop)


@pytest.mark.parametrize("stage", ["receiving", "reading", "done"])
def test_an_import_that_a_person_stops_goes_on_and_ends_as_an_undisturbed_one(tmp_path, vault, export, stage):
    undisturbed = VaultAt(tmp_path / "undisturbed")
    undisturbed.take(export)

    stopped_at(vault, export, stage, KeyboardInterrupt)
    vault.verify()
    if stage != "done":  # then it was finished before anybody heard of it
        assert vault.take(export).resumed

    assert records(vault) == records(undisturbed)
    vault.verify()


def interrupted_in(monkeypatch, owner, name: str, after: int):
    original, calls = getattr(owner, name), []

    def interrupted(*arguments, **more):
        calls.append(1)
        if len(calls) == after + 1:
            raise KeyboardInterrupt
        return original(*arguments, **more)

    monkeypatch.setattr(owner, name, interrupted)


@pytest.mark.parametrize(
    "place",
    [
        (FolderContainer, "open", 4),
        (PoolExaminer, "snapshot", 2),
        (PoolExaminer, "examine", 0),
        (receive.Receiver, "_add_item", 2),
        (receive.Receiver, "_seal", 0),
    ],
    ids=["opening", "reading a file", "examining", "committing", "sealing"],
)
def test_stopping_inside_receiving_loses_nothing_and_leaves_nothing_open(tmp_path, vault, export, monkeypatch, place):
    undisturbed = VaultAt(tmp_path / "undisturbed")
    undisturbed.take(export)
    open_before = open_files(tmp_path)
    with monkeypatch.context() as patched:
        interrupted_in(patched, *place)
        with vault.opened() as opened, pytest.raises(KeyboardInterrupt):
            opened.import_export(export, case=opened.cases()[0], progress=quiet)

    assert open_files(tmp_path) - open_before == Counter()
    vault.verify()
    vault.take(export)
    assert records(vault)["messages"] == records(undisturbed)["messages"]
    assert records(vault)["items"] == records(undisturbed)["items"]


def test_a_file_that_is_put_before_the_others_while_an_import_waits_is_not_mistaken_for_one_of_them(vault, tmp_path):
    export = draw_export(tmp_path / "ChatExport_2026-10-02", photos=2)
    for number in range(68):
        (export / f"note_{number}.txt").write_text(str(number))
    windows = []

    def stop(stage, done, _total):
        windows.append(done)
        if stage == "receiving" and done and len(windows) > 1:
            raise StoppedError

    with vault.opened() as opened, pytest.raises(StoppedError):
        opened.import_export(export, case=opened.cases()[0], progress=stop)
    (export / "a.txt").write_text("put in between")

    done = vault.take(export)

    assert not done.resumed
    with vault.opened() as opened:
        ledger = opened._vault.ledger  # noqa: SLF001 - the test looks below the flows
        paths = [row["path"] for row in ledger.seal_members(done.import_id)]
    assert len(paths) == len(set(paths)) == 73
    assert "a.txt" in paths
    vault.verify()


def test_a_file_that_is_added_before_reading_goes_on_is_imported_too(vault, export):
    stopped_at(vault, export, "reading")
    (export / "photos" / "photo_9.jpg").write_bytes(jpeg(scene(9, SMALL)))
    (export / "later").mkdir()
    shutil.copy(export / "result.json", export / "later" / "result.json")

    vault.take(export)

    assert "photos/photo_9.jpg" in items(vault)
    vault.verify()


def test_what_a_failing_worker_left_out_is_examined_when_it_is_imported_again(vault, export, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("haechi.adapters.media.examiner.TASK", "no.such.module:look")
        broken.setattr(
            PoolExaminer.__init__, "__kwdefaults__", {**PoolExaminer.__init__.__kwdefaults__, "task": "no:no"}
        )
        first = vault.take(export)
    assert all("worker-crashed" in told(first)[f"photos/photo_{number}.jpg"] for number in range(3))
    assert first.messages == 6

    again = vault.take(export)

    assert again.new_items == 0
    assert "worker-crashed" not in {code for codes in told(again).values() for code in codes}
    with vault.opened() as opened:
        ledger, case = opened._vault.ledger, opened.cases()[0].case_id  # noqa: SLF001
        seen = {item.path for item in ledger.items(case) if item.examined.fingerprints}
    assert seen == {f"photos/photo_{number}.jpg" for number in range(3)}
    vault.verify()


def test_an_empty_result_is_named_and_its_pictures_are_kept(vault, export):
    (export / "result.json").write_bytes(b"")

    done = vault.take(export)

    assert done.messages == 0
    assert "empty" in told(done)["result.json"]
    assert "truncated" in done.flags
    assert len(items(vault)) == 4
    vault.verify()


def test_a_folder_named_as_the_result_is_a_folder(vault, export):
    (export / "result.json").unlink()
    (export / "result.json").mkdir()

    done = vault.take(export)

    assert (done.importer, done.messages) == ("media", 0)
    assert len(items(vault)) == 3
    vault.verify()


def test_an_export_inside_an_export_is_read_as_a_part_of_its_own(vault, export):
    draw_export(export / "older" / "ChatExport_2025-01-01", room=4200000004)

    done = vault.take(export)

    assert done.messages == 12
    paths = {media.path for message, _ in records(vault)["messages"] for media in message.media}
    assert {"photos/photo_0.jpg", "older/ChatExport_2025-01-01/photos/photo_0.jpg"} <= paths
    vault.verify()


NAMES = (
    "가나다\n라.jpg".encode(),
    b"\x1b[31mred\x1b[0m.jpg",
    b"x" * 251 + b".jpg",
    b"\xff\xfe.jpg",
    b"\xed\xa0\x80surrogate.jpg",
    "뒤로\u202egpj.exe".encode(),
    b"a\\b.jpg",
    b" .jpg",
)


def test_every_name_a_disk_can_hold_is_received_and_can_be_told(vault, export):
    for number, name in enumerate(NAMES):
        (Path(os.fsdecode(os.fsencode(export / "photos") + b"/" + name))).write_bytes(jpeg(scene(number + 20, SMALL)))

    done = vault.take(export)

    assert len(items(vault)) == 4 + len(NAMES)
    for path in items(vault):
        path.encode()  # no half characters: it can be printed and sealed
    with vault.opened() as opened:
        ledger = opened._vault.ledger  # noqa: SLF001 - the test looks below the flows
        raw = {bytes.fromhex(row["raw_name"]) for row in ledger.seal_members(done.import_id)}
    assert {b"photos/" + name for name in NAMES} <= raw
    vault.verify()


def test_names_that_read_alike_never_share_a_path(vault, export):
    for name in ("가.txt", "\u1100\u1161.txt", "가 (2).txt"):
        (export / name).write_text(name)

    vault.take(export)

    found = [path for path in items(vault) if path.endswith(".txt")]
    assert len(found) == len(set(found)) == 3


def test_one_file_that_many_messages_carry_is_one_item_for_all_of_them(vault, tmp_path):
    export = draw_export(tmp_path / "ChatExport_2026-10-03", photos=1, messages=40)

    vault.take(export)

    carried = {path for _, media in records(vault)["messages"] for _, path in media}
    assert carried == {"photos/photo_0.jpg"}
    assert items(vault).count("photos/photo_0.jpg") == 1


def test_a_copy_that_is_named_as_what_it_is_is_not_called_mislabelled(vault, export, tmp_path):
    shutil.copy(export / "photos/photo_1.jpg", export / "photos/a.mp4")
    other = draw_export(tmp_path / "ChatExport_2026-10-05")
    shutil.copy(export / "photos/photo_2.jpg", other / "photos/b.png")

    assert told(vault.take(export)) == {"photos/a.mp4": {"mislabelled"}}
    assert told(vault.take(other)) == {"photos/b.png": {"mislabelled"}}


def test_a_file_without_permission_is_named_and_costs_nothing_else(vault, monkeypatch):
    opened = FolderContainer.open

    def as_nobody(self, member):
        """Give up root's right to read everything."""
        was = os.geteuid()
        if was == 0:
            os.seteuid(65_534)
        try:
            return opened(self, member)
        finally:
            os.seteuid(was)

    monkeypatch.setattr(FolderContainer, "open", as_nobody)
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        export = draw_export(Path(name) / "ChatExport_2026-10-01")
        (export / "photos/photo_1.jpg").chmod(0)
        done = vault.take(export)

    assert told(done) == {"photos/photo_1.jpg": {"unreadable"}}
    assert done.messages == 6


def test_many_times_as_many_files_as_a_window_leave_no_descriptor_open(vault, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    picture = jpeg(scene(1, SMALL))
    count = 8 * receive.WINDOW_FILES
    for number in range(count):
        (folder / f"{number:05}.jpg").write_bytes(picture + b"%d" % number if number % 100 == 0 else b"")
    before, open_before, highest = descriptors(), open_files(tmp_path), []

    with vault.opened() as opened:
        done = opened.import_export(folder, case=opened.cases()[0], progress=lambda *_: highest.append(descriptors()))

    assert done.files == count
    assert max(highest) < before + receive.WINDOW_FILES
    assert open_files(tmp_path) - open_before == Counter()
    vault.verify()


def test_no_more_than_a_window_is_held_in_memory(vault, tmp_path, monkeypatch):
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.bin").write_bytes(bytes([number]) * 100_000)
    monkeypatch.setattr(receive, "WINDOW_BYTES", 1_000_000)
    held, most = [], []
    take = PoolExaminer.snapshot

    def counted(self, stream, name):
        found = take(self, stream, name)
        held.append(found)
        most.append(sum(one.size for one in held if one.fd is not None))
        return found

    monkeypatch.setattr(PoolExaminer, "snapshot", counted)

    vault.take(folder)

    assert max(most) == 1_000_000
    assert all(one.fd is None for one in held)


def test_a_machine_short_of_descriptors_does_not_call_the_files_unreadable(vault, export):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def starve(stage, _done, _total):
        if stage == "receiving":
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors(), hard))

    try:
        with vault.opened() as opened, pytest.raises(OSError, match="Too many open files"):
            opened.import_export(export, case=opened.cases()[0], progress=starve)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert told(vault.take(export)) == {}


def test_a_process_that_reads_pictures_leaves_no_dump_of_its_memory(vault, export):
    vault.take(export)

    assert resource.getrlimit(resource.RLIMIT_CORE)[0] <= 1


def open_files(tmp_path: Path) -> Counter[str]:
    """Return what this process holds open: paths, pipes, and sockets of the kind by which workers are spoken to.

    Threads that an earlier test has left behind may exchange theirs for others, do as they like with the network, and open
    what lies in that test's folder.
    """
    gc.collect()
    ours = {line.split()[6] for line in Path("/proc/net/unix").read_text().splitlines()[1:]}
    found = Counter[str]()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that reads this folder
            target = one.readlink()
            kind, _, number = str(target).partition(":")
            is_anothers = tmp_path not in target.parents and tmp_path.parent in target.parents
            if not is_anothers and (kind != "socket" or number.strip("[]") in ours):
                found[kind] += 1
    return found


def descriptors() -> int:
    """Return the number of descriptors that leaves one to be opened: the lowest free one and no other."""
    gc.collect()  # what nobody holds any more is not to be closed just when it is needed
    used = {int(one.name) for one in Path("/proc/self/fd").iterdir()}
    return min(set(range(len(used) + 1)) - used) + 1
