"""A segment: many rows in one file that never changes, searched where it lies. docs/formats/index.md has every byte."""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from haechi.adapters.index.arrays import Planes, Tables, Withdrawals
from haechi.adapters.index.building import Source, build
from haechi.adapters.index.durable import PART, sync_folder
from haechi.adapters.index.plan import BITS, BLOCK

_MAGIC = b"HAECHIIX"
_START = struct.Struct("<8sII")
"""Magic, length of the JSON that follows, its CRC-32."""
_HEADER = 4096
_ALIGNED = 4096
_VERSION = 1
_AT_ONCE = 1 << 22
_TYPES = {
    "near": ("<u8", 2),
    "far": ("<u8", 2),
    "first": ("<u4", 0),
    "content": ("<u8", 0),
    "bank": ("<u2", 0),
    "quality": ("<u1", 0),
    "starts": ("<u1", 0),
    "bases": ("<u4", 0),
    "ids": ("<u4", 0),
    "wide_blocks": ("<u4", 0),
    "wide_starts": ("<u4", BLOCK + 1),
}
"""The sections in their order: type, and columns of those that have more than one."""


class DamagedError(Exception):
    """A segment is not what was written."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Rows of one file. Whatever was withdrawn up to record `number` of the log is not in it any more."""

    name: str
    number: int
    size: int
    widths: tuple[int, ...]
    planes: Planes
    tables: Tables | None
    memory: int

    @property
    def count(self) -> int:
        """How many different hashes."""
        return len(self.planes.near)

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.planes.content)


class _Writer:
    """Makes the sections of a file, mapped, so that a large segment needs no memory of its own."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._end = _HEADER
        self.sections: dict[str, tuple[int, npt.NDArray[Any]]] = {}

    def allocate(self, name: str, dtype: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:  # noqa: ANN401 - what NumPy takes
        """Return a section of zeros. Room is taken on the disk first: writing into a map of a full disk ends the process."""
        size = int(np.dtype(dtype).itemsize * np.prod(shape, dtype=np.int64))
        offset = self._end
        self._end += -(-size // _ALIGNED) * _ALIGNED
        if size:
            os.posix_fallocate(self._descriptor, offset, self._end - offset)
            mapped = mmap.mmap(self._descriptor, size, offset=offset)
            section: npt.NDArray[Any] = np.frombuffer(mapped, dtype).reshape(shape)
        else:
            section = np.empty(shape, dtype)
        self.sections[name] = (offset, section)
        return section

    def finish(self, facts: dict[str, object]) -> int:
        """Write the header, wait for everything to be on the disk, and return the file's size.

        `fsync` alone: on Linux it also writes what was changed through a map. `mmap.flush` before it would hold the interpreter's
        lock while the disk works, and every lookup with it.
        """
        listed = []
        for name, (offset, section) in self.sections.items():
            listed.append({"name": name, "offset": offset, "length": len(section), "crc32": _crc(section)})
        header = json.dumps({"version": _VERSION, **facts, "sections": listed}, separators=(",", ":")).encode()
        if len(header) > _HEADER - _START.size:
            message = "the header is too long"
            raise ValueError(message)
        os.ftruncate(self._descriptor, max(self._end, _HEADER))
        os.pwrite(self._descriptor, _START.pack(_MAGIC, len(header), zlib.crc32(header)) + header, 0)
        os.fsync(self._descriptor)
        return self._end

    def close(self) -> None:
        """Let go of the file."""
        self.sections.clear()
        os.close(self._descriptor)


def write_segment(
    path: Path,
    sources: Sequence[Source],
    withdrawals: Withdrawals,
    *,
    number: int,
    order: bytes,
    with_tables: bool = True,
) -> None:
    """Write the rows of the sources that are not withdrawn into a new file; it has its name once it is on the disk whole.

    Raises `OSError`; then there is no file.
    """
    part = path.with_name(path.name + PART)
    writer = _Writer(part)
    try:
        planes, tables = build(sources, withdrawals, writer.allocate, with_tables=with_tables)
        facts = {
            "hashes": len(planes.near),
            "rows": len(planes.content),
            "number": number,
            "permutation": order.hex(),
            "widths": [int(width) for width in tables.width],
        }
        writer.finish(facts)
        part.replace(path)
        sync_folder(path.parent)
    finally:
        writer.close()
        with suppress(OSError):
            part.unlink(missing_ok=True)


def open_segment(path: Path, *, order: bytes, in_memory: bool = False) -> Segment:
    """Map a segment, having checked every section. `in_memory` copies it into memory of large pages, some 1.2 times as fast.

    Raises `DamagedError` for a file that is missing or is not what was written.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEADER:
                raise DamagedError
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise DamagedError from error
    header = _header(mapped)
    sections = _sections(mapped, header)
    hashes, rows, widths = header["hashes"], header["rows"], tuple(header["widths"])
    if bytes.fromhex(header["permutation"]) != order or not _is_whole(sections, hashes, rows, widths):
        raise DamagedError
    if in_memory:
        sections = {name: _copied(section) for name, section in sections.items()}
    planes = Planes(*(sections[name] for name in list(_TYPES)[:6]), _frozen(np.empty(0, np.uint8)))  # type: ignore[call-arg]
    tables = _tables(widths, sections) if widths else None
    return Segment(path.name, header["number"], size, widths, planes, tables, size if in_memory else 0)


def _header(mapped: mmap.mmap) -> dict[str, Any]:
    magic, length, crc = _START.unpack_from(mapped)
    text = mapped[_START.size : _START.size + length]
    if magic != _MAGIC or length > _HEADER - _START.size or zlib.crc32(text) != crc:
        raise DamagedError
    header: dict[str, Any] = json.loads(text)
    if header["version"] != _VERSION or [section["name"] for section in header["sections"]] != list(_TYPES):
        raise DamagedError
    return header


def _sections(mapped: mmap.mmap, header: dict[str, Any]) -> dict[str, npt.NDArray[Any]]:
    sections = {}
    for listed in header["sections"]:
        dtype, columns = _TYPES[listed["name"]]
        count = listed["length"] * max(1, columns)
        if listed["offset"] + count * np.dtype(dtype).itemsize > len(mapped):
            raise DamagedError
        section = np.frombuffer(mapped, dtype, count, listed["offset"]) if count else _frozen(np.empty(0, dtype))
        section = section.reshape(-1, columns) if columns else section
        if _crc(section) != listed["crc32"]:
            raise DamagedError
        sections[listed["name"]] = section
    return sections


def _is_whole(sections: dict[str, npt.NDArray[Any]], hashes: int, rows: int, widths: Sequence[int]) -> bool:
    """Tell whether the sections have the sizes that compiled code, which looks up nothing twice, relies on."""
    buckets = sum(1 << width for width in widths)
    sizes = {
        "near": hashes,
        "far": hashes,
        "first": hashes + 1,
        "content": rows,
        "bank": rows,
        "quality": rows,
        "starts": buckets + 1,
        "bases": buckets // BLOCK + len(widths),
        "ids": len(widths) * hashes,
        "wide_blocks": len(sections["wide_starts"]),
    }
    return sum(widths) in {0, BITS} and all(len(sections[name]) == size for name, size in sizes.items())


def _tables(widths: Sequence[int], sections: dict[str, npt.NDArray[Any]]) -> Tables:
    buckets = [1 << width for width in widths]
    return Tables(
        *(
            _frozen(np.array(values, np.uint64))
            for values in (
                widths,
                [sum(widths[:at]) for at in range(len(widths))],
                [sum(buckets[:at]) for at in range(len(widths))],
                [sum(buckets[:at]) // BLOCK + at for at in range(len(widths))],
            )
        ),
        *(sections[name] for name in list(_TYPES)[6:]),
    )


def _crc(section: npt.NDArray[Any]) -> int:
    crc = 0
    content = section.data.cast("B") if section.size else memoryview(b"")
    for start in range(0, len(content), _AT_ONCE):
        crc = zlib.crc32(content[start : start + _AT_ONCE], crc)
    return crc


def _copied(section: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return _frozen(section.copy())


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
