"""Checks a packet's tables: exhibits against log, files and proofs, custody against the log, and the rest for form."""

import re
from collections.abc import Iterator

from haechi.adapters.packets.tables import COLUMNS, custody_row, told
from haechi.adapters.packets.verifier_log import CheckedLog, check_proof
from haechi.adapters.packets.verifier_rows import COUNT, DIGEST, OpenTables
from haechi.ports.packets import Finding

_EXHIBIT = re.compile(r"E-[0-9]{4,9}")
_EXHIBITS_AT = COLUMNS["messages"].index("exhibits")
_DISCLOSED_AT = COLUMNS["messages"].index("disclosed")


def check_exhibits(tables: OpenTables, log: CheckedLog) -> Iterator[Finding]:
    """Yield what is wrong with the exhibits that their table lists."""
    for number, row in tables.rows("exhibits"):
        exhibit, digest, entry, file, *_ = row
        if not _is_exhibit(tables, exhibit, digest, entry, file):
            yield Finding("csv-form", f"meta/exhibits.csv:{number}")
            continue
        tables.exhibits.add(exhibit)
        opening = log.openings.get(int(entry))
        if opening is None:
            yield Finding("opening-missing", exhibit)
        elif opening[1] != digest:
            yield Finding("exhibit-digest", f"meta/exhibits.csv:{number}")
        if file and tables.bag.expected.get(file) != digest:
            yield Finding("exhibit-digest", file)
        proof = f"seal/proofs/{exhibit}.tlog-proof"
        tables.named |= {file, proof}
        yield from _check_proof(tables, log, exhibit, proof, int(entry))
    yield from tables.taken()


def check_other_tables(tables: OpenTables, log: CheckedLog) -> Iterator[Finding]:
    """Yield what is wrong with the tables of the log, of messages, and of what stands beside them."""
    yield from _check_custody(tables, log)
    for number, row in tables.rows("messages"):
        shown = {row[_DISCLOSED_AT]} - {""}
        if not tables.exhibits.issuperset(filter(None, row[_EXHIBITS_AT].split(" "))) or not shown <= tables.messages:
            yield Finding("csv-row", f"meta/messages.csv:{number}")
    yield from tables.taken()
    for table in ("accounts", "rooms", "groups"):
        for _ in tables.rows(table):
            pass
        yield from tables.taken()


def _is_exhibit(tables: OpenTables, exhibit: str, digest: str, entry: str, file: str) -> bool:
    return (
        _EXHIBIT.fullmatch(exhibit) is not None
        and DIGEST.fullmatch(digest) is not None
        and COUNT.fullmatch(entry) is not None
        and (not file or re.fullmatch(rf"data/evidence/{exhibit}(\.[a-z0-9]{{1,8}})?", file) is not None)
        and exhibit not in tables.exhibits
    )


def _check_proof(tables: OpenTables, log: CheckedLog, exhibit: str, path: str, entry: int) -> Iterator[Finding]:
    text = tables.bag.read(path)
    if isinstance(text, bytes):
        yield from check_proof(path, text, entry, log)
        return
    if text is not None:
        yield text
    yield Finding("proof-missing", exhibit)


def _check_custody(tables: OpenTables, log: CheckedLog) -> Iterator[Finding]:
    rows = 0
    for number, row in tables.rows("custody"):
        rows = number - 1
        is_told = rows <= len(log.entries) and log.members[rows - 1] is not None
        if not is_told or row != told("custody", custody_row(log.entries[rows - 1])):
            yield Finding("csv-row", f"meta/custody.csv:{number}")
    yield from tables.taken()
    is_there = {"meta/custody.csv", "seal/entries.jsonl"} <= tables.bag.present.keys()
    if is_there and rows < len(log.entries):
        yield Finding("csv-row", f"meta/custody.csv:{rows + 2}")
