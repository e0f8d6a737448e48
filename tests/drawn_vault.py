"""A vault that opens quickly, and what tests put into it: drawn messages and files, with their log entries."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

from haechi.adapters.blobs import AgeBlobs, new_identity, recipient_of
from haechi.adapters.keys import Argon2, MasterKeySlots
from haechi.adapters.ledger import create_ledger, open_ledger
from haechi.adapters.machine import SystemClock, system_randomness
from haechi.adapters.signing import Ed25519Signer, verify_ed25519
from haechi.adapters.vault_folder import DiskFolders
from haechi.domain.account import AccountKey, KeyStrength
from haechi.domain.case import Age, Case, CustodyMode
from haechi.domain.custody import Draft, EntryType, Opening, message_leaf, open_record
from haechi.domain.evidence import EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.merkle import Frontier
from haechi.domain.message import Message, MessageKind, Span, ZoneSource, row_digest, rows_digest
from haechi.domain.room import Room, RoomKey
from haechi.domain.span import Accounting
from haechi.domain.vault import Operation
from haechi.flows.create_vault import create_vault
from haechi.flows.open_case import open_case
from haechi.flows.open_vault import VaultTools, open_vault
from haechi.flows.verify import verify
from haechi.ports.keys import GivenKey

PASSPHRASE = "그린 암호 열두 글자"
CHEAP = Argon2(memory_kib=64, passes=1, lanes=1)
TOOLS = VaultTools(
    folders=DiskFolders(),
    keys=MasterKeySlots(system_randomness, cost=CHEAP),
    create_ledger=create_ledger,
    open_ledger=open_ledger,
    blobs=AgeBlobs,
    signer=Ed25519Signer,
    verify=verify_ed25519,
    now=SystemClock(),
    randomness=system_randomness,
)
ROOM = RoomKey("telegram", "channel77")


def quiet(_stage, _done, _total):
    """Report progress to nobody."""


def make(path: Path) -> str:
    """Create a vault and return its recovery key."""
    return create_vault(TOOLS, path, passphrase=PASSPHRASE, actor="person", new_reader=new_identity).recovery_key


@contextmanager
def opened(path: Path, key: str = PASSPHRASE, operation: Operation = Operation.WRITE):
    vault = open_vault(TOOLS, path, GivenKey(key), operation=operation)
    try:
        yield vault
    finally:
        vault.close()


def check(path: Path):
    with opened(path, operation=Operation.CHECK) as vault:
        return verify(vault, quiet)


def sealed_case(vault, name: str = "사건") -> Case:
    reader = recipient_of(vault.reader_identity)
    return open_case(vault, name, actor="person", mode=CustodyMode.SEALED, age=Age.ADULT, consent="동의", reader=reader)


def account(number: int, strength: KeyStrength = KeyStrength.ID) -> AccountKey:
    return AccountKey("telegram", f"user{number}" if strength is KeyStrength.ID else f"label:{number}", strength)


def message(number: int, text: str = "", *, room: RoomKey = ROOM, sender=None, label=None, at=None, **more) -> Message:
    """Draw a message; the same number and text have the same meaning."""
    sender = account(1) if sender is None else sender
    return Message(
        **{
            "ordinal": 0,
            "span": Span(0, 0),
            "room": room,
            "message_id": str(number),
            "kind": MessageKind.TEXT,
            "meaning": hashlib.sha256(f"{number} {text}".encode("utf-8", "surrogatepass")).hexdigest()[:32],
            "sender": sender,
            "sender_label": label,
            "time_as_written": "2026-01-02T03:04:05",
            "sent_at": 1_760_000_000 + number if at is None else at,
            "sent_until": None,
            "zone_source": ZoneSource.EPOCH,
            "edited_at": None,
            "text": text,
            "named": ((sender, label),),
            **more,
        }
    )


def numbered(messages: Iterable[Message], first: int = 0) -> list[Message]:
    """Give the messages their ordinals and spans, as an importer does."""
    from dataclasses import replace

    return [
        replace(one, ordinal=at, span=Span(at * 100, at * 100 + len(raw(one))))
        for at, one in enumerate(messages, first)
    ]


def raw(one: Message) -> bytes:
    return f"{one.message_id}:{one.text}".encode("utf-8", "surrogatepass")


def _window(part, run):
    rows = rows_digest(b"".join(map(row_digest, run)))
    return {"part": part, "path": "result.json", "first": run[0].ordinal, "rows": rows}


def take(
    vault,
    case: Case,
    messages: Sequence[Message] = (),
    *,
    files: Sequence[tuple[str, bytes]] = (),
    window: int = 4,
    exported_at: str | None = None,
    flags: Sequence[str] = (),
    rooms: Sequence[Room] = (),
    role: Role = Role.FOUND,
) -> int:
    """Import drawn files and messages as the import flow does, and return the import's number."""
    ledger, now, random = vault.ledger, vault.tools.now, vault.tools.randomness
    with ledger.begin() as writer:
        number = writer.add_import(
            case.case_id, source="export", container="folder", importer="drawn", role="found", started_at=now().at
        )
        for room in rooms:
            writer.add_room(case.case_id, room)
    members = []
    for position, (path, content) in enumerate(files):
        digest = Sha256(hashlib.sha256(content).hexdigest())
        blob = None
        if case.mode.keeps_bytes and ledger.blob(case.case_id, digest) is None:
            name = vault.blobs.name(case.case_id, digest)
            blob = vault.blobs.seal(name, io.BytesIO(content), readers=ledger.readers(case.case_id))
        item = EvidenceItem(
            ItemId(random(16).hex()),
            number,
            path,
            digest,
            len(content),
            role,
            Examined(MediaKind.IMAGE, "image/png", 4, 3),
            case.mode.keeps_bytes,
        )
        members.append({"path": path, "sha256": digest, "size": len(content)})
        with ledger.begin() as writer:
            draft = Draft(
                EntryType.CAPTURE,
                "person",
                now(),
                case=case.case_id,
                item=item.item_id,
                opening=Opening(random(32), digest),
            )
            writer.add_items(case.case_id, [(item, blob, writer.append(draft).index)])
            writer.add_members(number, [(position, members[-1])])
    opening = open_record(random(32), {"v": 1, "members": members})
    with ledger.begin() as writer:
        writer.append(
            Draft(EntryType.SEAL, "person", now(), case=case.case_id, opening=opening, counts={"import": number})
        )
        writer.set_import(number, state="reading", seal_digest=opening.digest, files=len(files))
    parts = []
    if messages:
        parts = [_read(vault, case, number, numbered(messages), window=window, exported_at=exported_at, flags=flags)]
    with ledger.begin() as writer:
        writer.find_gone(case.case_id, number)
        writer.append(
            Draft(
                EntryType.IMPORT,
                "person",
                now(),
                case=case.case_id,
                opening=open_record(random(32), parts),
                counts={"import": number},
            )
        )
        writer.set_import(number, state="done", finished_at=now().at)
    vault.checkpoint()
    return number


def _read(vault, case, number, messages, *, window, exported_at, flags):
    ledger, now, random = vault.ledger, vault.tools.now, vault.tools.randomness
    with ledger.begin() as writer:
        part = writer.add_part(number, path="result.json", exported_at=exported_at)
    frontier = Frontier()
    for at in range(0, len(messages), window):
        run = messages[at : at + window]
        spans, salts = [raw(one) for one in run], random(16 * len(run))
        frontier = frontier.append(
            message_leaf(salts[16 * place : 16 * place + 16], span) for place, span in enumerate(spans)
        )
        with ledger.begin() as writer:
            writer.add_window(
                case.case_id,
                part,
                run,
                raw=b"".join(spans),
                lengths=[len(span) for span in spans],
                salts=salts,
                frontier=frontier,
            )
            writer.append(
                Draft(
                    EntryType.WINDOW,
                    "person",
                    now(),
                    case=case.case_id,
                    opening=open_record(random(32), _window(part, run)),
                    root=frontier.root(),
                    counts={"import": number, "part": part, "messages": len(run), "total": frontier.size},
                )
            )
    with ledger.begin() as writer:
        writer.set_part(part, accounting=Accounting(len(messages) * 100, 1, 2, (Span(5, 9),)), flags=flags, facts={})
    return {"path": "result.json", "messages": len(messages), "root": frontier.root().hex()}
