"""The `seal/` folder of a packet: the log, its checkpoint, what opens its commitments, and a proof for each exhibit and message."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping

from haechi.domain.canonical import canonical
from haechi.domain.checkpoint import Checkpoint, CheckpointError, proof_text
from haechi.domain.custody import EntryType, Opening, commitment, message_leaf, replay
from haechi.domain.disclosure import DisclosedMessage, message_origin
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.merkle import Tree, includes
from haechi.domain.note import NoteKey
from haechi.domain.packet import PacketPlan

_SPKI = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, 4), less the key


def seal_files(plan: PacketPlan) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield path and content, in pieces, of each file, once the log itself has been found in order.

    Raises `CustodyBrokenError` when the plan's entries, checkpoint, openings and exhibits do not fit one another.
    """
    tree = Tree(entry.leaf for entry in plan.entries)
    _check_log(plan, tree)
    openings = _openings(plan)
    key = NoteKey.parse(plan.log_vkey)
    yield "seal/checkpoint", [plan.checkpoint.encode()]
    yield "seal/entries.jsonl", (entry.raw + b"\n" for entry in plan.entries)
    yield "seal/openings.json", openings_json(openings)
    yield "seal/log-key.txt", [f"{plan.log_vkey}\n".encode()]
    yield "seal/log-key.pem", [public_pem(key.public)]
    for message in plan.disclosed:
        _check_message(plan, message)
        text = proof_text(message.index, message.proof, message.log.note, extra=message.salt)
        yield f"seal/messages/{message.number}.tlog-proof", [text.encode()]
    for exhibit in plan.exhibits:
        proof = tree.inclusion(exhibit.entry)
        text = proof_text(exhibit.entry, proof, plan.checkpoint, extra=exhibit.opening.salt)
        yield f"seal/proofs/{exhibit.number}.tlog-proof", [text.encode()]


def openings_json(openings: Mapping[int, Opening]) -> Iterator[bytes]:
    """Yield the openings as a JSON array, one canonical object a line, in the order of their entries."""
    yield b"["
    for position, entry in enumerate(sorted(openings)):
        one = openings[entry]
        yield b",\n" if position else b"\n"
        yield canonical({"digest": one.digest, "entry": entry, "salt": one.salt.hex(), "subject": one.subject})
    yield b"\n]\n"


def public_pem(public: bytes) -> bytes:
    """Return an Ed25519 public key as the PEM file that openssl reads."""
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(_SPKI + public) + b"\n-----END PUBLIC KEY-----\n"


def _check_log(plan: PacketPlan, tree: Tree) -> None:
    replay(plan.entries)
    try:
        checkpoint = Checkpoint.parse(plan.checkpoint.rpartition("\n\n")[0] + "\n")
    except CheckpointError as error:
        raise CustodyBrokenError(kind="checkpoint", place=len(plan.entries)) from error
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (plan.origin, tree.size, tree.root()):
        raise CustodyBrokenError(kind="checkpoint", place=len(plan.entries))


def _check_message(plan: PacketPlan, message: DisclosedMessage) -> None:
    """Make sure of what a verifier will ask: the window entry has this root, and the bytes lead to it."""
    log = message.log
    members = json.loads(plan.entries[log.entry].raw)
    counts = members.get("counts", {})
    is_told = (
        members["type"] == EntryType.WINDOW
        and members.get("root") == log.root.hex()
        and (counts.get("total"), counts.get("part")) == (log.size, log.part_id)
        and log.origin == message_origin(plan.origin, log.part_id)
        and log.note.startswith(Checkpoint(log.origin, log.size, log.root).text() + "\n")
    )
    leaf = message_leaf(message.salt, message.raw)
    if not is_told or not includes(log.root, log.size, message.index, leaf, message.proof):
        raise CustodyBrokenError(kind="message", place=message.number)


def _openings(plan: PacketPlan) -> dict[int, Opening]:
    openings = dict(plan.openings)
    for exhibit in plan.exhibits:
        if exhibit.opening.digest != exhibit.item.digest:
            raise CustodyBrokenError(kind="exhibit", place=exhibit.number)
        held = openings.setdefault(exhibit.entry, exhibit.opening)
        if (held.salt, held.digest) != (exhibit.opening.salt, exhibit.opening.digest):
            raise CustodyBrokenError(kind="opening", place=exhibit.entry)
    for shown in plan.derivatives:
        openings[shown.derivative.entry] = shown.opening
    for index, opening in openings.items():
        committed = json.loads(plan.entries[index].raw).get("commit")
        if committed != commitment(opening.salt, opening.digest).hex():
            raise CustodyBrokenError(kind="opening", place=index)
    return openings
