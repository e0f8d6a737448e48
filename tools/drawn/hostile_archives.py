"""Zip archives that lie, break or attack, each with the warning or the error of which its import gives one."""

import io
import struct
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from .hostile_media import Make, zeros

MEMBERS_TOO_MANY = 1_000_001
_TEXT = b"drawn\n" * 40


class BadArchive(NamedTuple):
    """One archive. An import gives one of `codes`: the warning of a member, or the code of the error that refuses it.

    Without codes all of it is read and called nothing.
    """

    name: str
    make: Make
    codes: frozenset[str]


def bad_archives() -> Iterator[BadArchive]:
    """Yield the archives; in each that can be read at all, `good.txt` is to be read."""
    for table in (_names(), _kinds(), _structure(), _content()):
        for name, make, codes in table:
            yield BadArchive(f"{name}.zip", make, frozenset(codes.split()))


Row = tuple[str, Make, str]


def archive(
    *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """Return a zip of `good.txt` and these members."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as found:
        warnings.simplefilter("ignore")  # one name twice is what is wanted
        for name, content in (("good.txt", _TEXT), *members):
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = method
            found.writestr(info, content)
        found.comment = comment
    return out.getvalue()


class _Raw(zipfile.ZipInfo):
    """A member whose name is stored as these bytes, under the UTF-8 flag or not."""

    __slots__ = ("is_utf8", "raw")

    def __init__(self, raw: bytes, *, is_utf8: bool = False) -> None:
        super().__init__("x")
        self.raw, self.is_utf8 = raw, is_utf8

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - zipfile's own name
        return self.raw, self.flag_bits & ~0x800 | (0x800 if self.is_utf8 else 0)


def _names() -> Iterator[Row]:
    escaping = {
        "parent": b"../up.txt", "parents": b"a/b/../../../up.txt", "absolute": b"/etc/up.txt", "drive": b"C:/up.txt",
        "drive-backslash": b"C:\\up.txt", "backslash-parent": b"..\\..\\up.txt", "unc": b"\\\\server\\share\\up.txt",
        "unc-slashes": b"//server/share/up.txt", "device-path": b"\\\\?\\C:\\up.txt", "only-dots": b"..",
        "slash-alone": b"/", "drive-relative": b"c:up.txt",
    }  # fmt: skip
    for name, raw in escaping.items():
        yield f"escapes-{name}", (lambda raw=raw: archive((_Raw(raw), _TEXT))), "path-escapes"
    harmless = {
        "device-con": b"CON", "device-nul": b"NUL.txt", "device-aux": b"aux.txt", "device-com": b"COM1.jpg.txt",
        "right-to-left": "뒤로\u202egpj.txt".encode(), "zero-width": "a\u200b\u2060b.txt".encode(),
        "colours": b"\x1b[31mred.txt", "line-break": b"a\nb.txt", "trailing-dot": b"a. .txt.", "spaces": b"   ",
        "nfd": unicodedata.normalize("NFD", "사진.txt").encode(), "cp949": "사진.txt".encode("cp949"),
        "invalid": b"\xff\xfe\xfd.txt", "surrogate": b"\xed\xa0\x80.txt", "percent": b"%2e%2e%2fup.txt",
        "dots-in-name": b"a..b.txt", "point-folders": b"./a/./b.txt", "doubled-slashes": b"a//b.txt", "option": b"-rf",
        "stream": b"a.txt:hidden",
    }  # fmt: skip
    for name, raw in harmless.items():
        stored = _Raw(raw, is_utf8=name not in {"cp949", "invalid", "surrogate"})
        yield f"name-{name}", (lambda stored=stored: archive((stored, _TEXT))), ""
    yield "name-mixed", (lambda: archive((_Raw("가.txt".encode("cp949")), _TEXT), ("나.txt", _TEXT))), ""
    yield (
        "name-of-5000-syllables",
        (lambda: archive((_Raw("가".encode() * 5000, is_utf8=True), _TEXT))),
        "name-too-long",
    )
    yield "name-of-20000-folders", (lambda: archive((_Raw(b"a/" * 20_000 + b"x"), _TEXT))), "name-too-long"
    yield "name-empty", (lambda: archive((_Raw(b""), _TEXT))), "path-escapes"
    yield "name-with-nul", (lambda: archive((_Raw(b"a.txt\0.jpg"), _TEXT))), "path-escapes"
    yield "name-lies-of-utf-8", (lambda: archive((_Raw(b"\xff\xfe.txt", is_utf8=True), _TEXT))), "archive-damaged"
    yield "names-twice", (lambda: archive(("a.txt", b"one"), ("a.txt", b"two"))), ""
    yield "names-by-case", (lambda: archive(("a.txt", b"one"), ("A.TXT", b"two"))), ""
    yield "names-by-form", (lambda: archive(("가.txt", b"one"), (unicodedata.normalize("NFD", "가.txt"), b"two"))), ""
    yield "file-and-folder", (lambda: archive(("a", b"one"), ("a/b.txt", b"two"))), ""


def _kinds() -> Iterator[Row]:
    for name, mode, code in (
        ("link", 0o120777, "link-refused"), ("pipe", 0o010644, "device-refused"), ("socket", 0o140755, "device-refused"),
        ("block-device", 0o060644, "device-refused"), ("character-device", 0o020644, "device-refused"),
    ):  # fmt: skip
        info = zipfile.ZipInfo("a.txt")
        info.create_system, info.external_attr = 3, mode << 16
        yield f"kind-{name}", (lambda info=info: archive((info, b"/etc/passwd"))), code


def _patched(name: bytes, *, local: tuple[int, bytes] | None = None, central: tuple[int, bytes] | None = None) -> bytes:
    """Return an archive whose member `name` has these bytes at these places of its two headers."""
    found = bytearray(archive((name.decode(), _TEXT)))
    first = found.rindex(b"PK\x03\x04", 0, found.index(name))
    second = found.rindex(b"PK\x01\x02", 0, found.rindex(name))
    for at, change in ((first, local), (second, central)):
        if change is not None:
            found[at + change[0] : at + change[0] + len(change[1])] = change[1]
    return bytes(found)


def _changed(at: int, new: bytes, *, both: bool = True) -> Make:
    """Return a maker of an archive whose member has `new` at a place of its local header, and of its central one."""
    local = (at, new) if both else None
    return lambda: _patched(b"bad.txt", local=local, central=(at + 2, new))


def _structure() -> Iterator[Row]:
    damage = "archive-damaged damaged-in-archive"
    yield "empty", (lambda: b"PK\x05\x06" + bytes(18)), "unknown-export"
    yield "no-members-but-said", (lambda: b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + bytes(10)), "unknown-export"
    yield "one-byte", (lambda: b"P"), "mislabelled"
    yield "magic-alone", (lambda: b"PK\x03\x04"), damage
    for name, share in (("quarter", 4), ("half", 2), ("last-byte", 0)):
        yield f"cut-{name}", (lambda share=share: archive()[: len(archive()) // share if share else -1]), damage
    yield "junk-before", (lambda: b"MZ" + bytes(500) + archive()), "mislabelled"
    yield "junk-behind", (lambda: archive() + bytes(500)), ""
    yield "split", (lambda: b"PK\x07\x08" + archive()), ""
    yield "disk-number", (lambda: _end(4, b"\x05\0")), ""
    yield "directory-outside", (lambda: _end(16, b"\xff\xff\xff\x7f")), damage
    yield "directory-size", (lambda: _end(12, b"\xff\xff\xff\x7f")), damage
    yield "entries-fewer", (lambda: _end(8, b"\1\0\1\0", "a.txt")), ""
    yield "comment-lies", (lambda: _end(20, b"\xff\xff")), ""
    yield "comment-holds-a-zip", (lambda: archive(comment=archive(("other.txt", b"x")))), ""
    yield "zip64-lies", (lambda: _end(8, b"\xff\xff\xff\xff" + b"\xff\xff\xff\xff" * 2)), damage
    yield "a-million-members", _million, "archive-damaged"
    yield "members-overlap", _overlapping, "overlapping-entries"
    yield "one-kernel-many-names", _quoted, "overlapping-entries"
    yield (
        "offset-outside",
        (lambda: _patched(b"bad.txt", central=(42, b"\xff\xff\xff\x7f"))),
        damage + " overlapping-entries",
    )
    yield "names-differ", (lambda: _patched(b"bad.txt", local=(30, b"BAD"))), damage


def _end(at: int, new: bytes, *members: str) -> bytes:
    found = bytearray(archive(*((name, _TEXT) for name in members)))
    place = found.rindex(b"PK\x05\x06") + at
    found[place : place + len(new)] = new
    return bytes(found)


@cache
def _million() -> bytes:
    """Return a directory of a million and one members, all of them the same empty one: 47 MB, written at once."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    row = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    size, count = len(row) * MEMBERS_TOO_MANY, MEMBERS_TOO_MANY
    end = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, len(local))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(local) + size, 1)
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + row * MEMBERS_TOO_MANY + end + locator + last


def _overlapping() -> bytes:
    return _patched(b"bad.txt", local=(18, struct.pack("<I", 5000)), central=(20, struct.pack("<I", 5000)))


def _quoted() -> bytes:
    """Return an archive in which a hundred members are one and the same run of bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("good.txt", _TEXT)
        found.writestr("kernel.txt", bytes(1 << 20))
        kernel = found.getinfo("kernel.txt")
        for number in range(100):
            twin = zipfile.ZipInfo(f"{number}.txt")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, name, getattr(kernel, name))
            found.filelist.append(twin)
            found.NameToInfo[twin.filename] = twin
    return out.getvalue()


def _content() -> Iterator[Row]:
    damaged = "damaged-in-archive"
    yield "sum-wrong", _changed(14, b"\0\0\0\0"), damaged
    yield "size-too-small", _changed(22, b"\x05\0\0\0"), damaged
    yield "size-too-large", _changed(22, b"\xff\xff\0\0"), damaged
    yield "size-beyond", _changed(22, b"\xff\xff\xff\x7f"), "ratio-too-high"
    yield "method-unknown", _changed(8, b"\x60\0"), "compression-unsupported"
    yield "method-ppmd", _changed(8, b"\x62\0"), "compression-unsupported"
    yield "method-deflate64", _changed(8, b"\x09\0"), "compression-unsupported"
    yield "method-lies-stored", _changed(8, b"\0\0"), damaged
    yield "method-lies-bzip2", _changed(8, b"\x0c\0"), damaged
    yield "method-lies-lzma", _changed(8, b"\x0e\0"), damaged
    yield "locked", _changed(6, b"\1\0"), "archive-encrypted"
    yield "locked-strongly", _changed(6, b"\x41\0"), "archive-encrypted"
    yield "locked-by-aes", _changed(6, b"\1\0\x63\0"), "archive-encrypted"
    yield "masked-headers", _changed(6, b"\0\x20"), ""
    yield "patched-data", _changed(6, b"\x20\0"), damaged
    yield "version-of-tomorrow", (lambda: _patched(b"bad.txt", central=(6, b"\xff\0"))), f"{damaged} archive-damaged"
    yield "data-descriptor", _descriptor, ""
    yield "bomb", (lambda: _bomb(zeros(256 << 20)[2:-4], 256 << 20)), "ratio-too-high"
    yield "bomb-by-bzip2", (lambda: _one("a.bin", bytes(64 << 20), zipfile.ZIP_BZIP2)), "ratio-too-high"
    yield "bomb-by-lzma", (lambda: _one("a.bin", bytes(64 << 20), zipfile.ZIP_LZMA)), "ratio-too-high"
    yield "zip-in-zip", (lambda: archive(("inner.zip", archive(("inner.zip", archive()))))), ""
    yield "time-of-nonsense", _changed(10, b"\xff\xff\xff\xff"), ""
    yield "extra-field-cut", _extra, f" {damaged} archive-damaged"


def _one(name: str, content: bytes, method: int) -> bytes:
    return archive((name, content), method=method)


def _bomb(packed: bytes, size: int) -> bytes:
    """Return an archive with one more member: these deflated bytes, said to be so long."""
    found = bytearray(archive(("bad.bin", b"")))
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(packed), size, 7, 0) + b"big.bin" + packed
    row = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(packed), size, 7, 0, 0, 0, 0, 0, 0)
    start = found.index(b"PK\x01\x02")
    end = found.rindex(b"PK\x05\x06")
    rows = bytes(found[start:end]) + row[:42] + struct.pack("<I", start) + b"big.bin"
    last = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 3, 3, len(rows), start + len(local), 0)
    return bytes(found[:start]) + local + rows + last


def _descriptor() -> bytes:
    """Write as to a pipe: sizes and sum stand behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object, /) -> int:
            piece = bytes(data)  # type: ignore[call-overload]
            self.written += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as found:  # type: ignore[call-overload]
        found.writestr("good.txt", _TEXT)
    return bytes(pipe.written)


def _extra() -> bytes:
    info = zipfile.ZipInfo("bad.txt")
    info.extra = b"\x55\x54\xff\xff\1"
    return archive((info, _TEXT))
