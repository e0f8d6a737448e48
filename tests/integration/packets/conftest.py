"""Small packet plans over a real log with real keys; every byte of an exhibit is drawn by code."""

import hashlib
import importlib.resources
import importlib.util
import io
import random
import re
import shutil
import struct
import subprocess
import sys
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from haechi.adapters.packets import sshsig
from haechi.adapters.packets.verifier import FolderVerifier
from haechi.adapters.packets.writer import BagWriter
from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.case import CustodyMode
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Draft, EntryType, LogHead, Opening, RecordedTime, open_record
from haechi.domain.evidence import EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting
from haechi.domain.note import NoteKey, sign_note
from haechi.domain.packet import Exhibit, PacketMessage, PacketPlan, exhibit_number
from haechi.domain.room import Room, RoomKey
from haechi.flows.verify_packet import verify_packet
from stock_programs import needed

ORIGIN = "haechi-5d1c0f7a2b"
NAMES = ["민들레", '=HYPERLINK("x")', "'이미 따옴표", "줄\n바꿈", "@who", "a,b"]


class Key:
    """A signer with a fixed seed, so that the same test makes the same packet."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def verify_ed25519(public: bytes, signature: bytes, message: bytes, /) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def drawn_png(number: int) -> bytes:
    """Return a small valid PNG of coloured stripes."""
    rows = b"".join(b"\0" + bytes((number * 37 + x * y) % 256 for x in range(24)) for y in range(16))
    header = struct.pack(">IIBBBBB", 24, 16, 8, 0, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Made:
    """A plan with what it takes to write it."""

    plan: PacketPlan
    bytes_of: dict[str, bytes]
    signer: Key
    documents: dict[str, bytes]

    def write(self, target: Path, **changed) -> str:
        given = {
            "documents": self.documents,
            "open_exhibit": lambda exhibit: io.BytesIO(self.bytes_of[exhibit.number]),
            "signer": self.signer,
            "progress": lambda _: None,
        }
        return BagWriter().write(self.plan, target, **{**given, **changed})

    def with_plan(self, **changed) -> "Made":
        return replace(self, plan=replace(self.plan, **changed))


def clock(second: int) -> RecordedTime:
    stamp = f"2026-11-20T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000000Z"
    return RecordedTime(stamp, "Asia/Seoul", 32400, "system clock; /etc/localtime")


def make_plan(
    exhibits: int = 4, *, mode: CustodyMode = CustodyMode.SEALED, seed: str = "one", picture=drawn_png, log: str = ""
) -> Made:
    """Return a plan of so many exhibits; one entry before and two after them stand for the rest of a vault's life."""
    dice = random.Random(seed)
    log_key, signer = Key(f"log {log or seed}"), Key(f"packet {seed}")
    head, entries, openings = LogHead(), [], {}

    def append(draft: Draft) -> int:
        nonlocal head
        entry, head = head.append(draft)
        entries.append(entry)
        if draft.opening is not None and draft.type is not EntryType.CASE:
            openings[entry.index] = draft.opening
        return entry.index

    append(Draft(EntryType.CREATE, "haechi", clock(0), counts={"v": 1}))
    append(Draft(EntryType.CASE, "owner", clock(1), case="c1", opening=open_record(dice.randbytes(32), {"name": "x"})))
    append(Draft(EntryType.SEAL, "owner", clock(2), case="c1", opening=open_record(dice.randbytes(32), {"이름": "방"})))
    numbered, bytes_of = [], {}
    for position in range(1, exhibits + 1):
        number, content = exhibit_number(position), picture(position)
        bytes_of[number] = content
        digest = Sha256(hashlib.sha256(content).hexdigest())
        opening = Opening(dice.randbytes(32), digest)
        index = append(Draft(EntryType.CAPTURE, "owner", clock(2 + position), "c1", f"i{position}", opening))
        examined = Examined(MediaKind.IMAGE, "image/png", 24, 16)
        item = EvidenceItem(
            ItemId(f"i{position}"), 1, f"photos/그림_{position}.png", digest, len(content), Role.FOUND, examined,
            is_sealed=mode.keeps_bytes,
        )  # fmt: skip
        numbered.append(
            Exhibit(
                number,
                item,
                index,
                opening,
                (("channel77", str(position), f"user{position}", 1_760_000_000),),
                f"data/evidence/{number}.png" if mode.keeps_bytes else None,
                1 if position < 3 else None,
            )
        )
    append(Draft(EntryType.WINDOW, "owner", clock(9000), case="c1", root=dice.randbytes(32), counts={"messages": 3}))
    append(Draft(EntryType.MATCH, "owner", clock(9001), case="c1", counts={"n": 2}))
    note_key = NoteKey(ORIGIN, log_key.public)
    text = Checkpoint(ORIGIN, head.frontier.size, head.frontier.root()).text()
    messages = tuple(
        PacketMessage(
            "channel77",
            str(at),
            "message",
            f"user{at}",
            name,
            "2025-10-09T18:53:20",
            1_760_000_000 + at,
            "export",
            None,
            f"=1+1\n둘째 줄 {at}",
            None,
            ("edited",),
            ("E-0001",) if at == 0 and exhibits else (),
            {"views": at},
            "result.json:1-2",
        )
        for at, name in enumerate(NAMES)
    )
    digests = [one.item.digest for one in numbered[:2]]
    groups = ()
    if len(digests) == 2:
        seen = tuple(
            Sighting(
                one.item.item_id,
                one.item.digest,
                one.item.role is Role.OWN_PHOTO,
                1_760_000_000,
                "channel77",
                "user1",
                "1",
                one.item.path,
            )
            for one in numbered[:2]
        )
        groups = (Group(1, seen, (Pair(*digests, Method.TURNED, 4, Symmetry.MIRROR),)),)
    plan = PacketPlan(
        packet_id=f"packet-{seed}", case_name="사건", mode=mode, as_of=clock(9001).at, zone="Asia/Seoul",
        offset_s=32400, haechi_version="0.1.0", origin=ORIGIN, log_vkey=note_key.vkey,
        checkpoint=sign_note(text, note_key, log_key.sign), signer_public=signer.public, entries=tuple(entries),
        openings=openings, exhibits=tuple(numbered), messages=messages,
        accounts=tuple(
            Account(AccountKey("telegram", f"user{at}", KeyStrength.ID), (AccountName(name, 1, None),), 1)
            for at, name in enumerate(NAMES)
        ),
        rooms=(Room(RoomKey("telegram", "channel77"), "public_channel", (AccountName("방", None, 10**15),), ("t.me/x",)),),
        groups=groups, timeline=(), sources=(),
    )  # fmt: skip
    documents = {name: b"%PDF-1.7\n" + name.encode() + b"\n%%EOF\n" for name in
                 ("report.pdf", "report.en.pdf", "hash-confirmation.pdf")}  # fmt: skip
    return Made(plan, bytes_of, signer, documents)


@pytest.fixture(scope="session")
def make():
    return make_plan


# --- the three verifiers -----------------------------------------------------------------------------------------------

VERIFY = Path(str(importlib.resources.files("haechi.adapters.packets"))) / "verify"


@dataclass(frozen=True)
class Outcome:
    """What one verifier said: its exit code and its findings as (code, place)."""

    code: int
    findings: list[tuple[str, str]]
    output: str = ""


def by_shell(packet: Path, *options: str) -> Outcome:
    for one in ("bash", "openssl", "ssh-keygen"):
        needed(one)
    done = subprocess.run(
        ["bash", VERIFY / "verify.sh", *options, packet], capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.stderr == ""
    findings = re.findall(r"^  \[!\] (\S+)  (.*)$", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == ("FAIL" if done.returncode else "PASS")
    return Outcome(done.returncode, findings, done.stdout)


def loaded():
    """Return verify.py as a module: starting a program for each of some hundred packets would take a minute."""
    spec = importlib.util.spec_from_file_location("packet_verify", VERIFY / "verify.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TRAVELLING = loaded()


def by_python(packet: Path, *options: str) -> Outcome:
    check = TRAVELLING.Check(packet, options[1] if options else None)
    check.run()
    assert {code for code, _ in check.findings} <= TRAVELLING.WORDS.keys()
    return Outcome(1 if check.findings else 0, check.findings, TRAVELLING.told(check))


def by_haechi(packet: Path, *options: str) -> Outcome:
    verdict = verify_packet(packet, signer=options[1] if options else None, packets=FolderVerifier(verify_ed25519))
    findings = [(one.code, one.place) for one in verdict.findings]
    return Outcome(0 if verdict.holds else 1, findings)


VERIFIERS = {"verify.sh": by_shell, "verify.py": by_python, "haechi": by_haechi}


@pytest.fixture(params=VERIFIERS)
def verify(request):
    """Each of the three verifiers in turn."""
    return VERIFIERS[request.param]


@pytest.fixture
def verifiers():
    return VERIFIERS


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A packet that is written once; take `packet` for one that may be changed."""
    made = make_plan()
    place = tmp_path_factory.mktemp("packets") / "패킷 one"
    made.write(place)
    return made, place


@pytest.fixture
def packet(written, tmp_path):
    """A copy of the good packet, to do what one likes with."""
    return Path(shutil.copytree(written[1], tmp_path / "받은 packet", symlinks=True))


def rewrite(packet: Path, signer: Key) -> None:
    """Make manifests, Payload-Oxum and signature anew, as somebody who holds a key (the right one or not) would."""
    payload = sorted(place for place in (packet / "data").rglob("*") if place.is_file())
    oxum = f"Payload-Oxum: {sum(place.stat().st_size for place in payload)}.{len(payload)}"
    info = packet / "bag-info.txt"
    info.write_bytes(re.sub(rb"Payload-Oxum: .*", oxum.encode(), info.read_bytes()))
    (packet / "allowed_signers").write_text(sshsig.allowed_signers(signer.public))
    remanifest(packet)
    text = sshsig.sign((packet / "tagmanifest-sha256.txt").read_bytes(), signer.public, signer.sign)
    (packet / "tagmanifest-sha256.txt.sig").write_text(text)


def remanifest(packet: Path) -> None:
    """Make the manifests anew, as somebody without any key can."""
    files = sorted(place.relative_to(packet).as_posix() for place in packet.rglob("*") if place.is_file())

    def lines(chosen):
        return "".join(f"{hashlib.sha256((packet / path).read_bytes()).hexdigest()}  {path}\n" for path in chosen)

    (packet / "manifest-sha256.txt").write_text(lines(path for path in files if path.startswith("data/")))
    tags = [path for path in files if not path.startswith(("data/", "tagmanifest-"))]
    (packet / "tagmanifest-sha256.txt").write_text(lines(tags))


@pytest.fixture
def travelling():
    """verify.py as a module."""
    return TRAVELLING


@pytest.fixture
def forge():
    return rewrite


@pytest.fixture
def key():
    return Key
