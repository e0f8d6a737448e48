"""Trust policies (C2SP tlog-policy): which logs and witnesses are known, and how many witnesses have to have cosigned.

A policy is octets, line by line. Names are opaque octets: here they are text in which an octet that is no UTF-8 stands
as a lone surrogate, so that two names are equal exactly when their octets are.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.cosignature import KINDS, LOG_KINDS, Cosigned, Verifiers, cosignatures, is_signed
from haechi.domain.note import NoteError, NoteKey, split_note

NONE = "none"
MOST_BYTES = 1 << 20
MOST_DEFINITIONS = 1000  # the text asks for 32 logs, 32 witnesses and 32 groups at least
_LOG_ITEMS = (1, 2)
_WITNESS_ITEMS = (2, 3)
_FEWEST_GROUP_ITEMS = 3
_OCTETS = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*")
_NUMBER = re.compile(r"[0-9]{1,6}")


class PolicyError(ValueError):
    """The policy cannot be read: `reason` is a stable code, `line` counts from 1 (0 stands for the whole file)."""

    def __init__(self, *, reason: str, line: int = 0) -> None:
        super().__init__(reason, line)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log whose checkpoints are accepted; the key's name is the log's origin."""

    key: NoteKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness; `name` has a meaning in the policy only."""

    name: str
    key: NoteKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses and groups of which `threshold` have to have witnessed a checkpoint."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Groups stand in the order in which they were defined: each after its members. `quorum` is a name or `none`."""

    logs: tuple[KnownLog, ...]
    witnesses: tuple[KnownWitness, ...]
    groups: tuple[Group, ...]
    quorum: str

    def is_reached(self, cosigners: Iterable[str]) -> bool:
        """Say whether the quorum is reached when the witnesses of these names have cosigned."""
        if self.quorum == NONE:
            return True
        known = {one.name for one in self.witnesses}
        witnessed = known & set(cosigners)
        for group in self.groups:
            if len(witnessed.intersection(group.members)) >= group.threshold:
                witnessed.add(group.name)
        return self.quorum in witnessed


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a policy makes of a checkpoint.

    `is_signed`: a listed log signed it; None when the policy lists no log, which leaves that to the caller.
    `cosigned` are the listed witnesses' cosignatures by the policy's names for them, and `is_reached` says whether they are enough.
    """

    is_signed: bool | None
    cosigned: Mapping[str, Cosigned]
    is_reached: bool

    @property
    def is_valid(self) -> bool:
        """Whether the checkpoint is one to rely on."""
        return self.is_reached and self.is_signed is not False


def evaluate(policy: Policy, note: str, verifiers: Verifiers) -> Evaluation:
    """Return what the policy makes of a signed checkpoint.

    Raises `NoteError` when it is no checkpoint, or when a listed key's signature on it is wrong.
    """
    text, lines = split_note(note)
    try:
        origin = Checkpoint.parse(text).origin
    except CheckpointError as error:
        raise NoteError(note[:80]) from error
    keys = [log.key for log in policy.logs if log.key.name == origin]
    signed = is_signed(text, lines, keys, verifiers) if policy.logs else None
    found = cosignatures(text, lines, [one.key for one in policy.witnesses], verifiers)
    named = {one.key: one.name for one in policy.witnesses}
    cosigned = {named[one.key]: one for one in found}
    return Evaluation(signed, cosigned, policy.is_reached(cosigned))


def parse_policy(octets: bytes) -> Policy:
    """Return the policy in a file's octets. Raises `PolicyError` naming the first line that is wrong."""
    if len(octets) > MOST_BYTES:
        raise PolicyError(reason="too-large")
    lines = octets.split(b"\n")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        if not _OCTETS.fullmatch(line):
            raise PolicyError(reason="octet", line=number)
        words = [word for word in re.split(r"[ \t]+", line.decode("utf-8", "surrogateescape")) if word]
        if number == len(lines) and line:
            # A file that was cut could name another quorum than the one that was meant.
            raise PolicyError(reason="unterminated", line=number)
        if words and not words[0].startswith("#"):
            reading.take(words, number)
    if reading.quorum is None:
        raise PolicyError(reason="quorum-missing")
    return Policy(tuple(reading.logs), tuple(reading.witnesses), tuple(reading.groups), reading.quorum)


@dataclass(slots=True)
class _Reading:
    """What the lines so far have defined."""

    logs: list[KnownLog] = field(default_factory=list)
    witnesses: list[KnownWitness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    log_keys: set[bytes] = field(default_factory=set)
    witness_keys: set[bytes] = field(default_factory=set)

    def take(self, words: list[str], line: int) -> None:
        """Take one line's definition. Raises `PolicyError`."""
        if words[0] != "quorum" and len(self.names) + len(self.logs) >= MOST_DEFINITIONS:
            raise PolicyError(reason="too-many", line=line)
        match words[0]:
            case "log" if len(words) - 1 in _LOG_ITEMS:
                key = _key(words[1], LOG_KINDS, self.log_keys, line)
                self.logs.append(KnownLog(key, *words[2:]))
            case "witness" if len(words) - 1 in _WITNESS_ITEMS:
                self._define(words[1], line)
                key = _key(words[2], KINDS, self.witness_keys, line)
                self.witnesses.append(KnownWitness(words[1], key, *words[3:]))
            case "group" if len(words) > _FEWEST_GROUP_ITEMS:
                self.groups.append(self._group(words[1], words[2], words[3:], line))
                self._define(words[1], line)
            case "quorum" if words[1:] and not words[2:]:
                if self.quorum is not None:
                    raise PolicyError(reason="quorum-twice", line=line)
                self.quorum = words[1] if words[1] == NONE else self._known(words[1], line)
            case _other:
                raise PolicyError(reason="form", line=line)

    def _group(self, name: str, threshold: str, members: list[str], line: int) -> Group:
        for member in members:
            if self._known(member, line) in self.members:
                raise PolicyError(reason="member-twice", line=line)
            self.members.add(member)
        if threshold in ("any", "all"):
            return Group(name, 1 if threshold == "any" else len(members), tuple(members))
        if not _NUMBER.fullmatch(threshold) or not 1 <= int(threshold) <= len(members):
            raise PolicyError(reason="threshold", line=line)
        return Group(name, int(threshold), tuple(members))

    def _define(self, name: str, line: int) -> None:
        if name == NONE or name in self.names:
            raise PolicyError(reason="name-twice", line=line)
        self.names.add(name)

    def _known(self, name: str, line: int) -> str:
        if name not in self.names:
            raise PolicyError(reason="name-unknown", line=line)
        return name


def _key(vkey: str, kinds: tuple[int, ...], seen: set[bytes], line: int) -> NoteKey:
    """Return the key; a public key that another line has, even under another name, is refused."""
    try:
        key = NoteKey.parse(vkey, kinds=kinds)
    except NoteError as error:
        raise PolicyError(reason="vkey", line=line) from error
    if key.public in seen:
        raise PolicyError(reason="key-twice", line=line)
    seen.add(key.public)
    return key
