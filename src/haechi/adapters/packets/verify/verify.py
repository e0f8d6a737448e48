#!/usr/bin/env python3
"""해치 패킷 검증. Haechi packet check, for Python 3.8 or newer and its standard library alone.

    python3 verify.py [--signer SHA256:...] [--json] [PACKET]

PACKET is the folder above this file when it is not given. Nothing is sent, nothing is written, and nothing outside
the packet is read. Ends with PASS (exit 0), FAIL (exit 1), or exit 2 when nothing could be checked. The format, and
what each finding means, stand in docs/formats/packet.md; this file shares no code with haechi, so that one checks the other.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Tuple  # noqa: UP035  # an alias is looked at by Python 3.8 too

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FILES = 200_000
MOST_TEXT = 1 << 28  # bytes of one file that is read as a whole
MOST_TABLE = 1 << 32
MOST_CELL = 1 << 24
MOST_ENTRY = 65_535
MOST_DIGITS = 17
MOST_NOTE_LINES = 69
KEY, HASH, SIGNATURE = 32, 32, 64  # bytes
CHECKPOINT_LINES = 3  # origin, size, root
PROOF_LINES = 3  # format, salt, place
ARRAY_LINES = 3  # bracket, bracket, nothing
REQUIRED = (
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig",
    "allowed_signers", "seal/checkpoint", "seal/entries.jsonl", "seal/openings.json", "seal/log-key.txt",
    "seal/log-key.pem", "meta/exhibits.csv", "meta/messages.csv", "meta/custody.csv", "meta/accounts.csv",
    "meta/rooms.csv", "meta/groups.csv",
)  # fmt: skip
COLUMNS = {
    "exhibits": "exhibit sha256 entry file size kind mime width height duration_ms role path group sightings seen_in",
    "messages": (
        "room message_id kind sender sender_label time_as_written sent_at sent_at_utc zone_source edited_at "
        "text reply_to flags exhibits facts source versions last_export_with first_export_without"
    ),
    "custody": "entry type actor at zone offset_s clock_source case item commit root counts prev leaf",
    "accounts": "platform account strength name first_seen first_seen_utc last_seen last_seen_utc messages",
    "rooms": "platform room type name first_seen first_seen_utc last_seen last_seen_utc links messages",
    "groups": (
        "group row exhibit sha256 is_own_photo seen_at seen_at_utc room account message_id path other_sha256 "
        "method bits symmetry"
    ),
}
PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
PATH = re.compile(f"{PART}(?:/{PART})*")
LINE = re.compile(f"([0-9a-f]{{64}})  ({PART}(?:/{PART})*)")
ALLOWED = re.compile(
    r'haechi-packet namespaces="packet@haechi" ssh-ed25519 (AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})\n'
)
NUMBER = re.compile("0|[1-9][0-9]{0,14}")
HEX = re.compile("[0-9a-f]{64}")
SPKI = bytes.fromhex("302a300506032b6570032100")
WORDS = {
    "link": ("다른 곳을 가리키는 링크가 들어 있습니다.", "There is a link that points elsewhere."),
    "special-file": ("일반 파일이 아닌 것이 들어 있습니다.", "There is something that is not a plain file."),
    "file-too-large": ("파일이 있을 수 없을 만큼 큽니다.", "The file is larger than it can be."),
    "too-many-files": ("파일이 너무 많아 검사를 멈추었습니다.", "There are too many files; the check stopped."),
    "bagit-txt": ("BagIt 1.0 선언이 아닙니다.", "This is not the declaration of BagIt 1.0."),
    "manifest-form": ("목록 파일의 형식이 잘못되었습니다.", "The manifest is malformed."),
    "manifest-line": ("목록의 이 줄이 잘못되었습니다.", "This line of the manifest is malformed."),
    "manifest-duplicate": ("같은 파일이 목록에 두 번 있습니다.", "The manifests name this file twice."),
    "file-missing": ("있어야 할 파일이 없습니다.", "A file that belongs here is missing."),
    "file-added": ("목록에 없는 파일이 추가되었습니다.", "A file that no manifest names has been added."),
    "directory-added": ("목록에 없는 폴더가 추가되었습니다.", "A folder that no manifest names has been added."),
    "file-changed": ("파일 내용이 바뀌었습니다.", "The content of this file has changed."),
    "oxum": ("파일 수나 전체 크기가 기록과 다릅니다.", "Number or total size of the files differs from the record."),
    "signer-form": ("서명자 파일의 형식이 잘못되었습니다.", "The file that names the signer is malformed."),
    "signature": ("서명이 맞지 않습니다.", "The signature is wrong."),
    "signer-other": (
        "기대한 것과 다른 열쇠로 서명되었습니다.",
        "This was signed by another key than the expected one.",
    ),
    "log-key": ("기록의 공개 열쇠가 잘못되었습니다.", "The public key of the log is wrong."),
    "checkpoint-form": ("확인점의 형식이 잘못되었습니다.", "The checkpoint is malformed."),
    "checkpoint-signature": ("확인점의 서명이 맞지 않습니다.", "The signature of the checkpoint is wrong."),
    "entry-form": ("이 기록의 형식이 잘못되었습니다.", "This log entry is malformed."),
    "entry-order": (
        "기록이 빠졌거나 순서가 바뀌었습니다. 처음 어긋난 줄입니다.",
        "A log entry was dropped or moved; this is the first line out of order.",
    ),
    "entry-link": (
        "이 기록이 앞 기록과 이어지지 않습니다. 이 줄이나 앞줄이 바뀌었습니다.",
        "This log entry does not follow from the one before; one of the two was changed.",
    ),
    "entry-count": ("기록 수가 확인점과 다릅니다.", "The number of log entries differs from the checkpoint."),
    "log-root": ("기록 전체의 해시가 확인점과 다릅니다.", "The hash over all log entries differs from the checkpoint."),
    "openings-form": ("봉인을 여는 값의 형식이 잘못되었습니다.", "The file that opens the commitments is malformed."),
    "opening-wrong": (
        "이 값으로는 기록의 봉인이 열리지 않습니다.",
        "This does not open the commitment in its log entry.",
    ),
    "opening-missing": (
        "이 증거의 봉인을 여는 값이 없습니다.",
        "What opens the commitment of this exhibit is missing.",
    ),
    "csv-form": ("표의 형식이 잘못되었습니다.", "The table is malformed."),
    "csv-count": ("표의 줄 수가 기록과 다릅니다.", "The number of rows differs from the record."),
    "csv-row": ("표의 이 줄이 다른 기록과 맞지 않습니다.", "This row does not fit the other records."),
    "exhibit-digest": (
        "증거 파일이 기록에 봉인된 것과 다릅니다.",
        "The exhibit is not the file that the log is committed to.",
    ),
    "exhibit-unlisted": ("증거 목록에 없는 파일입니다.", "The list of exhibits does not name this file."),
    "proof-missing": ("이 증거의 포함 증명이 없습니다.", "The proof of inclusion of this exhibit is missing."),
    "proof-form": (
        "포함 증명이 이 기록의 것이 아닙니다.",
        "The proof of inclusion does not belong to this log and exhibit.",
    ),
    "proof-wrong": (
        "포함 증명이 확인점으로 이어지지 않습니다.",
        "The proof of inclusion does not lead to the checkpoint.",
    ),
}


class Check:
    """One check of one packet; `findings` are (code, place), in the order in which they were found."""

    def __init__(self, packet: Path, pin: str | None) -> None:
        self.packet = packet
        self.pin = pin
        self.findings: list[tuple[str, str]] = []
        self.expected: dict[str, str] = {}
        self.present: dict[str, int] = {}
        self.signer: str | None = None
        self.entries: list[bytes] = []
        self.openings: dict[int, tuple[bytes, str]] = {}
        self.exhibits: set[str] = set()
        self.note: bytes | None = None
        self.size: int | None = None
        self.root = b""
        self.counts: dict[str, int] = {}

    def run(self) -> None:
        """Make every check."""
        self.check_files()
        self.check_signature()
        self.check_checkpoint()
        self.check_entries()
        self.check_openings()
        self.check_exhibits()
        self.check_tables()

    def found(self, code: str, place: str) -> None:
        """Note a finding."""
        self.findings.append((code, place))

    # --- files ------------------------------------------------------------------------------------------------------

    def open(self, path: str) -> BinaryIO:
        """Open a file of the packet that was seen to be a plain one, and refuse it when it no longer is."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        return os.fdopen(os.open(str(self.packet / path), flags), "rb")

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None when it is not there or too large to be what it should be."""
        if path not in self.present:
            return None
        if self.present[path] > MOST_TEXT:
            self.found("file-too-large", path)
            return None
        with self.open(path) as file:
            return file.read(MOST_TEXT)

    def manifest(self, name: str, folders: set[str]) -> None:
        """Take up what a manifest names."""
        place, payload = self.packet / name, not name.startswith("tag")
        if not place.is_file() or place.is_symlink():
            return
        self.present[name] = place.stat().st_size
        content = self.read(name)
        if content is None:
            return
        if not re.fullmatch(rb"[\n -~]*\n", content):
            self.found("manifest-form", name)
            return
        for number, line in enumerate(content.decode().split("\n")[:-1], 1):
            parts = LINE.fullmatch(line)
            path = parts[2] if parts else ""
            own = path in ("tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig")
            if parts is None or path.startswith("data/") is not payload or own:
                self.found("manifest-line", f"{name}:{number}")
                continue
            if path in self.expected:
                self.found("manifest-duplicate", path)
            self.expected[path] = parts[1]
            while "/" in path:
                path = path.rpartition("/")[0]
                folders.add(path)

    def walk(self, folder: str, folders: set[str], seen: list[int]) -> None:
        """Look at everything in a folder that the manifests name."""
        with os.scandir(str(self.packet / folder)) as listing:
            for entry in listing:
                seen[0] += 1
                if seen[0] > MOST_FILES:
                    if seen[0] == MOST_FILES + 1:
                        self.found("too-many-files", ".")
                    return
                path = f"{folder}/{entry.name}" if folder else entry.name
                known = path in self.expected or path in ("tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig")
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISLNK(mode):
                    self.found("link", quoted(path))
                elif stat.S_ISDIR(mode):
                    if path in folders:
                        self.walk(path, folders, seen)
                    else:
                        self.found("directory-added", quoted(path))
                elif not stat.S_ISREG(mode):
                    self.found("special-file", quoted(path))
                elif known:
                    self.present[path] = entry.stat(follow_symlinks=False).st_size
                else:
                    self.found("file-added", quoted(path))

    def check_files(self) -> None:
        """Compare the folder with its manifests, both ways, and every file with its digest."""
        folders = {"seal", "meta"}
        self.manifest("manifest-sha256.txt", folders)
        self.manifest("tagmanifest-sha256.txt", folders)
        self.present.clear()
        self.walk("", folders, [0])
        for path in sorted({*self.expected, *REQUIRED} - self.present.keys()):
            self.found("file-missing", path)
        self.check_digests()
        if "bagit.txt" in self.present:
            with self.open("bagit.txt") as file:
                if file.read(100) != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
                    self.found("bagit-txt", "bagit.txt")
        self.check_bag_info()

    def check_digests(self) -> None:
        """Compare every file with its digest."""
        for path in sorted(self.expected.keys() & self.present.keys()):
            with self.open(path) as file:
                digest = hashlib.sha256()
                for chunk in iter(lambda: file.read(1 << 20), b""):
                    digest.update(chunk)
            if digest.hexdigest() != self.expected[path]:
                self.found("file-changed", path)

    def check_bag_info(self) -> None:
        """Compare number and size of the payload's files, and take up how many rows each table has."""
        lines = (self.read("bag-info.txt") or b"").decode("ascii", "replace").split("\n")
        sizes = [size for path, size in self.present.items() if path.startswith("data/")]
        oxum = [line for line in lines if line.startswith("Payload-Oxum: ")]
        if "bag-info.txt" in self.present and oxum != [f"Payload-Oxum: {sum(sizes)}.{len(sizes)}"]:
            self.found("oxum", "bag-info.txt")
        for line in lines:
            if line.startswith("Haechi-Rows: "):
                for name, count in re.findall(r"([a-z]+)=([0-9]{1,15})(?: |$)", line):
                    self.counts[name] = int(count)

    # --- signature --------------------------------------------------------------------------------------------------

    def check_signature(self) -> None:
        """Check the SSH signature over the tag manifest, by the one key that `allowed_signers` names."""
        allowed = self.read("allowed_signers")
        if allowed is None:
            return
        line = ALLOWED.fullmatch(allowed.decode("ascii", "replace"))
        if line is None:
            self.found("signer-form", "allowed_signers")
            return
        blob = base64.b64decode(line[1])
        self.signer = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        manifest, armour = self.read("tagmanifest-sha256.txt"), self.read("tagmanifest-sha256.txt.sig")
        if manifest is None or armour is None:
            return
        start = b"SSHSIG\0\0\0\1" + string(blob) + string(b"packet@haechi") + string(b"") + string(b"sha512")
        start += (83).to_bytes(4, "big") + string(b"ssh-ed25519") + (64).to_bytes(4, "big")
        body = b"".join(armour.split(b"\n")[1:-2])
        signature = (unbase64(body.decode("ascii", "replace")) or b"")[-64:]
        # Made anew and compared: there is one way to write a signature, so not even a line break can be changed.
        text = base64.b64encode(start + signature)
        lines = [text[at : at + 70] for at in range(0, len(text), 70)]
        frame = (b"-----BEGIN SSH SIGNATURE-----", *lines, b"-----END SSH SIGNATURE-----", b"")
        signed = b"SSHSIG" + string(b"packet@haechi") + string(b"") + string(b"sha512")
        signed += string(hashlib.sha512(manifest).digest())
        if b"\n".join(frame) != armour or not ed25519(blob[-32:], signature, signed):
            self.found("signature", "tagmanifest-sha256.txt.sig")
        if self.pin is not None and self.pin != self.signer:
            self.found("signer-other", "allowed_signers")

    # --- log --------------------------------------------------------------------------------------------------------

    def check_checkpoint(self) -> None:
        """Check the log's key, and the signed note that tells the log's size and root."""
        vkey, pem, note = (self.read(f"seal/{name}") for name in ("log-key.txt", "log-key.pem", "checkpoint"))
        self.note = note
        if vkey is None or pem is None or note is None:
            return
        parts = re.fullmatch(r"([!-*,-~]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n", vkey.decode("ascii", "replace"))
        typed = unbase64(parts[3]) if parts else None
        key_id = hashlib.sha256(f"{parts[1]}\n".encode() + typed).digest()[:4] if parts and typed else b""
        if not parts or not typed or len(typed) != 1 + KEY or typed[0] != 1 or key_id.hex() != parts[2]:
            self.found("log-key", "seal/log-key.txt")
            return
        body = base64.b64encode(SPKI + typed[1:])
        if pem != b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n":
            self.found("log-key", "seal/log-key.pem")
        lines = note.decode("utf-8", "replace").split("\n")
        blank = max((at for at, line in enumerate(lines[:-1]) if not line), default=-1)
        if not (
            re.fullmatch(rb"[\n -~\x80-\xff]*\n", note)
            and is_utf8(note)
            and len(lines) <= MOST_NOTE_LINES
            and CHECKPOINT_LINES <= blank < len(lines) - 2
            and lines[0] == parts[1]
            and NUMBER.fullmatch(lines[1])
            and len(unbase64(lines[2]) or b"") == HASH
        ):
            self.found("checkpoint-form", "seal/checkpoint")
            return
        text = "".join(f"{line}\n" for line in lines[:blank]).encode()
        verdicts = []
        for line in lines[blank + 1 : -1]:
            signed = re.fullmatch("\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)", line)
            signature = unbase64(signed[2]) if signed else None
            if signed is None or signature is None:
                self.found("checkpoint-form", "seal/checkpoint")
                return
            if signed[1] == parts[1] and signature[:4] == key_id:
                verdicts.append(ed25519(typed[1:], signature[4:], text))
        if not verdicts or not all(verdicts):
            self.found("checkpoint-signature" if verdicts else "checkpoint-form", "seal/checkpoint")
            return
        self.size, self.root = int(lines[1]), base64.b64decode(lines[2])

    def check_entries(self) -> None:
        """Check form, order and link of each entry, and the root over all of them."""
        name = "seal/entries.jsonl"
        content = self.read(name)
        if content is None:
            return
        if content and not re.fullmatch(rb"[\n -\xff]*\n", content):
            self.found("entry-form", name)
            return
        self.entries = content.split(b"\n")[:-1]
        leaves, previous, ordered = [], "0" * 64, True
        for number, raw in enumerate(self.entries):
            members = entry_of(raw)
            place = f"{name}:{number + 1}"
            if members is None:
                self.found("entry-form", place)
            else:
                if members["n"] != number and ordered:
                    self.found("entry-order", place)
                    ordered = False
                if members["prev"] != previous:
                    self.found("entry-link", place)
            leaves.append(hashlib.sha256(b"\0" + raw).digest())
            previous = leaves[-1].hex()
        if self.size is None:
            return
        if self.size != len(leaves):
            self.found("entry-count", name)
        elif root_of(leaves) != self.root:
            self.found("log-root", name)

    # --- exhibits ---------------------------------------------------------------------------------------------------

    def check_openings(self) -> None:
        """Check that each opening opens the commitment in its log entry."""
        name = "seal/openings.json"
        content = self.read(name)
        if content is None:
            return
        lines = content.split(b"\n")
        if (
            not re.fullmatch(rb"[\n -\xff]*\n", content)
            or len(lines) < ARRAY_LINES
            or (lines[0], *lines[-2:]) != (b"[", b"]", b"")
        ):
            self.found("openings-form", name)
            return
        for number, line in enumerate(lines[1:-2], 2):
            is_last = number == len(lines) - 2
            one = canonical_object(line if is_last else line[:-1]) if is_last or line.endswith(b",") else None
            if one is None or not is_opening(one) or one["entry"] in self.openings:
                self.found("openings-form", f"{name}:{number}")
                continue
            salt, digest = bytes.fromhex(one["salt"]), one["digest"]
            self.openings[one["entry"]] = (salt, digest)
            sealed = hashlib.sha256(b"commit/v1\n" + salt + bytes.fromhex(digest)).hexdigest()
            entry = entry_of(self.entries[one["entry"]]) if one["entry"] < len(self.entries) else None
            subject = one["subject"]
            told = subject is None or hashlib.sha256(canonical(subject)).hexdigest() == digest
            if entry is None or entry.get("commit") != sealed or not told:
                self.found("opening-wrong", f"{name}:{number}")

    def check_exhibits(self) -> None:
        """Check each exhibit against its opening, its file and its proof."""
        listed: set[str] = set()
        for number, row in self.rows("exhibits"):
            exhibit, digest, entry, file = row[:4]
            place = f"meta/exhibits.csv:{number}"
            if (
                not re.fullmatch(r"E-[0-9]{4,9}", exhibit)
                or not HEX.fullmatch(digest)
                or not NUMBER.fullmatch(entry)
                or (file and not re.fullmatch(rf"data/evidence/{exhibit}(\.[a-z0-9]{{1,8}})?", file))
                or exhibit in self.exhibits
            ):
                self.found("csv-form", place)
                continue
            self.exhibits.add(exhibit)
            opening = self.openings.get(int(entry))
            if opening is None:
                self.found("opening-missing", exhibit)
            elif opening[1] != digest:
                self.found("exhibit-digest", place)
            if file and self.expected.get(file) != digest:
                self.found("exhibit-digest", file)
            proof = f"seal/proofs/{exhibit}.tlog-proof"
            listed.update((file, proof))
            text = self.read(proof)
            if text is None:
                self.found("proof-missing", exhibit)
            else:
                self.check_proof(proof, decoded(text), int(entry), opening[0] if opening else None)
        for path in sorted(self.present):
            if path.startswith(("data/evidence/", "seal/proofs/")) and path not in listed:
                self.found("exhibit-unlisted", path)

    def check_proof(self, name: str, text: str, entry: int, salt: bytes | None) -> None:
        """Check one tlog-proof: that it speaks of this entry and salt, and leads to this packet's checkpoint."""
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        hashes = [unbase64(line) or b"" for line in lines[3:]]
        if not (
            len(lines) >= PROOF_LINES
            and lines[0] == "c2sp.org/tlog-proof@v1"
            and lines[1].startswith("extra ")
            and salt in (None, unbase64(lines[1][6:]))
            and lines[2] == f"index {entry}"
            and all(len(value) == HASH for value in hashes)
            and (self.note is None or note == decoded(self.note))
        ):
            self.found("proof-form", name)
        elif self.size is not None and not (entry < len(self.entries) and self.includes(entry, hashes)):
            self.found("proof-wrong", name)

    def includes(self, index: int, proof: list[bytes]) -> bool:
        """RFC 9162, 2.1.3.2."""
        value = hashlib.sha256(b"\0" + self.entries[index]).digest()
        node, last = index, (self.size or 0) - 1
        if node > last:
            return False
        for sibling in proof:
            if last == 0:
                return False
            if node % 2 or node == last:
                value = hashlib.sha256(b"\1" + sibling + value).digest()
                while node % 2 == 0 and node:
                    node, last = node // 2, last // 2
            else:
                value = hashlib.sha256(b"\1" + value + sibling).digest()
            node, last = node // 2, last // 2
        return last == 0 and value == self.root

    # --- tables -----------------------------------------------------------------------------------------------------

    def rows(self, table: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a table with their numbers (the header is 1), for as long as its form holds."""
        name = f"meta/{table}.csv"
        if name not in self.present:
            return
        if self.present[name] > MOST_TABLE:
            self.found("file-too-large", name)
            return
        number = 0
        with io.TextIOWrapper(self.open(name), encoding="utf-8", newline="") as file:
            try:
                for number, row in enumerate(csv.reader(pieces(file), strict=True), 1):
                    if number == 1 and row != ["\ufeff" + COLUMNS[table].split()[0], *COLUMNS[table].split()[1:]]:
                        break
                    if len(row) != len(COLUMNS[table].split()) or any(map(has_control, row)):
                        break
                    if number > 1:
                        yield number, row
                else:
                    if number and self.counts.get(table) != number - 1:
                        self.found("csv-count", name)
                    if number:
                        return
            except (csv.Error, ValueError):
                number += 1
        self.found("csv-form", f"{name}:{max(number, 1)}")

    def check_tables(self) -> None:
        """Check the other tables' form and counts, the custody table against the log, and named exhibits."""
        last = 0
        for number, row in self.rows("custody"):
            raw = self.entries[number - 2] if number - 2 < len(self.entries) else b""
            if custody_row(number - 2, raw) != row:
                self.found("csv-row", f"meta/custody.csv:{number}")
            last = number - 1
        if "meta/custody.csv" in self.present and "seal/entries.jsonl" in self.present and last < len(self.entries):
            self.found("csv-row", f"meta/custody.csv:{last + 2}")
        for number, row in self.rows("messages"):
            if not self.exhibits.issuperset(row[13].split()):
                self.found("csv-row", f"meta/messages.csv:{number}")
        for table in ("accounts", "rooms", "groups"):
            for _ in self.rows(table):
                pass


def quoted(name: str) -> str:
    """Return a name as it may be printed: every byte outside the packet's own alphabet as %XX, 300 bytes at most."""
    parts = (
        chr(byte) if re.match(rb"[A-Za-z0-9._/-]", bytes((byte,))) else f"%{byte:02X}"
        for byte in os.fsencode(name)[:300]
    )
    return "".join(parts)


def string(value: bytes) -> bytes:
    """RFC 4251, 5."""
    return len(value).to_bytes(4, "big") + value


def unbase64(text: str) -> bytes | None:
    """Return the bytes, None when this is not the one way to write them."""
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return value if base64.b64encode(value).decode() == text else None


def is_utf8(content: bytes) -> bool:
    """Say whether these bytes are UTF-8."""
    try:
        content.decode()
    except ValueError:
        return False
    return True


def decoded(content: bytes) -> str:
    """Return text; bytes that are no UTF-8 stay apart from each other and from everything that is."""
    return content.decode("utf-8", "surrogateescape")


def canonical(value: Any) -> bytes:  # noqa: ANN401  # whatever JSON holds
    """Return the RFC 8785 bytes of what `json` read, which here holds no fraction."""

    def ordered(one: Any) -> Any:  # noqa: ANN401
        if isinstance(one, dict):
            return {key: ordered(one[key]) for key in sorted(one, key=lambda key: key.encode("utf-16-be"))}
        return [ordered(member) for member in one] if isinstance(one, list) else one

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def whole(text: str) -> int:
    """Return a number that RFC 8785 lets JSON hold, before Python spends an hour on ten million digits."""
    if len(text) > MOST_DIGITS or abs(int(text)) >= 1 << 53:
        raise ValueError(text[:20])
    return int(text)


def refused(text: str) -> NoReturn:
    """Refuse fractions, infinities and what is no number."""
    raise ValueError(text[:20])


def canonical_object(raw: bytes) -> dict[str, Any] | None:
    """Return the JSON object that these canonical bytes are, or None."""
    try:
        value = json.loads(raw.decode(), parse_int=whole, parse_float=refused, parse_constant=refused)
        return value if isinstance(value, dict) and canonical(value) == raw else None
    except (ValueError, RecursionError):
        return None


def entry_of(raw: bytes) -> dict[str, Any] | None:
    """Return a log entry's members, None when it has not the form of one."""
    members = canonical_object(raw) if len(raw) <= MOST_ENTRY else None
    return members if members is not None and is_entry(members) else None


def is_entry(members: dict[str, Any]) -> bool:
    """Say whether an object has what every entry has, and what else it has is of the right kind."""
    clock, counts = members.get("clock"), members.get("counts", {})
    return (
        members.get("v") == 1
        and is_count(members.get("n"))
        and isinstance(clock, dict)
        and type(clock.get("offset_s")) is int
        and all(isinstance(clock.get(name), str) for name in ("zone", "source"))
        and all(isinstance(members.get(name), str) for name in ("type", "actor", "at", "prev"))
        and all(isinstance(members.get(name, ""), str) for name in ("case", "item"))
        and all(HEX.fullmatch(str(members[name])) for name in ("prev", "commit", "root") if name in members)
        and isinstance(counts, dict)
        and all(type(count) is int for count in counts.values())
    )


def is_count(value: object) -> bool:
    """Say whether this is a whole number from zero."""
    return type(value) is int and value >= 0


def is_opening(one: dict[str, Any]) -> bool:
    """Say whether an object has the form of an opening."""
    return (
        one.keys() == {"digest", "entry", "salt", "subject"}
        and is_count(one["entry"])
        and all(isinstance(one[name], str) and HEX.fullmatch(one[name]) for name in ("digest", "salt"))
    )


def root_of(level: list[bytes]) -> bytes:
    """RFC 6962, 2.1: pairs from the left; a last lone node rises unchanged."""
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        above = [hashlib.sha256(b"\1" + one + other).digest() for one, other in zip(level[::2], level[1::2])]  # noqa: B905
        level = above + level[len(above) * 2 :]
    return level[0]


def pieces(file: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines, a giant one in parts."""
    return iter(lambda: file.readline(MOST_CELL), "")


def has_control(text: str) -> bool:
    """Say whether a cell holds a control character other than a line feed."""
    return re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text) is not None


def custody_row(number: int, raw: bytes) -> list[str] | None:
    """Return the row that tells this entry, None when it is no entry."""
    members = entry_of(raw)
    if members is None:
        return None
    clock, counts = members["clock"], members.get("counts")
    cells = [number, *map(members.get, ("type", "actor", "at"))]
    cells += map(clock.get, ("zone", "offset_s", "source"))
    cells += map(members.get, ("case", "item", "commit", "root"))
    cells += [
        canonical(counts).decode() if counts else None,
        members.get("prev"),
        hashlib.sha256(b"\0" + raw).hexdigest(),
    ]
    return [cell(value) for value in cells]


def cell(value: object) -> str:
    """Return a value as the tables write it."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = "".join("\u2421" if c == "\x7f" else chr(0x2400 + ord(c)) if c < " " else c for c in value)
    return "'" + text if text[:1] in tuple("=+-@'\uff1d\uff0b\uff0d\uff20") else text


# --- Ed25519 (RFC 8032, 5.1), for checking only: nothing here is secret ----------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = Tuple[int, int, int, int]  # noqa: UP006


def add(one: Point, other: Point) -> Point:
    """Add two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    """Multiply a point."""
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def point_of(encoded: bytes) -> Point | None:
    """Return the point that 32 bytes stand for, or None."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the signature over the message is right."""
    base = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    if len(public) != KEY or len(signature) != SIGNATURE or base is None:
        return False
    key, nonce, scalar = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(scalar, base), add(nonce, times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- what a person sees -----------------------------------------------------------------------------------------------

COMPARE = """
!! 위 열쇠 지문을 서명된 해시 확인서의 지문과 직접 비교하십시오. 다르면 이 결과는 뜻이 없습니다.
!! Compare the key fingerprint above with the one on the signed hash-confirmation sheet. If they differ, this result means nothing.
"""
PROVEN = """
확인된 것: 이 패킷의 모든 파일은 위 열쇠로 서명된 때 그대로이며, 기록은 빠지거나 바뀌거나 순서가 달라지지 않았습니다.
  이것은 해치가 받은 것이 무엇인지, 그리고 그 뒤로 바뀌지 않았음을 보여 줍니다.
확인되지 않은 것: 누가 글을 썼는지, 서버가 그것을 보냈는지, 원래 내보내기가 참인지. 시각은 이 기기의 시계가 말한 것입니다.
Shown: every file of this packet is as it was when the key above signed it, and no log entry was dropped, changed or moved.
  It shows what our recorder received, and that it has not changed since.
Not shown: who wrote a message, that a server sent it, that the export was true. Times are the word of this machine's clock.
"""


def told(check: Check) -> str:
    """Return the outcome in both languages, the verdict on the last line."""
    lines = ["해치 패킷 검증 / Haechi packet check"]
    for code, place in check.findings:
        lines += [f"  [!] {code}  {place}", *(f"      {words}" for words in WORDS[code])]
    counts = len(check.present), len(check.entries), len(check.exhibits)
    lines += ["", "파일 / files: {}   기록 / log entries: {}   증거 / exhibits: {}".format(*counts)]
    if check.signer:
        lines.append(f"서명한 열쇠 / signed by: {check.signer}")
    if check.findings:
        count = len(check.findings)
        return "\n".join([*lines, "", f"문제 {count}건. 이 패킷은 검증되지 않았습니다.",
                          f"{count} finding(s). This packet does not verify.", "FAIL", ""])  # fmt: skip
    return "\n".join([*lines, *((COMPARE.rstrip(),) if check.pin is None else ()), PROVEN, "검증 통과", "PASS", ""])


def main() -> int:
    """Check the packet that the arguments name."""
    parser = argparse.ArgumentParser(description="해치 패킷 검증 / Haechi packet check")
    parser.add_argument("packet", nargs="?", default=str(Path(__file__).resolve().parents[1]))
    parser.add_argument("--signer", metavar="SHA256:...", help="서명한 열쇠의 지문 / fingerprint of the signing key")
    parser.add_argument("--json", action="store_true", help="기계가 읽는 결과 / result for machines")
    asked = parser.parse_args()
    csv.field_size_limit(MOST_CELL)
    if asked.signer is not None and not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", asked.signer):
        parser.error("--signer SHA256:...")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Korean, whatever the terminal's own encoding is
    packet = Path(asked.packet)
    if not any((packet / name).is_file() for name in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")):
        sys.stderr.write("해치 패킷이 아닙니다. / This is not a Haechi packet.\n")
        return 2
    check = Check(packet, asked.signer)
    try:
        check.run()
    except OSError as error:
        sys.stderr.write(f"읽을 수 없습니다. / Cannot be read: {error.strerror}\n")
        return 2
    if asked.json:
        findings = [{"code": code, "place": place} for code, place in check.findings]
        verdict = "FAIL" if findings else "PASS"
        result = {"verdict": verdict, "signer": check.signer, "pinned": asked.signer is not None, "findings": findings}
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(told(check))
    return 1 if check.findings else 0


if __name__ == "__main__":
    sys.exit(main())
