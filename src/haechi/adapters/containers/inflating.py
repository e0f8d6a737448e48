"""Inflates BZIP2 and LZMA members of a zip in bounded steps.

zipfile asks its decompressors for no most: 800 bytes of BZIP2 become a gigabyte in one call, whatever size the member
declares. Here no call gives more than was asked for, nor more than the member declares.
"""

import bz2
import lzma
import zipfile
import zlib
from copy import copy
from io import RawIOBase
from typing import IO

LARGEST_DICTIONARY = 64 << 20
"""Bytes that an LZMA member may have its decoder remember: 7-Zip's own largest setting is 64 MiB."""
_PIECE = 1 << 16
_BLOCK = 1 << 20
_LZMA_HEAD = 4  # version and length of what follows (APPNOTE 5.8.8)
_LZMA_PROPERTIES = 5
METHODS = {zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


class Inflating(RawIOBase):
    """The bytes of one member that is not encrypted, checked against its size and CRC. Raises what zipfile raises."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        super().__init__()
        stored = copy(info)
        stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
        del stored.CRC  # that of the inflated bytes: zipfile would check the deflated ones with it
        self._deflated: IO[bytes] = archive.open(stored)
        self._left, self._expected, self._crc = info.file_size, info.CRC, 0
        self._inflater: bz2.BZ2Decompressor | lzma.LZMADecompressor
        try:
            self._inflater = bz2.BZ2Decompressor() if info.compress_type == zipfile.ZIP_BZIP2 else _lzma(self._deflated)
        except BaseException:
            self._deflated.close()
            raise

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes."""
        if size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        inflated = b""
        while size and self._left and not inflated:
            piece = self._deflated.read(_PIECE) if self._inflater.needs_input else b""
            if self._inflater.eof or (self._inflater.needs_input and not piece):
                raise EOFError
            inflated = self._inflated(piece, min(size, self._left))
        self._left -= len(inflated)
        self._crc = zlib.crc32(inflated, self._crc)
        if not self._left and self._crc != self._expected:
            message = "wrong CRC"
            raise zipfile.BadZipFile(message)
        return inflated

    def _inflated(self, piece: bytes, most: int) -> bytes:
        try:
            return self._inflater.decompress(piece, most)
        except OSError as error:  # what BZIP2's decoder calls damage; the disk is not asked here
            message = "BZIP2 data"
            raise zipfile.BadZipFile(message) from error

    def close(self) -> None:
        """Close the member."""
        self._deflated.close()
        super().close()


def _lzma(deflated: IO[bytes]) -> lzma.LZMADecompressor:
    """Return a decoder set as the member's first bytes say. Raises `zipfile.BadZipFile`."""
    head = deflated.read(_LZMA_HEAD + _LZMA_PROPERTIES)
    packed, dictionary = head[_LZMA_HEAD:][:1], int.from_bytes(head[_LZMA_HEAD + 1 :], "little")
    is_usual = len(head) == _LZMA_HEAD + _LZMA_PROPERTIES and head[2:4] == b"\x05\0" and packed[0] < 9 * 5 * 5
    if not is_usual or dictionary > LARGEST_DICTIONARY:
        message = "LZMA properties"
        raise zipfile.BadZipFile(message)
    rest, context = divmod(packed[0], 9)
    position, literal = divmod(rest, 5)
    settings = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(dictionary, 4096),
        "lc": context,
        "lp": literal,
        "pb": position,
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[settings])
