"""What the vault holds, in numbers: no name of a person, no content."""

import json

from haechi.domain.anchor import Anchor, AnchorKind, RequestState, answered_size
from haechi.domain.errors import VaultDamagedError
from haechi.domain.note import NoteKey
from haechi.domain.vault import VaultStatus
from haechi.flows.anchor import dies_soon, newest_stamps, unanchored_entries
from haechi.flows.open_vault import LEDGER, OpenVault
from haechi.flows.reach_quorum import is_quorum_reached

_UNFINISHED = frozenset({"receiving", "reading"})


def status(vault: OpenVault) -> VaultStatus:
    """Return the vault's state. Raises `VaultDamagedError` when its log has no last entry."""
    head = vault.ledger.log_head().frontier
    imports = vault.ledger.imports()
    anchors = vault.ledger.anchors()
    answered = max((one for one in anchors if one.is_anchored), key=lambda one: (one.size, one.number), default=None)
    now = vault.tools.now().at
    return VaultStatus(
        vault_id=vault.header.vault_id,
        cases=len(vault.ledger.cases()),
        imports=len(imports),
        unfinished_imports=sum(one.state in _UNFINISHED for one in imports),
        messages=vault.ledger.message_count(),
        items=vault.ledger.item_count(),
        sealed_items=vault.ledger.item_count(sealed=True),
        sealed_files=sum(1 for _ in vault.ledger.blob_names()),
        blob_bytes=vault.blobs.size(),
        features=vault.ledger.feature_count(),
        feature_bytes=vault.features.size(),
        log_size=head.size,
        log_root=head.root().hex(),
        last_entry_at=_last_entry_at(vault, head.size),
        log_key=vault.log_key.vkey,
        packet_key=NoteKey("packet", vault.packet_signer.public).vkey,
        unanchored_entries=unanchored_entries(vault, answered_size(anchors)),
        anchored_at=None if answered is None else _answered_at(answered),
        waiting_requests=_waiting(vault, anchors[-1].number) if anchors else 0,
        dying_stamps=sum(dies_soon(one, now) for one in newest_stamps(anchors)),
        is_quorum_reached=is_quorum_reached(vault, anchors[-1].cosignatures) if anchors else None,
    )


def _answered_at(anchor: Anchor) -> int:
    return max([one.at // 1_000_000 for one in anchor.stamps] + [one.at for one in anchor.cosignatures])


def _waiting(vault: OpenVault, anchor: int) -> int:
    """Return how many of those who are still configured have not answered for this anchor."""
    known = {(AnchorKind.STAMP, one.name) for one in vault.ledger.authorities()}
    known |= {(AnchorKind.COSIGNATURE, one.name) for one in vault.ledger.witnesses()}
    return sum(
        one.anchor == anchor and one.state is not RequestState.DONE and (one.kind, one.name) in known
        for one in vault.ledger.requests()
    )


def _last_entry_at(vault: OpenVault, size: int) -> str:
    try:
        entry = next(vault.ledger.entries(size - 1))
        return str(json.loads(entry.raw)["at"])
    except (StopIteration, ValueError, TypeError, KeyError) as error:
        raise VaultDamagedError(part=LEDGER) from error
