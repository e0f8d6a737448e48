"""Checks a packet's log: its key, the signed checkpoint, every entry, what opens the commitments, and the proofs."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from haechi.adapters.packets.proofs import public_pem
from haechi.adapters.packets.verifier_bag import OpenBag
from haechi.domain.canonical import SAFE_INTEGER, Json, canonical
from haechi.domain.checkpoint import PROOF_HEADER, Checkpoint, CheckpointError
from haechi.domain.custody import GENESIS, MOST_ENTRY_BYTES, Entry, commitment, open_record
from haechi.domain.evidence import Sha256
from haechi.domain.merkle import Frontier, includes
from haechi.domain.note import NoteError, NoteKey, open_note
from haechi.ports.packets import Finding
from haechi.ports.signer import VerifySignature

_HEX = re.compile("[0-9a-f]{64}")
_LINES = re.compile(rb"[\n -\xff]*\n")
_NOTE = re.compile(rb"[\n -~\x80-\xff]*\n")
_MOST_DIGITS = 17
_MOST_NESTING = 32
_DIGEST = 32


@dataclass(slots=True)
class CheckedLog:
    """What a packet's log turned out to be. `checkpoint` is None until its signature held."""

    key: NoteKey | None = None
    """None until the packet's own statement of it could be read."""
    note: bytes | None = None
    checkpoint: Checkpoint | None = None
    entries: list[Entry] = field(default_factory=list)
    members: list[Mapping[str, Json] | None] = field(default_factory=list)
    """Each entry's JSON object, None where it has not the form of an entry."""
    openings: dict[int, tuple[bytes, Sha256]] = field(default_factory=dict)
    """Salt and digest by entry."""
    subjects: dict[int, Json] = field(default_factory=dict)
    """What was committed to, where it travels, by entry."""


def check_log(bag: OpenBag, verify: VerifySignature, log: CheckedLog) -> Iterator[Finding]:
    """Yield what is wrong with key, checkpoint and entries, and fill `log`."""
    key_text, pem, note = (bag.read(f"seal/{name}") for name in ("log-key.txt", "log-key.pem", "checkpoint"))
    entries = bag.read("seal/entries.jsonl")
    yield from (content for content in (key_text, pem, note, entries) if isinstance(content, Finding))
    log.note = note if isinstance(note, bytes) else None
    if isinstance(key_text, bytes) and isinstance(pem, bytes) and isinstance(note, bytes):
        yield from _check_checkpoint(key_text, pem, note, verify, log)
    if isinstance(entries, bytes):
        yield from _check_entries(entries, log)


def check_openings(bag: OpenBag, log: CheckedLog) -> Iterator[Finding]:
    """Yield each opening that does not open its entry's commitment."""
    name = "seal/openings.json"
    content = bag.read(name)
    if isinstance(content, Finding):
        yield content
    if not isinstance(content, bytes):
        return
    first, *lines, last, end = content.split(b"\n") if content.count(b"\n") > 1 else (b"", b"", b"")
    if not _LINES.fullmatch(content) or (first, last, end) != (b"[", b"]", b""):
        yield Finding("openings-form", name)
        return
    for number, line in enumerate(lines, 2):
        place = f"{name}:{number}"
        is_last = number == len(lines) + 1
        one = json_object(line if is_last else line.removesuffix(b","))
        if one is None or (not is_last and not line.endswith(b",")) or not _is_opening(one, log):
            yield Finding("openings-form", place)
        elif not _opens(one, log):
            yield Finding("opening-wrong", place)


def check_proof(path: str, text: bytes, entry: int, log: CheckedLog) -> Iterator[Finding]:
    """Yield what is wrong with the tlog-proof file of this entry."""
    head, _, note = text.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    proof = [unbase64(line) or b"" for line in lines[3:]]
    is_ours = log.note is None or note == log.note
    if not is_ours or not _speaks_of(lines[:3], entry, log) or any(len(value) != _DIGEST for value in proof):
        yield Finding("proof-form", path)
    elif log.checkpoint is not None and not (
        entry < len(log.entries)
        and includes(log.checkpoint.root, log.checkpoint.size, entry, log.entries[entry].leaf, proof)
    ):
        yield Finding("proof-wrong", path)


def entry_type(log: CheckedLog, entry: int) -> str | None:
    """Return the type of an entry, None when it is not there or has not the form of one."""
    members = log.members[entry] if entry < len(log.members) else None
    return None if members is None else str(members["type"])


def single_note(note: bytes, name: str, public: bytes, verify: VerifySignature) -> tuple[str, Checkpoint] | None:
    """Return text and checkpoint of a note that this key alone has signed under this name, None if it is none."""
    try:
        text = open_note(note.decode(), NoteKey(name, public), verify)
        checkpoint = Checkpoint.parse(text)
    except (NoteError, CheckpointError, UnicodeDecodeError):
        return None
    is_ours = checkpoint.origin == name and text.startswith(checkpoint.text()) and _NOTE.fullmatch(note)
    return (text, checkpoint) if is_ours and len(_signatures(note)) == 1 and unbase64(_signatures(note)[0]) else None


def json_object(raw: bytes) -> Mapping[str, Json] | None:
    """Return the JSON object whose RFC 8785 bytes these are, or None."""
    try:
        value = json.loads(raw.decode(), parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)
        return (
            value if isinstance(value, dict) and _is_within(value, _MOST_NESTING) and canonical(value) == raw else None
        )
    except (ValueError, RecursionError):
        return None


def _is_within(value: Json, depth: int) -> bool:
    """Say whether no more than `depth` arrays and objects are within each other."""
    if not isinstance(value, (Mapping, list)):
        return True
    inner = value.values() if isinstance(value, Mapping) else value
    return depth > 0 and all(_is_within(one, depth - 1) for one in inner)


def _check_checkpoint(
    key_text: bytes, pem: bytes, note: bytes, verify: VerifySignature, log: CheckedLog
) -> Iterator[Finding]:
    try:
        key = NoteKey.parse(key_text.decode("ascii").removesuffix("\n"))
    except (NoteError, UnicodeDecodeError):
        yield Finding("log-key", "seal/log-key.txt")
        return
    if f"{key.vkey}\n".encode() != key_text:
        yield Finding("log-key", "seal/log-key.txt")
        return
    log.key = key
    if pem != public_pem(key.public):
        yield Finding("log-key", "seal/log-key.pem")
    try:
        text = open_note(note.decode(), key, lambda *_: True)
        checkpoint = Checkpoint.parse(text)
    except (NoteError, CheckpointError, UnicodeDecodeError):
        yield Finding("checkpoint-form", "seal/checkpoint")
        return
    is_ours = checkpoint.origin == key.name and text.startswith(checkpoint.text())
    if not is_ours or not _NOTE.fullmatch(note) or not all(map(unbase64, _signatures(note))):
        yield Finding("checkpoint-form", "seal/checkpoint")
        return
    try:
        open_note(note.decode(), key, verify)
    except NoteError:
        yield Finding("checkpoint-signature", "seal/checkpoint")
        return
    log.checkpoint = checkpoint


def _check_entries(content: bytes, log: CheckedLog) -> Iterator[Finding]:
    name = "seal/entries.jsonl"
    if content and not _LINES.fullmatch(content):
        yield Finding("entry-form", name)
        return
    previous, is_ordered, frontier = GENESIS, True, Frontier()
    for index, raw in enumerate(content.split(b"\n")[:-1]):
        place = f"{name}:{index + 1}"
        entry = Entry(index, raw)
        members = json_object(raw) if len(raw) <= MOST_ENTRY_BYTES else None
        members = members if members is not None and _is_entry(members) else None
        if members is None:
            yield Finding("entry-form", place)
        else:
            if members["n"] != index and is_ordered:
                yield Finding("entry-order", place)
                is_ordered = False
            if members["prev"] != previous:
                yield Finding("entry-link", place)
        log.entries.append(entry)
        log.members.append(members)
        leaf = entry.leaf
        previous, frontier = leaf.hex(), frontier.append([leaf])
    if log.checkpoint is None:
        return
    if log.checkpoint.size != frontier.size:
        yield Finding("entry-count", name)
    elif log.checkpoint.root != frontier.root():
        yield Finding("log-root", name)


def _is_entry(members: Mapping[str, Json]) -> bool:
    clock, counts = members.get("clock"), members.get("counts", {})
    return (
        members.get("v") == 1
        and _is_count(members.get("n"))
        and isinstance(clock, Mapping)
        and _is_whole(clock.get("offset_s"))
        and isinstance(clock.get("zone"), str)
        and isinstance(clock.get("source"), str)
        and all(isinstance(members.get(name), str) for name in ("type", "actor", "at", "prev"))
        and all(isinstance(members.get(name, ""), str) for name in ("case", "item"))
        and all(_HEX.fullmatch(str(members[name])) for name in ("prev", "commit", "root") if name in members)
        and isinstance(counts, Mapping)
        and all(map(_is_whole, counts.values()))
    )


def _is_opening(one: Mapping[str, Json], log: CheckedLog) -> bool:
    return (
        one.keys() == {"digest", "entry", "salt", "subject"}
        and _is_count(one["entry"])
        and one["entry"] not in log.openings
        and all(isinstance(text := one[name], str) and _HEX.fullmatch(text) for name in ("digest", "salt"))
    )


def _opens(one: Mapping[str, Json], log: CheckedLog) -> bool:
    """Take up an opening, and say whether it opens its entry's commitment."""
    entry, salt, digest = one["entry"], bytes.fromhex(str(one["salt"])), Sha256(str(one["digest"]))
    if not isinstance(entry, int):
        raise TypeError(entry)
    log.openings[entry] = (salt, digest)
    log.subjects[entry] = one["subject"]
    if one["subject"] is not None and open_record(salt, one["subject"]).digest != digest:
        return False
    members = log.members[entry] if entry < len(log.members) else None
    return members is not None and members.get("commit") == commitment(salt, digest).hex()


def _signatures(note: bytes) -> list[str]:
    """Return the base64 of each signature line: a note could otherwise be changed where base64 has unused bits."""
    return [line.rpartition(" ")[2] for line in note.decode().rpartition("\n\n")[2].splitlines()]


def _speaks_of(lines: list[str], entry: int, log: CheckedLog) -> bool:
    salt, _ = log.openings.get(entry, (None, None))
    said = unbase64(lines[1].removeprefix("extra ")) if len(lines) == len(("header", "extra", "index")) else None
    return (
        said is not None
        and lines == [PROOF_HEADER, f"extra {base64.b64encode(said).decode()}", f"index {entry}"]
        and salt in (None, said)
    )


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _whole(text: str) -> int:
    # A number of ten million digits would keep Python busy for minutes before anything could refuse it.
    if len(text) > _MOST_DIGITS or abs(int(text)) > SAFE_INTEGER:
        raise ValueError(text[:_MOST_DIGITS])
    return int(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text[:_MOST_DIGITS])


def unbase64(text: str) -> bytes | None:
    """Return the bytes that base64 text stands for, None when it is none or could be written in another way."""
    try:
        value = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    return value if base64.b64encode(value).decode() == text else None
