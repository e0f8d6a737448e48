"""Prove of chosen messages that they are in the sealed export, and say nothing of the others."""

from collections.abc import Iterable, Sequence

from haechi.domain.case import CaseId
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import MESSAGE_SALT_BYTES, EntryType, message_leaves
from haechi.domain.disclosure import DisclosedMessage, MessageLog, inclusions, message_number, message_origin
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.note import NoteKey, sign_note
from haechi.flows.open_commitments import ShownLog
from haechi.flows.tell_messages import Source, Sources
from haechi.ports.ledger import Ledger, PartRecord, StoredMessage
from haechi.ports.signer import Signer

_ENDINGS = {"json": "json", "html": "html", "htm": "html"}


def disclose_messages(
    case: CaseId,
    stored: Iterable[Sequence[StoredMessage]],
    *,
    log: ShownLog,
    origin: str,
    signer: Signer,
    ledger: Ledger,
) -> tuple[DisclosedMessage, ...]:
    """Return the messages with bytes, salt and proof, in their order; of several versions, the one that is shown.

    Of each part that holds one, the whole message tree is computed in one pass, 32 bytes a message. Raises
    `CustodyBrokenError` when it is not the tree that the log signed.
    """
    sources = Sources.of(case, ledger=ledger)
    newest = [sources.newest(versions) for versions in stored]
    wanted: dict[int, list[tuple[int, Source]]] = {}
    for position, source in enumerate(newest, 1):
        wanted.setdefault(source.part, []).append((position, source))
    disclosed: dict[int, DisclosedMessage] = {}
    for part, chosen in wanted.items():
        tree = _message_log(sources.parts[part], log, origin=origin, signer=signer)
        disclosed |= _from_part(sources.parts[part], chosen, tree, ledger=ledger)
    return tuple(disclosed[position] for position in sorted(disclosed))


def _message_log(part: PartRecord, log: ShownLog, *, origin: str, signer: Signer) -> MessageLog:
    for members in log.members(newest_first=True):
        counts = members.get("counts")
        if members["type"] != EntryType.WINDOW or not isinstance(counts, dict) or counts.get("part") != part.part_id:
            continue
        size, root = int(str(counts["total"])), bytes.fromhex(str(members["root"]))
        name = message_origin(origin, part.part_id)
        note = sign_note(Checkpoint(name, size, root).text(), NoteKey(name, signer.public), signer.sign)
        return MessageLog(part.part_id, int(str(members["n"])), size, root, name, note)
    raise CustodyBrokenError(kind="window", place=part.path)


def _from_part(
    part: PartRecord, chosen: Iterable[tuple[int, Source]], tree: MessageLog, *, ledger: Ledger
) -> dict[int, DisclosedMessage]:
    places = {source.ordinal: (position, source) for position, source in chosen}
    leaves = bytearray()
    found: dict[int, tuple[bytes, bytes]] = {}
    index = 0
    for window in ledger.windows(part.part_id):
        leaves += b"".join(message_leaves(window.raw, window.lengths, window.salts))
        at = 0
        for place, length in enumerate(window.lengths):
            if index in places:
                salt = window.salts[MESSAGE_SALT_BYTES * place : MESSAGE_SALT_BYTES * (place + 1)]
                found[index] = (salt, window.raw[at : at + length])
            at += length
            index += 1
    if index != tree.size or found.keys() != places.keys():
        raise CustodyBrokenError(kind="window", place=tree.entry)
    root, proofs = inclusions(leaves, places)
    if root != tree.root:
        raise CustodyBrokenError(kind="window", place=tree.entry)
    ending = _ENDINGS.get(part.path.rpartition(".")[2].lower(), "txt")
    disclosed = {}
    for index, (position, source) in places.items():
        salt, raw = found[index]
        number = message_number(position)
        disclosed[position] = DisclosedMessage(
            number=number,
            file=f"data/messages/{number}.{ending}",
            room=source.message.room.value,
            message_id=source.message.message_id,
            log=tree,
            index=index,
            salt=salt,
            raw=raw,
            proof=proofs[index],
        )
    return disclosed
