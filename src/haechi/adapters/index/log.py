"""The write-ahead log: what was added and withdrawn since it last became a segment. docs/formats/index.md has every byte.

A file holds what one piece of memory holds. Records come in frames; a frame is what one `add` or `withdraw` wrote, and is read whole or
not at all. Many frames are written and synced at once.
"""

import os
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.durable import sync_folder, write_all
from haechi.domain.errors import HashRefusedError
from haechi.ports.index import Row

ADD, WITHDRAW = 1, 2
RECORD: np.dtype[Any] = np.dtype(
    [
        ("kind", "u1"),
        ("quality", "u1"),
        ("bank", "<u2"),
        ("reserved", "<u4"),
        ("content", "<u8"),
        ("value", "V32"),
    ]
)
_MAGIC = b"HAECHIWL"
_HEADER = struct.Struct("<8sIIQII")
"""Magic, version, zero, number of the first record, CRC-32 of what is before, zero."""
_FRAME = struct.Struct("<IIQQ")
"""CRC-32 of what follows, records, number of the first one, number of the last one that was synced when this was written."""
_CRC = struct.calcsize("<I")
_VERSION = 1
_MOST_RECORDS = 1 << 24


class Frame(NamedTuple):
    """Records that were written together, and the number of the first."""

    number: int
    records: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class LogRead:
    """What a log file holds: `size` bytes of it are good. `is_damaged` when something that had been synced is not readable."""

    first: int
    frames: tuple[Frame, ...]
    size: int
    is_damaged: bool


def additions(rows: Sequence[Row]) -> npt.NDArray[Any]:
    """Return the records that add rows. Raises `HashRefusedError`."""
    records = np.zeros(len(rows), RECORD)
    if not len(records):
        return records
    values, contents, banks, qualities = zip(*rows, strict=True)
    lengths = set(map(len, values)) - {RECORD["value"].itemsize}
    if lengths:
        raise HashRefusedError(type="pdq", problem="length", place=None)
    records["kind"] = ADD
    records["value"] = np.frombuffer(b"".join(values), RECORD["value"])
    try:
        records["content"] = np.array(contents, np.uint64)
        records["bank"] = np.array(banks, np.uint16)
        records["quality"] = np.array(qualities, np.uint8)
    except OverflowError as error:
        raise HashRefusedError(type="pdq", problem="number", place=None) from error
    return records


def withdrawals(contents: Sequence[int]) -> npt.NDArray[Any]:
    """Return the records that withdraw contents; a number that no content can have is left out."""
    possible = [content for content in contents if 0 <= content < 1 << 64]
    records = np.zeros(len(possible), RECORD)
    records["kind"] = WITHDRAW
    records["content"] = np.array(possible, np.uint64)
    return records


def frame(records: npt.NDArray[Any], number: int, synced: int) -> bytes:
    """Return the bytes of a frame."""
    rest = _FRAME.pack(0, len(records), number, synced)[_CRC:] + records.tobytes()
    return zlib.crc32(rest).to_bytes(_CRC, "little") + rest


class LogWriter:
    """One log file, appended to. After an error it takes nothing any more: what is on the disk behind `size` is not known."""

    def __init__(self, path: Path, *, first: int, size: int | None = None) -> None:
        """Make a log whose first record has the number `first`, or go on with one of which `size` bytes are good."""
        self.path = path
        self.is_broken = False
        if size is None:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            before = _HEADER.pack(_MAGIC, _VERSION, 0, first, 0, 0)[: -2 * _CRC]
            header = before + zlib.crc32(before).to_bytes(_CRC, "little") + bytes(_CRC)
            self.size = 0
            try:
                self.append(header)
                sync_folder(path.parent)
            except BaseException:
                self.close()
                with suppress(OSError):
                    path.unlink()
                raise
        else:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
            self.size = size
            if os.fstat(self._descriptor).st_size != size:
                os.ftruncate(self._descriptor, size)
                os.fsync(self._descriptor)

    def append(self, frames: bytes) -> None:
        """Write frames and wait until they are on the disk. Raises `OSError`; then none of them counts."""
        try:
            write_all(self._descriptor, frames)
            os.fdatasync(self._descriptor)
        except BaseException:
            self.is_broken = True
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
                os.fsync(self._descriptor)
            raise
        self.size += len(frames)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def read_log(path: Path, *, start: int = 0, number: int = 0) -> LogRead:
    """Read a log up to the first frame that is not whole. To go on, give where it ended and the next record's number.

    Raises `FileNotFoundError`. A header that is not one gives an empty, damaged log.
    """
    with path.open("rb") as file:
        if not start:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return LogRead(0, (), 0, is_damaged=False)
            magic, version, _, number, crc, _ = _HEADER.unpack(header)
            if magic != _MAGIC or version != _VERSION or crc != zlib.crc32(header[: -2 * _CRC]):
                return LogRead(0, (), 0, is_damaged=True)
            start = _HEADER.size
        file.seek(start)
        content = file.read()
    first, frames, at = number, [], 0
    while (found := _frame_at(content, at)) and found[0].number == number:
        frames.append(found[0])
        number += len(found[0].records)
        at += _FRAME.size + found[0].records.nbytes
    return LogRead(first, tuple(frames), start + at, is_damaged=_synced_later(content, at, number))


def _frame_at(content: bytes, at: int) -> tuple[Frame, int] | None:
    """Return the frame at a place of a log, and what was synced when it was written; None when there is no whole one."""
    if len(content) < at + _FRAME.size:
        return None
    crc, count, number, synced = _FRAME.unpack_from(content, at)
    end = at + _FRAME.size + count * RECORD.itemsize
    if not 0 < count <= _MOST_RECORDS or end > len(content):
        return None
    if crc != zlib.crc32(memoryview(content)[at + _CRC : end]):
        return None
    return Frame(number, np.frombuffer(content, RECORD, count, at + _FRAME.size)), synced


def _synced_later(content: bytes, at: int, number: int) -> bool:
    """Tell whether behind a place lies a frame that was written when record `number` had been synced: then it is lost."""
    for place in range(at + 8, len(content) - _FRAME.size, 8):
        _, count, first, synced = _FRAME.unpack_from(content, place)
        if (
            number <= synced < first < number + _MOST_RECORDS
            and 0 < count <= _MOST_RECORDS
            and _frame_at(content, place)
        ):
            return True
    return False


def log_name(log: int) -> str:
    """Return the name of a log file."""
    return f"log-{log:012}.wal"


def log_files(folder: Path, first: int) -> list[tuple[int, Path]]:
    """Return the log files from number `first` on, in order."""
    found = [(int(path.stem.removeprefix("log-")), path) for path in folder.glob("log-" + "[0-9]" * 12 + ".wal")]
    return sorted(one for one in found if one[0] >= first)
