"""Banks: named lists of hashes that others' files are compared with, and who vouches for what stands in them.

A bank holds pictures of adults or of minors, never both; a lookup asks one kind or names its banks. A hash says that two
files look alike. What the picture shows is the word of whoever added it, as strong as its `Tier`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

from haechi.domain.errors import BankMixedError, HashRefusedError
from haechi.domain.fingerprint import MATCH_WITHIN

BankName = NewType("BankName", str)
ContentNumber = NewType("ContentNumber", int)

WIDEST = 64  # bits of 256; further apart, hashes of unlike pictures meet
MOST_NOTE = 255  # characters, as in HMA
MOST_SIGNALS = 20_000  # of one content: a video of five hours at one frame a second


class Tier(StrEnum):
    """Who vouches that a content is what the bank says, weakest first."""

    SELF_ASSERTED = "self-asserted"
    """The person depicted, or whoever holds her file."""
    WORKER_VERIFIED = "worker-verified"
    """A worker of a support centre or a platform has looked."""
    POLICE = "police"
    REGULATOR = "regulator"
    """An authority that may order removal, such as Korea's KCSC."""

    def reaches(self, least: "Tier") -> bool:
        """Say whether this is `least` or stronger."""
        order = tuple(Tier)
        return order.index(self) >= order.index(least)


class Depicted(StrEnum):
    """Whom the pictures of a bank show. The two are kept, asked and exchanged apart."""

    ADULT = "adult"
    MINOR = "minor"
    """Under 19, or of unknown age."""


class SignalType(StrEnum):
    """A kind of hash, by the name that ThreatExchange and HMA give it, where they have one."""

    PDQ = "pdq"
    VPDQ = "vpdq"
    """One PDQ for each second of a video."""
    MD5 = "md5"
    VIDEO_MD5 = "video_md5"
    SHA256 = "sha256"

    @property
    def is_exact(self) -> bool:
        """Whether two files have this hash in common only when their bytes are equal."""
        return self not in (SignalType.PDQ, SignalType.VPDQ)

    @property
    def size(self) -> int:
        """How many bytes a hash has."""
        return 16 if self in (SignalType.MD5, SignalType.VIDEO_MD5) else 32


class Held(StrEnum):
    """Why a content stands in its bank and is not matched until a curator lets it in."""

    NEAR_INNOCENT = "near-innocent"
    """Its hash lies within the radius of a known innocent picture."""
    NEAR_REPORTED = "near-reported"
    """It was added as innocent, and lies within the radius of a picture that another bank reports."""
    FLOOD = "flood"
    """Its bank holds very many contents that are near it already, or came with very many."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One hash of a content. `value` is 32 bytes for PDQ and SHA-256, 16 for MD5. `at_s` is a frame's second in its video."""

    type: SignalType
    value: bytes
    quality: int = 100
    at_s: float | None = None

    def check(self) -> "Signal":
        """Return it. Raises `HashRefusedError` when its value or quality cannot be of this type."""
        if len(self.value) != self.type.size:
            raise HashRefusedError(type=self.type.value, problem="length", place=None)
        if not 0 <= self.quality <= 100:  # noqa: PLR2004 - a percentage
            raise HashRefusedError(type=self.type.value, problem="quality", place=None)
        return self


@dataclass(frozen=True, slots=True)
class Bank:
    """One list.

    `number` stands for it in the index. `radius` is in bits of PDQ. A negative bank holds known innocent pictures: what is nearer to one of
    them than to a hash of another bank is not reported. `enabled_ratio` is the share of lookups that ask the bank, 0 to 1 (HMA's slow start).
    """

    number: int
    name: BankName
    depicted: Depicted
    radius: int = MATCH_WITHIN
    is_negative: bool = False
    enabled_ratio: float = 1.0
    created_at: str = ""

    def is_asked(self, seed: str) -> bool:
        """Say whether a lookup with this seed asks the bank: the same seed gives the same answer, `enabled_ratio` of all seeds a yes."""
        if self.enabled_ratio >= 1:
            return True
        drawn = hashlib.sha256(f"{self.number}:{seed}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(drawn[:8]) < self.enabled_ratio * 2**64


@dataclass(frozen=True, slots=True)
class Content:
    """What was added to a bank at one time: the hashes of one picture or video, and its history.

    Times are RFC 3339 in UTC as `in_utc` writes them. `source` names the exchange and its own number for it. `withdrawn_at`
    is for good; `held` until a curator lets it in.
    """

    number: ContentNumber
    bank: BankName
    signals: tuple[Signal, ...]
    tier: Tier
    added_at: str
    added_by: str
    note: str = ""
    claimed_id: str | None = None
    claimed_uri: str | None = None
    claimed_facts: Mapping[str, object] | None = None
    source: str | None = None
    expires_at: str | None = None
    disabled_until: str | None = None
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    held: Held | None = None

    def is_active(self, now: str) -> bool:
        """Say whether lookups may report it at `now`."""
        if self.withdrawn_at is not None or self.held is not None:
            return False
        if self.expires_at is not None and self.expires_at <= now:
            return False
        return self.disabled_until is None or self.disabled_until <= now


@dataclass(frozen=True, slots=True)
class Hit:
    """A content near a query: by which hash of each, how many bits away (0 for equal digests).

    `transform` is what was done to the asked picture before it was hashed, "whole" when nothing was. `suppressed_by` is the content of a
    negative bank that lies as near or nearer.
    """

    content: Content
    type: SignalType
    distance: int
    queried: bytes
    found: bytes
    quality: int
    transform: str = "whole"
    suppressed_by: ContentNumber | None = None


def in_utc(at: str | float) -> str:
    """Return a time, RFC 3339 or Unix seconds, in UTC with microseconds: the form in which text sorts as time. Raises `ValueError`."""
    try:
        if isinstance(at, str):
            read = datetime.fromisoformat(at)
            read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        else:
            read = datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(at) from error
    return read.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def asked_together(banks: Iterable[Bank]) -> tuple[Bank, ...]:
    """Return the banks of one lookup. Raises `BankMixedError` when they hold adults and minors."""
    chosen = tuple(banks)
    positive = {bank.depicted for bank in chosen if not bank.is_negative}
    if len(positive) > 1:
        raise BankMixedError(banks=sorted(bank.name for bank in chosen))
    return chosen


def judged(hits: Iterable[Hit], innocent: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the hits, nearest first, each with the innocent content that suppresses it, if one lies as near or nearer.

    Nearest wins, so that a hash put at the rim of an innocent picture's radius cannot make that picture reported, and an
    innocent hash put near a reported picture cannot hide it.
    """
    nearest: dict[tuple[SignalType, bytes], Hit] = {}
    for one in innocent:
        known = nearest.get((one.type, one.queried))
        if known is None or one.distance < known.distance:
            nearest[one.type, one.queried] = one
    found = []
    for hit in hits:
        rival = nearest.get((hit.type, hit.queried))
        hidden = rival.content.number if rival is not None and rival.distance <= hit.distance else None
        found.append(replace(hit, suppressed_by=hidden))
    return tuple(sorted(found, key=lambda hit: (hit.distance, hit.content.number, hit.type)))
