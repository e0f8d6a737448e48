"""What people import: exports, archives, pictures, films, and names; and what the worker says that reads them."""

import contextlib
import io
import json
import socket
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fuzz.target import MOST_READ, Target, descriptor, scratch
from haechi.domain.errors import HaechiError
from haechi.isolation.frames import PREFIX, BrokenFrameError, Reader


def _telegram_json(data: bytes) -> None:
    from haechi.adapters.importers.telegram.reader import read_json

    with descriptor(data) as file:
        offset = 0
        for frame, _ in read_json({"skip": 0}, file):
            offset = max(offset, int(frame.get("offset", 0)))
        assert offset <= len(data)


def _telegram_html(data: bytes) -> None:
    from haechi.adapters.importers.telegram.html_reader import page_frames

    for _frame in page_frames(data, rest=0, skip=0):
        pass


def _sniff(data: bytes) -> None:
    """Ask whether a JSON file is an export: this runs in the main process, on the first 64 KiB of every one."""
    from haechi.adapters.importers.telegram.importer import TelegramImporter
    from telegram_parts import MemoryContainer

    TelegramImporter().parts(MemoryContainer({"chat.json": data, "messages.html": data}))


def _worker(data: bytes) -> None:
    """Believe a worker that a file has taken over: its frames, and the rows and findings in them."""
    from haechi.adapters.importers.records import Records
    from haechi.adapters.importers.references import References
    from haechi.adapters.media.examiner import _checked
    from haechi.adapters.media.kind import kind_of

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(data[:32_768])
        theirs.close()
        records = Records(platform="telegram", path="x", references=References("", frozenset()))
        reader = Reader(ours, blob_limit=1 << 20)
        with contextlib.suppress(BrokenFrameError, HaechiError):
            while (frame := reader.read(within_s=5)) is not None:
                with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
                    _checked(frame[0], kind_of(b"\xff\xd8\xff"), [])
                records._checked(*frame)  # noqa: SLF001 - each frame is judged by itself


def _zip(data: bytes) -> None:
    from haechi.adapters.containers import open_container
    from haechi.adapters.containers.zip_archive import LONGEST_NAME

    path = scratch() / "x.zip"
    path.write_bytes(data)
    with contextlib.suppress(HaechiError):
        container = open_container(path)
        try:
            for member in container.members():
                assert len(member.path) <= 3 * LONGEST_NAME
                if member.refused is not None:
                    continue  # listed under the name it gave, and never opened
                assert "\0" not in member.path
                assert not member.path.startswith("/")
                assert ".." not in member.path.split("/")
                if not member.is_directory:
                    with contextlib.suppress(HaechiError, OSError, ValueError), container.open(member) as stream:
                        stream.read(MOST_READ)
        finally:
            container.close()


def _look(data: bytes) -> None:
    from haechi.adapters.media.kind import kind_of, mislabelled
    from haechi.adapters.media.look import look
    from haechi.domain.evidence import MediaKind

    if not data:
        return
    kind = kind_of(data[:4096])
    mislabelled("x.jpg", kind.mime)
    if (
        kind.mime == "image/heic"
    ):  # libheif faults on some broken files, which ends a worker (test_examiner.py) and would end this
        return
    if kind.kind in {MediaKind.IMAGE, MediaKind.VIDEO}:
        with descriptor(data) as file:
            request = {"kind": kind.kind, "mime": kind.mime, "size": len(data), "pixels": 1 << 20}
            (row,) = look(request, file)
            json.dumps(row[0])


def _exif(data: bytes) -> None:
    from PIL import Image

    from haechi.adapters.media.capture import capture_of, orientation_of

    # The EXIF block alone, in a picture that is otherwise good.
    image = Image.new("RGB", (8, 8))
    whole = io.BytesIO()
    image.save(whole, "JPEG", exif=b"Exif\0\0" + data[:60_000])
    opened = Image.open(io.BytesIO(whole.getvalue()))
    assert 1 <= orientation_of(opened.getexif()) <= 8
    json.dumps(capture_of(opened))


def _name(data: bytes) -> None:
    from haechi.adapters.containers.names import decoded_name, escapes, is_ignored

    name, _rule = decoded_name(data)
    name.encode("utf-8", "strict")
    escapes(name)
    is_ignored(name)


# --- seeds ----------------------------------------------------------------------------------------------------------


def _drawn_pictures() -> Iterable[bytes]:
    from PIL import features

    from drawn.scenes import scene

    small = scene(1, (48, 36))
    for form in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "ICO"):
        whole = io.BytesIO()
        small.save(whole, form)
        yield whole.getvalue()
    if features.check("avif"):
        whole = io.BytesIO()
        small.save(whole, "AVIF")
        yield whole.getvalue()
    yield (Path(__file__).parent.parent / "integration" / "media" / "drawn.heic").read_bytes()


@cache
def _films() -> tuple[bytes, ...]:
    import av
    import numpy as np

    films = []
    for form, codec in (
        ("mp4", "mpeg4"), ("matroska", "mpeg4"), ("avi", "mjpeg"), ("flv", "flv"), ("mpeg", "mpeg1video"),
    ):  # fmt: skip
        whole = io.BytesIO()
        with av.open(whole, "w", format=form) as film:
            stream = film.add_stream(codec, rate=25)
            stream.width, stream.height, stream.thread_count = 64, 48, 1
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for number in range(3):
                shown = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 60, np.uint8), format="rgb24")
                film.mux(stream.encode(shown))
            film.mux(stream.encode(None))
        films.append(whole.getvalue())
    return tuple(films)


def _drawn_frames() -> Iterable[bytes]:
    row = [
        0, 1, 0, "1", "text", "m", "user1", "가", "", 1, 2, "epoch", None, "글", None,
        [["a.jpg", "file", "original", 1, None, None]], [], [], [], {},
    ]  # fmt: skip
    written = json.dumps([row]).encode()
    window = {"kind": "window", "first": 0, "rows": len(written), "end": 1, "messages": 1}
    frames = (
        ({"kind": "room", "key": "1", "name": "방", "type": None, "flags": []}, b""),
        (window, written + b"x"),
        ({"kind": "unparsed", "start": 0, "end": 1}, b""),
        ({"kind": "warning", "code": "empty", "place": "byte 1", "facts": {}}, b""),
        ({"kind": "done", "messages": 1, "framing": 0, "flags": [], "facts": {}}, b""),
        ({"width": 1, "height": 1, "prints": [["0" * 64, 50, "upright", "whole", None]], "findings": []}, b""),
    )
    headers = [(json.dumps(header).encode(), blob) for header, blob in frames]
    yield b"".join(PREFIX.pack(len(text), len(blob)) + text + blob for text, blob in headers)


def _drawn_chat() -> Iterable[bytes]:
    message = {
        "id": 1, "type": "message", "date": "2026-10-01T12:00:00", "date_unixtime": "1790000000", "from": "가",
        "from_id": "user1", "reply_to_message_id": 3, "photo": "photos/a.jpg", "width": 1, "height": 2,
        "text": ["글 ", {"type": "link", "text": "t.me/x"}], "text_entities": [{"type": "plain", "text": "글 "}],
    }  # fmt: skip
    service = {"id": 2, "type": "service", "date": "2026-10-01T12:00:01", "action": "invite_members", "members": ["나"]}
    chat = {"name": "방", "type": "private_group", "id": 42, "messages": [message, service]}
    yield json.dumps(chat, ensure_ascii=False, indent=1).encode()
    yield json.dumps(chat).encode()
    yield json.dumps({"about": "x", "chats": {"list": [chat]}}, indent=1).encode()


def _drawn_page() -> Iterable[bytes]:
    yield (
        '<!DOCTYPE html><html><body><div class="page_wrap"><div class="page_header"><div class="text bold">방</div></div>'
        '<div class="history"><div class="message default clearfix" id="message1"><div class="body">'
        '<div class="pull_right date details" title="01.10.2026 12:00:00 UTC+09:00">12:00</div>'
        '<div class="from_name">가</div><div class="text">글<br><a href="https://t.me/x">x</a></div>'
        '<a class="photo_wrap clearfix pull_left" href="photos/a.jpg"></a></div></div></div></div></body></html>'
    ).encode()


def _drawn_zip() -> Iterable[bytes]:
    import zipfile

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.json", "{}")
        archive.writestr("사진/가.txt", "가" * 100)
    yield whole.getvalue()


TARGETS = (
    Target("telegram-json", _telegram_json, _drawn_chat),
    Target("telegram-html", _telegram_html, _drawn_page),
    Target("sniff", _sniff, lambda: [*_drawn_chat(), *_drawn_page()]),
    Target("worker", _worker, _drawn_frames, 1 << 15),
    Target("zip", _zip, _drawn_zip),
    Target("picture", _look, _drawn_pictures),
    Target("film", _look, _films),
    Target("exif", _exif, lambda: [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"], 4096),
    Target("name", _name, lambda: ["사진.jpg".encode(), "사진.jpg".encode("cp949"), b"a/../b"], 512),
)
