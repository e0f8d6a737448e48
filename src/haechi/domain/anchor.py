"""Anchors: what others say of a checkpoint, so that its age and its history do not rest on this vault alone.

A *stamp* (RFC 3161) is a time-stamping authority's word that the checkpoint's bytes existed by a time. A *cosignature*
(C2SP tlog-cosignature) is a witness's word that the log only ever grew, as far as that witness saw. Neither sees more
than the log's random name, a number and a root. Formats: docs/formats/anchors.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.evidence import Sha256


class AnchorKind(StrEnum):
    """What is asked for."""

    STAMP = "stamp"
    COSIGNATURE = "cosignature"


class RequestState(StrEnum):
    """Where a request in the outbox stands."""

    WAITING = "waiting"
    """Not asked yet, or not answered: it is asked again."""
    DONE = "done"
    REFUSED = "refused"
    """Answered, and the answer was a refusal that asking again at once does not change (see `Request.problem`)."""
    SUPERSEDED = "superseded"
    """Never answered, and not asked any more: a newer anchor covers all that this one did."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority as this vault was told to trust it.

    `certificate` is the SHA-256 (hex) of the one signing certificate (DER) whose stamps are accepted; `chain` are
    PEM certificates: that one, intermediates and at last the root. `policy` is the dotted policy it must answer with, None for any.
    """

    name: str
    url: str
    certificate: Sha256
    chain: str
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A partner organisation that cosigns: its name, where it answers, and its keys (C2SP vkeys, types 0x04 and 0x06)."""

    name: str
    url: str
    vkeys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp that was checked when it came: `query` and `reply` are DER as sent and received, `chain` PEM, leaf first.

    `at` is the authority's time (genTime) in unix microseconds, `serial` decimal, `certificate` the SHA-256 (hex)
    of its signing certificate, `expires_at` when the first certificate of its chain dies, in unix seconds.
    """

    authority: str
    query: bytes
    reply: bytes
    chain: str
    at: int
    serial: str
    certificate: Sha256
    expires_at: int


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that was checked when it came: its note line (with LF), the witness's vkey, and its unix seconds."""

    witness: str
    vkey: str
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint that others were asked about. `note` is the signed note with the log's own signature line alone.

    These bytes are what is stamped. `note` and the cosignature lines, one after the other, are the cosigned checkpoint.
    """

    number: int
    size: int
    note: str
    stamps: tuple[Stamp, ...] = ()
    cosignatures: tuple[Cosignature, ...] = ()

    @property
    def is_anchored(self) -> bool:
        """Whether anybody outside has answered."""
        return bool(self.stamps or self.cosignatures)


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the outbox: which anchor, whom to ask, and how it went. `problem` is a stable code, no sentence."""

    anchor: int
    kind: AnchorKind
    name: str
    state: RequestState
    tries: int = 0
    problem: str | None = None
    tried_at: str | None = None


def answered_size(anchors: Iterable[Anchor]) -> int:
    """Return how many first entries of the log somebody outside has answered for, 0 when nobody has."""
    return max((one.size for one in anchors if one.is_anchored), default=0)


def unanchored(covered: int, entries: int, answers: Iterable[int]) -> int:
    """Return how many of the log's `entries` stand behind the first `covered`, which somebody outside has answered for.

    Those that only say that an answer came (`answers`, the places of the log's `anchor` entries) do not count: each
    answer is an entry, which the next checkpoint would have to be anchored for, and it would never end.
    """
    return entries - covered - sum(covered <= place < entries for place in answers)
