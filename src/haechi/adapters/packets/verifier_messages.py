"""Checks disclosed messages: each one's bytes and salt lead to the root that a `window` entry of the log carries."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from haechi.adapters.packets.verifier_log import CheckedLog, entry_type, single_note, unbase64
from haechi.adapters.packets.verifier_rows import COUNT, OpenTables
from haechi.domain.canonical import Json
from haechi.domain.checkpoint import PROOF_HEADER, Checkpoint
from haechi.domain.custody import MESSAGE_SALT_BYTES, EntryType
from haechi.domain.disclosure import message_origin
from haechi.domain.merkle import HASH_BYTES, includes
from haechi.domain.note import NoteKey
from haechi.ports.packets import Finding
from haechi.ports.signer import VerifySignature

_MESSAGE = re.compile(r"M-[0-9]{4,9}")
_CHUNK = 1 << 20
_HEAD_LINES = 3  # format, salt, place


@dataclass(frozen=True, slots=True)
class _Proof:
    salt: bytes
    proof: Sequence[bytes]
    checkpoint: Checkpoint
    part: int


@dataclass(frozen=True, slots=True)
class _Row:
    message: str
    entry: int
    index: int
    size: int
    file: str


def check_disclosed(tables: OpenTables, log: CheckedLog, verify: VerifySignature) -> Iterator[Finding]:
    """Yield what is wrong with the messages that their table lists, and fill `tables.messages`."""
    for number, cells in tables.rows("disclosed"):
        row = _row(cells)
        if row is None or row.message in tables.messages:
            yield Finding("csv-form", f"meta/disclosed.csv:{number}")
            continue
        tables.messages.add(row.message)
        path = f"seal/messages/{row.message}.tlog-proof"
        tables.named |= {row.file, path}
        text = tables.bag.read(path)
        if isinstance(text, Finding):
            yield text
        if not isinstance(text, bytes):
            yield Finding("proof-missing", row.message)
        else:
            yield from _check_proof(tables, log, row, text, verify)
        if row.file not in tables.bag.present and row.file not in tables.bag.expected:
            yield Finding("file-missing", row.file)
    yield from tables.taken()


def _row(cells: Sequence[str]) -> _Row | None:
    message, entry, index, size, file, *_ = cells
    is_whole = (
        _MESSAGE.fullmatch(message)
        and all(COUNT.fullmatch(number) for number in (entry, index, size))
        and re.fullmatch(rf"data/messages/{message}\.(json|html|txt)", file)
    )
    return _Row(message, int(entry), int(index), int(size), file) if is_whole else None


def _check_proof(
    tables: OpenTables, log: CheckedLog, row: _Row, text: bytes, verify: VerifySignature
) -> Iterator[Finding]:
    path = f"seal/messages/{row.message}.tlog-proof"
    parts = _read_parts(text, row)
    if parts is not None and log.key is None:  # whose key is not known, whose note cannot be opened
        return
    proof = None if parts is None or log.key is None else _read_note(parts, row, log.key, verify)
    if proof is None:
        yield Finding("proof-form", path)
        return
    if not _is_window(log, row.entry, proof):
        yield Finding("window-wrong", row.message)
    if row.file in tables.bag.present:
        leaf = hashlib.sha256(b"\x00" + proof.salt)
        with tables.bag.open(row.file) as file:
            while chunk := file.read(_CHUNK):
                leaf.update(chunk)
        if not includes(proof.checkpoint.root, row.size, row.index, leaf.digest(), proof.proof):
            yield Finding("proof-wrong", path)


def _read_parts(text: bytes, row: _Row) -> tuple[bytes, Sequence[bytes], bytes] | None:
    """Return salt, sibling hashes and note of a tlog-proof of this place, None when it is none."""
    head, _, note = text.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if len(lines) < _HEAD_LINES or lines[0] != PROOF_HEADER or lines[2] != f"index {row.index}":
        return None
    salt = unbase64(lines[1].removeprefix("extra ")) if lines[1].startswith("extra ") else None
    hashes = [unbase64(line) or b"" for line in lines[_HEAD_LINES:]]
    if salt is None or len(salt) != MESSAGE_SALT_BYTES or any(len(value) != HASH_BYTES for value in hashes):
        return None
    return salt, hashes, note


def _read_note(
    parts: tuple[bytes, Sequence[bytes], bytes], row: _Row, key: NoteKey, verify: VerifySignature
) -> _Proof | None:
    salt, hashes, note = parts
    name = note.partition(b"\n")[0].decode("ascii", "replace")
    start = message_origin(key.name, 0).removesuffix("0")
    part = name.removeprefix(start)
    if not name.startswith(start) or not COUNT.fullmatch(part):
        return None
    said = single_note(note, name, key.public, verify)
    if said is None or said[1].size != row.size:
        return None
    return _Proof(salt, hashes, said[1], int(part))


def _is_window(log: CheckedLog, entry: int, proof: _Proof) -> bool:
    members = log.members[entry] if entry < len(log.members) else None
    if members is None or entry_type(log, entry) != EntryType.WINDOW:
        return False
    counts = members.get("counts")
    told: dict[str, Json] = dict(counts) if isinstance(counts, dict) else {}
    return members.get("root") == proof.checkpoint.root.hex() and (told.get("total"), told.get("part")) == (
        proof.checkpoint.size,
        proof.part,
    )
