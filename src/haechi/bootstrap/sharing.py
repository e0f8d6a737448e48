"""Joins the sharing of hashes to the vault, the forms of lists, and new files."""

import hashlib
import io
from collections.abc import Collection, Sequence
from pathlib import Path

from haechi.bootstrap import OpenVault
from haechi.domain.bank import Tier
from haechi.domain.case import Case
from haechi.domain.hash_list import ListedRow, ListFormat
from haechi.flows.share_hashes import Chosen, Written
from haechi.flows.share_hashes import choose_hashes as _choose
from haechi.flows.share_hashes import share_hashes as _share


def choose_hashes(
    vault: OpenVault, cases: Sequence[Case], items: Collection[str], form: ListFormat
) -> tuple[Chosen, ...]:
    """Return what would be written. Raises as `flows.share_hashes.choose_hashes` does."""
    return _choose(vault.unlocked, cases, items, form)


def share_hashes(vault: OpenVault, chosen: Sequence[Chosen], folder: Path, *, tier: Tier) -> tuple[Written, ...]:
    """Write the files into `folder`. Raises as `flows.share_hashes.share_hashes` does."""
    return _share(vault.unlocked, chosen, folder, tier=tier, write=_write, actor=vault.unlocked.actor)


def _write(path: Path, form: ListFormat, rows: Sequence[ListedRow]) -> tuple[int, str]:
    from haechi.adapters.exchanges import WRITERS
    from haechi.adapters.exchanges.placing import placed

    with io.BytesIO() as whole, placed(path) as stream:
        count = WRITERS[form](rows, whole)
        stream.write(whole.getvalue())
        return count, hashlib.sha256(whole.getvalue()).hexdigest()
