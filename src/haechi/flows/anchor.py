"""Anchor the log: ask everybody outside who was named about its newest checkpoint, and keep every answer durably.

An outbox stands between: whom to ask is committed before anybody is asked, each answer is committed by itself with the
log entry that names it, and what was not answered waits for the next time. Each party is asked independently.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from haechi.domain.anchor import Anchor, AnchorKind, Authority, Cosignature, Request, RequestState, Stamp, Witness
from haechi.domain.anchor import unanchored as _unanchored
from haechi.domain.canonical import Json
from haechi.domain.custody import SALT_BYTES, Draft, EntryType, open_record
from haechi.domain.errors import (
    AuthorityUnreachableError,
    ConflictError,
    HaechiError,
    NobodyToAskError,
    UnavailableError,
    WitnessConflictError,
    WitnessUnreachableError,
)
from haechi.domain.merkle import Tree
from haechi.flows.open_vault import OpenVault
from haechi.ports.timestamps import TimestampClient
from haechi.ports.witness import WitnessClient

PAUSES_S = (2.0, 6.0)
"""How long to wait before asking again those who did not answer: so everybody is asked three times at most in one call."""
RENEW_WITHIN_S = 90 * 86_400
"""A stamp is renewed when a certificate under it dies within this time: long enough to find another authority."""
_OK = 200  # HTTP
# An entry is in its RFC 8785 form: these bytes stand in it as a member and nowhere else, for a quotation mark inside a
# string has a backslash before it. Parsing a million entries to read one word of each would take seconds.
_ANCHOR_MARK = f'"type":"{EntryType.ANCHOR}"'.encode()


class Because(StrEnum):
    """Why somebody is asked."""

    NEW = "new"
    """The log has entries that no anchor covers."""
    RENEWAL = "renewal"
    """A certificate under the newest stamps dies soon; the new checkpoint commits to those stamps."""
    WAITING = "waiting"
    """The newest checkpoint is anchored in part: some have not answered."""
    DONE = "done"
    """Everybody has answered; nobody is asked."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What would leave this machine, and to whom.

    An authority is sent the SHA-256 of `note` with a random number; a witness `note` itself, with hashes of the log's
    tree that show that the log only grew. `root` is base64, as it stands in the note. `confirmed` is how many entries somebody
    outside has answered for before.
    """

    because: Because
    origin: str
    size: int
    root: str
    note: str
    authorities: tuple[Authority, ...]
    witnesses: tuple[Witness, ...]
    anchor: int | None = None
    """The number of the anchor that is there already, None when one is to be made."""
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one party: `error` is what stood in the way, None when it answered.

    `at` is the party's own time in unix seconds; `apart_s` how much later that is than this machine's clock (negative:
    earlier), when the answer was there. A large value is no error: one of the two clocks is wrong, and both are kept.
    """

    kind: AnchorKind
    name: str
    error: HaechiError | None
    at: int | None = None
    apart_s: int | None = None


@dataclass(frozen=True, slots=True)
class Anchored:
    """What came of it."""

    size: int
    outcomes: tuple[Outcome, ...]

    @property
    def is_answered(self) -> bool:
        """Whether anybody answered."""
        return any(one.error is None for one in self.outcomes)


def prepare_anchor(vault: OpenVault, *, stamps: TimestampClient) -> Outgoing:
    """Return what would be sent, and to whom; nothing is written and nobody is asked. Raises `NobodyToAskError`."""
    authorities, witnesses = tuple(vault.ledger.authorities()), tuple(vault.ledger.witnesses())
    if not authorities and not witnesses:
        raise NobodyToAskError
    anchors = vault.ledger.anchors()
    newest = anchors[-1] if anchors else None
    confirmed = max((one.size for one in anchors if one.is_anchored), default=0)
    if newest is None or _has_more(vault, newest.size):
        because = Because.NEW
    elif _is_dying(vault, anchors, authorities, stamps):
        because = Because.RENEWAL
    else:
        answered = {one.authority for one in newest.stamps}, {one.witness for one in newest.cosignatures}
        authorities = tuple(one for one in authorities if one.name not in answered[0])
        witnesses = tuple(one for one in witnesses if one.name not in answered[1])
        because = Because.WAITING if authorities or witnesses else Because.DONE
        return _outgoing(because, newest.note, authorities, witnesses, anchor=newest.number, confirmed=confirmed)
    return _outgoing(because, vault.note(), authorities, witnesses, anchor=None, confirmed=confirmed)


def anchor(
    vault: OpenVault,
    outgoing: Outgoing,
    *,
    stamps: TimestampClient,
    witnesses: WitnessClient,
    actor: str,
    pause: Callable[[float], None],
) -> Anchored:
    """Ask everybody in `outgoing`, in rounds with `pause` (seconds) between, and return how it went.

    What was answered is committed before the next is asked. Who does not answer stays in the outbox.
    """
    asking = _Asking(vault, outgoing, stamps, witnesses, actor)
    outcomes: dict[tuple[AnchorKind, str], Outcome] = {}
    left = asking.parties()
    for wait_s in (*PAUSES_S, None):
        for kind, name in left:
            outcomes[kind, name] = asking.ask(kind, name)
        left = [key for key in left if isinstance(outcomes[key].error, UnavailableError)]
        if not left or wait_s is None:
            break
        pause(wait_s)
    vault.checkpoint()
    return Anchored(outgoing.size, tuple(outcomes.values()))


class _Asking:
    """One run over the parties of one anchor."""

    def __init__(
        self, vault: OpenVault, outgoing: Outgoing, stamps: TimestampClient, witnesses: WitnessClient, actor: str
    ) -> None:
        self._vault = vault
        self._outgoing = outgoing
        self._stamps = stamps
        self._witnesses = witnesses
        self._actor = actor
        self._tree: Tree | None = None
        self._authorities = {one.name: one for one in outgoing.authorities}
        self._partners = {one.name: one for one in outgoing.witnesses}
        self._anchor = self._committed()
        self._requests = {(one.kind, one.name): one for one in vault.ledger.requests() if one.anchor == self._anchor}

    def parties(self) -> list[tuple[AnchorKind, str]]:
        """Return whom to ask: witnesses first, who are the quicker."""
        return [(AnchorKind.COSIGNATURE, name) for name in self._partners] + [
            (AnchorKind.STAMP, name) for name in self._authorities
        ]

    def ask(self, kind: AnchorKind, name: str) -> Outcome:
        """Ask one party and commit how it went. Whatever comes of an answer, the others are asked."""
        try:
            if kind is AnchorKind.STAMP:
                return self._ask_authority(self._authorities[name])
            return self._ask_witness(self._partners[name])
        except (UnavailableError, ConflictError) as error:
            self._keep_problem(kind, name, error)
            return Outcome(kind, name, error)
        except HaechiError:
            raise  # about this vault or its settings, not about an answer
        except Exception as cause:  # noqa: BLE001 - an answer that nobody thought of is one party's, not everybody's
            odd = _unexpected(kind, name)
            odd.__cause__ = cause
            self._keep_problem(kind, name, odd)
            return Outcome(kind, name, odd)

    def _ask_authority(self, authority: Authority) -> Outcome:
        stamp = self._stamps.stamp(authority, self._outgoing.note.encode())
        apart_s = self._keep((AnchorKind.STAMP, authority.name), stamp=stamp)
        return Outcome(AnchorKind.STAMP, authority.name, None, stamp.at // 1_000_000, apart_s)

    def _ask_witness(self, witness: Witness) -> Outcome:
        """Ask a witness; when it remembers another size than this vault does, ask once more from there."""
        known = max((one.size for one in self._vault.ledger.anchors() if _cosigned(one, witness)), default=0)
        try:
            lines = self._cosignatures(witness, known)
        except WitnessConflictError as error:
            size = error.facts.get("size")
            if error.facts.get("reason") != "size" or not isinstance(size, int) or size == known:
                raise
            if size > self._outgoing.size:
                # It has seen a longer log than this one: this one was rolled back, or is another machine's older copy.
                raise WitnessConflictError(witness=witness.name, size=size, reason="ahead") from error
            lines = self._cosignatures(witness, size)
        apart_s = self._keep((AnchorKind.COSIGNATURE, witness.name), cosignatures=lines)
        return Outcome(AnchorKind.COSIGNATURE, witness.name, None, lines[0].at, apart_s)

    def _cosignatures(self, witness: Witness, old_size: int) -> tuple[Cosignature, ...]:
        return self._witnesses.add_checkpoint(
            witness, old_size=old_size, proof=self._proof(old_size), note=self._outgoing.note
        )

    def _proof(self, old_size: int) -> Sequence[bytes]:
        if not 0 < old_size < self._outgoing.size:
            return ()
        if self._tree is None:
            self._tree = Tree(self._vault.ledger.leaves(self._outgoing.size))
        return self._tree.consistency(old_size)

    def _committed(self) -> int:
        """Return the anchor's number once it and everybody to be asked stand in the outbox."""
        earlier = [one for one in self._vault.ledger.requests() if one.state is RequestState.WAITING]
        known = {(one.anchor, one.kind, one.name) for one in self._vault.ledger.requests()}
        with self._vault.ledger.begin() as writer:
            number = self._outgoing.anchor
            if number is None:
                number = writer.add_anchor(size=self._outgoing.size, note=self._outgoing.note)
            for one in earlier:
                if one.anchor != number:
                    writer.set_request(replace(one, state=RequestState.SUPERSEDED))
            for kind, name in self.parties():
                if (number, kind, name) not in known:
                    writer.set_request(Request(number, kind, name, RequestState.WAITING))
        return number

    def _keep(
        self, key: tuple[AnchorKind, str], *, stamp: Stamp | None = None, cosignatures: Sequence[Cosignature] = ()
    ) -> int:
        """Commit an answer, the state of its request and the log entry that names it, together.

        Return how many seconds the party's time is later than this machine's.
        """
        now = self._vault.tools.now()
        at = cosignatures[0].at if stamp is None else stamp.at // 1_000_000
        apart_s = at - int(datetime.fromisoformat(now.at).timestamp())
        request = self._requests[key]
        with self._vault.ledger.begin() as writer:
            if stamp is not None:
                writer.add_stamp(self._anchor, stamp)
            for one in cosignatures:
                writer.add_cosignature(self._anchor, one)
            writer.set_request(
                replace(request, state=RequestState.DONE, tries=request.tries + 1, problem=None, tried_at=now.at)
            )
            writer.append(
                Draft(
                    EntryType.ANCHOR,
                    self._actor,
                    now,
                    opening=open_record(
                        self._vault.tools.randomness(SALT_BYTES),
                        answer_record(self._outgoing.size, stamp, cosignatures, apart_s),
                    ),
                    counts={"size": self._outgoing.size},
                )
            )
        return apart_s

    def _keep_problem(self, kind: AnchorKind, name: str, error: HaechiError) -> None:
        request = self._requests[kind, name]
        is_final = isinstance(error, ConflictError)
        request = replace(
            request,
            state=RequestState.REFUSED if is_final else RequestState.WAITING,
            tries=request.tries + 1,
            problem=f"{error.code}/{error.facts.get('reason', '')}".removesuffix("/")[:64],
            tried_at=self._vault.tools.now().at,
        )
        self._requests[kind, name] = request
        with self._vault.ledger.begin() as writer:
            writer.set_request(request)


def answer_record(size: int, stamp: Stamp | None, cosignatures: Sequence[Cosignature], apart_s: int) -> dict[str, Json]:
    """Return the record that an `anchor` entry opens to: digests of what came, and the two clocks' difference in seconds."""
    return {
        "v": 1,
        "size": size,
        "stamps": []
        if stamp is None
        else [
            {
                "authority": stamp.authority,
                "sha256": hashlib.sha256(stamp.reply).hexdigest(),
                "at": stamp.at,
                "apart_s": apart_s,
            }
        ],
        "cosignatures": [
            {
                "witness": one.witness,
                "sha256": hashlib.sha256(one.line.encode()).hexdigest(),
                "at": one.at,
                "apart_s": apart_s,
            }
            for one in cosignatures
        ],
    }


def unanchored_entries(vault: OpenVault, covered: int) -> int:
    """Return how many entries stand behind the first `covered` and wait for somebody outside."""
    return _unanchored(
        covered,
        vault.ledger.log_head().frontier.size,
        (entry.index for entry in vault.ledger.entries(covered) if _ANCHOR_MARK in entry.raw),
    )


def newest_stamps(anchors: Sequence[Anchor]) -> tuple[Stamp, ...]:
    """Return the stamps that cover the most of the log."""
    return next((one.stamps for one in reversed(anchors) if one.stamps), ())


def dies_soon(stamp: Stamp, now: str) -> bool:
    """Say whether a certificate under the stamp dies within `RENEW_WITHIN_S` of `now` (RFC 3339)."""
    return stamp.expires_at < int(datetime.fromisoformat(now).timestamp()) + RENEW_WITHIN_S


def _has_more(vault: OpenVault, covered: int) -> bool:
    return any(_ANCHOR_MARK not in entry.raw for entry in vault.ledger.entries(covered))


def _is_dying(
    vault: OpenVault, anchors: Sequence[Anchor], authorities: Sequence[Authority], stamps: TimestampClient
) -> bool:
    """Say whether a newest stamp dies soon and somebody can be asked whose stamp would live longer.

    Without the second, every call would ask the same authority about the same log again.
    """
    now = vault.tools.now().at
    newest = newest_stamps(anchors)
    soon = int(datetime.fromisoformat(now).timestamp()) + RENEW_WITHIN_S
    lasting = {one.authority for one in newest if one.expires_at >= soon}
    return any(dies_soon(one, now) for one in newest) and any(
        one.name not in lasting and stamps.expires_at(one) >= soon for one in authorities
    )


def _unexpected(kind: AnchorKind, name: str) -> HaechiError:
    if kind is AnchorKind.STAMP:
        return AuthorityUnreachableError(authority=name, reason="check")
    return WitnessUnreachableError(witness=name, reason="answer", status=_OK)


def _cosigned(one: Anchor, witness: Witness) -> bool:
    return any(line.witness == witness.name for line in one.cosignatures)


def _outgoing(
    because: Because,
    note: str,
    authorities: tuple[Authority, ...],
    witnesses: tuple[Witness, ...],
    *,
    anchor: int | None,
    confirmed: int,
) -> Outgoing:
    origin, size, root = note.split("\n")[:3]
    return Outgoing(because, origin, int(size), root, note, authorities, witnesses, anchor, confirmed)
