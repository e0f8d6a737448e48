"""Files that lie, break or attack, each with the warning an import must give for it.

`draw_hostile_export` is one Telegram export in which good pictures stand between bad ones, cut off in the middle of a message:
the import has to finish, name each, and lose nothing else. `draw_archives` writes zips. Nothing here holds a program; the
bombs are zeros.
"""

import io
import os
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .album import Drawn, posted, write_video
from .changes import jpeg
from .portraits import portrait
from .scenes import scene
from .telegram_writer import chat_header, text_fields, write_chat

PASSWORD = "종이에 적은 암호"  # noqa: S105 - of an archive that is drawn here
SMALL = (640, 480)
GIANT_SIDE = 60_000
BOMB_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Hostile:
    """One bad file: where it lies (inside its export or folder) and the warning codes of which an import must give one."""

    path: str
    codes: frozenset[str]
    about: str


@dataclass(frozen=True, slots=True)
class HostileExport:
    """An export with bad files in it. `good` are the paths of pictures that must still be read."""

    folder: Path
    bad: tuple[Hostile, ...]
    good: tuple[str, ...]
    messages: int
    """How many whole messages stand before the cut."""


def draw_hostile_export(folder: Path) -> HostileExport:
    """Write the export; its `result.json` ends in the middle of its last message."""
    photos = folder / "photos"
    photos.mkdir(parents=True)
    names, bad, good = [], [], []
    for number, (name, ending, codes, about, make) in enumerate(_FILES, 1):
        fine = f"photos/photo_{2 * number - 1}@01-10-2026_12-00-{number:02}.jpg"
        (folder / fine).write_bytes(jpeg(scene(number, SMALL)))
        path = f"photos/photo_{2 * number}@01-10-2026_12-01-{number:02}_{name}.{ending}"
        make(folder / path)
        names += [fine, path]
        good.append(fine)
        bad.append(Hostile(path, frozenset(codes), about))
    header = chat_header(name="망가진 방", type="private_group", id=4200000001)
    messages = [_message(number, name) for number, name in enumerate([*names, "photos/last.jpg"], 1)]
    out = io.BytesIO()
    write_chat(out, header, messages)
    written = out.getvalue()
    (folder / "result.json").write_bytes(written[: written.rindex(b'"photo": "photos/last')])
    return HostileExport(folder, tuple(bad), tuple(good), len(names))


def _message(number: int, path: str) -> dict[str, object]:
    at = {"date": f"2026-10-01T12:{number % 60:02}:00", "date_unixtime": str(1790823600 + number % 60 * 60)}
    sender = {"from": "라떼한잔", "from_id": "user6120447731"}
    return {
        "id": number,
        "type": "message",
        **at,
        **sender,
        "photo": path,
        "width": 640,
        "height": 480,
        **text_fields(f"{number}번"),
    }


def _truncated_jpeg(path: Path) -> None:
    whole = jpeg(portrait(3, SMALL))
    path.write_bytes(whole[: len(whole) // 2])


def _headless_jpeg(path: Path) -> None:
    """Keep the picture data only: no start, no tables."""
    whole = jpeg(portrait(4, SMALL))
    path.write_bytes(whole[700:])


def _corrupt_jpeg(path: Path) -> None:
    """Keep the start of file, then noise that still looks like compressed data."""
    whole = bytearray(jpeg(portrait(5, SMALL)))
    quantisation = whole.index(b"\xff\xdb")
    whole[quantisation + 2 : quantisation + 400] = bytes((7 * place + 13) % 251 for place in range(398))
    path.write_bytes(bytes(whole))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _giant_png(path: Path) -> None:
    """Declare 60,000 by 60,000 pixels of 16 bits; the file itself is a kilobyte."""
    head = struct.pack(">IIBBBBB", GIANT_SIDE, GIANT_SIDE, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(4096)))
        + _chunk(b"IEND", b"")
    )


def _giant_jpeg(path: Path) -> None:
    """Declare 65,500 by 65,500 pixels in a small JPEG's frame header."""
    whole = bytearray(jpeg(scene(31, SMALL)))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", 65500, 65500)
    path.write_bytes(bytes(whole))


def _bomb_png(path: Path) -> None:
    """Hold 12,000 by 12,000 black pixels in some hundred kilobytes."""
    side, out = 12_000, zlib.compressobj(9)
    packed = b"".join(out.compress(bytes(1 + side * 3)) for _ in range(side)) + out.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b""))


def _png_named_jpg(path: Path) -> None:
    scene(6, SMALL).save(path, "PNG")


def _jpeg_named_mp4(path: Path) -> None:
    path.write_bytes(jpeg(portrait(6, SMALL)))


def _page_named_jpg(path: Path) -> None:
    path.write_text("<!doctype html><title>404</title><p>Not found</p>", "utf-8")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _truncated_video(path: Path) -> None:
    whole = path.with_suffix(".whole.mp4")
    write_video(whole)
    path.write_bytes(whole.read_bytes()[:20_000])
    whole.unlink()


def _link_out(path: Path) -> None:
    """Point at a file outside the export that holds a picture."""
    outside = path.parent.parent.parent / "outside.jpg"
    outside.write_bytes(posted(Drawn("p8"))[0])
    path.symlink_to(outside)


def _pipe(path: Path) -> None:
    """Make a named pipe, on which a careless reader waits for ever."""
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        path.write_bytes(b"")


_TORN, _OTHER, _GIANT = {"truncated", "undecodable"}, {"mislabelled"}, {"too-many-pixels", "too-much-memory"}
_FILES: tuple[tuple[str, str, set[str], str, Callable[[Path], None]], ...] = (
    ("truncated", "jpg", _TORN, "a JPEG whose second half is missing", _truncated_jpeg),
    ("headless", "jpg", _TORN | _OTHER, "a JPEG without its first bytes", _headless_jpeg),
    ("corrupt", "jpg", _TORN, "a JPEG with wrong tables", _corrupt_jpeg),
    ("giant", "png", _GIANT, "a PNG that declares 3,600 megapixels", _giant_png),
    ("giant", "jpg", _GIANT | _TORN | {"decoded-smaller"}, "a JPEG that declares 4,290 megapixels", _giant_jpeg),
    ("bomb", "png", _GIANT, "a small PNG of 144 megapixels", _bomb_png),
    ("png", "jpg", _OTHER, "a PNG named .jpg", _png_named_jpg),
    ("jpeg", "mp4", _OTHER, "a JPEG named .mp4", _jpeg_named_mp4),
    ("page", "jpg", _OTHER | _TORN, "a web page named .jpg", _page_named_jpg),
    ("empty", "jpg", {"empty"}, "no bytes at all", _empty),
    ("truncated", "mp4", _TORN, "a video without its end", _truncated_video),
    ("link", "jpg", {"link-refused"}, "a symbolic link out of the export", _link_out),
    ("pipe", "jpg", {"device-refused"}, "a named pipe", _pipe),
)


class _Cp949(zipfile.ZipInfo):
    """A member whose name is stored in CP949 without the UTF-8 flag, as Korean Windows writes it."""

    __slots__ = ()

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own name
        return self.filename.encode("cp949"), self.flag_bits & ~0x800


def draw_archives(folder: Path, export: Path) -> tuple[Hostile, ...]:
    """Write zips of `export` into `folder`: with CP949 and NFD names, encrypted, with escaping names, as a bomb, cut."""
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(path for path in export.rglob("*") if path.is_file() and not path.is_symlink())
    named = [(f"채팅 내보내기/{path.relative_to(export).as_posix()}", path.read_bytes()) for path in files]
    _zip(folder / "cp949.zip", [(_Cp949(name), content) for name, content in named])
    _zip(
        folder / "nfd.zip", [(zipfile.ZipInfo(unicodedata.normalize("NFD", name)), content) for name, content in named]
    )
    slips = ("../../escaped.jpg", "/etc/escaped.jpg", "C:\\escaped.jpg", "ok/../../../escaped.jpg")
    _zip(
        folder / "slip.zip",
        [
            (zipfile.ZipInfo(name), content)
            for name, content in [*named, *((slip, jpeg(portrait(9, SMALL))) for slip in slips)]
        ],
    )
    link = zipfile.ZipInfo("채팅 내보내기/photos/link.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    _zip(
        folder / "link.zip",
        [*((zipfile.ZipInfo(name), content) for name, content in named), (link, b"../../../outside.jpg")],
    )
    _bomb(folder / "bomb.zip", named)
    whole = (folder / "nfd.zip").read_bytes()
    (folder / "cut.zip").write_bytes(whole[: len(whole) * 2 // 3])
    _encrypted(folder / "encrypted.zip", named)
    return (
        Hostile("cp949.zip", frozenset(), "names in CP949: read as they were meant"),
        Hostile("nfd.zip", frozenset(), "names in decomposed Hangul: read as one writes them"),
        Hostile("slip.zip", frozenset({"path-escapes"}), "names that climb out of the archive"),
        Hostile("link.zip", frozenset({"link-refused"}), "a symbolic link out of the archive"),
        Hostile("bomb.zip", frozenset({"ratio-too-high", "too-large"}), "a gigabyte of zeros in a megabyte"),
        Hostile("cut.zip", frozenset({"archive-damaged"}), "a zip without its directory"),
        Hostile("encrypted.zip", frozenset({"archive-encrypted"}), "a zip that needs a password"),
    )


def _zip(path: Path, members: list[tuple[zipfile.ZipInfo, bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def _bomb(path: Path, named: list[tuple[str, bytes]]) -> None:
    _zip(path, [(zipfile.ZipInfo(name), content) for name, content in named])
    block = bytes(1 << 20)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("채팅 내보내기/photos/bomb.jpg", "w") as member,
    ):
        for _ in range(BOMB_BYTES // len(block)):
            member.write(block)


def _encrypted(path: Path, named: list[tuple[str, bytes]]) -> None:
    import pyzipper  # noqa: PLC0415 - only tests have it

    with pyzipper.AESZipFile(path, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        for name, content in named:
            archive.writestr(name, content)
