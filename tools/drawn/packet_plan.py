"""Small packet plans over a real log with real keys; every byte of an exhibit is drawn by code."""

import hashlib
import io
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from drawn.stamps import authority, stamp
from haechi.adapters.packets.writer import BagWriter
from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.anchor import Anchor, Cosignature, Witness
from haechi.domain.canonical import canonical
from haechi.domain.case import CaseId, CustodyMode
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.custody import (
    Draft,
    EntryType,
    LogHead,
    Opening,
    RecordedTime,
    commitment,
    message_leaf,
    open_record,
)
from haechi.domain.derivative import Derivative, DerivativeId, Region, derivative_number, derivative_record
from haechi.domain.disclosure import DisclosedMessage, MessageLog, inclusions, message_number, message_origin
from haechi.domain.evidence import EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting
from haechi.domain.merkle import Frontier
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey, sign_note
from haechi.domain.packet import Exhibit, PacketMessage, PacketPlan, ShownDerivative, exhibit_number
from haechi.domain.room import Room, RoomKey

ORIGIN = "haechi-5d1c0f7a2b"
_GROUPED = 2  # so many of the first exhibits show the same picture
NAMES = ["민들레", '=HYPERLINK("x")', "'이미 따옴표", "줄\n바꿈", "@who", "a,b"]


class Key:
    """A signer with a fixed seed, so that the same test makes the same packet."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature."""
        return self._key.sign(message)


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

    def write(self, target: Path, **changed: object) -> str:
        """Write the packet and return the digest of its tag manifest; `changed` are other arguments for the writer."""
        given = {
            "documents": self.documents,
            "open_exhibit": lambda exhibit: io.BytesIO(self.bytes_of[exhibit.number]),
            "open_derivative": lambda shown: io.BytesIO(self.bytes_of[shown.number]),
            "signer": self.signer,
            "progress": lambda _: None,
        }
        return BagWriter().write(self.plan, target, **{**given, **changed})

    def with_plan(self, **changed: object) -> "Made":
        """Return the same with parts of the plan exchanged."""
        return replace(self, plan=replace(self.plan, **changed))


def clock(second: int) -> RecordedTime:
    """Return a time on the day that all drawn packets are of."""
    stamp = f"2026-11-20T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000000Z"
    return RecordedTime(stamp, "Asia/Seoul", 32400, "system clock; /etc/localtime")


def make_plan(
    exhibits: int = 4,
    *,
    mode: CustodyMode = CustodyMode.SEALED,
    seed: str = "one",
    picture: Callable[[int], bytes] = drawn_png,
    log: str = "",
) -> Made:
    """Return a plan of so many exhibits; one entry before and two after them stand for the rest of a vault's life."""
    return _make(exhibits, mode=mode, seed=seed, picture=picture, log=log, extras=None)


def make_rich_plan(
    exhibits: int = 3,
    *,
    mode: CustodyMode = CustodyMode.SEALED,
    seed: str = "rich",
    shown: Sequence[int] = (0, 17, 39),
    messages: int = 40,
) -> Made:
    """Return a plan with disclosed messages, a redacted derivative, two anchors, three stamps and two witnesses."""
    return _make(exhibits, mode=mode, seed=seed, picture=drawn_png, log="", extras=(messages, tuple(shown)))


def _make(
    exhibits: int,
    *,
    mode: CustodyMode,
    seed: str,
    picture: Callable[[int], bytes],
    log: str,
    extras: tuple[int, tuple[int, ...]] | None,
) -> Made:
    dice = random.Random(seed)  # noqa: S311 - the same packet each time
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
                1 if position <= _GROUPED else None,
            )
        )
    early = head.frontier
    disclosed: tuple[DisclosedMessage, ...] = ()
    derivatives: tuple[ShownDerivative, ...] = ()
    if extras is None:
        append(
            Draft(EntryType.WINDOW, "owner", clock(9000), case="c1", root=dice.randbytes(32), counts={"messages": 3})
        )
    else:
        disclosed = _disclosed(*extras, append, dice, log_key)
        derivatives = (_derivative(append, dice, numbered[0], bytes_of),) if mode.keeps_bytes else ()
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
    if len(digests) == _GROUPED:
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
    if extras is not None:
        plan = replace(
            plan,
            messages=tuple(
                replace(one, disclosed=disclosed[at].number if at < len(disclosed) else None)
                for at, one in enumerate(plan.messages)
            ),
            disclosed=disclosed,
            derivatives=derivatives,
            anchors=_anchors(log_key, early, head.frontier),
            witnesses=tuple(Witness(key.name, "https://witness.invalid/", (key.vkey,)) for key, _ in WITNESSES),
        )
    documents = {name: b"%PDF-1.7\n" + name.encode() + b"\n%%EOF\n" for name in
                 ("report.pdf", "report.en.pdf", "hash-confirmation.pdf")}  # fmt: skip
    return Made(plan, bytes_of, signer, documents)


def _witness(name: str) -> tuple[NoteKey, Key]:
    key = Key(f"witness {name}")
    return NoteKey(name, key.public, COSIGNATURE_ED25519), key


WITNESSES = (_witness("witness.invalid/centre"), _witness("witness.invalid/lawyers"))
EARLY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def drawn_message(number: int) -> bytes:
    """Return the bytes of one message as a Telegram export has them."""
    return canonical({"id": number, "type": "message", "text": f"글 {number}", "from_id": f"user{number % 3}"})


def _disclosed(
    count: int, shown: tuple[int, ...], append: Callable[[Draft], int], dice: random.Random, log_key: Key
) -> tuple[DisclosedMessage, ...]:
    """Append two windows of one part, and return the messages of it that are shown."""
    salts = [dice.randbytes(16) for _ in range(count)]
    leaves = [message_leaf(salt, drawn_message(at)) for at, salt in enumerate(salts)]
    entry = 0
    for second, total in ((9000, count // 2), (9000, count)):
        entry = append(
            Draft(
                EntryType.WINDOW,
                "owner",
                clock(second),
                case="c1",
                opening=open_record(dice.randbytes(32), {"part": 5, "path": "result.json"}),
                root=Frontier().append(leaves[:total]).root(),
                counts={"import": 1, "part": 5, "messages": count // 2, "total": total},
            )
        )
    root, proofs = inclusions(bytearray(b"".join(leaves)), shown)
    origin = message_origin(ORIGIN, 5)
    note = sign_note(Checkpoint(origin, count, root).text(), NoteKey(origin, log_key.public), log_key.sign)
    log = MessageLog(5, entry, count, root, origin, note)
    return tuple(
        DisclosedMessage(
            message_number(position),
            f"data/messages/{message_number(position)}.json",
            "channel77",
            str(index),
            log,
            index,
            salts[index],
            drawn_message(index),
            proofs[index],
        )
        for position, index in enumerate(shown, 1)
    )


def _derivative(
    append: Callable[[Draft], int],
    dice: random.Random,
    source: Exhibit,
    bytes_of: dict[str, bytes],
) -> ShownDerivative:
    number, content = derivative_number(1), drawn_png(99)
    digest = Sha256(hashlib.sha256(content).hexdigest())
    bytes_of[number] = content
    commit = commitment(source.opening.salt, source.opening.digest).hex()
    method, regions, reason = "black-rectangles/1; pillow 13.0.0", (Region(2, 3, 10, 4), Region(0, 0, 5, 5)), "=얼굴"
    subject = derivative_record(
        source_entry=source.entry, source_commit=commit, digest=digest, method=method, regions=regions, fields=(),
        reason=reason,
    )  # fmt: skip
    opening = open_record(dice.randbytes(32), subject)
    entry = append(Draft(EntryType.DERIVE, "owner", clock(9000), "c1", "d1", opening))
    made = Derivative(
        DerivativeId("d1"), CaseId("c1"), source.item.item_id, None, source.entry, commit, entry, digest, len(content),
        "image/png", method, regions, (), reason,
    )  # fmt: skip
    return ShownDerivative(number, made, opening, source.number, f"data/derivatives/{number}.png")


def _anchors(log_key: Key, early: Frontier, late: Frontier) -> tuple[Anchor, ...]:
    """Return an older anchor with one stamp and one cosignature, and a newer one with two of each."""
    key = NoteKey(ORIGIN, log_key.public)
    anchors = []
    for number, frontier, kinds, at in ((3, early, ("rsa",), EARLY), (8, late, ("rsa", "p384"), LATE)):
        text = Checkpoint(ORIGIN, frontier.size, frontier.root()).text()
        note = sign_note(text, key, log_key.sign)
        stamps = tuple(stamp(authority(kind, f"authority {kind}"), note.encode(), at) for kind in kinds)
        seconds = int(at.timestamp())
        cosignatures = tuple(
            Cosignature(one.name, one.vkey, cosign(text, one, signer.sign, at=seconds + 60), seconds + 60)
            for one, signer in WITNESSES[: len(kinds)]
        )
        anchors.append(Anchor(number, frontier.size, note, stamps, cosignatures))
    return tuple(anchors)
