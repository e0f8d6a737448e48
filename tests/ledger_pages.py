"""The pages of a SQLCipher file by what they are, read without SQLCipher (https://www.sqlite.org/fileformat2.html).

SQLCipher 4 encrypts each page by itself (AES-256-CBC); its last 80 bytes are the IV and an HMAC-SHA-512. The first 16
bytes of the file are the salt of the HMAC's key.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE = 4096
RESERVED = 80  # IV (16) and HMAC (64)
_INTERIOR_INDEX, _INTERIOR_TABLE = 2, 5
_KINDS = {2: "interior index", 5: "interior table", 10: "leaf index", 13: "leaf table"}


def page_at(path: Path, number: int) -> bytes:
    """Return a page as it lies on the disk; the first one is number 1."""
    with path.open("rb") as file:
        file.seek((number - 1) * PAGE)
        return file.read(PAGE)


def put_page(path: Path, number: int, content: bytes) -> None:
    """Write a page over the one that is there."""
    with path.open("r+b") as file:
        file.seek((number - 1) * PAGE)
        file.write(content)


def kinds(path: Path, key: bytes, roots: dict[int, str]) -> dict[int, tuple[str, str]]:
    """Return for each page what it is and whose: `roots` are root pages with the names of their tables and indices."""
    pages = Pages(path, key)
    found = {1: ("header", "sqlite_schema"), **dict.fromkeys(pages.free(), ("free", ""))}
    for root, name in roots.items():
        for number, kind in pages.tree(root):
            found.setdefault(number, (kind, name))
    return {number: found.get(number, ("overflow", "")) for number in range(1, pages.count + 1)}


class Pages:
    """A ledger's pages in clear."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._content = path.read_bytes()
        self._key = key
        self.count = len(self._content) // PAGE

    def clear(self, number: int) -> bytes:
        page = self._content[(number - 1) * PAGE : number * PAGE]
        begin = 16 if number == 1 else 0
        decryptor = Cipher(algorithms.AES(self._key), modes.CBC(page[-RESERVED:-64])).decryptor()
        return page[:begin] + decryptor.update(page[begin:-RESERVED]) + decryptor.finalize()

    def free(self) -> Iterator[int]:
        (trunk,) = struct.unpack_from(">I", self.clear(1), 32)
        while trunk:
            page = self.clear(trunk)
            yield trunk
            trunk, count = struct.unpack_from(">II", page)
            yield from struct.unpack_from(f">{count}I", page, 8)

    def tree(self, root: int) -> Iterator[tuple[int, str]]:
        page = self.clear(root)
        start = 100 if root == 1 else 0
        kind = page[start]
        yield root, _KINDS[kind]
        if kind in {_INTERIOR_INDEX, _INTERIOR_TABLE}:
            (cells,) = struct.unpack_from(">H", page, start + 3)
            places = struct.unpack_from(f">{cells}H", page, start + 12)
            children = [struct.unpack_from(">I", page, place)[0] for place in places]
            for child in (*children, struct.unpack_from(">I", page, start + 8)[0]):
                yield from self.tree(child)
