"""Telegram exports read as in earnest: in a limited process of its own, from a folder and from an archive."""

import hashlib
import threading
import zipfile

import pytest

from drawn.telegram_writer import chat_header, text_fields, write_chat
from haechi.adapters.containers import open_container
from haechi.adapters.importers import importers
from haechi.adapters.importers.feeding import in_worker
from haechi.adapters.importers.telegram.importer import TelegramImporter
from haechi.adapters.importers.telegram.reader import read_json
from haechi.domain.errors import WorkerCrashedError, WorkerRefusedError
from telegram_parts import chat, gathered, here, message, read


@pytest.fixture
def folder(tmp_path):
    export = tmp_path / "ChatExport_2024-03-05"
    (export / "photos").mkdir(parents=True)
    (export / "photos" / "photo_1@01-03-2024_09-00-00.jpg").write_bytes(b"drawn")
    with (export / "result.json").open("wb") as out:
        messages = [message(number, **text_fields(f"글 {number}\x0b")) for number in range(1, 3001)]
        messages[0]["photo"] = "photos/photo_1@01-03-2024_09-00-00.jpg"
        write_chat(out, chat_header(name="방", type="private_group", id=5), messages)
    return export


def imported(path, skip=0):
    container = open_container(path)
    importer = importers()[0]
    [part] = importer.parts(container)
    paths = frozenset(member.path for member in container.members() if not member.is_directory)
    try:
        return gathered(importer.read(container, part, paths=paths, skip=skip))
    finally:
        container.close()


def test_a_worker_reads_what_this_process_would_read(folder):
    found = imported(folder)
    here = read((folder / "result.json").read_bytes(), beside=["photos/photo_1@01-03-2024_09-00-00.jpg"])
    assert found.messages == here.messages
    assert found.done == here.done
    assert found.raw == here.raw
    assert found.messages[0].media[0].status == "present"


def test_a_folder_and_its_archive_give_the_same_messages(folder):
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for path in sorted(folder.rglob("*")):
            written.write(path, path.relative_to(folder.parent))
    found, inside = imported(folder), imported(archive)
    assert [one.text for one in inside.messages] == [one.text for one in found.messages]
    assert inside.done == found.done
    assert inside.messages[0].media[0].path == "ChatExport_2024-03-05/photos/photo_1@01-03-2024_09-00-00.jpg"


def test_reading_goes_on_where_it_was_left(folder):
    assert imported(folder, skip=2500).messages == imported(folder).messages[2500:]


def test_a_reader_that_is_left_early_leaves_no_thread_behind(folder):
    container = open_container(folder)
    importer = importers()[0]
    [part] = importer.parts(container)
    parsed = importer.read(container, part, paths=frozenset(), skip=0)
    next(parsed)
    parsed.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "haechi-feed"]


def test_a_worker_that_dies_is_an_error_and_no_hang():
    task = "haechi.isolation.child:main"  # no task at all: it refuses the request
    with pytest.raises((WorkerCrashedError, WorkerRefusedError)):
        read(chat(message()), by=TelegramImporter(in_worker(task)))


def failing(request, fd):
    """Read as the worker does and fail after the first window."""
    for header, blob in read_json(request, fd):
        yield header, blob
        if header["kind"] == "window":
            raise WorkerCrashedError(reason="ended")


def test_a_worker_that_dies_half_way_costs_only_what_it_had_not_read():
    written = chat(*(message(number) for number in range(1, 2501)))
    reading = read(written, by=TelegramImporter(here(failing)))
    assert len(reading.messages) == 1000
    assert reading.codes == ["worker-crashed"]
    [rest] = reading.done.accounting.unparsed
    assert (rest.start, rest.end) == (reading.messages[-1].span.end, len(written))
    assert reading.done.accounting.is_complete
    assert reading.done.digest == hashlib.sha256(written).hexdigest()


def test_damage_inside_an_archive_is_an_error_after_the_messages_before_it(folder):
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as written:
        written.write(folder / "result.json", "result.json")
    archive.write_bytes(archive.read_bytes().replace("글 2999".encode(), "글 2998".encode(), 1))
    with pytest.raises(ValueError, match="damaged"):
        imported(archive)


def test_a_page_is_read_in_a_worker_too(tmp_path):
    page = tmp_path / "messages.html"
    page.write_text(
        '<html><body><div class="history"><div class="message default clearfix" id="message7"><div class="body">'
        '<div class="from_name">하나</div><div class="text">안녕</div></div></div></div></body></html>'
    )
    found = imported(page).only
    assert (found.message_id, found.sender_label, found.text) == ("7", "하나", "안녕")
