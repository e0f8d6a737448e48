"""Cosign a checkpoint for a log, once it is shown that the log has only grown: a witness's one duty (C2SP tlog-witness)."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.cosignature import LATEST, Verifiers, cosign, is_signed
from haechi.domain.merkle import EMPTY_ROOT, HASH_BYTES, extends
from haechi.domain.note import NoteError, NoteKey, Sign, SignatureLine, split_note
from haechi.ports.witness import MOST_PROOF_HASHES, Answer, Refusal, Seen, WitnessStore

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_HASH_TEXT = 44  # characters of base64 for 32 bytes


@dataclass(frozen=True, slots=True)
class WitnessTools:
    """The ports: what was seen, the witness's keys with their signers, how to verify, and unix seconds."""

    store: WitnessStore
    signers: Sequence[tuple[NoteKey, Sign]]
    verifiers: Verifiers
    now: Callable[[], int]


@dataclass(frozen=True, slots=True)
class _Asked:
    old_size: int
    proof: tuple[bytes, ...]
    text: str
    lines: tuple[SignatureLine, ...]
    checkpoint: Checkpoint


def witness_checkpoint(body: bytes, tools: WitnessTools) -> Answer:
    """Return the answer to one `add-checkpoint` request. What was cosigned is kept before this returns.

    Raises what the store raises; then nothing was cosigned that anybody has seen.
    """
    try:
        asked = _asked(body)
    except (NoteError, CheckpointError, ValueError):
        return Answer(refusal=Refusal.MALFORMED)
    checkpoint = asked.checkpoint
    keys = tools.store.log_keys(checkpoint.origin)
    if refusal := _refusal(asked, keys, tools.verifiers):
        return Answer(refusal=refusal)
    while True:
        seen = tools.store.latest(checkpoint.origin)
        held = 0 if seen is None else seen.size
        if asked.old_size != held:
            return Answer(refusal=Refusal.OTHER_SIZE, size=held)
        if not _continues(seen, asked):
            return Answer(refusal=Refusal.INCONSISTENT)
        at = tools.now()
        lines = "".join(cosign(asked.text, key, sign, at=at) for key, sign in tools.signers)
        new = Seen(checkpoint.origin, checkpoint.size, checkpoint.root, _cosigned(asked, keys, lines))
        if tools.store.swap(new, instead_of=seen):
            return Answer(lines)
        # Another request came in between: this one is judged again by what is kept now.


def _asked(body: bytes) -> _Asked:
    """Return the request. Raises `ValueError`, of which `NoteError` and `CheckpointError` are kinds."""
    head, found, note = body.decode().partition("\n\n")
    first, *hashes = head.split("\n")
    old = _OLD.fullmatch(first)
    if not found or old is None or len(hashes) > MOST_PROOF_HASHES:
        raise ValueError(first[:80])
    text, lines = split_note(note)
    checkpoint = Checkpoint.parse(text)
    size = int(old[1])
    if size > LATEST or checkpoint.size > LATEST:
        raise ValueError(size)
    if not text.startswith(checkpoint.text()) or "\n\n" in text:
        # Another base64 of the same root, or an empty extension line.
        raise CheckpointError(text[:80])
    return _Asked(size, tuple(map(_hash, hashes)), text, lines, checkpoint)


def _hash(line: str) -> bytes:
    try:
        value = base64.b64decode(line, validate=True)
    except binascii.Error as error:
        raise ValueError(line[:80]) from error
    if len(line) != _HASH_TEXT or len(value) != HASH_BYTES or base64.b64encode(value).decode() != line:
        raise ValueError(line[:80])
    return value


def _refusal(asked: _Asked, keys: Sequence[NoteKey], verifiers: Verifiers) -> Refusal | None:
    """Return why the request is refused whatever was seen before."""
    if not keys:
        return Refusal.UNKNOWN_LOG
    try:
        signed = is_signed(asked.text, asked.lines, keys, verifiers)
    except NoteError:
        signed = False
    if not signed:
        return Refusal.UNSIGNED
    return Refusal.MALFORMED if asked.old_size > asked.checkpoint.size else None


def _cosigned(asked: _Asked, keys: Sequence[NoteKey], lines: str) -> str:
    """Return the checkpoint with the log's verified lines, each once, and the witness's; other lines are left out."""
    own = dict.fromkeys(f"{line.text}\n" for line in asked.lines if any(line.is_by(key) for key in keys))
    return f"{asked.text}\n{''.join(own)}{lines}"


def _continues(seen: Seen | None, asked: _Asked) -> bool:
    """Say whether the checkpoint is shown to continue what was seen; its size is asked.old_size, or 0 for nothing."""
    new = asked.checkpoint
    if new.size == 0 and new.root != EMPTY_ROOT:
        return False
    if seen is None or seen.size == 0:
        return not asked.proof
    return extends(seen.root, seen.size, new.root, new.size, asked.proof)
