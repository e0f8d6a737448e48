"""Message-level disclosure: a few messages of a sealed export, proven to be in it, while the others stay hidden.

Every message is a leaf (salt || raw span) of its part's message tree, whose root each `window` entry of the custody log
carries. What is shown of a message is its span, its salt and an inclusion proof. Format: docs/formats/packet.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from haechi.domain.merkle import EMPTY_ROOT, HASH_BYTES, node_hash


@dataclass(frozen=True, slots=True)
class MessageLog:
    """One part's message tree as the log's last `window` entry of that part has it; `note` is the signed checkpoint over it.

    `origin` is the custody log's name, `/messages/` and the part's number; the key is the log's, under that name.
    """

    part_id: int
    entry: int
    size: int
    root: bytes
    origin: str
    note: str


@dataclass(frozen=True, slots=True)
class DisclosedMessage:
    """A message that is shown and proven. `raw` are its bytes as they stood in the member file (or their marker).

    `index` is its place in the message tree, `proof` the sibling hashes from leaf to root; `file` is its path in the packet.
    """

    number: str
    file: str
    room: str
    message_id: str
    log: MessageLog
    index: int
    salt: bytes
    raw: bytes
    proof: tuple[bytes, ...]


def message_number(position: int) -> str:
    """Return the number of the disclosed message at `position` (from 1): `M-0001`."""
    return f"M-{position:04d}"


def message_origin(origin: str, part_id: int) -> str:
    """Return the name under which the log of this origin signs the message tree of a part."""
    return f"{origin}/messages/{part_id}"


def inclusions(leaves: bytearray, wanted: Iterable[int]) -> tuple[bytes, Mapping[int, tuple[bytes, ...]]]:
    """Return a tree's root and the inclusion proofs of the wanted leaves. `leaves` holds 32 bytes a leaf and is used up.

    Each level is written over the one below, so that a tree of millions of messages takes 32 bytes each and nothing more.
    Raises `IndexError` for a leaf that is not there.
    """
    size = len(leaves) // HASH_BYTES
    proofs: dict[int, list[bytes]] = {index: [] for index in wanted}
    if any(not 0 <= index < size for index in proofs):
        raise IndexError(size)
    if not size:
        return EMPTY_ROOT, {}
    places = {index: index for index in proofs}
    while size > 1:
        for index, place in places.items():
            sibling = place ^ 1
            if sibling < size:
                proofs[index].append(_hash_at(leaves, sibling))
            places[index] = place >> 1
        for place in range(size >> 1):
            parent = node_hash(_hash_at(leaves, 2 * place), _hash_at(leaves, 2 * place + 1))
            leaves[place * HASH_BYTES : (place + 1) * HASH_BYTES] = parent
        if size & 1:
            leaves[(size >> 1) * HASH_BYTES : ((size >> 1) + 1) * HASH_BYTES] = _hash_at(leaves, size - 1)
        size = (size + 1) >> 1
    return _hash_at(leaves, 0), {index: tuple(proof) for index, proof in proofs.items()}


def _hash_at(hashes: bytearray, place: int) -> bytes:
    return bytes(hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES])
