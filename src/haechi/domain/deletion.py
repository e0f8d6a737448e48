"""Deletion that leaves the log valid: records, openings and keys go, entries stay, and one more entry says so.

What a deleted entry committed to cannot be computed any more: its salt is gone. The `delete` entry's own opening names the
entries whose openings were destroyed; `verify` accepts a missing opening for these and no others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haechi.domain.canonical import Json, canonical
from haechi.domain.case import CaseId


@dataclass(frozen=True, slots=True)
class Approval:
    """The second person's word: who (random identifier), their public key, and a signature over the request's bytes."""

    person: str
    public: bytes
    signature: bytes

    def record(self) -> Json:
        """Return the approval as JSON, bytes in hexadecimal."""
        return {"person": self.person, "public": self.public.hex(), "signature": self.signature.hex()}


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is to be destroyed, why, and who asks. `entries` are the numbers of the log entries whose openings go."""

    origin: str
    case: CaseId | None
    is_whole: bool
    entries: tuple[int, ...]
    blobs: int
    reason: str
    requested_by: str

    def approval_bytes(self) -> bytes:
        """Return what the second person signs: this vault's log, these entries, this reason, this person asking."""
        return canonical({"v": 1, "origin": self.origin, **self._asked()})

    def record(self, approval: Approval | None) -> Json:
        """Return the record that the `delete` entry commits to."""
        return {
            "v": 1,
            **self._asked(),
            "blobs": self.blobs,
            "approval": None if approval is None else approval.record(),
        }

    def _asked(self) -> dict[str, Json]:
        return {
            "case": self.case,
            "whole": self.is_whole,
            "entries": [[first, last] for first, last in ranges(self.entries)],
            "reason": self.reason,
            "requested_by": self.requested_by,
        }


def ranges(numbers: Iterable[int]) -> Sequence[tuple[int, int]]:
    """Return ascending numbers as runs (first, last), both included."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


@dataclass(frozen=True, slots=True)
class Certificate:
    """What shows a deletion to anyone: the log entry, what opens it, the entry's inclusion proof and the signed note it leads to.

    `entry` are the entry's bytes, `record` the canonical bytes of what it commits to, `log_public` the log's Ed25519 key.
    """

    index: int
    entry: bytes
    record: bytes
    salt: bytes
    proof: tuple[bytes, ...]
    note: str
    log_public: bytes
