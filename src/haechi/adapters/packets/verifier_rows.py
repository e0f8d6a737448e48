"""Reads a packet's tables a row at a time, and keeps which files the rows have named."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from haechi.adapters.packets.tables import COLUMNS
from haechi.adapters.packets.verifier_bag import OpenBag
from haechi.ports.packets import Finding

_MOST_TABLE = 1 << 32  # bytes; tables are read a row at a time
_MOST_CELL = 1 << 24  # characters
_BLOCK = 1 << 20
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_NAMED_FOLDERS = (
    "data/evidence/", "seal/proofs/", "data/messages/", "seal/messages/", "data/derivatives/", "seal/anchors/",
)  # fmt: skip
DIGEST = re.compile(r"[0-9a-f]{64}")
COUNT = re.compile(r"0|[1-9][0-9]{0,14}")


class OpenTables:
    """The tables of one packet. `named` are the files that rows name; `exhibits` and `messages` the numbers given so far."""

    def __init__(self, bag: OpenBag) -> None:
        self.bag = bag
        self.named: set[str] = set()
        self.exhibits: set[str] = set()
        self.messages: set[str] = set()
        self.derivatives: set[str] = set()
        self._counts = bag.row_counts()
        self._findings: list[Finding] = []

    def taken(self) -> Iterator[Finding]:
        """Yield what reading a table has found since this was last asked."""
        findings, self._findings = self._findings, []
        yield from findings

    def unnamed(self) -> Iterator[Finding]:
        """Yield each file of the folders whose files the tables have to name, that no row has named."""
        for path in sorted(self.bag.present.keys() - self.named):
            if path.startswith(_NAMED_FOLDERS):
                yield Finding("exhibit-unlisted", path)

    def rows(self, table: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows with their numbers (the header is row 1) for as long as the table's form holds."""
        name = f"meta/{table}.csv"
        if name not in self.bag.present:
            return
        if self.bag.present[name] > _MOST_TABLE:
            self._findings.append(Finding("file-too-large", name))
            return
        if not self._is_text(name):
            self._findings.append(Finding("csv-form", f"{name}:1"))
            return
        number = 0
        header = ["\ufeff" + COLUMNS[table][0], *COLUMNS[table][1:]]
        csv.field_size_limit(_MOST_CELL)
        with io.TextIOWrapper(self.bag.open(name), encoding="utf-8", newline="") as file:
            lines = iter(lambda: file.readline(_MOST_CELL), "")
            try:
                for row in csv.reader(lines, strict=True):
                    number += 1
                    is_whole = len(row) == len(header) and not any(map(_CONTROL.search, row))
                    if not is_whole or (number == 1 and row != header):
                        self._findings.append(Finding("csv-form", f"{name}:{number}"))
                        return
                    if number > 1:
                        yield number, row
            except (csv.Error, ValueError):
                self._findings.append(Finding("csv-form", f"{name}:{number + 1}"))
                return
        if number == 0:
            self._findings.append(Finding("csv-form", f"{name}:1"))
        elif self._counts.get(table) != number - 1:
            self._findings.append(Finding("csv-count", name))

    def _is_text(self, name: str) -> bool:
        """Say whether all of a table is UTF-8: how far a reader of blocks gets before a wrong byte depends on its blocks."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self.bag.open(name) as file:
                while chunk := file.read(_BLOCK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True
