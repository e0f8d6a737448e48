"""Back up an open vault to another folder. Nothing is decrypted; what was destroyed in the vault goes from the back-ups too."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from haechi.domain.canonical import Json
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.flows.open_vault import OpenVault
from haechi.ports.back_ups import BackUps, Copy
from haechi.ports.progress import Progress


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A copy that is complete.

    `removed` are the numbers of older copies that went, `outdated` those of them that still held what was destroyed since, or
    of which nobody can tell. `unreadable` are those that stay and cannot be restored.
    """

    copy: Copy
    removed: tuple[int, ...]
    outdated: tuple[int, ...]
    unreadable: tuple[int, ...]


def back_up(vault: OpenVault, folder: Path, *, back_ups: BackUps, keep: int, progress: Progress) -> BackedUp:
    """Make a copy, keep the newest `keep` copies, and note it in the custody log.

    Copies from before something was destroyed are removed once the new one is complete: they could bring it back.
    Raises as `BackUps.add` does.
    """
    if keep < 1:
        raise ValueError(keep)
    vault.checkpoint()
    vault.ledger.fold()
    copy = back_ups.add(
        folder,
        vault.folder.path,
        vault_id=vault.header.vault_id,
        made_at=vault.tools.now().at,
        log_size=vault.ledger.log_head().frontier.size,
        erasures=_erasures(vault),
        blobs=list(vault.ledger.sealed_digests()),
        progress=lambda done, total: progress("backing-up", done, total),
    )
    found = back_ups.copies(folder)
    outdated = [one for one in found.readable if one.manifest.erasures < copy.manifest.erasures]
    kept = [one for one in found.readable if one not in outdated][-keep:]
    removed = [one for one in found.readable if one not in kept]
    damaged = tuple(found.unreadable)
    # What such a copy holds is not known: its ledger may have the keys of what was destroyed.
    doubtful = damaged if copy.manifest.erasures else ()
    if removed or doubtful:
        back_ups.remove(folder, removed, unreadable=doubtful)
    _note(vault, EntryType.BACK_UP, copy)
    return BackedUp(
        copy,
        tuple(sorted((*_numbers(removed), *doubtful))),
        tuple(sorted((*_numbers(outdated), *doubtful))),
        () if doubtful else damaged,
    )


def note_restored(vault: OpenVault, copy: Copy) -> None:
    """Note in the log of a vault that it was put back from this copy."""
    _note(vault, EntryType.RESTORE, copy)


def _note(vault: OpenVault, type_: EntryType, copy: Copy) -> None:
    record: dict[str, Json] = {
        "v": 1,
        "copy": copy.number,
        "log_size": copy.manifest.log_size,
        "manifest_sha256": copy.digest,
    }
    with vault.ledger.begin() as writer:
        writer.append(
            Draft(
                type_,
                vault.actor,
                vault.tools.now(),
                opening=open_record(vault.tools.randomness(32), record),
                counts={"blobs": len(copy.manifest.blobs)},
            )
        )
    vault.checkpoint()


def _erasures(vault: OpenVault) -> int:
    return sum(json.loads(entry.raw)["type"] == EntryType.DELETE.value for entry in vault.ledger.entries())


def _numbers(copies: Sequence[Copy]) -> tuple[int, ...]:
    return tuple(one.number for one in copies)
