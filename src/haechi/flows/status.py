"""What the vault holds, in numbers: no name of a person, no content."""

import json

from haechi.domain.errors import VaultDamagedError
from haechi.domain.note import NoteKey
from haechi.domain.vault import VaultStatus
from haechi.flows.open_vault import LEDGER, OpenVault

_UNFINISHED = frozenset({"receiving", "reading"})


def status(vault: OpenVault) -> VaultStatus:
    """Return the vault's state. Raises `VaultDamagedError` when its log has no last entry."""
    head = vault.ledger.log_head().frontier
    imports = vault.ledger.imports()
    return VaultStatus(
        vault_id=vault.header.vault_id,
        cases=len(vault.ledger.cases()),
        imports=len(imports),
        unfinished_imports=sum(one.state in _UNFINISHED for one in imports),
        messages=vault.ledger.message_count(),
        items=vault.ledger.item_count(),
        sealed_items=vault.ledger.item_count(sealed=True),
        blob_bytes=vault.blobs.size(),
        log_size=head.size,
        log_root=head.root().hex(),
        last_entry_at=_last_entry_at(vault, head.size),
        log_key=vault.log_key.vkey,
        packet_key=NoteKey("packet", vault.packet_signer.public).vkey,
    )


def _last_entry_at(vault: OpenVault, size: int) -> str:
    try:
        entry = next(vault.ledger.entries(size - 1))
        return str(json.loads(entry.raw)["at"])
    except (StopIteration, ValueError, TypeError, KeyError) as error:
        raise VaultDamagedError(part=LEDGER) from error
