"""Joins the check of a vault: what verifies stamps and cosignatures, and checkpoints that were kept elsewhere."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from haechi.bootstrap.witnessing import verifiers, witness_client
from haechi.domain.errors import VaultDamagedError
from haechi.domain.evidence import ItemId
from haechi.flows.open_vault import OpenVault
from haechi.flows.verify import Outside, Verified
from haechi.flows.verify_kept import Kept
from haechi.ports.progress import Progress


def verify_vault(vault: OpenVault, *, progress: Progress, against: Sequence[Path] = (), ask: bool = False) -> Verified:
    """Compute everything again, and compare with the checkpoints at `against`; `ask` the vault's witnesses as well.

    A witness is told nothing but the hash of the log's random name.
    Raises `CustodyBrokenError` with everything that is wrong, `PathMissingError`, `CheckpointForeignError`.
    """
    from haechi.adapters.packets.kept_checkpoint import read_kept_checkpoint
    from haechi.flows.ask_witnesses import ask_witnesses
    from haechi.flows.verify import verify

    kept = [Kept(str(path), read_kept_checkpoint(path)) for path in against]
    asked = ask_witnesses(vault, witness_client()) if ask else ()
    if not _has_stamps(vault):
        return verify(vault, progress, outside=Outside(None, verifiers(), kept, asked))
    from haechi.adapters.timestamps import Rfc3161Client

    with Rfc3161Client(vault.tools.randomness) as stamps:
        return verify(vault, progress, outside=Outside(stamps.check, verifiers(), kept, asked))


def _has_stamps(vault: OpenVault) -> bool:
    """Say whether there is a stamp to check; a ledger that cannot tell is the check's own finding."""
    try:
        return any(anchor.stamps for anchor in vault.ledger.anchors())
    except VaultDamagedError:
        return False


def paths_of(vault: OpenVault, wanted: Sequence[ItemId]) -> Mapping[ItemId, str]:
    """Return under which name each of these items came in; of what is in the vault no more, nothing."""
    asked = set(wanted)
    return {
        item.item_id: item.path
        for case in vault.ledger.cases()
        for item in vault.ledger.items(case.case_id)
        if item.item_id in asked
    }
