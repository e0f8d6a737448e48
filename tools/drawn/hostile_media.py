"""Pictures, films and texts that lie, break or attack: each made by code, with the warnings of which an import gives one.

No program is among them. What looks like one (a polyglot, a script behind a picture) does nothing, and the bombs are zeros.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

from .scenes import scene

Make = Callable[[], bytes]
_HEIC = Path(__file__).parent.parent.parent / "tests" / "integration" / "media" / "drawn.heic"
_MANY = 2_000


class Bad(NamedTuple):
    """One bad file. One of `codes` is among the warnings of its import; without codes it is read and called nothing."""

    name: str
    make: Make
    codes: frozenset[str]


def bad_media() -> Iterator[Bad]:
    """Yield the files. Their names are different, and end as their makers want to be taken."""
    for table in (
        _truncated(),
        _named_as_another(),
        _giants(),
        _bombs(),
        _corrupt(),
        _claims(),
        _polyglots(),
        _films(),
        _texts(),
    ):
        for name, make, codes in table:
            yield Bad(name, make, frozenset(codes.split()))


Row = tuple[str, Make, str]

# --- good ones, to be spoilt ----------------------------------------------------------------------------------------

_SIDES = (64, 48)
_ENDINGS = {
    "JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "BMP": "bmp", "TIFF": "tif", "AVIF": "avif",
    "HEIC": "heic", "mp4": "mp4", "matroska": "mkv", "avi": "avi",
}  # fmt: skip
_CODECS = {"mp4": "mpeg4", "matroska": "mpeg4", "avi": "mjpeg"}


@cache
def whole(form: str) -> bytes:
    """Return a good little file of this form."""
    if form == "HEIC":
        return _HEIC.read_bytes()
    out = io.BytesIO()
    if form not in _CODECS:
        scene(3, _SIDES).save(out, form)
        return out.getvalue()
    with av.open(out, "w", format=form) as film:
        stream: Any = film.add_stream(_CODECS[form], rate=25)
        stream.width, stream.height, stream.thread_count = *_SIDES, 1
        stream.pix_fmt = "yuvj420p" if form == "avi" else "yuv420p"
        for number in range(4):
            shown = np.full((_SIDES[1], _SIDES[0], 3), number * 60, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        film.mux(stream.encode(None))
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk with its sum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, pixels: bytes | None = None, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG that declares these sides; `more` chunks stand before its pixels."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    packed = zlib.compress(bytes(4096)) if pixels is None else pixels
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *more, chunk(b"IDAT", packed), chunk(b"IEND", b"")))


def replaced(form: str, old: bytes, new: bytes) -> Make:
    """Return a maker of the good file with the first `old` made `new`."""

    def make() -> bytes:
        found = whole(form)
        if old not in found:
            raise ValueError(old)
        return found.replace(old, new, 1)

    return make


def patched(form: str, marker: bytes, skip: int, new: bytes) -> Make:
    """Return a maker of the good file with `new` written `skip` bytes behind the first `marker`."""

    def make() -> bytes:
        found = bytearray(whole(form))
        at = found.index(marker) + skip
        found[at : at + len(new)] = new
        return bytes(found)

    return make


@cache
def zeros(size: int) -> bytes:
    """Return this many zeros, deflated, without ever holding them."""
    out = zlib.compressobj(6)
    block = bytes(1 << 20)
    return b"".join(out.compress(block) for _ in range(size >> 20)) + out.flush()


def exif(block: bytes) -> bytes:
    """Return a JPEG with this EXIF block."""
    out = io.BytesIO()
    scene(3, _SIDES).save(out, "JPEG", exif=b"Exif\0\0" + block)
    return out.getvalue()


def tags(*entries: tuple[int, int, int, bytes], after: bytes = bytes(4), heap: bytes = b"") -> bytes:
    """Return a little-endian TIFF directory of (tag, type, count, four bytes), the next one's place, and what follows."""
    rows = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3].ljust(4, b"\0")[:4] for entry in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + rows + after + heap


# --- tables ---------------------------------------------------------------------------------------------------------

_TORN = "truncated undecodable"
_BLIND = "no-picture-in-video"
_WRONG = "mislabelled"
_TOO_BIG = "too-many-pixels too-much-memory undecodable"


def _truncated() -> Iterator[Row]:
    def cut(form: str, length: Callable[[int], int]) -> Make:
        return lambda: whole(form)[: length(len(whole(form)))]

    for form, ending in _ENDINGS.items():
        yield f"cut-at-one-byte.{ending}", cut(form, lambda _: 1), _WRONG
        yield f"cut-in-its-header.{ending}", cut(form, lambda _: 14), f"{_TORN} {_WRONG}"
        yield f"cut-in-the-middle.{ending}", cut(form, lambda size: size // 2), f"{_TORN} {_BLIND}"
        # A film's key frames stand at its beginning: Matroska tells no end that could be missed.
        codes = "" if form == "matroska" else f"{_TORN} {_BLIND}"
        yield f"cut-by-a-quarter.{ending}", cut(form, lambda size: size * 3 // 4), codes


def _named_as_another() -> Iterator[Row]:
    forms = list(_ENDINGS)
    for form, other in zip(forms, forms[1:] + forms[:1], strict=True):
        if {form, other} != {"HEIC", "AVIF"}:
            yield f"a-{form.lower()}-named.{_ENDINGS[other]}", (lambda form=form: whole(form)), _WRONG
    yield "nothing.jpg", (lambda: b""), "empty"
    yield "zeros.png", (lambda: bytes(5000)), _WRONG
    yield "magic-alone.jpg", (lambda: b"\xff\xd8\xff"), _TORN


def _giants() -> Iterator[Row]:
    side, most = 65_535, 2**31 - 1
    yield "giant.png", (lambda: png(60_000, 60_000, depth=16)), _TOO_BIG
    yield "widest.png", (lambda: png(most, 1)), _TOO_BIG
    yield "highest.png", (lambda: png(1, most)), _TOO_BIG
    yield "beyond-sign.png", (lambda: png(2**32 - 1, 2**32 - 1)), _TOO_BIG
    yield "no-side.png", (lambda: png(0, 0)), _TORN
    yield (
        "giant.jpg",
        patched("JPEG", b"\xff\xc0", 5, struct.pack(">HH", side, side)),
        f"{_TOO_BIG} truncated decoded-smaller",
    )
    yield "no-height.jpg", patched("JPEG", b"\xff\xc0", 5, struct.pack(">HH", 0, 64)), _TORN
    yield "line.jpg", patched("JPEG", b"\xff\xc0", 5, struct.pack(">HH", 1, 65_500)), ""
    yield "giant.gif", patched("GIF", b"GIF8", 6, struct.pack("<HH", side, side)), _TOO_BIG
    yield "no-side.gif", patched("GIF", b"GIF8", 6, bytes(4)), ""
    yield "giant.bmp", patched("BMP", b"BM", 18, struct.pack("<ii", side, side)), _TOO_BIG
    yield "negative.bmp", patched("BMP", b"BM", 18, struct.pack("<ii", -64, -(2**31))), _TOO_BIG
    yield "giant.webp", (lambda: _riff(b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\xff\xff" * 2)), _TOO_BIG
    yield "giant.tif", (lambda: tags(*_tiff(side, side))), _TOO_BIG
    yield "beyond.tif", (lambda: tags(*_tiff(2**32 - 1, 2**32 - 1))), _TOO_BIG
    yield "giant.avif", patched("AVIF", b"ispe", 8, struct.pack(">II", side, side)), _TOO_BIG
    yield "giant.heic", patched("HEIC", b"ispe", 8, struct.pack(">II", side, side)), _TOO_BIG


def _riff(content: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content


def _tiff(width: int, height: int, **more: int) -> list[tuple[int, int, int, bytes]]:
    values = {
        256: width,
        257: height,
        258: 8,
        259: 1,
        262: 1,
        273: 8,
        277: 1,
        278: height,
        279: 64,
        **{int(k[1:]): v for k, v in more.items()},
    }
    return [(tag, 4, 1, struct.pack("<I", value)) for tag, value in sorted(values.items())]


def _bombs() -> Iterator[Row]:
    side = 12_000  # 432 MB of pixels, of which there is enough to begin with
    yield "bomb.png", (lambda: png(side, side, zeros(256 << 20))), _TOO_BIG
    yield "text-bomb.png", (lambda: png(8, 8, None, chunk(b"zTXt", b"k\0\0" + zeros(256 << 20)))), _TORN
    yield (
        "international-text-bomb.png",
        (lambda: png(8, 8, None, chunk(b"iTXt", b"k\0\1\0\0\0" + zeros(256 << 20)))),
        _TORN,
    )
    yield "profile-bomb.png", (lambda: png(8, 8, None, chunk(b"iCCP", b"k\0\0" + zeros(256 << 20)))), _TORN
    yield "pixels-bomb.png", (lambda: png(8, 8, zeros(256 << 20))), ""
    yield "many-texts.png", (lambda: png(8, 8, None, *(chunk(b"tEXt", b"k\0v") for _ in range(50_000)))), ""
    yield "frames.gif", (lambda: _gif_frames(_MANY)), ""
    yield (
        "frames-declared.png",
        (lambda: png(8, 8, None, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)))),
        "",
    )
    yield "strip-bomb.tif", _tiff_bomb, _TOO_BIG
    yield "gzipped.svg", (lambda: gzip.compress(b"<svg>" + b" " * (8 << 20) + b"</svg>", mtime=0)), ""
    yield "billion-laughs.svg", (lambda: _LAUGHS), ""
    yield "billion-laughs.xml", (lambda: _LAUGHS), ""
    yield "external.svg", (lambda: b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'), ""
    yield (
        "stream-bomb.pdf",
        (lambda: b"%PDF-1.4\n1 0 obj<</Filter[/FlateDecode/FlateDecode]>>stream\n" + zeros(256 << 20)),
        "",
    )
    yield "scans.jpg", _jpeg_scans, ""


_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><l>&j;</l>"
)


def _gif_frames(count: int) -> bytes:
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 64, 48, 0x80, 0, 0) + bytes(6) + frame * count + b";"


def _tiff_bomb() -> bytes:
    packed, side = zeros(256 << 20), 20_000
    entries = _tiff(side, side, t259=8, t273=8 + 2 + 12 * 9 + 4, t279=len(packed))
    return tags(*entries, heap=packed)


def _jpeg_scans() -> bytes:
    """Repeat the last scan of a progressive JPEG: each pass over the picture costs as much as decoding it."""
    out = io.BytesIO()
    scene(3, (1024, 768)).save(out, "JPEG", progressive=True)
    found = out.getvalue()
    last = found.rindex(b"\xff\xda")
    return found[:-2] + found[last:-2] * 400 + found[-2:]


def _corrupt() -> Iterator[Row]:
    yield "no-scan.jpg", (lambda: whole("JPEG")[: whole("JPEG").index(b"\xff\xda")] + b"\xff\xd9"), _TORN
    yield "tables.jpg", patched("JPEG", b"\xff\xc4", 4, b"\xff" * 16), _TORN
    yield "no-start.jpg", (lambda: b"\xff\xd8\xff" + whole("JPEG")[700:]), _TORN
    yield "markers.jpg", (lambda: b"\xff\xd8" + b"\xff\xe1\x00\x02" * 50_000), _TORN
    yield "fill-bytes.jpg", (lambda: b"\xff\xd8" + b"\xff" * 2_000_000), _TORN
    yield "lying-segment.jpg", patched("JPEG", b"\xff\xe0", 2, b"\xff\xff"), _TORN
    yield "restarts.jpg", (lambda: whole("JPEG")[:-2] + b"\xff\xd0" * 100_000), ""
    yield "comments.jpg", (lambda: b"\xff\xd8" + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 40 + whole("JPEG")[2:]), ""
    yield "sum.png", patched("PNG", b"IDAT", 10, b"\0\0\0\0"), ""
    yield (
        "no-head.png",
        (lambda: b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")),
        _TORN,
    )
    yield "no-palette.png", (lambda: png(8, 8, zlib.compress(bytes(72)), colour=3)), _TORN
    yield "lying-chunk.png", patched("PNG", b"IDAT", -4, b"\x7f\xff\xff\xff"), ""
    yield "unknown-depth.png", (lambda: png(8, 8, depth=7)), _TORN
    yield "no-pixels.png", (lambda: png(64, 48, zlib.compress(b""))), _TORN
    yield "code-size.gif", patched("GIF", b",\0\0\0\0", 10, b"\x0f" * 8), _TORN
    yield "endless-blocks.gif", (lambda: whole("GIF")[:-2] + b"\xff" * 100_000), ""
    yield "run-length.bmp", patched("BMP", b"BM", 30, b"\x01\0\0\0"), _TORN
    yield "palette.bmp", patched("BMP", b"BM", 46, b"\xff\xff\xff\x7f"), ""
    yield "circle.tif", (lambda: tags(*_tiff(8, 8), after=b"\x08\0\0\0", heap=bytes(999))), ""
    yield "outside.tif", (lambda: tags(*_tiff(8, 8, t273=2**31))), _TORN
    yield "counts.tif", (lambda: tags((256, 4, 2**31, b"\x08\0\0\0"), (257, 4, 1, b"\x08"))), _TORN
    yield "samples.tif", (lambda: tags(*_tiff(8, 8, t277=65_535))), _TORN
    yield "no-tags.tif", (lambda: b"MM\0*\0\0\0\x08\0\0\0\0\0\0"), _TORN
    yield "big.tif", (lambda: b"II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f" + bytes(64)), _TORN
    yield "size.webp", patched("WEBP", b"RIFF", 4, b"\xff\xff\xff\xff"), _TORN
    yield "lossless.webp", (lambda: _riff(b"VP8L" + struct.pack("<I", 40) + b"\x2f" + b"\xff" * 39)), _TORN
    yield "no-data.avif", (lambda: whole("AVIF")[: whole("AVIF").index(b"mdat")]), _TORN
    yield "places.heic", patched("HEIC", b"iloc", 8, b"\xff" * 12), _TORN
    yield "boxes.heic", (lambda: whole("HEIC")[:32] + struct.pack(">I4s", 8, b"free") * 20_000), _TORN
    yield (
        "nested.avif",
        (lambda: whole("AVIF")[:32] + b"".join(struct.pack(">I4s", 8 * (3000 - n), b"meta") for n in range(3000))),
        _TORN,
    )


def _claims() -> Iterator[Row]:
    """Yield pictures whose EXIF lies: they are read, and nothing of the lie but text that can be printed."""
    gps = b"\x26\0\0\0"  # the place behind a directory of two
    yield "circle-of-directories.jpg", (lambda: exif(tags((0x8769, 4, 1, b"\x08"), (0x8825, 4, 1, b"\x08")))), ""
    yield "next-is-itself.jpg", (lambda: exif(tags((0x112, 3, 1, b"\x06"), after=b"\x08\0\0\0"))), ""
    yield "huge-count.jpg", (lambda: exif(tags((0x10F, 2, 2**32 - 1, b"\x08")))), ""
    yield "wrong-types.jpg", (lambda: exif(tags((0x112, 2, 4, b"abc"), (0x10F, 12, 1, b"\x08")))), ""
    yield "unknown-type.jpg", (lambda: exif(tags((0x10F, 255, 9, b"\x08")))), ""
    yield "orientation-zero.jpg", (lambda: exif(tags((0x112, 3, 1, b"\0")))), ""
    yield "orientation-nine.jpg", (lambda: exif(tags((0x112, 3, 1, b"\x09")))), ""
    yield "orientation-many.jpg", (lambda: exif(tags((0x112, 3, 60_000, b"\x08")))), ""
    yield "all-ones.jpg", (lambda: exif(b"\xff" * 60_000)), ""
    yield "directory-outside.jpg", (lambda: exif(b"II*\0\xff\xff\xff\x7f")), ""
    yield (
        "control-name.jpg",
        (lambda: exif(tags((0x10F, 2, 12, b"\x1a\0\0\0"), heap=b"\x1b[31m\n\x07A\xe2\x80\xaeB\0"))),
        "",
    )
    yield (
        "place-by-zero.jpg",
        (lambda: exif(tags((0x112, 3, 1, b"\x01"), (0x8825, 4, 1, gps), heap=_gps(b"\x01\0\0\0\0\0\0\0" * 3)))),
        "",
    )
    yield (
        "place-nowhere.jpg",
        (lambda: exif(tags((0x112, 3, 1, b"\x01"), (0x8825, 4, 1, gps), heap=_gps(b"\xff\xff\xff\xff\x01\0\0\0" * 3)))),
        "",
    )
    yield "entries.jpg", (lambda: exif(b"II*\0\x08\0\0\0\xff\xff" + bytes(60_000))), ""


def _gps(latitude: bytes) -> bytes:
    """Return a directory at byte 38 that claims this latitude."""
    rows = struct.pack("<HHI4s", 1, 2, 2, b"N\0\0\0") + struct.pack("<HHII", 2, 5, 3, 38 + 2 + 24 + 4)
    return struct.pack("<H", 2) + rows + bytes(4) + latitude


def _polyglots() -> Iterator[Row]:
    yield "zip-behind.jpg", (lambda: whole("JPEG") + _zip()), ""
    yield "rar-behind.gif", (lambda: whole("GIF") + b"Rar!\x1a\x07\0" + bytes(64)), ""
    yield "pdf-inside.png", (lambda: png(8, 8, None, chunk(b"tEXt", b"k\0%PDF-1.4\n1 0 obj<<>>endobj"))), ""
    yield "pdf-before.png", (lambda: b"%PDF-1.4\n" + whole("PNG")), _WRONG
    yield (
        "script.gif",
        (lambda: whole("GIF").replace(b"GIF89a", b"GIF89a").replace(b"GIF87a", b"GIF89a")[:-1] + b"/*;*/=1;//"),
        "",
    )
    yield "page-inside.jpg", (lambda: b"\xff\xd8\xff\xfe\0\x22<script>alert(1)</script><!--  " + whole("JPEG")[2:]), ""
    yield "page-before.jpg", (lambda: b"<html><!--" + whole("JPEG")), _WRONG
    yield "page-behind.jpg", (lambda: whole("JPEG") + b"<html><script>alert(1)</script></html>"), ""
    yield "server-page.png", (lambda: png(8, 8, None, chunk(b"tEXt", b"k\0<?php system($_GET[0]); ?>"))), ""
    yield "zip-behind.mp4", (lambda: whole("mp4") + _zip()), ""
    yield "picture-behind.mp4", (lambda: whole("mp4") + whole("JPEG")), ""
    yield "film-behind.jpg", (lambda: whole("JPEG") + whole("mp4")), ""
    yield "two-pictures.jpg", (lambda: whole("JPEG") + whole("JPEG")), ""
    yield "disk-image.bmp", (lambda: whole("BMP") + bytes(32_768) + b"\x01CD001\x01"), ""
    yield "program.jpg", (lambda: b"MZ" + bytes(62) + b"PE\0\0" + bytes(256)), _WRONG


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt"), "a")
    return out.getvalue()


def _films() -> Iterator[Row]:
    box = struct.Struct(">I4s")
    brand = box.pack(16, b"ftyp") + b"isom\0\0\2\0"
    yield "box-of-nothing.mp4", (lambda: brand + box.pack(0, b"moov")), _BLIND
    yield "box-too-small.mp4", (lambda: brand + box.pack(4, b"moov") * 50), _TORN
    yield "box-too-large.mp4", (lambda: brand + box.pack(2**32 - 1, b"moov")), _BLIND
    yield "box-of-64-bits.mp4", (lambda: brand + box.pack(1, b"moov") + b"\x7f" + b"\xff" * 7), _BLIND
    yield (
        "boxes-in-boxes.mp4",
        (lambda: brand + b"".join(box.pack(8 * (5000 - n), b"moov") for n in range(5000))),
        _TORN,
    )
    yield "free-boxes.mp4", (lambda: brand + box.pack(8, b"free") * 100_000), _TORN
    yield "no-index.mp4", replaced("mp4", b"moov", b"none"), _TORN
    yield "no-samples.mp4", replaced("mp4", b"mdat", b"free"), ""
    yield "samples-counted-wrong.mp4", patched("mp4", b"stsz", 12, b"\x7f\xff\xff\xff"), _TORN
    yield "chunks-outside.mp4", patched("mp4", b"stco", 12, b"\xff\xff\xff\xff"), _TORN
    yield "scale-of-zero.mp4", patched("mp4", b"mdhd", 16, bytes(4)), _TORN
    yield "length-of-ages.mp4", patched("mp4", b"mdhd", 20, b"\xff\xff\xff\xff"), ""
    yield "giant.mp4", patched("mp4", b"mp4v", 28, b"\xff\xff\xff\xff"), ""
    yield (
        "unknown-codec.mkv",
        replaced("matroska", b"V_MPEG4/ISO/ASP", b"V_NOSUCH/ISO/ASP"[:15]),
        f"{_TORN} unsupported-format",
    )
    yield "elsewhere.mp4", replaced("mp4", b"url \0\0\0\1", b"url \0\0\0\0"), ""
    yield "list-of-files.mp4", (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n"), _WRONG
    yield "playlist.mp4", (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), _WRONG
    yield "session.mp4", (lambda: b"v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n"), _WRONG
    yield "unknown-size.mkv", (lambda: b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(64)), _TORN
    yield "elements.mkv", (lambda: whole("matroska")[:64] + b"\xec\x80" * 50_000), _TORN
    yield "sizes.mkv", (lambda: whole("matroska")[:60] + b"\xff" * 2000), _TORN
    yield "index.avi", patched("avi", b"idx1", 4, b"\xff\xff\xff\x7f"), _TORN
    yield "list.avi", patched("avi", b"LIST", 4, b"\xff\xff\xff\xff"), ""
    yield "giant.avi", patched("avi", b"strf", 12, b"\xff\xff\xff\x7f" * 2), ""


def _texts() -> Iterator[Row]:
    """Yield files that are kept as they are and never opened by anything: they only must not be mistaken or obeyed."""
    yield "nul.txt", (lambda: b"a\0b" * 1000), ""
    yield "colours.txt", (lambda: b"\x1b[2J\x1b]0;title\x07\x1b[31mred"), ""
    yield "formulas.csv", (lambda: b'=cmd|" /C calc"!A1,+1,-1,@SUM(1)\n"=HYPERLINK(""http://x"")"\n'), ""
    yield "utf-16.txt", (lambda: "사진".encode("utf-16")), ""
    yield "one-line.txt", (lambda: b"a" * 2_000_000), ""
    yield "headers.eml", (lambda: b"From: a@b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * 100), ""
    yield "boundaries.mht", (lambda: b"MIME-Version: 1.0\r\n\r\n" + b"------=_Part\r\n" * 5000), ""
    yield "old-mbox.txt", (lambda: b"From MAILER-DAEMON\nSubject: x\n\nFrom here on\n" * 100), ""
    yield "shortcut.url", (lambda: b"[InternetShortcut]\r\nURL=file://server/share\r\n"), ""
    yield "shortcut.lnk", (lambda: b"L\0\0\0\x01\x14\x02\0" + bytes(80)), ""
    yield "starter.desktop", (lambda: b"[Desktop Entry]\nExec=sh -c true\n"), ""
    yield "folder.ini", (lambda: b"[.ShellClassInfo]\r\nIconResource=//server/x\r\n"), ""
    yield "script.pdf", (lambda: b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"), ""
    yield "inner.zip", (lambda: _zip() + _zip()), ""
    yield "sparse.json", (lambda: b"[" * 100_000), ""
    yield "spaces.json", (lambda: b'{"name":' + b" " * 60_000), ""
    yield "sound.mp3", (lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(200)), ""
