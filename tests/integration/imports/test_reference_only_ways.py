"""In reference-only custody no picture byte is kept by whatever way it comes: other files, texts, metadata, archives."""

import base64
import gzip
import io
import json
import os
import random
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from integration.imports.test_reference_only import RUN, SCRIPT, everything_below, everything_in_clear
from integration.imports.vaults import PASSPHRASE, PYTHON

HIDDEN = random.Random(11).randbytes(48 * 48 * 3)


def encoded(kind: str, **options) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", (48, 48), HIDDEN).save(out, kind, **options)
    return out.getvalue()


PICTURE = encoded("JPEG", quality=92)
BASE64 = base64.b64encode(PICTURE).decode()


def runs() -> dict[bytes, str]:
    """Return runs of the hidden picture in every way this test writes it."""
    found = {}
    for share in (0.2, 0.4, 0.6, 0.8):
        at = int(len(PICTURE) * share) // 3 * 3
        piece = PICTURE[at : at + RUN]
        found |= {
            piece: "bytes",
            piece.hex().encode(): "hexadecimal",
            base64.b64encode(piece): "base64",
            ", ".join(map(str, piece[:30])).encode(): "numbers",
            "".join(chr(byte) for byte in piece if byte >= 0xA0).encode(): "letters",
        }
    return {run: name for run, name in found.items() if len(run) > 12}


def vcard() -> bytes:
    lines = "\r\n ".join(BASE64[at : at + 74] for at in range(0, len(BASE64), 74))
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:하나\r\nPHOTO;ENCODING=b;TYPE=JPEG:{lines}\r\nEND:VCARD\r\n".encode()


def photo_that_carries_it() -> bytes:
    """A picture whose EXIF holds the other one as maker's note, as comment and as the camera's own words."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = BASE64  # description, comment
    details = exif.get_ifd(0x8769)
    details[0x927C] = PICTURE  # maker's note
    details[0xA430] = details[0xA420] = details[0xA431] = PICTURE.decode("latin-1")  # owner, id, serial number
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(out, "JPEG", exif=exif, comment=PICTURE[:60_000])
    return out.getvalue()


def png_that_carries_it() -> bytes:
    from PIL import PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    notes.add_text("thumbnail", BASE64)
    notes.add_itxt("comment", BASE64)
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "olive").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def messages() -> list[dict[str, object]]:
    plain = {"type": "message", "date": "2026-10-01T12:00:00", "from": "하나", "from_id": "user1001"}
    said = [
        {"text": "안녕"},
        {"text": BASE64},
        {"text": BASE64[1500:]},
        {"text": "x", "unknown_to_haechi": {"thumb": BASE64}},
        {"text": "x", BASE64: "as a key"},
        {"text": "x", "data": PICTURE.hex()},
        {"text": "x", "data": list(PICTURE)},
        {"text": "x", "data": PICTURE.decode("latin-1")},
        {"text": [{"type": "link", "text": "data:image/jpeg;base64," + BASE64}]},
        {"text": "x", "contact_information": {"first_name": "하나", "vcard": vcard().decode()}},
        {"text": "x", "file": "files/" + BASE64[:200] + "…", "file_name": BASE64, "mime_type": BASE64},
        {"text": "x", "reactions": [{"type": "custom_emoji", "document_id": BASE64, "count": 1}]},
    ]
    return [{"id": number, **plain, **one} for number, one in enumerate(said, 1)]


def page() -> str:
    shown = f'<img src="data:image/jpeg;base64,{BASE64}" style="background: url(data:image/jpeg;base64,{BASE64})">'
    return (
        f'<!DOCTYPE html><html><head><title>{BASE64}</title><style>a {{ b: url("{BASE64}") }}</style></head><body>'
        f'<div class="page_header"><div class="text bold">방 {BASE64}</div></div><div class="history">'
        f'<div class="message default clearfix" id="message1"><div class="body"><div class="from_name">{BASE64}</div>'
        f'<div class="text">글 {shown} <a href="{BASE64}">x</a></div></div></div></div>{shown}</body></html>'
    )


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ways") / "ChatExport_2026-10-01"
    for name, content in {
        "contacts/contact_1.vcard": vcard(),
        "stickers/sticker.webp": encoded("WEBP"),
        "stickers/sticker.tgs": gzip.compress(json.dumps({"assets": [{"p": BASE64}]}).encode()),
        "profile_pictures/1.jpg": PICTURE,
        "files/letter.pdf": b"%PDF-1.7\n1 0 obj <</Filter /DCTDecode>> stream\n" + PICTURE + b"\nendstream\n%%EOF",
        "files/whole.tif": encoded("TIFF"),
        "photos/photo_1.jpg": photo_that_carries_it(),
        "photos/photo_2.png": png_that_carries_it(),
        "photos/photo_3.jpg": PICTURE[:-200],
        "photos/photo_4.jpg": PICTURE[300:],
        "photos/photo_5.jpg_thumb.jpg": PICTURE,
        "photos/named.mp4": PICTURE,
        "files/page.html": page().encode(),
        "pages/messages.html": page().encode(),
        "notes/result.json": written(name=BASE64, type=BASE64, unknown=BASE64),
        "result.json": cut(written(name="방", type="private_group")),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def written(**header) -> bytes:
    about = {"contacts": {"list": [{"photo": BASE64}], BASE64: BASE64}}
    chat = {**header, "id": 4200000009, **about, "messages": messages()}
    return json.dumps(chat, indent=1, ensure_ascii=False).encode()


def cut(whole: bytes) -> bytes:
    """End the file inside a picture that a last message carries."""
    return whole.rstrip(b"\n ]}") + b'\n  },\n  {\n   "id": 99,\n   "thumb": "' + BASE64[: len(BASE64) // 2].encode()


def zipped(export: Path, path: Path) -> Path:
    """Write the export as a zip that carries the picture in comments and extra fields too."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in sorted(export.rglob("*.*")):
            info = zipfile.ZipInfo(place.relative_to(export).as_posix())
            info.comment, info.extra = PICTURE[:9000], b"\xfe\xca" + len(PICTURE).to_bytes(2, "little") + PICTURE
            archive.writestr(info, place.read_bytes())
        archive.comment = PICTURE[:9000]
    return path


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_no_run_of_the_picture_is_left_by_any_way(tmp_path, vault, export, kind):
    assert PICTURE in (export / "photos/photo_1.jpg").read_bytes()
    given = export if kind == "folder" else zipped(export, tmp_path / "export.zip")
    home, temporary, key = tmp_path / "home", tmp_path / "tmp", tmp_path / "key"
    home.mkdir()
    temporary.mkdir()
    key.write_text(PASSPHRASE)

    done = subprocess.run(
        [PYTHON, SCRIPT, vault.path, key, given, tmp_path / "acks"],
        env={**os.environ, "HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache")},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()
    assert PICTURE[:20] not in done.stdout + done.stderr
    hidden = runs()
    left = {
        (where, hidden[run])
        for where, content in [*everything_below(vault.path, home, temporary), *everything_in_clear(vault)]
        for run in hidden
        if run in content
    }
    assert left == set()
    with vault.opened() as opened:
        ledger, case = opened._vault.ledger, opened.cases()[0].case_id  # noqa: SLF001 - the test looks below the flows
        assert sum(1 for _ in ledger.items(case)) == 15  # the page itself is the exporter's own
        [record] = ledger.imports(case)
        assert sum(part.committed for part in ledger.parts(record.import_id)) == 2 * len(messages()) - 1
    vault.verify()
