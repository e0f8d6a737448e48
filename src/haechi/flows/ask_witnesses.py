"""Ask each witness what it has seen of this vault's log: a vault that was put back to an older copy shows here.

Nothing is told to a witness but the log's random name. What it answers counts only as far as it is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from haechi.domain.anchor import Witness
from haechi.domain.checkpoint import Checkpoint, CheckpointError
from haechi.domain.cosignature import LATEST, cosignatures, is_signed, witness_key
from haechi.domain.errors import WitnessUnreachableError
from haechi.domain.merkle import EMPTY_ROOT, Frontier
from haechi.domain.note import NoteError, split_note
from haechi.flows.open_vault import OpenVault
from haechi.ports.witness import WitnessClient


class WitnessSays(StrEnum):
    """What a witness's answer means for this vault."""

    CONTINUED = "continued"
    """What it saw is a beginning of this log, or all of it."""
    LONGER = "longer"
    """This vault's own key signed a longer log, and the witness has it: this vault is older than what was witnessed."""
    OTHER = "other"
    """This vault's own key signed another log of a size that this one has too: one of the two was forged."""
    NOTHING = "nothing"
    """It has not seen this log, and this vault knows of no cosignature by it."""
    FORGOT = "forgot"
    """It holds less than it has cosigned: the witness lost its memory, or somebody else answers in its place."""
    UNPROVEN = "unproven"
    """It answered with something that is not signed as it should be; none of it was believed."""
    UNREACHABLE = "unreachable"
    """It did not answer."""


@dataclass(frozen=True, slots=True)
class WitnessFinding:
    """What one witness says. `size` is the size it holds, `at` when it last cosigned (unix seconds, its clock)."""

    witness: str
    says: WitnessSays
    size: int | None = None
    at: int | None = None

    @property
    def is_alarm(self) -> bool:
        """Whether this vault's log was rolled back or rewritten, shown by its own signature in other hands."""
        return self.says in (WitnessSays.LONGER, WitnessSays.OTHER)


def ask_witnesses(vault: OpenVault, client: WitnessClient) -> Sequence[WitnessFinding]:
    """Return what each of the vault's witnesses says, by name. A witness that does not answer is a finding too."""
    return tuple(_ask(vault, client, witness) for witness in vault.ledger.witnesses())


def _ask(vault: OpenVault, client: WitnessClient, witness: Witness) -> WitnessFinding:
    try:
        note = client.latest(witness, vault.origin)
    except WitnessUnreachableError as error:
        says = WitnessSays.UNPROVEN if error.facts.get("reason") == "answer" else WitnessSays.UNREACHABLE
        return WitnessFinding(witness.name, says)
    known = _cosigned_size(vault, witness)
    if note is None:
        return WitnessFinding(witness.name, WitnessSays.FORGOT if known else WitnessSays.NOTHING, 0)
    try:
        seen, at = _read(vault, client, witness, note)
    except (NoteError, CheckpointError):
        return WitnessFinding(witness.name, WitnessSays.UNPROVEN)
    if seen.size > vault.ledger.log_head().frontier.size:
        says = WitnessSays.LONGER
    elif seen.root != _root(vault, seen.size):
        says = WitnessSays.OTHER
    elif seen.size < known:
        says = WitnessSays.FORGOT
    else:
        says = WitnessSays.CONTINUED if at is not None else WitnessSays.UNPROVEN
    return WitnessFinding(witness.name, says, seen.size, at)


def _read(vault: OpenVault, client: WitnessClient, witness: Witness, note: str) -> tuple[Checkpoint, int | None]:
    """Return the checkpoint that this vault's key signed, and when the witness cosigned it (None: no cosignature).

    Raises `NoteError`, `CheckpointError` for anything else.
    """
    text, lines = split_note(note)
    seen = Checkpoint.parse(text)
    is_ours = seen.origin == vault.origin and is_signed(text, lines, [vault.log_key], client.verifiers)
    if not is_ours or seen.size > LATEST:
        raise NoteError(text[:80])
    found = cosignatures(text, lines, map(witness_key, witness.vkeys), client.verifiers)
    return seen, max((one.at for one in found), default=None)


def _root(vault: OpenVault, size: int) -> bytes:
    head = vault.ledger.log_head().frontier
    if size == head.size:
        return head.root()
    return Frontier().append(vault.ledger.leaves(size)).root() if size else EMPTY_ROOT


def _cosigned_size(vault: OpenVault, witness: Witness) -> int:
    """Return the largest size that this vault has a cosignature of this witness for."""
    anchors = vault.ledger.anchors()
    return max((a.size for a in anchors if any(c.witness == witness.name for c in a.cosignatures)), default=0)
