"""A zip archive as a container, read from its central directory and inflated as a stream.

Nothing is unpacked. A member that lies about itself (a way out, a link, a bomb, an overlap) is listed and refused; the
others are read. zipfile never inflates past the size that a member declares and checks its CRC at the end.
"""

import errno
import hashlib
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import IO, BinaryIO, cast

from haechi.adapters.containers import inflating
from haechi.adapters.containers.names import decoded_name, escapes, is_ignored, unused_path
from haechi.domain.canonical import Json
from haechi.domain.errors import ArchiveDamagedError, EncryptedArchiveError
from haechi.ports.container import Member

MOST_MEMBERS = 300_000
"""zipfile holds half a kilobyte for each, before anybody can count them: a million took 514 MB."""
LARGEST_DIRECTORY = 32 << 20
"""Bytes of the central directory, whatever number of members it says it has: 300,000 with names of 60 bytes."""
LARGEST_MEMBER = 64 << 30
LARGEST_TOTAL = 1 << 40
HIGHEST_RATIO = 200
"""Inflated to compressed size; deflate reaches 1,032, text of one letter aside nothing real passes 100."""
RATIO_COUNTS_FROM = 10 << 20
LONGEST_NAME = 4096
"""Bytes; no system has a longer path. A zip takes 65,535: room for a picture, which no record of names may hold."""
_LOCAL = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
_SPLIT = b"PK\x07\x08"
_LOCAL_HEADER = 30
_ENTRIES, _DIRECTORY_SIZE = 4, 5  # places in zipfile's end record
_ENCRYPTED, _STRONG, _UTF8 = 0x1, 0x40, 0x800
_AES = 99
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_UNIX = 3
_EXTENDED_TIME = 0x5455
_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""What an archiver writes that knows no time."""
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, struct.error)


class DamagedMemberError(ValueError):
    """A member's bytes do not inflate to what the archive says of them."""


def is_zip(path: Path) -> bool:
    """Say whether a file is a zip archive handed over as such: by its first bytes, and by its name unless it has none."""
    if path.suffix.lower() not in {".zip", ""} or not path.is_file():  # opening a named pipe would wait for ever
        return False
    with path.open("rb") as stream:
        return stream.read(4) in {_LOCAL, _EMPTY, _SPLIT}


class ZipContainer:
    """The archive at `path`. Raises `EncryptedArchiveError` and `ArchiveDamagedError` when it is opened."""

    kind = "zip"

    def __init__(self, path: Path, *, password: bytes | None = None) -> None:
        self._path = path
        self._password: bytes | None = None
        self.name = decoded_name(path.name.encode("utf-8", "surrogateescape"))[0]
        self._archive = self._opened()
        try:
            self._infos = self._archive.infolist()
            self._password = self._checked_password(password)
            self._by_path = dict(self._listed())
        except BaseException:
            self._archive.close()
            raise

    def members(self) -> Iterator[Member]:
        """Yield members in the order of the central directory."""
        yield from (member for member, _ in self._by_path.values())

    def open(self, member: Member) -> BinaryIO:
        """Open a member for one reading. Raises `OSError`; `ValueError` for damage, while opening or reading."""
        _, info = self._by_path[member.path]
        if member.refused is not None:
            raise DamagedMemberError(member.refused)
        try:
            if info.compress_type in inflating.METHODS:
                return cast("BinaryIO", _Checked(cast("IO[bytes]", inflating.Inflating(self._archive, info)), info))
            return cast("BinaryIO", _Checked(self._archive.open(info, pwd=self._password), info))
        except _DAMAGE as error:
            raise DamagedMemberError(member.path) from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # it is said to lie before the archive's first byte
                raise DamagedMemberError(member.path) from error
            raise

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()

    def _opened(self) -> zipfile.ZipFile:
        with self._path.open("rb") as stream:
            head = stream.read(4)
            if _is_too_large(stream):
                raise ArchiveDamagedError(path=str(self._path), reason="too-many-members")
        try:
            archive = zipfile.ZipFile(self._path)
        except (zipfile.BadZipFile, UnicodeDecodeError, struct.error, NotImplementedError, ValueError) as error:
            is_split = head == _SPLIT or "multiple disks" in str(error)
            is_cut = not is_split and not zipfile.is_zipfile(self._path)
            reason = "split" if is_split else "cut" if is_cut else "damaged"
            raise ArchiveDamagedError(path=str(self._path), reason=reason) from error
        if len(archive.infolist()) > MOST_MEMBERS:
            archive.close()
            raise ArchiveDamagedError(path=str(self._path), reason="too-many-members")
        return archive

    def _checked_password(self, password: bytes | None) -> bytes | None:
        """Return the password as the archive took it: in UTF-8, or as Korean Windows writes what was typed.

        It is tried on the smallest encrypted member that can be read at all. `method` in the error is `aes` where the
        standard library has no reader.
        """
        locked = [info for info in self._infos if info.flag_bits & _ENCRYPTED and not info.filename.endswith("/")]
        if not locked:
            return None
        if any(info.compress_type == _AES or info.flag_bits & _STRONG for info in locked):
            raise EncryptedArchiveError(path=str(self._path), method="aes")
        if password is None:
            raise EncryptedArchiveError(path=str(self._path), method="zipcrypto")
        overlapping = self._overlapping()
        readable = [info for info in locked if self._refusal(info, overlapping) is None]
        if not readable:
            return password
        smallest = min(readable, key=lambda info: info.compress_size)
        for spelled in _spellings(password):
            if self._opens(smallest, spelled):
                return spelled
        raise EncryptedArchiveError(path=str(self._path), method="zipcrypto")

    def _opens(self, info: zipfile.ZipInfo, password: bytes) -> bool:
        """Say whether a password opens a member: one byte of its check is right by chance once in 256, the CRC is not."""
        try:
            with self._archive.open(info, pwd=password) as stream:
                while stream.read(1 << 20):
                    pass
        except _DAMAGE:
            return False
        return True

    def _listed(self) -> Iterator[tuple[str, tuple[Member, zipfile.ZipInfo]]]:
        overlapping = self._overlapping()
        used: set[str] = set()
        total = 0
        for info in self._infos:
            is_utf8 = bool(info.flag_bits & _UTF8)
            raw = info.orig_filename.encode("utf-8" if is_utf8 else "cp437", "surrogatepass")
            path, rule = decoded_name(raw, is_utf8=is_utf8)
            is_directory = path.endswith("/")
            facts = _facts(info)
            if len(raw) > LONGEST_NAME:
                facts["name_bytes"] = len(raw)
                path, raw, rule = _shortened(raw)
            # Of bytes that are no text, `\\xff` is how they are shown, not a way out.
            is_way_out = escapes(raw.decode("latin-1") if rule == "bytes" else path)
            refused = "path-escapes" if is_way_out else self._refusal(info, overlapping)
            total += info.file_size if refused is None else 0
            if total > LARGEST_TOTAL and refused is None:
                refused = "too-large"
            if refused != "path-escapes":
                path = "/".join(part for part in path.split("/") if part not in {"", "."})
            if path in used:
                facts["same_name_as"] = path
                number = 2
                while (twin := unused_path(path, number)) in used:
                    number += 1
                path = twin
            used.add(path)
            if is_ignored(path):
                facts["ignored"] = True
            size = 0 if is_directory else info.file_size
            yield path, (Member(path, raw, rule, size, is_directory, refused, facts), info)

    def _overlapping(self) -> set[int]:
        """Return the offsets of members whose data runs into the next member: one kernel counted many times over."""
        ordered = sorted(self._infos, key=lambda info: info.header_offset)
        starts = [*(info.header_offset for info in ordered), self._archive.start_dir]
        return {
            info.header_offset
            for info, end in zip(ordered, starts[1:], strict=True)
            if info.header_offset + _LOCAL_HEADER + info.compress_size > end
        }

    def _refusal(self, info: zipfile.ZipInfo, overlapping: set[int]) -> str | None:
        """Return the warning code for a member that must not be read, or None."""
        kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
        is_bomb = info.file_size > RATIO_COUNTS_FROM and info.file_size > HIGHEST_RATIO * max(info.compress_size, 1)
        for is_refused, code in (
            (kind == stat.S_IFLNK, "link-refused"),
            (kind not in {0, stat.S_IFREG, stat.S_IFDIR}, "device-refused"),
            (info.header_offset in overlapping, "overlapping-entries"),
            (len(info.orig_filename) > LONGEST_NAME, "name-too-long"),
            (info.file_size > LARGEST_MEMBER, "too-large"),
            (is_bomb, "ratio-too-high"),
            (info.compress_type not in _METHODS, "compression-unsupported"),
            (info.compress_type in inflating.METHODS and bool(info.flag_bits & _ENCRYPTED), "compression-unsupported"),
        ):
            if is_refused:
                return code
        return None


def _is_too_large(stream: BinaryIO) -> bool:
    """Say whether the central directory is too large to be read into memory, by the very numbers that zipfile goes by."""
    try:
        record = zipfile._EndRecData(stream)  # type: ignore[attr-defined]  # noqa: SLF001 - another reader could be fooled
    except (OSError, zipfile.BadZipFile, struct.error):
        return False  # zipfile will say what is wrong
    return bool(record) and (record[_ENTRIES] > MOST_MEMBERS or record[_DIRECTORY_SIZE] > LARGEST_DIRECTORY)


def _spellings(password: bytes) -> list[bytes]:
    """Return a password in UTF-8 and in CP949, which is what archivers on Korean Windows encrypt with."""
    try:
        return list(dict.fromkeys((password, password.decode().encode("cp949"))))
    except UnicodeError:
        return [password]


def _shortened(raw: bytes) -> tuple[str, bytes, str]:
    """Return path, bytes and rule of a name too long to be one: its digest stands for it."""
    digest = f"sha256-{hashlib.sha256(raw).hexdigest()}"
    return digest, digest.encode(), "sha256"


def _facts(info: zipfile.ZipInfo) -> dict[str, Json]:
    """Return what the archive tells of a member, for the seal record."""
    facts: dict[str, Json] = {
        "compressed": info.compress_size,
        "crc32": f"{info.CRC:08x}",
        "flags": info.flag_bits,
        "method": info.compress_type,
        "dos_time": "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time),
        "attributes": info.external_attr,
        "system": info.create_system,
    }
    is_set = info.date_time != _NO_TIME
    facts["modified"] = _extended_time(info.extra) or (facts["dos_time"] if is_set else None)
    if info.filename.lower().endswith((".zip", ".7z", ".rar")):
        facts["nested_archive"] = True
    return facts


def _extended_time(extra: bytes) -> str | None:
    """Return the UTC time of modification in the extra field 0x5455 (Info-ZIP), if there is one."""
    while len(extra) >= 4:  # noqa: PLR2004 - tag and size, two bytes each
        tag, size = struct.unpack_from("<HH", extra)
        body = extra[4 : 4 + size]
        if tag == _EXTENDED_TIME and len(body) >= 5 and body[0] & 1:  # noqa: PLR2004 - flags and a time
            return datetime.fromtimestamp(struct.unpack_from("<i", body, 1)[0], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        extra = extra[4 + size :]
    return None


class _Checked(RawIOBase):
    """A member's stream that reports damage as `DamagedMemberError`, whatever its decompressor calls it.

    So is an end before the size that the archive says: zipfile takes a shorter member whose sum is right.
    """

    def __init__(self, stream: IO[bytes], info: zipfile.ZipInfo) -> None:
        super().__init__()
        self._stream = stream
        self._left = info.file_size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        message = "damaged in archive"
        try:
            piece = self._stream.read(size)
        except _DAMAGE as error:
            raise DamagedMemberError(message) from error
        self._left -= len(piece)
        if self._left > 0 and (size < 0 or (size > 0 and not piece)):
            raise DamagedMemberError(message)
        return piece

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        block = self.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._stream.close()
        super().close()
