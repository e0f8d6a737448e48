"""In reference-only custody no byte of a picture is kept: not in the vault, the home folder or the temporary folder."""

import base64
import io
import os
import subprocess
import zlib
from pathlib import Path

from PIL import Image
from sqlalchemy import text

from haechi.bootstrap.packets import build_packet
from haechi.domain.packet import Selection
from integration.imports.vaults import PASSPHRASE, PYTHON, VaultAt

RUN = 48  # bytes: no two files share so many by chance, and every encoding below keeps them together
SCRIPT = Path(__file__).with_name("import_once.py")


def runs_of(picture: Path) -> dict[bytes, str]:
    """Return byte runs of a picture file: as encoded, as decoded, and as text would carry them."""
    encoded = picture.read_bytes()
    runs = {}
    for share in (0.3, 0.5, 0.7, 0.9):
        at = int(len(encoded) * share) // 3 * 3
        piece = encoded[at : at + RUN]
        runs |= {piece: "file", piece.hex().encode(): "hex", base64.b64encode(piece): "base64"}
    with Image.open(io.BytesIO(encoded)) as image:
        for mode in ("RGB", "L"):
            pixels = image.convert(mode).tobytes()
            for share in (0.31, 0.52, 0.73):
                piece = pixels[int(len(pixels) * share) :][:RUN]
                if len(set(piece)) > 12:  # a plain area is no picture's own
                    runs[piece] = f"{mode} pixels"
    return runs


def everything_below(*folders: Path):
    for folder in folders:
        for place in folder.rglob("*"):
            if place.is_file() and not place.is_symlink():
                yield str(place), place.read_bytes()


def everything_in_clear(vault: VaultAt):
    """Yield every value of every table as the ledger's key opens it: what encryption would hide from a search."""
    with vault.opened() as opened, opened._vault.ledger._engine.connect() as connection:  # noqa: SLF001
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        for table in tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - names from the schema
                for value in row:
                    if isinstance(value, bytes):
                        yield table, value
                        try:
                            yield table, zlib.decompress(value)
                        except zlib.error:
                            continue
                    elif isinstance(value, str):
                        yield table, value.encode("utf-8", "surrogatepass")


def test_no_run_of_any_picture_is_left_anywhere_not_even_in_a_packet_and_matching_still_works(
    tmp_path, vault, export_a, own_photos
):
    home, temporary, key = tmp_path / "home", tmp_path / "tmp", tmp_path / "key"
    home.mkdir()
    temporary.mkdir()
    key.write_text(PASSPHRASE)
    places = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(home / "cache")}
    for export in (export_a, own_photos):
        done = subprocess.run(
            [PYTHON, SCRIPT, vault.path, key, export, tmp_path / "acks"],
            env={**os.environ, **places},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
    pictures = [place for folder in (export_a, own_photos) for place in folder.rglob("*.jpg")]
    runs = {run: picture.name for picture in pictures for run in runs_of(picture)}
    assert len(pictures) > 30
    packet = tmp_path / "packet"
    with vault.opened() as opened:
        build_packet(
            opened, opened.cases()[0], packet, selection=Selection(), with_own_photos=True, progress=lambda *_: None
        )

    left = [
        (where, runs[run])
        for where, content in [*everything_below(vault.path, home, temporary, packet), *everything_in_clear(vault)]
        for run in runs
        if run in content
    ]

    assert left == []
    assert list((vault.path / "blobs").rglob("*.age")) == []
    with vault.opened() as opened:
        groups = opened.match(opened.cases()[0], progress=lambda *_: None)
    assert len(groups) >= 5


def test_the_search_would_find_a_picture_that_was_left(tmp_path, export_a):
    picture = next(export_a.rglob("photo_1@*.jpg"))
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "thumb.bin").write_bytes(b"\0" * 100 + picture.read_bytes())

    [(_, content)] = everything_below(tmp_path / "left")

    assert any(run in content for run in runs_of(picture))
