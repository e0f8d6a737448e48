"""Checks a packet's tables: their form and counts, exhibits against log, files and proofs, custody against the log."""

import csv
import io
import re
from collections.abc import Iterator

from haechi.adapters.packets.tables import COLUMNS, custody_row, told
from haechi.adapters.packets.verifier_bag import OpenBag
from haechi.adapters.packets.verifier_log import CheckedLog, check_proof
from haechi.ports.packets import Finding

_MOST_TABLE = 1 << 32  # bytes; tables are read a row at a time
_MOST_CELL = 1 << 24  # characters
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_EXHIBIT = re.compile(r"E-[0-9]{4,9}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ENTRY = re.compile(r"0|[1-9][0-9]{0,14}")


class TableCheck:
    """The checks of one packet's tables; `exhibits` are the numbers that the table of exhibits gave."""

    def __init__(self, bag: OpenBag, log: CheckedLog) -> None:
        self._bag = bag
        self._log = log
        self._counts = bag.row_counts()
        self._findings: list[Finding] = []
        self._exhibits: set[str] = set()

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with the tables and the exhibits they list."""
        yield from self._check_exhibits()
        yield from self._check_custody()
        for number, row in self._rows("messages"):
            if not self._exhibits.issuperset(row[COLUMNS["messages"].index("exhibits")].split()):
                yield Finding("csv-row", f"meta/messages.csv:{number}")
        yield from self._taken()
        for table in ("accounts", "rooms", "groups"):
            for _ in self._rows(table):
                pass
            yield from self._taken()

    def _check_exhibits(self) -> Iterator[Finding]:
        listed: set[str] = set()
        for number, row in self._rows("exhibits"):
            exhibit, digest, entry, file, *_ = row
            if not self._is_exhibit(exhibit, digest, entry, file):
                yield Finding("csv-form", f"meta/exhibits.csv:{number}")
                continue
            self._exhibits.add(exhibit)
            opening = self._log.openings.get(int(entry))
            if opening is None:
                yield Finding("opening-missing", exhibit)
            elif opening[1] != digest:
                yield Finding("exhibit-digest", f"meta/exhibits.csv:{number}")
            if file and self._bag.expected.get(file) != digest:
                yield Finding("exhibit-digest", file)
            proof = f"seal/proofs/{exhibit}.tlog-proof"
            listed |= {file, proof}
            yield from self._check_proof(exhibit, proof, int(entry))
        yield from self._taken()
        for path in sorted(self._bag.present.keys() - listed):
            if path.startswith(("data/evidence/", "seal/proofs/")):
                yield Finding("exhibit-unlisted", path)

    def _is_exhibit(self, exhibit: str, digest: str, entry: str, file: str) -> bool:
        return (
            _EXHIBIT.fullmatch(exhibit) is not None
            and _DIGEST.fullmatch(digest) is not None
            and _ENTRY.fullmatch(entry) is not None
            and (not file or re.fullmatch(rf"data/evidence/{exhibit}(\.[a-z0-9]{{1,8}})?", file) is not None)
            and exhibit not in self._exhibits
        )

    def _check_proof(self, exhibit: str, path: str, entry: int) -> Iterator[Finding]:
        text = self._bag.read(path)
        if isinstance(text, bytes):
            yield from check_proof(path, text, entry, self._log)
            return
        if text is not None:
            yield text
        yield Finding("proof-missing", exhibit)

    def _check_custody(self) -> Iterator[Finding]:
        rows = 0
        for number, row in self._rows("custody"):
            rows = number - 1
            is_told = rows <= len(self._log.entries) and self._log.members[rows - 1] is not None
            if not is_told or row != told("custody", custody_row(self._log.entries[rows - 1])):
                yield Finding("csv-row", f"meta/custody.csv:{number}")
        yield from self._taken()
        if {"meta/custody.csv", "seal/entries.jsonl"} <= self._bag.present.keys() and rows < len(self._log.entries):
            yield Finding("csv-row", f"meta/custody.csv:{rows + 2}")

    def _taken(self) -> Iterator[Finding]:
        """Yield what reading a table has found."""
        findings, self._findings = self._findings, []
        yield from findings

    def _rows(self, table: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows with their numbers (the header is row 1) for as long as the table's form holds."""
        name = f"meta/{table}.csv"
        if name not in self._bag.present:
            return
        if self._bag.present[name] > _MOST_TABLE:
            self._findings.append(Finding("file-too-large", name))
            return
        number = 0
        header = ["\ufeff" + COLUMNS[table][0], *COLUMNS[table][1:]]
        csv.field_size_limit(_MOST_CELL)
        with io.TextIOWrapper(self._bag.open(name), encoding="utf-8", newline="") as file:
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
