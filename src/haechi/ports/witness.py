"""Witnesses: asking one, and what it takes to be one (C2SP tlog-witness)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from haechi.domain.anchor import Cosignature, Witness
from haechi.domain.cosignature import Verifiers
from haechi.domain.note import NoteKey

MOST_PROOF_HASHES = 63
MOST_BODY_BYTES = 128 * 1024
"""63 hashes take 3 kB. 16 signatures, which every verifier of notes has to take, reach 107 kB when each has 5,000 bytes."""


class WitnessClient(Protocol):
    """Asks witnesses over the network, each answer within a time and a size.

    `verifiers` are how signatures of each type are verified.
    """

    verifiers: Verifiers

    def add_checkpoint(
        self, witness: Witness, *, old_size: int, proof: Sequence[bytes], note: str
    ) -> tuple[Cosignature, ...]:
        """Return the witness's cosignatures of the checkpoint `note`, at least one, each verified with its keys.

        `old_size` is the size it cosigned last as far as is known (0 when nothing is), `proof` the consistency proof
        from there; no hashes for 0. Raises `WitnessUnreachableError`; `WitnessConflictError` with reason `size` and
        the size that the witness holds (ask again with a proof from there, if this log is that long), `fork`,
        `unknown` or `refused`.
        """

    def latest(self, witness: Witness, origin: str) -> str | None:
        """Return the cosigned checkpoint that the witness holds of this log, not verified; None when it has none.

        Raises `WitnessUnreachableError`.
        """


class Refusal(StrEnum):
    """Why a checkpoint was not cosigned."""

    MALFORMED = "malformed"
    """The request is not one, or its old size is larger than the checkpoint's."""
    UNKNOWN_LOG = "unknown-log"
    UNSIGNED = "unsigned"
    """No trusted key of the log signed the checkpoint, or one of their signatures is wrong."""
    OTHER_SIZE = "other-size"
    """The old size is not that of the checkpoint that was cosigned last."""
    INCONSISTENT = "inconsistent"
    """The log does not continue what was cosigned last."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers: its signature lines (each with LF), or why it does not sign.

    `size` is the size of the tree that it cosigned last, when that is what the asker has to know.
    """

    lines: str = ""
    refusal: Refusal | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """The checkpoint of a log that a witness cosigned last.

    `note` is the checkpoint with the log's signatures that were verified and the witness's own cosignatures.
    """

    origin: str
    size: int
    root: bytes
    note: str


class WitnessStore(Protocol):
    """What a witness keeps: the logs it serves, and one checkpoint for each. Raises as `DiskFullError`."""

    def log_keys(self, origin: str) -> Sequence[NoteKey]:
        """Return the keys that are trusted for this log; none when the witness does not serve it."""

    def latest(self, origin: str) -> Seen | None: ...
    def latest_of(self, origin_hash: str) -> Seen | None:
        """Return the checkpoint of the log whose origin has this SHA-256 (lower-case hexadecimal)."""

    def swap(self, seen: Seen, *, instead_of: Seen | None) -> bool:
        """Keep `seen` if what is kept of this log is still `instead_of`'s size and root (None: nothing); say whether.

        Comparing and keeping are one step that no other process comes between, and what was kept is on the disk
        when this returns: a witness that forgot, or that went back, would vouch for a log that was rolled back.
        """
