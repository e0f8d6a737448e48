"""Compare the log with checkpoints that were kept elsewhere: the only thing that shows a whole vault being put back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from haechi.domain.checkpoint import PROOF_HEADER, Checkpoint, CheckpointError
from haechi.domain.errors import CheckpointForeignError
from haechi.domain.note import NoteError, open_note, split_note
from haechi.flows.open_vault import OpenVault
from haechi.flows.verify_findings import Findings


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint from outside the vault: where it came from, and the signed note or the `.tlog-proof` file around one."""

    name: str
    text: str


def read_kept(vault: OpenVault, kept: Sequence[Kept], findings: Findings) -> Mapping[str, Checkpoint]:
    """Return the checkpoints by name. One that this log's key did not sign is a finding.

    Raises `CheckpointForeignError` for what is no checkpoint, or one of another log: it says nothing of this vault.
    """
    found: dict[str, Checkpoint] = {}
    for one in kept:
        note = one.text
        if note.startswith(f"{PROOF_HEADER}\n"):
            note = note.partition("\n\n")[2]
        try:
            checkpoint = Checkpoint.parse(split_note(note)[0])
        except (NoteError, CheckpointError) as error:
            raise CheckpointForeignError(path=one.name, reason="form") from error
        if checkpoint.origin != vault.origin:
            raise CheckpointForeignError(path=one.name, reason="other")
        try:
            open_note(note, vault.log_key, vault.tools.verify)
        except NoteError:
            findings.add("kept-signature", one.name)
        else:
            found[one.name] = checkpoint
    return found


def compare_kept(kept: Mapping[str, Checkpoint], entries: int, roots: Mapping[int, bytes], findings: Findings) -> int:
    """Return how many of the checkpoints this log extends; name those that it does not."""
    right = 0
    for name, checkpoint in kept.items():
        if checkpoint.size > entries:
            findings.add("rollback", f"{name} ({checkpoint.size} > {entries})")
        elif checkpoint.root != roots[checkpoint.size]:
            findings.add("kept-fork", f"{name} ({checkpoint.size})")
        else:
            right += 1
    return right
