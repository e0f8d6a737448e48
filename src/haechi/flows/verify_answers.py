"""Check what others said of the log: each anchor is a beginning of this log, each stamp and cosignature holds for it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from haechi.domain.anchor import Anchor, Cosignature, Stamp, unanchored
from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.cosignature import Verifiers, cosignatures, witness_key
from haechi.domain.custody import EntryType, Opening
from haechi.domain.errors import HaechiError
from haechi.domain.note import NoteError, signature_lines, split_note
from haechi.flows.open_vault import OpenVault
from haechi.flows.reach_quorum import is_quorum_reached
from haechi.flows.verify_findings import Findings

CheckStamp = Callable[[Stamp, bytes], None]
"""(stamp, the bytes it is of); raises an error of ours, such as `StampRefusedError`, when it does not hold or cannot be checked."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How many anchors, stamps and cosignatures hold, and how many first entries they cover (`stamped`, `cosigned`).

    `unanchored` entries stand behind all of these, as `domain.anchor.unanchored` counts them.
    `is_quorum_reached` says whether the newest anchor has the cosignatures that the vault's own policy asks for; None
    where there is no policy or no anchor. It is no finding: who was asked may answer later.
    """

    anchors: int = 0
    stamps: int = 0
    cosignatures: int = 0
    stamped: int = 0
    cosigned: int = 0
    unanchored: int = 0
    is_quorum_reached: bool | None = None


class Answers:
    """What the log's `anchor` entries say came in, by the size that was asked about, kind, name and digest."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._told: dict[tuple[int, str, str, str], int] = {}
        self._entries: list[int] = []

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Take the next entry into account."""
        if members.get("type") != EntryType.ANCHOR:
            return
        self._entries.append(index)
        if opening is None:
            return
        try:
            subject: Any = opening.subject
            for kind, name in (("stamp", "authority"), ("cosignature", "witness")):
                for one in subject[f"{kind}s"]:
                    self._told[subject["size"], kind, one[name], one["sha256"]] = index
        except (KeyError, TypeError):
            self._findings.add("entry-form", index)

    def has(self, size: int, kind: str, name: str, content: bytes) -> bool:
        """Say whether the log tells of this answer: a token has bytes that its own signature does not cover."""
        return self._told.pop((size, kind, name, hashlib.sha256(content).hexdigest()), None) is not None

    def behind(self, covered: int, entries: int) -> int:
        """Return how many of the log's `entries` stand behind the first `covered` and say more than that an answer came."""
        return unanchored(covered, entries, self._entries)

    def finish(self) -> None:
        """Name answers that came and are not there any more."""
        for (_, kind, name, _), index in self._told.items():
            self._findings.add(kind, f"entry {index}, {name}")


def check_answers(
    vault: OpenVault,
    entries: int,
    roots: Mapping[int, bytes],
    answers: Answers,
    *,
    findings: Findings,
    check_stamp: CheckStamp | None,
    verifiers: Verifiers,
) -> Answered:
    """Return what holds. `roots` are the roots over the first so many entries, for each anchor's size.

    Without `check_stamp` no stamp counts as one that holds.
    """
    anchors = stamps = signed = stamped = cosigned = 0
    held: list[Cosignature] = []
    all_anchors = vault.ledger.anchors()
    for anchor in all_anchors:
        held = []
        place = f"anchor {anchor.number}"
        is_ours = _is_of_this_log(vault, anchor, roots)
        anchors += is_ours
        if not is_ours:
            findings.add("anchor", place)
        for stamp in anchor.stamps:
            told = answers.has(anchor.size, "stamp", stamp.authority, stamp.reply)
            if not told or not _is_good(anchor, stamp, check_stamp):
                findings.add("stamp", f"{place}, {stamp.authority}")
            elif check_stamp is not None and is_ours:
                stamps, stamped = stamps + 1, max(stamped, anchor.size)
        for one in anchor.cosignatures:
            told = answers.has(anchor.size, "cosignature", one.witness, one.line.encode())
            if not told or not _holds(anchor, one, verifiers):
                findings.add("cosignature", f"{place}, {one.witness}")
            elif is_ours:
                signed, cosigned = signed + 1, max(cosigned, anchor.size)
                held.append(one)
    answers.finish()
    behind = answers.behind(max(stamped, cosigned), entries)
    reached = is_quorum_reached(vault, held) if all_anchors else None
    return Answered(anchors, stamps, signed, stamped, cosigned, behind, reached)


def _is_of_this_log(vault: OpenVault, anchor: Anchor, roots: Mapping[int, bytes]) -> bool:
    """Say whether the note is by the log's key alone and over the first `size` entries."""
    try:
        text, lines = split_note(anchor.note)
        checkpoint = Checkpoint.parse(text)
    except (NoteError, CheckpointError):
        return False
    return (
        len(lines) == 1
        and lines[0].is_by(vault.log_key)
        and vault.tools.verify(vault.log_key.public, lines[0].signature, text.encode())
        and checkpoint == Checkpoint(vault.origin, anchor.size, roots.get(anchor.size, b""))
    )


def _is_good(anchor: Anchor, stamp: Stamp, check_stamp: CheckStamp | None) -> bool:
    if check_stamp is None:
        return True
    try:
        check_stamp(stamp, anchor.note.encode())
    except HaechiError:
        # Also a checker that did not answer: what was not found right is not said to be.
        return False
    return True


def _holds(anchor: Anchor, one: Cosignature, verifiers: Verifiers) -> bool:
    try:
        text, _ = split_note(anchor.note)
        found = cosignatures(text, signature_lines(one.line), [witness_key(one.vkey)], verifiers)
    except NoteError:
        return False
    return [(cosigned.line, cosigned.at) for cosigned in found] == [(one.line, one.at)]
