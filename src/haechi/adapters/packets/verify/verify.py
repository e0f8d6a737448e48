#!/usr/bin/env python3
"""해치 증거 묶음 검증. Haechi packet check, for Python 3.8 or newer and its standard library alone.

    python3 verify.py [--signer SHA256:...] [--authority HEX]... [--policy FILE] [--json] [PACKET]

PACKET is the folder above this file when it is not given. Nothing is sent, nothing is written, and nothing outside
the packet is read but FILE. Ends with PASS (exit 0), FAIL (exit 1), or exit 2 when nothing could be checked. The format, and
what each finding means, stand in docs/formats/packet.md; this file shares no code with haechi, so that one checks the other.
"""

from __future__ import annotations

import argparse
import base64
import calendar
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, NoReturn, Tuple  # noqa: UP035  # an alias is looked at by Python 3.8 too

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FILES = 200_000
MOST_TEXT = 1 << 28  # bytes of one file that is read as a whole
MOST_TABLE = 1 << 32
MOST_CELL = 1 << 24
MOST_ENTRY = 65_535
MOST_DIGITS = 17
MOST_SIGNATURES = 64
MOST_NESTING = 32  # arrays and objects within each other
MOST_STAMP = 65_536  # bytes of a query, a reply, or a chain of certificates
MOST_CHAIN = 10  # certificates
MOST_DER = 32  # elements within each other
KEY, HASH, SIGNATURE = 32, 32, 64  # bytes
MESSAGE_SALT = 16
COSIGNATURE = 4 + 8 + 64  # key ID, time, signature
LAST_SECOND = (1 << 63) - 1  # of a cosignature: unix time as the 64 bits with sign that C2SP tlog-cosignature asks for
CHECKPOINT_LINES = 3  # origin, size, root
PROOF_LINES = 3  # format, salt, place
ARRAY_LINES = 3  # bracket, bracket, nothing
REQUIRED = (
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig",
    "allowed_signers", "seal/checkpoint", "seal/entries.jsonl", "seal/openings.json", "seal/log-key.txt",
    "seal/log-key.pem", "meta/exhibits.csv", "meta/messages.csv", "meta/custody.csv", "meta/accounts.csv",
    "meta/rooms.csv", "meta/groups.csv", "meta/derivatives.csv", "meta/disclosed.csv", "meta/anchors.csv",
)  # fmt: skip
COLUMNS = {
    "exhibits": "exhibit sha256 entry file size kind mime width height duration_ms role path group sightings seen_in",
    "messages": (
        "room message_id kind sender sender_label time_as_written sent_at sent_at_utc zone_source edited_at "
        "text reply_to flags exhibits facts source versions last_export_with first_export_without disclosed"
    ),
    "custody": "entry type actor at zone offset_s clock_source case item commit root counts prev leaf",
    "accounts": "platform account strength name first_seen first_seen_utc last_seen last_seen_utc messages",
    "rooms": "platform room type name first_seen first_seen_utc last_seen last_seen_utc links messages",
    "groups": (
        "group row exhibit sha256 is_own_photo seen_at seen_at_utc room account message_id path other_sha256 "
        "method bits symmetry"
    ),
    "derivatives": (
        "derivative sha256 entry file size mime source_exhibit source_entry source_commit method regions fields reason"
    ),
    "disclosed": "message entry index size file room message_id",
    "anchors": "anchor size kind file name at at_utc key",
}
LISTED = (
    "data/evidence/", "seal/proofs/", "data/messages/", "seal/messages/", "data/derivatives/", "seal/anchors/",
)  # fmt: skip
PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*"
PATH = re.compile(f"{PART}(?:/{PART})*")
LINE = re.compile(f"([0-9a-f]{{64}})  ({PART}(?:/{PART})*)")
ALLOWED = re.compile(
    r'haechi-packet namespaces="packet@haechi" ssh-ed25519 (AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})\n'
)
NUMBER = re.compile("0|[1-9][0-9]{0,14}")
HEX = re.compile("[0-9a-f]{64}")
FINGERPRINT = re.compile(
    "SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
)  # 32 bytes: the last character has 4 bits of them
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
        "알려 준 열쇠와 다른 열쇠로 서명되었습니다.",
        "This was signed by another key than the one you gave.",
    ),
    "log-key": ("기록의 공개 열쇠가 잘못되었습니다.", "The public key of the log is wrong."),
    "checkpoint-form": ("서명된 요약의 형식이 잘못되었습니다.", "The checkpoint is malformed."),
    "checkpoint-signature": ("서명된 요약의 서명이 맞지 않습니다.", "The signature of the checkpoint is wrong."),
    "entry-form": ("이 기록의 형식이 잘못되었습니다.", "This log entry is malformed."),
    "entry-order": (
        "기록이 빠졌거나 순서가 바뀌었습니다. 처음 어긋난 줄입니다.",
        "A log entry was dropped or moved; this is the first line out of order.",
    ),
    "entry-link": (
        "이 기록이 앞 기록과 이어지지 않습니다. 이 줄이나 앞줄이 바뀌었습니다.",
        "This log entry does not follow from the one before; one of the two was changed.",
    ),
    "entry-count": ("기록 수가 서명된 요약과 다릅니다.", "The number of log entries differs from the checkpoint."),
    "log-root": (
        "기록 전체의 해시가 서명된 요약과 다릅니다.",
        "The hash over all log entries differs from the checkpoint.",
    ),
    "openings-form": ("봉인을 여는 값의 형식이 잘못되었습니다.", "The file that opens the commitments is malformed."),
    "opening-wrong": (
        "이 값으로는 기록의 봉인이 열리지 않습니다.",
        "This does not open the commitment in its log entry.",
    ),
    "opening-missing": (
        "이 호증의 봉인을 여는 값이 없습니다.",
        "What opens the commitment of this exhibit is missing.",
    ),
    "csv-form": ("표의 형식이 잘못되었습니다.", "The table is malformed."),
    "csv-count": ("표의 줄 수가 기록과 다릅니다.", "The number of rows differs from the record."),
    "csv-row": ("표의 이 줄이 다른 기록과 맞지 않습니다.", "This row does not fit the other records."),
    "exhibit-digest": (
        "호증 파일이 기록에 봉인된 것과 다릅니다.",
        "The exhibit is not the file that the log is committed to.",
    ),
    "exhibit-unlisted": ("호증 목록에 없는 파일입니다.", "The list of exhibits does not name this file."),
    "proof-missing": ("이 호증의 포함 증명이 없습니다.", "The proof of inclusion of this exhibit is missing."),
    "proof-form": (
        "포함 증명이 이 기록의 것이 아닙니다.",
        "The proof of inclusion does not belong to this log and exhibit.",
    ),
    "proof-wrong": (
        "포함 증명이 서명된 요약으로 이어지지 않습니다.",
        "The proof of inclusion does not lead to the checkpoint.",
    ),
    "window-wrong": (
        "이 메시지의 봉인은 기록에 있는 것이 아닙니다.",
        "The log does not tell of the sealed messages that this one is said to be among.",
    ),
    "derivative-digest": (
        "가린 사본이 기록에 봉인된 것과 다릅니다.",
        "The redacted copy is not the file that the log is committed to.",
    ),
    "derivative-source": (
        "가린 사본에 대한 설명이 기록과 다릅니다.",
        "What is said of this redacted copy is not what the log says.",
    ),
    "anchor-form": (
        "시점확인을 받은 요약의 형식이 잘못되었습니다.",
        "The anchored checkpoint is malformed or not signed by the log.",
    ),
    "anchor-root": (
        "시점확인을 받은 요약이 이 기록의 앞부분이 아닙니다.",
        "The anchored checkpoint is not of the beginning of this log.",
    ),
    "stamp-form": (
        "시점확인 자료의 형식이 잘못되었습니다.",
        "The time stamp is malformed, or not of a kind that is known.",
    ),
    "stamp-imprint": ("시점확인이 다른 자료에 대한 것입니다.", "The time stamp is of other bytes."),
    "stamp-nonce": ("시점확인이 이 요청에 대한 답이 아닙니다.", "The time stamp does not answer this request."),
    "stamp-signature": ("시점확인의 서명이 맞지 않습니다.", "The signature of the time stamp is wrong."),
    "stamp-certificate": (
        "시점확인 기관의 인증서가 맞지 않습니다.",
        "The certificates of the time-stamping authority do not hold.",
    ),
    "authority-other": (
        "알려 준 기관의 시점확인이 없습니다.",
        "No time stamp that holds is by an authority you gave.",
    ),
    "cosignature": ("증인의 서명이 맞지 않거나 표와 다릅니다.", "A cosignature is wrong, or is not as the table says."),
    "witness-form": ("증인 열쇠 파일의 형식이 잘못되었습니다.", "The file that names the witnesses is malformed."),
    "quorum": (
        "알려 준 정책만큼 증인이 서명하지 않았습니다.",
        "Fewer witnesses cosigned than the policy you gave asks.",
    ),
}
# What a packet that passes has shown, and what it cannot show; verify.sh says the same words.
SHOWN = {
    "files": (
        "파일 {count}개가 모두 서명된 때 그대로입니다.",
        "All {count} files are as they were when they were signed.",
    ),
    "signature": ("서명한 열쇠: {signer}", "Signed by the key {signer}"),
    "log": (
        "기록 {entries}건은 빠지거나 바뀌거나 순서가 달라지지 않았습니다.",
        "No log entry of {entries} was dropped, changed or moved.",
    ),
    "exhibits": (
        "호증 {count}개는 기록에 봉인된 바로 그것입니다.",
        "{count} exhibits are the ones that the log was committed to.",
    ),
    "messages": (
        "메시지 {count}개는 봉인된 내보내기 안에 그대로 있던 것입니다.",
        "{count} messages stand in the sealed export as they are shown.",
    ),
    "derivatives": (
        "가린 사본 {count}개는 기록이 말하는 원본에서 기록이 말하는 대로 만든 것이라고 적혀 있습니다.",
        "{count} redacted copies are the ones that the log tells of, with their sources.",
    ),
    "stamp": (
        "처음 기록 {entries}건은 늦어도 {time}에는 있었습니다. 시점확인: {name}, 인증서 지문 {certificate}",
        "The first {entries} log entries existed by {time} (no later), according to {name}, certificate {certificate}",
    ),
    "cosignature": (
        "처음 기록 {entries}건에 {time}에 증인의 서명이 있었습니다. 증인: {name}",
        "The first {entries} log entries were cosigned at {time} by the witness {name}",
    ),
}
NOT_SHOWN = {
    "author": ("누가 글을 썼는지.", "Who wrote a message."),
    "served": ("서버가 그것을 보냈는지.", "That a server sent it."),
    "export-true": ("원래 내보내기가 참인지.", "That the export was true."),
    "clock": (
        "위의 시점확인과 증인의 서명 말고는, 시각은 이 기기의 시계가 말한 것입니다.",
        "Times, but those of stamps and cosignatures above, are the word of the recording machine's clock.",
    ),
    "unpinned": (
        "누구의 열쇠인지. 위 열쇠 지문을 서명된 해시 확인서(종이)의 지문과 직접 비교하십시오. 다르면 이 결과는 뜻이 없습니다.",
        "Whose key it is. Compare the fingerprint above with the one on the signed hash-confirmation sheet (paper). If they differ, this result means nothing.",
    ),
    "unpinned-authority": (
        "이 시점확인 기관의 인증서가 맞는지는 지문을 다른 곳에서 받아 견주어야 알 수 있습니다.",
        "Whether these are the right authorities: compare the certificates' fingerprints with ones from elsewhere.",
    ),
    "unanchored": (
        "언제까지 이 기록이 있었는지에 대한 다른 사람의 확인.",
        "Anybody else's word on when this log existed.",
    ),
}


INTACT = {
    "signer-other": (
        "온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다. 지문을 종이와 다시 견주십시오.",
        "Intact, but not by the key you gave. Compare the fingerprint with the paper again.",
    ),
    "authority-other": (
        "온전하지만, 알려 준 기관의 시점확인이 없습니다.",
        "Intact, but without a time stamp by an authority you gave.",
    ),
    "quorum": (
        "온전하지만, 알려 준 정책만큼 증인이 서명하지 않았습니다.",
        "Intact, but not cosigned as the policy you gave asks.",
    ),
}
OPTIONS = {
    "signer": (
        "열쇠 지문으로 읽을 수 없습니다. 종이에 적힌 그대로, SHA256: 뒤에 글자 43개입니다. 예: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "This is no key fingerprint. It is SHA256: and 43 characters, as on the paper. Example: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    ),
    "authority": (
        "인증서 지문으로 읽을 수 없습니다. SHA-256을 16진수 64자로 적은 것입니다. 예: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "This is no fingerprint of a certificate. It is a SHA-256 in 64 hexadecimal digits. Example: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    "policy": (
        "증인 정책 파일(C2SP tlog-policy)로 읽을 수 없습니다. 예: witness 이름 열쇠, group 이름 2 이름 이름, quorum 이름을 한 줄에 하나씩 적은 파일",
        "This is no policy file (C2SP tlog-policy) that can be read. Example: a file with lines such as witness NAME VKEY, group NAME 2 NAME NAME, quorum NAME",
    ),
}


class Check:
    """One check of one packet; `findings` are (code, place), in the order in which they were found."""

    def __init__(
        self, packet: Path, pin: str | None, authorities: Iterable[str] = (), policy: Policy | None = None
    ) -> None:
        self.packet = packet
        self.pin = pin
        self.authorities = frozenset(authorities)
        self.policy = policy
        self.findings: list[tuple[str, str]] = []
        self.expected: dict[str, str] = {}
        self.present: dict[str, int] = {}
        self.signer: str | None = None
        self.entries: list[bytes] = []
        self.members: list[dict[str, Any] | None] = []
        self.leaves: list[bytes] = []
        self.openings: dict[int, tuple[bytes, str, Any]] = {}
        self.exhibits: set[str] = set()
        self.messages: set[str] = set()
        self.derivatives: set[str] = set()
        self.note: bytes | None = None
        self.log_key: NoteKey | None = None
        self.size: int | None = None
        self.root = b""
        self.counts: dict[str, int] = {}
        self.listed: set[str] = set()
        self.anchored: list[tuple[int, int, str, str, str]] = []
        self.counted = False
        self.opened_notes: dict[bytes, Note | None] = {}

    def run(self) -> None:
        """Make every check."""
        self.check_files()
        self.check_signature()
        self.check_checkpoint()
        self.check_entries()
        self.check_openings()
        self.check_exhibits()
        self.check_disclosed()
        self.check_derivatives()
        self.check_anchors()
        self.check_unlisted()
        self.check_tables()

    def found(self, code: str, place: str) -> None:
        """Note a finding."""
        self.findings.append((code, place))

    def is_intact(self) -> bool:
        """Say whether nothing is wrong but that the packet is not by those whom the options name."""
        return all(code in INTACT for code, _ in self.findings)

    def proven(self) -> list[dict[str, Any]]:
        """Return what a packet without findings has shown: codes and facts, in the order in which they are told."""
        if self.findings:
            return []
        shown: list[dict[str, Any]] = [
            {"code": "files", "count": len(self.present)},
            {"code": "signature", "signer": self.signer, "pinned": self.pin is not None},
            {"code": "log", "entries": len(self.entries)},
            {"code": "exhibits", "count": len(self.exhibits)},
        ]
        for code, numbers in (("messages", self.messages), ("derivatives", self.derivatives)):
            shown += [{"code": code, "count": len(numbers)}] if numbers else []
        return shown + [claim for claim in self.anchor_claims() if self.counts_for(claim)]

    def not_counted(self) -> list[dict[str, Any]]:
        """Return the time stamps that hold, by authorities that `--authority` does not name."""
        return [] if self.findings else [claim for claim in self.anchor_claims() if not self.counts_for(claim)]

    def counts_for(self, claim: dict[str, Any]) -> bool:
        """Say whether a stamp or cosignature is one that the options let count."""
        return claim["code"] != "stamp" or not self.authorities or claim["certificate"] in self.authorities

    def anchor_claims(self) -> list[dict[str, Any]]:
        """Return stamps, then cosignatures, each by time, name, certificate and size."""
        claims = []
        told = [(at, name, key * (kind == "stamp"), size, kind) for at, size, kind, name, key in self.anchored]
        for at, name, key, size, kind in sorted(told, key=lambda one: (one[4] != "stamp", one)):
            more = {"certificate": key} if kind == "stamp" else {}
            claims.append({"code": kind, "entries": size, "at": at, "name": name, **more})
        return claims

    def not_proven(self) -> list[str]:
        """Return the codes of what no packet shows, and of what this check did not; nothing of a packet with findings."""
        if self.findings:
            return []
        codes = ["author", "served", "export-true", "clock"] + ["unpinned"] * (self.pin is None)
        is_stamped = any(kind == "stamp" for _, _, kind, _, _ in self.anchored)
        codes += ["unpinned-authority"] * (is_stamped and not self.authorities)
        return codes + ["unanchored"] * (not self.anchored)

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
        self.log_key = NoteKey(parts[1], typed[1:], key_id)
        opened, code = open_note(note, self.log_key)
        if opened is None:
            self.found(f"checkpoint-{code}", "seal/checkpoint")
            return
        self.size, self.root = opened.size, opened.root

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
        leaves, previous, ordered = self.leaves, "0" * 64, True
        for number, raw in enumerate(self.entries):
            members = entry_of(raw)
            self.members.append(members)
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
            self.openings[one["entry"]] = (salt, digest, one["subject"])
            sealed = hashlib.sha256(b"commit/v1\n" + salt + bytes.fromhex(digest)).hexdigest()
            entry = self.member(one["entry"])
            subject = one["subject"]
            told = subject is None or hashlib.sha256(canonical(subject)).hexdigest() == digest
            if entry is None or entry.get("commit") != sealed or not told:
                self.found("opening-wrong", f"{name}:{number}")

    def member(self, place: int) -> dict[str, Any] | None:
        """Return the members of the log entry in this place, None when there is none or it is malformed."""
        return self.members[place] if place < len(self.members) else None

    def check_exhibits(self) -> None:
        """Check each exhibit against its opening, its file and its proof."""
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
            self.listed.update((file, proof))
            text = self.read(proof)
            if text is None:
                self.found("proof-missing", exhibit)
            else:
                self.check_proof(proof, decoded(text), int(entry), opening[0] if opening else None)

    def check_unlisted(self) -> None:
        """Name the files that no row of a table names."""
        for path in sorted(self.present):
            if path.startswith(LISTED) and path not in self.listed:
                self.found("exhibit-unlisted", path)

    def check_proof(self, name: str, text: str, entry: int, salt: bytes | None) -> None:
        """Check one tlog-proof: that it speaks of this entry and salt, and leads to this packet's checkpoint."""
        salted, hashes, note = proof_parts(text, entry)
        if hashes is None or salt not in (None, salted) or (self.note is not None and note != decoded(self.note)):
            self.found("proof-form", name)
        elif self.size is not None and not (
            entry < len(self.leaves) and includes(self.leaves[entry], entry, hashes, self.size, self.root)
        ):
            self.found("proof-wrong", name)

    # --- messages and derivatives -----------------------------------------------------------------------------------

    def check_disclosed(self) -> None:
        """Check that each message that is shown was among those that the log was committed to."""
        for number, row in self.rows("disclosed"):
            message, entry, index, size, file = row[:5]
            if (
                not re.fullmatch(r"M-[0-9]{4,9}", message)
                or not all(NUMBER.fullmatch(one) for one in (entry, index, size))
                or not re.fullmatch(rf"data/messages/{message}\.(json|html|txt)", file)
                or message in self.messages
            ):
                self.found("csv-form", f"meta/disclosed.csv:{number}")
                continue
            self.messages.add(message)
            proof = f"seal/messages/{message}.tlog-proof"
            self.listed.update((file, proof))
            if file not in self.present and ("file-missing", file) not in self.findings:
                self.found("file-missing", file)
            text = self.read(proof)
            if text is None:
                self.found("proof-missing", message)
            else:
                self.check_message(message, decoded(text), file, (int(entry), int(index), int(size)))

    def check_message(self, message: str, text: str, file: str, told: tuple[int, int, int]) -> None:
        """Check one message's proof; `told` are the row's log entry, place in the message tree, and size of that tree."""
        name, (entry, index, size) = f"seal/messages/{message}.tlog-proof", told
        salt, hashes, raw = proof_parts(text, index)
        if hashes is None or salt is None or len(salt) != MESSAGE_SALT:
            self.found("proof-form", name)
            return
        if self.log_key is None or self.note is None:
            return
        note = self.message_note(raw.encode("utf-8", "surrogateescape"))
        if note is None or note.size != size or note.signatures != 1:
            self.found("proof-form", name)
            return
        window = self.member(entry) or {}
        counts = window.get("counts", {})
        part = int(note.name.rpartition("/")[2])
        if (window.get("type"), window.get("root"), counts.get("total"), counts.get("part")) != (
            "window", note.root.hex(), size, part,
        ):  # fmt: skip
            self.found("window-wrong", message)
        content = self.read(file)
        if content is None:
            return
        leaf = hashlib.sha256(b"\0" + salt + content).digest()
        if not includes(leaf, index, hashes, size, note.root):
            self.found("proof-wrong", name)

    def message_note(self, raw: bytes) -> Note | None:
        """Open the note of a message tree, once: all messages of one part have the same. Its key is the log's own."""
        if raw not in self.opened_notes:
            name = decoded(raw.partition(b"\n")[0])
            log, _, part = name.rpartition("/messages/")
            self.opened_notes[raw] = None
            if self.log_key is not None and log == self.log_key.name and NUMBER.fullmatch(part):
                key_id = hashlib.sha256(name.encode() + b"\n\1" + self.log_key.public).digest()[:4]
                self.opened_notes[raw] = open_note(raw, NoteKey(name, self.log_key.public, key_id))[0]
        return self.opened_notes[raw]

    def check_derivatives(self) -> None:
        """Check each redacted copy against what the log says of it."""
        for number, row in self.rows("derivatives"):
            derivative, digest, entry, file = row[:4]
            if (
                not re.fullmatch(r"D-[0-9]{4,9}", derivative)
                or not all(NUMBER.fullmatch(one) for one in (entry, row[7]))
                or not all(HEX.fullmatch(one) for one in (digest, row[8]))
                or not re.fullmatch(rf"data/derivatives/{derivative}\.[a-z0-9]{{1,8}}", file)
                or derivative in self.derivatives
            ):
                self.found("csv-form", f"meta/derivatives.csv:{number}")
                continue
            self.derivatives.add(derivative)
            self.listed.add(file)
            opening = self.openings.get(int(entry))
            if opening is None:
                self.found("opening-missing", derivative)
                if self.expected.get(file) != digest:
                    self.found("derivative-digest", derivative)
                continue
            subject = opening[2] if isinstance(opening[2], dict) else {}
            if subject.get("digest") != digest or self.expected.get(file) != digest:
                self.found("derivative-digest", derivative)
            source, (own, other) = subject.get("source"), (self.member(int(entry)), self.member(int(row[7])))
            if (
                not isinstance(source, dict)
                or not is_count(source.get("entry"))
                or [str(source["entry"]), source.get("commit")] != row[7:9]
                or (other or {}).get("commit") != row[8]
                or (own or {}).get("type") != "derive"
                or derivative_cells(subject) != row[9:]
            ):
                self.found("derivative-source", derivative)

    # --- anchors ----------------------------------------------------------------------------------------------------

    def check_anchors(self) -> None:
        """Check what others said of the log: time stamps and cosignatures of checkpoints over its beginning."""
        witnesses = self.witnesses()
        stamps: dict[str, tuple[str, int, str, str]] = {}
        anchors: dict[str, set[int]] = {}
        cosigned: dict[str, set[tuple[str, int, str]]] = {}
        once: set[str] = set()
        for number, row in self.rows("anchors"):
            anchor, size, kind, file, name, at, _, key = row
            base = f"seal/anchors/{anchor}"
            is_stamp = kind == "stamp"
            if (
                not re.fullmatch(r"A-[0-9]{4,9}", anchor)
                or not NUMBER.fullmatch(size)
                or not NUMBER.fullmatch(at)
                or kind not in ("stamp", "cosignature")
                or not (
                    re.fullmatch(rf"{base}\.[1-9][0-9]{{0,3}}\.tsr", file)
                    if is_stamp
                    else file == f"{base}.cosignatures"
                )
                or (is_stamp and not HEX.fullmatch(key))
                or (file if is_stamp else f"{anchor} {at} {key}") in once
            ):
                self.found("csv-form", f"meta/anchors.csv:{number}")
                continue
            once.add(file if is_stamp else f"{anchor} {at} {key}")
            anchors.setdefault(anchor, set()).add(int(size))
            self.listed.update((f"{base}.checkpoint", f"{base}.cosignatures"))
            self.anchored.append((int(at), int(size), kind, name, key))
            if is_stamp:
                stamps[file] = (anchor, int(at), key, file[:-3])
                self.listed.update(file[:-3] + ending for ending in ("tsq", "tsr", "pem"))
            else:
                cosigned.setdefault(anchor, set()).add((name, int(at), key))
        newest: tuple[int, int, Note, list[str]] | None = None
        for anchor, sizes in anchors.items():
            note = self.check_anchor(anchor, sizes)
            if note is None:
                continue
            lines = self.check_cosignatures(anchor, note[0], witnesses, cosigned.get(anchor, set()))
            if note[1] and (newest is None or (note[0].size, int(anchor[2:])) > newest[:2]):
                newest = (note[0].size, int(anchor[2:]), note[0], lines)
        for file, (anchor, seconds, key, base) in stamps.items():
            self.check_stamp(file, f"seal/anchors/{anchor}.checkpoint", base, (seconds, key))
        if self.authorities and not self.counted:
            self.found("authority-other", "authority")
        if self.policy is not None:
            self.check_policy(self.policy, newest)

    def check_anchor(self, anchor: str, sizes: set[int]) -> tuple[Note, bool] | None:
        """Return the checkpoint, and whether it is of this log's beginning; None when it cannot be read or looked at."""
        if self.log_key is None or self.note is None:
            return None
        name = f"seal/anchors/{anchor}.checkpoint"
        raw = self.read(name)
        note = open_note(raw, self.log_key)[0] if raw is not None else None
        if note is None or note.signatures != 1 or sizes != {note.size} or note.size > len(self.leaves):
            self.found("anchor-form", name)
            return None
        is_rooted = root_of(self.leaves[: note.size]) == note.root
        if not is_rooted:
            self.found("anchor-root", name)
        return note, is_rooted

    def witnesses(self) -> dict[tuple[str, bytes], tuple[str, bytes]]:
        """Return vkey and public key of each Ed25519 witness that the packet names, by name and key ID."""
        name = "seal/witnesses.txt"
        content = self.read(name)
        if content is None:
            return {}
        lines = content.decode("ascii", "replace").split("\n")
        keys = [witness_key(line) for line in lines[:-1]]
        if lines[-1] or not keys or None in keys or len(set(lines)) != len(lines):
            self.found("witness-form", name)
            return {}
        return {(key[0], key[1]): (line, key[3]) for line, key in zip(lines, keys) if key and key[2] == COSIGNER}  # noqa: B905

    def check_cosignatures(
        self,
        anchor: str,
        note: Note,
        witnesses: dict[tuple[str, bytes], tuple[str, bytes]],
        told: set[tuple[str, int, str]],
    ) -> list[str]:
        """Check the witnesses' lines below a checkpoint, and return them."""
        name = f"seal/anchors/{anchor}.cosignatures"
        content = self.read(name)
        if content is None:
            if told:
                self.found("cosignature", name)
            return []
        lines = content.decode("utf-8", "replace").split("\n")[:-1]
        is_good = re.fullmatch(rb"[\n -~\x80-\xff]*\n", content) is not None and is_utf8(content)
        is_good = is_good and len(lines) <= MOST_SIGNATURES
        valid, holds = set(), True
        for line in lines if is_good else ():
            signer, signature = signature_line(line)
            if signature is None or len(signature) <= 4:  # noqa: PLR2004  # a key ID alone
                is_good = False
                continue
            vkey, public = witnesses.get((signer, signature[:4]), ("", b""))
            if vkey and cosigns(public, signature, note.text):
                valid.add((cell(signer), int.from_bytes(signature[4:12], "big"), cell(vkey)))
            elif vkey:
                holds = False
        if not is_good or not holds or valid != told:
            self.found("cosignature", name)
        return lines if is_good else []

    def check_policy(self, read: Policy, newest: tuple[int, int, Note, list[str]] | None) -> None:
        """Check whether the newest anchor has the cosignatures that a C2SP tlog-policy asks for."""
        vkey = (self.read("seal/log-key.txt") or b"").decode("ascii", "replace").rstrip("\n")
        if newest is None or (read.logs and vkey not in read.logs):
            self.found("quorum", "policy")
            return
        text, lines = newest[2].text, newest[3]
        signed = {
            name
            for name, (signer, key_id, kind, public) in read.witnesses.items()
            if kind == COSIGNER
            and any(
                found == signer and value is not None and value[:4] == key_id and cosigns(public, value, text)
                for found, value in map(signature_line, lines)
            )
        }
        for name, (least, members) in read.groups.items():  # in the order of the file, so members come first
            if sum(member in signed for member in members) >= least:
                signed.add(name)
        if read.quorum != "none" and read.quorum not in signed:
            self.found("quorum", "policy")

    def check_stamp(self, file: str, checkpoint: str, base: str, told: tuple[int, str]) -> None:
        """Check one time stamp, and tell the first thing that is wrong; `told` are the row's time and certificate."""
        names = [base + ending for ending in ("tsq", "tsr", "pem")]
        is_small = all(self.present.get(name, MOST_STAMP + 1) <= MOST_STAMP for name in names)
        query, reply, pem = ((self.read(name) or b"") if is_small else b"" for name in names)
        try:
            stamp = read_stamp(query, reply, pem)
        except ValueError:
            self.found("stamp-form", file)
            return
        if (stamp.at, hashlib.sha256(stamp.chain[0].raw).hexdigest()) != told:
            self.found("stamp-form", file)
            return
        code = stamp_problem(stamp, self.read(checkpoint) or b"")
        if code:
            self.found(code, file)
        elif told[1] in self.authorities:
            self.counted = True

    # --- tables -----------------------------------------------------------------------------------------------------

    def rows(self, table: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a table with their numbers (the header is 1), for as long as its form holds."""
        name = f"meta/{table}.csv"
        if not self.is_table(name):
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

    def is_table(self, name: str) -> bool:
        """Say whether a table is there to be read: not too large, and UTF-8 from end to end."""
        if name not in self.present:
            return False
        if self.present[name] > MOST_TABLE:
            self.found("file-too-large", name)
            return False
        try:
            with io.TextIOWrapper(self.open(name), encoding="utf-8", newline="") as file:
                while file.read(1 << 20):
                    pass
        except ValueError:
            self.found("csv-form", f"{name}:1")
            return False
        return True

    def check_tables(self) -> None:
        """Check the other tables' form and counts, the custody table against the log, and named exhibits."""
        last = 0
        for number, row in self.rows("custody"):
            if custody_row(number - 2, self.member(number - 2), self.leaves) != row:
                self.found("csv-row", f"meta/custody.csv:{number}")
            last = number - 1
        if "meta/custody.csv" in self.present and "seal/entries.jsonl" in self.present and last < len(self.entries):
            self.found("csv-row", f"meta/custody.csv:{last + 2}")
        for number, row in self.rows("messages"):
            if not self.exhibits.issuperset(filter(None, row[13].split(" "))) or (
                row[-1] and row[-1] not in self.messages
            ):
                self.found("csv-row", f"meta/messages.csv:{number}")
        for table in ("accounts", "rooms", "groups"):
            for _ in self.rows(table):
                pass


class NoteKey(NamedTuple):
    """A log's key: its name, 32 bytes, and the four bytes by which a signature line refers to it."""

    name: str
    public: bytes
    key_id: bytes


class Note(NamedTuple):
    """A checkpoint whose signature held. `text` is what was signed, `signatures` how many lines stand below it."""

    name: str
    size: int
    root: bytes
    text: bytes
    signatures: int


def open_note(note: bytes, key: NoteKey) -> tuple[Note | None, str]:
    """Return the checkpoint that `key` signed, or None and `form` or `signature`."""
    lines = note.decode("utf-8", "replace").split("\n")
    blank = max((at for at, line in enumerate(lines[:-1]) if not line), default=-1)
    if not (
        re.fullmatch(rb"[\n -~\x80-\xff]*\n", note)
        and is_utf8(note)
        and CHECKPOINT_LINES <= blank < len(lines) - 2 <= blank + MOST_SIGNATURES
        and lines[0] == key.name
        and NUMBER.fullmatch(lines[1])
        and len(unbase64(lines[2]) or b"") == HASH
    ):
        return None, "form"
    text = "".join(f"{line}\n" for line in lines[:blank]).encode()
    verdicts = []
    for line in lines[blank + 1 : -1]:
        name, signature = signature_line(line)
        if signature is None:
            return None, "form"
        if name == key.name and signature[:4] == key.key_id:
            verdicts.append(ed25519(key.public, signature[4:], text))
    if not verdicts or not all(verdicts):
        return None, "signature" if verdicts else "form"
    return Note(lines[0], int(lines[1]), base64.b64decode(lines[2]), text, len(lines) - blank - 2), ""


def signature_line(line: str) -> tuple[str, bytes | None]:
    """Return name and bytes of a note's signature line, no bytes when it is malformed."""
    signed = re.fullmatch("\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)", line)
    return (signed[1], unbase64(signed[2])) if signed else ("", None)


def proof_parts(text: str, index: int) -> tuple[bytes | None, list[bytes] | None, str]:
    """Return salt, sibling hashes and note of a tlog-proof; no hashes when it is malformed or of another place."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    hashes = [unbase64(line) or b"" for line in lines[3:]]
    if (
        len(lines) < PROOF_LINES
        or lines[0] != "c2sp.org/tlog-proof@v1"
        or not lines[1].startswith("extra ")
        or lines[2] != f"index {index}"
        or any(len(value) != HASH for value in hashes)
    ):
        return None, None, note
    return unbase64(lines[1][6:]), hashes, note


def includes(leaf: bytes, index: int, proof: list[bytes], size: int, root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    value, node, last = leaf, index, size - 1
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
    return last == 0 and value == root


def derivative_cells(subject: dict[str, Any]) -> list[str] | None:
    """Return method, regions, fields and reason as the table of derivatives writes them, None for another record."""
    method, regions, fields, reason = (subject.get(name) for name in ("method", "regions", "fields", "reason"))
    if not (
        isinstance(method, str)
        and isinstance(reason, str)
        and isinstance(fields, list)
        and all(isinstance(one, str) for one in fields)
        and isinstance(regions, list)
        and all(isinstance(one, list) and all(type(number) is int for number in one) for one in regions)
    ):
        return None
    told = (method, ";".join(" ".join(map(str, one)) for one in regions), " ".join(fields), reason)
    return [cell(one) for one in told]


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
    depth = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', raw):
        depth += bracket in (b"[", b"{")
        depth -= bracket in (b"]", b"}")
        if depth > MOST_NESTING:
            return None
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
        type(members.get("v")) is int
        and members["v"] == 1
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


def custody_row(number: int, members: dict[str, Any] | None, leaves: list[bytes]) -> list[str] | None:
    """Return the row that tells this entry, None when it is no entry."""
    if members is None:
        return None
    clock, counts = members["clock"], members.get("counts")
    cells = [number, *map(members.get, ("type", "actor", "at"))]
    cells += map(clock.get, ("zone", "offset_s", "source"))
    cells += map(members.get, ("case", "item", "commit", "root"))
    cells += [
        canonical(counts).decode() if counts else None,
        members.get("prev"),
        leaves[number].hex(),
    ]
    return [cell(value) for value in cells]


def cell(value: object) -> str:
    """Return a value as the tables write it."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = "".join("\u2421" if c == "\x7f" else chr(0x2400 + ord(c)) if c < " " else c for c in value)
    return "'" + text if text[:1] in tuple("=+-@'\uff1d\uff0b\uff0d\uff20") else text


# --- witnesses and policies (C2SP signed-note, tlog-cosignature, tlog-policy) ----------------------------------------

COSIGNER, NEW_COSIGNER = 4, 6  # Ed25519, and ML-DSA-44, which no stock program can check yet
COSIGNER_BYTES = {1: 32, 4: 32, 6: 1312}
LOG_KEYS = (1, NEW_COSIGNER)
MOST_POLICY, MOST_DEFINITIONS = 1 << 20, 1000
VKEY = re.compile(r"([!-*,-~]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
WitnessKey = Tuple[str, bytes, int, bytes]  # noqa: UP006  # name, key ID, type, public key


class Policy(NamedTuple):
    """A tlog-policy: log vkeys, witnesses by their names in it, groups (how many of whom), and what is the quorum.

    Names are bytes, so the text stands here with one character for each byte. `keys` are the public keys of `log` and
    `witness` lines, `grouped` the members of all groups: none may stand there twice.
    """

    logs: set[str]
    witnesses: dict[str, WitnessKey]
    groups: dict[str, tuple[int, list[str]]]
    keys: set[tuple[str, bytes]]
    grouped: set[str]
    quorum: str


def vkey_parts(text: str) -> WitnessKey | None:
    """Return name, key ID, type and public key of a vkey, None when it is malformed or of an unknown type."""
    parts = VKEY.fullmatch(text)
    typed = unbase64(parts[3]) if parts else None
    if not parts or not typed or len(typed) - 1 != COSIGNER_BYTES.get(typed[0]):
        return None
    key_id = hashlib.sha256(f"{parts[1]}\n".encode() + typed).digest()[:4]
    return (parts[1], key_id, typed[0], typed[1:]) if key_id.hex() == parts[2] else None


def witness_key(text: str) -> WitnessKey | None:
    """Return the parts of a witness's vkey, None when it is none."""
    key = vkey_parts(text)
    return key if key and key[2] in (COSIGNER, NEW_COSIGNER) else None


def cosigns(public: bytes, signature: bytes, text: bytes) -> bool:
    """Say whether the bytes of a signature line (key ID, time, signature) are a witness's word on this checkpoint."""
    if len(signature) != COSIGNATURE:
        return False
    at = int.from_bytes(signature[4:12], "big")
    return 0 < at <= LAST_SECOND and ed25519(public, signature[12:], f"cosignature/v1\ntime {at}\n".encode() + text)


def read_policy(text: str) -> Policy | None:
    """Return the policy that this text states, None when it states none."""
    if len(text) > MOST_POLICY or not re.fullmatch(r"(?:[\t -~\x80-\xff]*\n)*", text):
        return None  # a file that was cut could name another quorum
    policy = Policy(set(), {}, {}, set(), set(), "")
    for line in text.split("\n"):
        words = [word for word in re.split(r"[ \t]+", line) if word]
        if not words or words[0].startswith("#"):
            continue
        read = policy_line(policy, words)
        if read is None or len(read.logs) + len(read.witnesses) + len(read.groups) > MOST_DEFINITIONS:
            return None
        policy = read
    return policy if policy.quorum else None


def policy_line(policy: Policy, words: list[str]) -> Policy | None:
    """Return the policy with one more line, None when the line is wrong."""
    name = words[1] if len(words) > 1 else ""
    is_known = name in policy.witnesses or name in policy.groups
    is_new = len(words) > 1 and not is_known and name != "none"
    if words[0] == "log" and len(words) in (2, 3):
        policy.logs.add(name)
        return policy if policy_key(policy, "log", name, LOG_KEYS) else None
    if words[0] == "witness" and len(words) in (3, 4) and is_new:
        key = policy_key(policy, "witness", words[2], (COSIGNER, NEW_COSIGNER))
        policy.witnesses.update({name: key} if key else {})
        return policy if key else None
    if words[0] == "group" and len(words) > 3 and is_new:  # noqa: PLR2004  # the word, a name, a number and who
        return policy_group(policy, name, words[2], words[3:])
    is_quorum = words[0] == "quorum" and len(words) == 2 and not policy.quorum  # noqa: PLR2004
    return policy._replace(quorum=name) if is_quorum and (is_known or name == "none") else None


def policy_key(policy: Policy, word: str, text: str, kinds: tuple[int, ...]) -> WitnessKey | None:
    """Return a policy's key, None when it is none of these kinds or another line of this word has it."""
    key = vkey_parts(text)
    if key is None or key[2] not in kinds or (word, key[3]) in policy.keys:
        return None
    policy.keys.add((word, key[3]))
    return key


def policy_group(policy: Policy, name: str, threshold: str, members: list[str]) -> Policy | None:
    """Return the policy with one more group; who is a member of one is a member of no other, and once."""
    is_good = all(member in policy.witnesses or member in policy.groups for member in members)
    least = {"any": "1", "all": str(len(members))}.get(threshold, threshold)
    is_good = is_good and len(set(members)) == len(members) and policy.grouped.isdisjoint(members)
    if not is_good or not re.fullmatch("[0-9]{1,6}", least) or not 1 <= int(least) <= len(members):
        return None
    policy.grouped.update(members)
    policy.groups[name] = (int(least), members)
    return policy


# --- time stamps (RFC 3161, RFC 5652, RFC 5280; DER: X.690) -----------------------------------------------------------

SHA256 = "608648016503040201"
HASHES = {SHA256: "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512"}
RSA, EC = "2a864886f70d010101", "2a8648ce3d0201"
SIGNERS = {
    "2a864886f70d01010b": ("rsa", "sha256"), "2a864886f70d01010c": ("rsa", "sha384"),
    "2a864886f70d01010d": ("rsa", "sha512"), "2a8648ce3d040302": ("ec", "sha256"),
    "2a8648ce3d040303": ("ec", "sha384"), "2a8648ce3d040304": ("ec", "sha512"),
}  # fmt: skip
SIGNED_DATA, TST_INFO = "2a864886f70d010702", "2a864886f70d0109100104"
CONTENT_TYPE, MESSAGE_DIGEST = "2a864886f70d010903", "2a864886f70d010904"
ESS = {"2a864886f70d010910020c": "sha1", "2a864886f70d010910022f": "sha256"}  # SigningCertificate, and V2
CONSTRAINTS, KEY_USAGE, PURPOSES = "551d13", "551d0f", "551d25"
UNDERSTOOD = (CONSTRAINTS, KEY_USAGE, PURPOSES, "551d20", "551d11")  # and policies, alternative names
STAMPING = bytes.fromhex("06082b06010505070308")
RSA_BITS = range(2048, 8193)
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class Element(NamedTuple):
    """A DER element: its tag, all its bytes, its content, and what the content consists of when it is constructed."""

    tag: int
    raw: bytes
    body: bytes
    parts: list[Element]


class Certificate(NamedTuple):
    """What is read of a certificate. `key` is ("rsa", n, e) or ("ec", curve, x, y); times are unix seconds."""

    raw: bytes
    tbs: bytes
    serial: bytes
    issuer: bytes
    subject: bytes
    since: int
    until: int
    key: tuple[Any, ...]
    signer: tuple[str, str]
    is_one_signer: bool
    signature: bytes
    extensions: list[tuple[str, bool, bytes]]


class TimeStamp(NamedTuple):
    """What is read of a stamp. Imprints are algorithm and digest; `attributes` are (type, values)."""

    query_imprint: tuple[str, bytes]
    query_policy: bytes | None
    query_nonce: bytes | None
    info: bytes
    imprint: tuple[str, bytes]
    policy: bytes
    nonce: bytes | None
    at: int
    issuer: bytes
    serial: bytes
    digest: str
    signed: bytes
    attributes: list[tuple[str, list[Element]]]
    signer: tuple[str, str]
    signature: bytes
    chain: list[Certificate]


def elements(data: bytes, depth: int = 0) -> list[Element]:
    """Return the DER elements that these bytes consist of. Raises `ValueError`."""
    found, at = [], 0
    while at < len(data):
        head = data[at : at + 2]
        if depth > MOST_DER or len(head) < 2 or head[0] & 31 == 31:  # noqa: PLR2004  # tag and length; a long tag
            raise ValueError(at)
        length, start = head[1], at + 2
        if length > 127:  # noqa: PLR2004  # the long form, which must be needed
            number = data[start : start + length - 128]
            start += length - 128
            if not 1 <= len(number) <= 4 or len(number) != length - 128 or not number[0]:  # noqa: PLR2004
                raise ValueError(at)
            length = int.from_bytes(number, "big")
            if length < 128:  # noqa: PLR2004
                raise ValueError(at)
        end = start + length
        if end > len(data):
            raise ValueError(at)
        body = data[start:end]
        found.append(Element(head[0], data[at:end], body, elements(body, depth + 1) if head[0] & 32 else []))
        at = end
    return found


def parts_of(element: Element, shape: str) -> list[Element | None]:
    """Return the parts of an element with these tags in order, None for one with `?` that is not there."""
    parts: list[Element | None] = []
    left = list(element.parts)
    for word in shape.split():
        if left and left[0].tag == int(word[:2], 16):
            parts.append(left.pop(0))
        elif word.endswith("?"):
            parts.append(None)
        else:
            raise ValueError(shape)
    if left:
        raise ValueError(shape)
    return parts


def sure_parts(element: Element, shape: str) -> list[Element]:
    """Return the parts of an element that has all of these."""
    return [one for one in parts_of(element, shape) if one is not None]


def only(data: bytes, tag: int) -> Element:
    """Return the one element that these bytes are."""
    found = elements(data)
    if len(found) != 1 or found[0].tag != tag:
        raise ValueError(tag)
    return found[0]


def integer(element: Element) -> int:
    """Return an INTEGER's value; its shortest form is the only one."""
    body = element.body
    if not body or (len(body) > 1 and (body[0], body[1] >> 7) in ((0, 0), (255, 1))):
        raise ValueError(body[:2])
    return int.from_bytes(body, "big", signed=True)


def boolean(element: Element) -> bool:
    """Return a BOOLEAN's value."""
    if element.body not in (b"\0", b"\xff"):
        raise ValueError(element.body[:1])
    return element.body == b"\xff"


def algorithm(element: Element) -> tuple[str, bool]:
    """Return the OID (hexadecimal) of an algorithm whose parameters are absent or NULL, and whether they are NULL."""
    identifier, null = parts_of(element, "06 05?")
    if element.tag != 0x30 or identifier is None or (null is not None and null.body):  # noqa: PLR2004  # a SEQUENCE
        raise ValueError(element.raw[:20])
    return identifier.body.hex(), null is not None


def signer_of(element: Element) -> tuple[str, str]:
    """Return kind of key and hash of a combined signature algorithm."""
    identifier, has_null = algorithm(element)
    signer = SIGNERS.get(identifier)
    if signer is None or (has_null and signer[0] == "ec"):
        raise ValueError(identifier)
    return signer


def time_of(text: bytes) -> int:
    """Return unix seconds (a fraction is dropped) of `YYYYMMDDHHMMSS`, a fraction that may be missing, and `Z`."""
    parts = re.fullmatch(rb"([0-9]{14})(?:\.[0-9]{1,9})?Z", text)
    if parts is None:
        raise ValueError(text[:20])
    numbers = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))]
    return calendar.timegm(datetime(*numbers).timetuple())  # type: ignore[arg-type]  # noqa: DTZ001  # UTC, as `Z` says


def validity(element: Element) -> int:
    """Return unix seconds of a UTCTime or GeneralizedTime without fractions."""
    is_short, text = element.tag == 0x17, element.body  # noqa: PLR2004  # UTCTime
    if len(text) != (13 if is_short else 15) or element.tag not in (0x17, 0x18):
        raise ValueError(text[:20])
    return time_of((b"20" if text < b"5" else b"19") + text if is_short else text)


def bits(element: Element) -> bytes:
    """Return the bytes of a BIT STRING that has no unused bits."""
    if element.body[:1] != b"\0":
        raise ValueError(element.body[:1])
    return element.body[1:]


def key_of(element: Element) -> tuple[Any, ...]:
    """Return the key in a SubjectPublicKeyInfo."""
    named, value = sure_parts(element, "30 03")
    kind = named.parts[0].body.hex() if named.parts else ""
    if kind == RSA:
        _, null = sure_parts(named, "06 05")
        modulus, exponent = map(integer, sure_parts(only(bits(value), 0x30), "02 02"))
        is_fit = modulus.bit_length() in RSA_BITS and modulus > 0 and 3 <= exponent < 1 << 32  # noqa: PLR2004
        if null.body or not is_fit or not modulus & exponent & 1:
            raise ValueError(kind)
        return "rsa", modulus, exponent
    curve, point = CURVES.get(sure_parts(named, "06 06")[1].body.hex()), bits(value)
    if kind != EC or curve is None or len(point) != 1 + 2 * curve.size or point[0] != 4:  # noqa: PLR2004  # uncompressed
        raise ValueError(kind)
    x, y = int.from_bytes(point[1 : 1 + curve.size], "big"), int.from_bytes(point[1 + curve.size :], "big")
    if x >= curve.prime or y >= curve.prime or (y * y - x * x * x + 3 * x - curve.b) % curve.prime:
        raise ValueError(kind)  # not on its curve
    return "ec", curve, x, y


def certificate_of(raw: bytes) -> Certificate:
    """Return what is read of a certificate. Raises `ValueError`."""
    tbs, named, signature = sure_parts(only(raw, 0x30), "30 30 03")
    version, serial, inner, issuer, valid, subject, spki, _, _, more = parts_of(
        tbs, "a0? 02 30 30 30 30 30 81? 82? a3?"
    )
    if version is not None and integer(sure_parts(version, "02")[0]) not in (0, 1, 2):
        raise ValueError(raw[:20])
    if serial is None or inner is None or issuer is None or valid is None or subject is None or spki is None:
        raise ValueError(raw[:20])
    integer(serial)
    if len(valid.parts) != 2:  # noqa: PLR2004  # since, until
        raise ValueError(raw[:20])
    extensions = []
    for one in sure_parts(more, "30")[0].parts if more is not None else ():
        identifier, critical, value = parts_of(one, "06 01? 04")
        if one.tag != 0x30 or identifier is None or value is None:  # noqa: PLR2004  # a SEQUENCE
            raise ValueError(raw[:20])
        extensions.append((identifier.body.hex(), critical is not None and boolean(critical), value.body))
        check_extension(identifier.body.hex(), value.body)
    return Certificate(
        raw, tbs.raw, serial.body, issuer.raw, subject.raw, validity(valid.parts[0]), validity(valid.parts[1]),
        key_of(spki), signer_of(named), named.raw == inner.raw, bits(signature), extensions,
    )  # fmt: skip


def chain_of(pem: bytes) -> list[Certificate]:
    """Return the certificates of a PEM file that holds nothing else. Raises `ValueError`."""
    lines = pem.decode("ascii").replace("\r\n", "\n").split("\n")
    chain, body = [], None
    for line in lines[:-1]:
        if line == BEGIN and body is None:
            body = ""
        elif line == END and body:
            raw = unbase64(body)
            if raw is None:
                raise ValueError(line)
            chain.append(certificate_of(raw))
            body = None
        elif body is not None and re.fullmatch("[A-Za-z0-9+/=]{1,76}", line):
            body += line
        else:
            raise ValueError(line[:80])
    if lines[-1] or body is not None or not 1 <= len(chain) <= MOST_CHAIN:
        raise ValueError(len(chain))
    return chain


def imprint_of(element: Element) -> tuple[str, bytes]:
    """Return algorithm (OID) and digest of a MessageImprint."""
    named, digest = sure_parts(element, "30 04")
    return algorithm(named)[0], digest.body


def read_stamp(query: bytes, reply: bytes, pem: bytes) -> TimeStamp:
    """Return what is read of a time stamp. Raises `ValueError` when anything in it has not its form."""
    version, asked, policy, nonce, certain, _ = parts_of(only(query, 0x30), "02 30 06? 02? 01? a0?")
    if version is None or asked is None or integer(version) != 1:
        raise ValueError(query[:20])
    check_forms((nonce, certain))
    digests, info, signer = signed_data(reply)
    told = parts_of(only(info, 0x30), "02 06 30 02 18 30? 01? 02? a0? a1?")
    first, own_policy, imprint, serial, made = (one for one in told[:5] if one is not None)
    if integer(first) != 1:
        raise ValueError(info[:20])
    check_forms((serial, *told[6:8]))
    parts = signer_parts(signer)
    if parts[2] not in [HASHES.get(algorithm(one)[0]) for one in digests.parts]:
        raise ValueError(parts[2])
    return TimeStamp(
        imprint_of(asked), policy.raw if policy else None, nonce.body if nonce else None, info, imprint_of(imprint),
        own_policy.raw, told[7].body if told[7] else None, time_of(made.body), *parts, chain_of(pem),
    )  # fmt: skip


def check_forms(parts: Iterable[Element | None]) -> None:
    """Raise `ValueError` when an INTEGER or a BOOLEAN among these is not DER."""
    for part in parts:
        if part is not None and part.tag == 2:  # noqa: PLR2004  # INTEGER
            integer(part)
        elif part is not None:
            boolean(part)


def signed_data(reply: bytes) -> tuple[Element, bytes, Element]:
    """Return digest algorithms, TSTInfo and the one SignerInfo of a granted TimeStampResp. Raises `ValueError`."""
    status, token = sure_parts(only(reply, 0x30), "30 30")
    if not status.parts or status.parts[0].tag != 2 or integer(status.parts[0]) != 0:  # noqa: PLR2004  # INTEGER
        raise ValueError(reply[:20])
    kind, wrapped = sure_parts(token, "06 a0")
    number, digests, content, _, _, signers = parts_of(sure_parts(wrapped, "30")[0], "02 31 30 a0? a1? 31")
    if kind.body.hex() != SIGNED_DATA or number is None or digests is None or content is None or signers is None:
        raise ValueError(reply[:20])
    holds, octets = sure_parts(content, "06 a0")
    if integer(number) != 3 or holds.body.hex() != TST_INFO or len(signers.parts) != 1:  # noqa: PLR2004  # RFC 5652, 5.1
        raise ValueError(reply[:20])
    return digests, sure_parts(octets, "04")[0].body, signers.parts[0]


def signer_parts(
    element: Element,
) -> tuple[bytes, bytes, str, bytes, list[tuple[str, list[Element]]], tuple[str, str], bytes]:
    """Return what `TimeStamp` has of a SignerInfo, from issuer to signature."""
    parts = parts_of(element, "02 30 30 a0 30 04 a1?")
    version, who, hashed, attributes, named, signature = (one for one in parts[:6] if one is not None)
    issuer, serial = sure_parts(who, "30 02")
    digest = HASHES.get(algorithm(hashed)[0])
    if element.tag != 0x30 or integer(version) != 1 or digest is None:  # noqa: PLR2004  # a SEQUENCE
        raise ValueError(element.raw[:20])
    integer(serial)
    signer = ("rsa", digest) if algorithm(named)[0] == RSA else signer_of(named)
    if signer[1] != digest:
        raise ValueError(digest)
    listed = []
    for one in attributes.parts:
        identifier, values = sure_parts(one, "06 31")
        if one.tag != 0x30:  # noqa: PLR2004  # a SEQUENCE
            raise ValueError(one.raw[:20])
        listed.append((identifier.body.hex(), values.parts))
    signed = b"\x31" + attributes.raw[1:]  # RFC 5652, 5.4: as the SET that it is, not under its tag here
    return issuer.raw, serial.body, digest, signed, listed, signer, signature.body


def stamp_problem(stamp: TimeStamp, stamped: bytes) -> str:
    """Return the first thing that is wrong with a stamp of these bytes, nothing when it holds."""
    imprint = (SHA256, hashlib.sha256(stamped).digest())
    if stamp.query_imprint != imprint or stamp.imprint != imprint:
        return "stamp-imprint"
    if stamp.query_nonce is None or stamp.nonce != stamp.query_nonce or stamp.query_policy not in (None, stamp.policy):
        return "stamp-nonce"
    leaf = stamp.chain[0]
    if (
        (stamp.issuer, stamp.serial) != (leaf.issuer, leaf.serial)
        or not attributes_hold(stamp, leaf)
        or not signature_holds(leaf.key, stamp.signer, stamp.signature, stamp.signed)
    ):
        return "stamp-signature"
    return "" if chain_holds(stamp.chain, stamp.at) else "stamp-certificate"


def attributes_hold(stamp: TimeStamp, leaf: Certificate) -> bool:
    """Say whether the signed attributes speak of this content and of this signing certificate."""
    digest = hashlib.new(stamp.digest, stamp.info).digest()
    for wanted, tag, body in ((CONTENT_TYPE, 6, bytes.fromhex(TST_INFO)), (MESSAGE_DIGEST, 4, digest)):
        values = [values for kind, values in stamp.attributes if kind == wanted]
        if len(values) != 1 or [(one.tag, one.body) for one in values[0]] != [(tag, body)]:
            return False
    named = [(kind, values) for kind, values in stamp.attributes if kind in ESS]
    kinds = [kind for kind, _ in named]
    try:
        return bool(named) and len(set(kinds)) == len(kinds) and all(names(ESS[kind], of, leaf) for kind, of in named)
    except (ValueError, IndexError):
        return False


def names(default: str, values: list[Element], leaf: Certificate) -> bool:
    """Say whether the first ESSCertID or ESSCertIDv2 (RFC 5035) is that of the signing certificate."""
    (one,) = values
    first = one.parts[0].parts[0]
    name, (hashed, digest) = default, (None, first.parts[0])
    if default != "sha1" and digest.tag == 0x30:  # noqa: PLR2004  # an algorithm other than the default
        hashed, digest = first.parts[0], first.parts[1]
        name = HASHES.get(algorithm(hashed)[0], "")
    return bool(name) and digest.tag == 4 and digest.body == hashlib.new(name, leaf.raw).digest()  # noqa: PLR2004


def chain_holds(chain: list[Certificate], at: int) -> bool:
    """Say whether each certificate was made by the next, the last by itself, for what it does here, and was alive."""
    try:
        return all(
            one.issuer == above.subject
            and one.is_one_signer
            and one.since <= at <= one.until
            and may(one, place)
            and signature_holds(above.key, one.signer, one.signature, one.tbs)
            for place, (one, above) in enumerate(zip(chain, [*chain[1:], chain[-1]]))  # noqa: B905
        )
    except ValueError:
        return False


def may(one: Certificate, place: int) -> bool:
    """Say whether a certificate's extensions let it stamp (in place 0), or certify what stands before it in the chain."""
    values = {identifier: value for identifier, _, value in one.extensions}
    if len(values) != len(one.extensions):
        return False
    if any(critical and identifier not in UNDERSTOOD for identifier, critical, _ in one.extensions):
        return False
    usage = used_bits(values[KEY_USAGE]) if KEY_USAGE in values else None
    if place == 0:
        stamping = (PURPOSES, True, b"\x30" + bytes((len(STAMPING),)) + STAMPING)
        return stamping in one.extensions and (usage is None or not usage - {0, 1})
    is_authority, room = constraints(values[CONSTRAINTS]) if CONSTRAINTS in values else (False, None)
    certifies = 5  # the bit keyCertSign
    return is_authority and (room is None or room >= place - 1) and (usage is None or certifies in usage)


def check_extension(identifier: str, value: bytes) -> None:
    """Make sure that the value of an extension that is looked at here has its form. Raises `ValueError`."""
    if identifier == CONSTRAINTS:
        constraints(value)
    elif identifier == KEY_USAGE:
        used_bits(value)
    elif identifier == PURPOSES and any(one.tag != 6 for one in only(value, 0x30).parts):  # noqa: PLR2004  # OIDs
        raise ValueError(value[:4])


def constraints(value: bytes) -> tuple[bool, int | None]:
    """Return what basicConstraints say: whether of an authority, and how many more may stand below it."""
    authority, room = parts_of(only(value, 0x30), "01? 02?")
    return authority is not None and boolean(authority), None if room is None else integer(room)


def used_bits(value: bytes) -> set[int]:
    """Return the numbers of the bits that a keyUsage sets."""
    body = only(value, 3).body
    if not body or body[0] > 7 or (len(body) == 1 and body[0]):  # noqa: PLR2004  # unused bits
        raise ValueError(value[:4])
    return {8 * at + bit for at, byte in enumerate(body[1:]) for bit in range(8) if byte << bit & 128}


def signature_holds(key: tuple[Any, ...], signer: tuple[str, str], signature: bytes, message: bytes) -> bool:
    """Say whether a signature of this kind and hash over a message is right."""
    if key[0] != signer[0]:
        return False
    digest = hashlib.new(signer[1], message).digest()
    return ecdsa(key, signature, digest) if key[0] == "ec" else rsa(key, signature, signer[1], digest)


def rsa(key: tuple[Any, ...], signature: bytes, name: str, digest: bytes) -> bool:
    """RFC 8017, 8.2.2: what the signature opens to has one right form, which is made here and compared."""
    _, modulus, exponent = key
    size, value = (modulus.bit_length() + 7) // 8, int.from_bytes(signature, "big")
    if len(signature) != size or value >= modulus:
        return False
    identifier = next(bytes.fromhex(oid) for oid, one in HASHES.items() if one == name)
    body = b"\x30\x0d\x06\x09" + identifier + b"\x05\0\x04" + bytes((len(digest),)) + digest
    body = b"\x30" + bytes((len(body),)) + body
    wanted = b"\0\1" + b"\xff" * (size - len(body) - 3) + b"\0" + body
    opened: int = pow(value, exponent, modulus)
    return bool(opened.to_bytes(size, "big") == wanted)


class Curve(NamedTuple):
    """A curve y² = x³ - 3x + b over a prime field, a base point of prime order, and the bytes of a coordinate."""

    prime: int
    b: int
    order: int
    base: tuple[int, int]
    size: int


CURVES = {  # FIPS 186-4, D.1.2; both have cofactor 1, so each point on the curve is in the one group
    "2a8648ce3d030107": Curve(
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        (
            0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        ),
        32,
    ),
    "2b81040022": Curve(
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        (
            0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
            0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        ),
        48,
    ),
}
Jacobian = Tuple[int, int, int]  # noqa: UP006


def doubled(point: Jacobian, prime: int) -> Jacobian:
    """Double a point in Jacobian coordinates; a third coordinate of 0 is the neutral point."""
    x, y, z = point
    delta, gamma = z * z % prime, y * y % prime
    beta, alpha = x * gamma % prime, 3 * (x - delta) * (x + delta) % prime
    new = (alpha * alpha - 8 * beta) % prime
    return new, (alpha * (4 * beta - new) - 8 * gamma * gamma) % prime, ((y + z) ** 2 - gamma - delta) % prime


def summed(one: Jacobian, other: Jacobian, prime: int) -> Jacobian:
    """Add two points in Jacobian coordinates."""
    if not one[2] or not other[2]:
        return other if not one[2] else one
    square, other_square = one[2] ** 2 % prime, other[2] ** 2 % prime
    u, v = one[0] * other_square % prime, other[0] * square % prime
    s, t = one[1] * other_square * other[2] % prime, other[1] * square * one[2] % prime
    if u == v:
        return doubled(one, prime) if s == t else (1, 1, 0)
    h, r = (v - u) % prime, (t - s) % prime
    cube, across = h * h * h % prime, u * h * h % prime
    x = (r * r - cube - 2 * across) % prime
    return x, (r * (across - x) - s * cube) % prime, h * one[2] * other[2] % prime


def ecdsa(key: tuple[Any, ...], signature: bytes, digest: bytes) -> bool:
    """FIPS 186-5, 6.4.2."""
    _, curve, x, y = key
    prime, order = curve.prime, curve.order
    try:
        r, s = map(integer, sure_parts(only(signature, 0x30), "02 02"))
    except ValueError:
        return False
    if not (0 < r < order and 0 < s < order):
        return False
    size = order.bit_length()
    number = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - size)
    inverse = pow(s, order - 2, order)
    first, second = number * inverse % order, r * inverse % order
    base, own = (*curve.base, 1), (x, y, 1)
    both = summed(base, own, prime)
    total = (1, 1, 0)
    for bit in range(size - 1, -1, -1):  # both products in one run (Shamir's trick)
        total = doubled(total, prime)
        chosen = (None, base, own, both)[(first >> bit & 1) + 2 * (second >> bit & 1)]
        total = summed(total, chosen, prime) if chosen else total
    return total[2] != 0 and bool(total[0] * pow(total[2], prime - 3, prime) % prime % order == r)


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

HEADINGS = (
    ("확인된 것", "Shown"),
    ("세지 않은 것 (알려 준 기관의 것이 아닌 시점확인)", "Not counted (time stamps by authorities you did not give)"),
    ("확인되지 않은 것", "Not shown"),
)
LAST_DAY = 253402300799  # the last second of the year 9999
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)  # would steer a terminal


def moment(at: int) -> str:
    """Return a time as all of haechi writes it: with its distance from UTC, here none."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC+00:00", time.gmtime(at)) if at <= LAST_DAY else str(at)


def claimed(fact: dict[str, Any]) -> tuple[str, ...]:
    """Return one thing that is proven, in both languages."""
    facts = {name: UNSAFE.sub("?", str(value)) for name, value in fact.items()}
    facts["time"] = moment(fact.get("at", 0))
    return tuple(words.format(**facts) for words in SHOWN[fact["code"]])


def shown(check: Check) -> list[list[tuple[str, ...]]]:
    """Return what is proven, what was not counted, and what is not proven, each in both languages."""
    claims = ([claimed(fact) for fact in told] for told in (check.proven(), check.not_counted()))
    return [*claims, [NOT_SHOWN[code] for code in check.not_proven()]]


def told(check: Check) -> str:
    """Return the outcome in both languages, the verdict on the last line."""
    lines = ["해치 증거 묶음 검증 / Haechi packet check"]
    for code, place in check.findings:
        lines += [f"  [!] {code}  {place}", *(f"      {words}" for words in WORDS[code])]
    counts = len(check.present), len(check.entries), len(check.exhibits)
    lines += ["", "파일 / files: {}   기록 / log entries: {}   호증 / exhibits: {}".format(*counts)]
    if check.findings:
        if check.signer:
            lines.append(f"서명한 열쇠 / signed by: {check.signer}")
        return "\n".join([*lines, "", *headline(check), "FAIL", ""])
    both = shown(check)
    for language in (0, 1):
        for heading, said in zip(HEADINGS, both):  # noqa: B905
            lines += ["", f"{heading[language]}:", *(f"  - {words[language]}" for words in said)] if said else []
    return "\n".join([*lines, "", "검증 통과", "PASS", ""])


def headline(check: Check) -> list[str]:
    """Return what findings come to: something is broken, or all is intact and by others than those that were named."""
    if check.is_intact():
        codes = [code for code in INTACT if any(code == found for found, _ in check.findings)]
        return [words for language in (0, 1) for words in (INTACT[code][language] for code in codes)]
    count = len(check.findings)
    return [f"문제 {count}건. 이 증거 묶음은 검증되지 않았습니다.", f"{count} finding(s). This packet does not verify."]


def policy_of(place: str) -> Policy | None:
    """Return the policy in a file, a character for each byte; None when it is none, or cannot be read."""
    try:
        with Path(place).open("rb") as file:
            return read_policy(file.read(MOST_POLICY + 1).decode("latin-1"))
    except OSError:
        return None


class MisusedError(ValueError):
    """An option whose value cannot be read."""

    def __init__(self, *, option: str, value: str) -> None:
        super().__init__(option, value)
        self.option = option
        self.value = value


def options_of(asked: argparse.Namespace) -> tuple[str | None, list[str], Policy | None]:
    """Return signer, authorities and policy. Raises `MisusedError`."""
    if asked.signer is not None and not FINGERPRINT.fullmatch(asked.signer):
        raise MisusedError(option="signer", value=asked.signer)
    authorities = []
    for written in asked.authority:
        authorities.append(written.replace(":", "").lower())  # as openssl prints it, or as we do
        if not HEX.fullmatch(authorities[-1]):
            raise MisusedError(option="authority", value=written)
    policy = policy_of(asked.policy) if asked.policy is not None else None
    if asked.policy is not None and policy is None:
        raise MisusedError(option="policy", value=asked.policy)
    return asked.signer, authorities, policy


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the arguments as they were written."""
    parser = argparse.ArgumentParser(description="해치 증거 묶음 검증 / Haechi packet check")
    parser.add_argument("packet", nargs="?", default=str(Path(__file__).resolve().parents[1]))
    parser.add_argument("--signer", metavar="SHA256:...", help="서명한 열쇠의 지문 / fingerprint of the signing key")
    parser.add_argument(
        "--authority", metavar="HEX", action="append", default=[],
        help="시점확인 기관 서명 인증서의 SHA-256 / SHA-256 of a time-stamping authority's signing certificate",
    )  # fmt: skip
    parser.add_argument("--policy", metavar="FILE", help="증인 서명 정책 / C2SP tlog-policy the cosignatures must meet")
    parser.add_argument("--json", action="store_true", help="기계가 읽는 결과 / result for machines")
    return parser.parse_args(arguments)


def main() -> int:
    """Check the packet that the arguments name."""
    asked = parsed(sys.argv[1:])
    csv.field_size_limit(MOST_CELL)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Korean, whatever the terminal's own encoding is
    try:
        signer, authorities, policy = options_of(asked)
    except MisusedError as error:
        words = "".join(f"  {one}\n" for one in OPTIONS[error.option])
        sys.stderr.write(f"--{error.option} {UNSAFE.sub('?', error.value)[:100]}\n{words}")
        return 2
    packet = Path(asked.packet)
    if not any((packet / name).is_file() for name in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")):
        sys.stderr.write("해치 증거 묶음이 아닙니다. / This is not a Haechi packet.\n")
        return 2
    try:
        check = Check(packet, signer, authorities, policy)
        check.run()
    except OSError as error:
        sys.stderr.write(f"읽을 수 없습니다. / Cannot be read: {error.strerror}\n")
        return 2
    if asked.json:
        findings = [{"code": code, "place": place} for code, place in check.findings]
        verdict = "FAIL" if findings else "PASS"
        result = {
            "verdict": verdict, "intact": check.is_intact(), "signer": check.signer, "pinned": asked.signer is not None,
            "findings": findings, "proven": check.proven(), "not_counted": check.not_counted(),
            "not_proven": check.not_proven(),
        }  # fmt: skip
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(told(check))
    return 1 if check.findings else 0


if __name__ == "__main__":
    sys.exit(main())
