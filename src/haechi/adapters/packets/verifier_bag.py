"""Checks a packet's files against its manifests, both ways, and the signature over them.

A packet from outside is hostile: nothing is read through a link, no name from a manifest is used before it has the
packet's own narrow form, and no file is read as a whole without a limit.
"""

import hashlib
import io
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from haechi.adapters.packets import sshsig
from haechi.adapters.packets.bag import BAGIT_TXT, PATH, PAYLOAD_MANIFEST, SIGNATURE, TAG_MANIFEST
from haechi.adapters.packets.tables import COLUMNS
from haechi.domain.sshkey import key_fingerprint
from haechi.ports.packets import Finding
from haechi.ports.signer import VerifySignature

MOST_FILES = 200_000
MOST_TEXT = 1 << 28  # bytes of one file that is read as a whole
REQUIRED = (
    "bagit.txt", "bag-info.txt", PAYLOAD_MANIFEST, TAG_MANIFEST, SIGNATURE, "allowed_signers", "seal/checkpoint",
    "seal/entries.jsonl", "seal/openings.json", "seal/log-key.txt", "seal/log-key.pem",
    *(f"meta/{table}.csv" for table in COLUMNS),
)  # fmt: skip
_UNLISTED = (TAG_MANIFEST, SIGNATURE)
_LINE = re.compile(rf"([0-9a-f]{{64}})  ({PATH.pattern})")
_TEXT = re.compile(rb"[\n -~]*\n")
_MOST_NAME = 300


class OpenBag:
    """A packet's folder. `expected` maps path to digest as the manifests say, `present` maps path to size.

    `signer` is the fingerprint of the key that the packet names, once it was read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected: dict[str, str] = {}
        self.present: dict[str, int] = {}
        self.signer: str | None = None
        self._folders = {"seal", "meta"}

    def open(self, path: str) -> io.BufferedReader:
        """Open a file that was seen to be a plain one; never follow a link, never wait for a pipe."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(self.folder / path, flags), "rb")

    def read(self, path: str) -> bytes | Finding | None:
        """Return a file's bytes, None when it is not there, or the finding that it is too large."""
        if path not in self.present:
            return None
        if self.present[path] > MOST_TEXT:
            return Finding("file-too-large", path)
        with self.open(path) as file:
            return file.read(MOST_TEXT)

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with the files."""
        yield from self._manifest(PAYLOAD_MANIFEST)
        yield from self._manifest(TAG_MANIFEST)
        self.present.clear()
        yield from self._walk()
        for path in sorted({*self.expected, *REQUIRED} - self.present.keys()):
            yield Finding("file-missing", path)
        for path in sorted(self.expected.keys() & self.present.keys()):
            with self.open(path) as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != self.expected[path]:
                    yield Finding("file-changed", path)
        yield from self._declaration()

    def _manifest(self, name: str) -> Iterator[Finding]:
        place = self.folder / name
        if place.is_symlink() or not place.is_file():
            return
        self.present[name] = place.stat().st_size
        content = self.read(name)
        if isinstance(content, Finding):
            yield content
        elif content is not None and not _TEXT.fullmatch(content):
            yield Finding("manifest-form", name)
        elif content is not None:
            for number, line in enumerate(content.decode().splitlines(), 1):
                yield from self._listed(name, number, line)

    def _listed(self, name: str, number: int, line: str) -> Iterator[Finding]:
        found = _LINE.fullmatch(line)
        if found is None or found[2] in _UNLISTED or found[2].startswith("data/") is not (name == PAYLOAD_MANIFEST):
            yield Finding("manifest-line", f"{name}:{number}")
            return
        if found[2] in self.expected:
            yield Finding("manifest-duplicate", found[2])
        self.expected[found[2]] = found[1]
        parts = found[2].split("/")
        self._folders.update("/".join(parts[:end]) for end in range(1, len(parts)))

    def _walk(self) -> Iterator[Finding]:
        waiting, seen = [""], 0
        while waiting:
            folder = waiting.pop()
            with os.scandir(self.folder / folder) as listing:
                for entry in listing:
                    seen += 1
                    if seen > MOST_FILES:
                        yield Finding("too-many-files", ".")
                        return
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    status = entry.stat(follow_symlinks=False)
                    if path in self._folders and stat.S_ISDIR(status.st_mode):
                        waiting.append(path)
                    elif (path in self.expected or path in _UNLISTED) and stat.S_ISREG(status.st_mode):
                        self.present[path] = status.st_size
                    else:
                        yield Finding(_misplaced(status.st_mode), _printable(path))

    def _declaration(self) -> Iterator[Finding]:
        if "bagit.txt" in self.present:
            with self.open("bagit.txt") as file:
                if file.read(len(BAGIT_TXT) + 1) != BAGIT_TXT:
                    yield Finding("bagit-txt", "bagit.txt")
        information = self.read("bag-info.txt")
        if isinstance(information, Finding):
            yield information
        elif information is not None:
            sizes = [size for path, size in self.present.items() if path.startswith("data/")]
            said = [line for line in information.split(b"\n") if line.startswith(b"Payload-Oxum: ")]
            if said != [f"Payload-Oxum: {sum(sizes)}.{len(sizes)}".encode()]:
                yield Finding("oxum", "bag-info.txt")

    def row_counts(self) -> dict[str, int]:
        """Return how many rows `bag-info.txt` says each table has."""
        information = self.read("bag-info.txt")
        if not isinstance(information, bytes):
            return {}
        lines = [line for line in information.split(b"\n") if line.startswith(b"Haechi-Rows: ")]
        pairs = [pair for line in lines for pair in re.findall(rb"([a-z]+)=([0-9]{1,15})(?: |$)", line)]
        return {name.decode(): int(count) for name, count in pairs}


def check_signature(bag: OpenBag, verify: VerifySignature, *, signer: str | None) -> Iterator[Finding]:
    """Yield what is wrong with the signature over the tag manifest; `signer` is the fingerprint that must have made it."""
    allowed, manifest, armour = (bag.read(path) for path in ("allowed_signers", TAG_MANIFEST, SIGNATURE))
    yield from (content for content in (allowed, manifest, armour) if isinstance(content, Finding))
    if not isinstance(allowed, bytes):
        return
    try:
        public = sshsig.allowed_public(allowed.decode("ascii", "replace"))
    except sshsig.SignatureFormError:
        yield Finding("signer-form", "allowed_signers")
        return
    bag.signer = key_fingerprint(public)
    if not isinstance(manifest, bytes) or not isinstance(armour, bytes):
        return
    try:
        signature = sshsig.parse(armour.decode("ascii", "replace"))
    except sshsig.SignatureFormError:
        yield Finding("signature", SIGNATURE)
    else:
        message = sshsig.signed_bytes(hashlib.sha512(manifest).digest())
        if signature.public != public or not verify(public, signature.signature, message):
            yield Finding("signature", SIGNATURE)
    if signer is not None and signer != bag.signer:
        yield Finding("signer-other", "allowed_signers")


def _misplaced(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "directory-added"
    return "file-added" if stat.S_ISREG(mode) else "special-file"


def _printable(name: str) -> str:
    """Return a name with every byte outside the packet's own alphabet as %XX: a hostile one must not reach a terminal."""
    shown = os.fsencode(name)[:_MOST_NAME]
    return "".join(chr(byte) if re.match(rb"[A-Za-z0-9._/-]", bytes((byte,))) else f"%{byte:02X}" for byte in shown)
