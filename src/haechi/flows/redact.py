"""Make a copy of a picture with parts painted black. The original stays as it was sealed, and nothing is shown."""

from collections.abc import Sequence

from haechi.domain.case import Case
from haechi.domain.derivative import Derivative, Region
from haechi.domain.errors import (
    CustodyBrokenError,
    RedactionRefusedError,
    SealedForOthersError,
    SelectionUnknownError,
    VaultDamagedError,
)
from haechi.domain.evidence import EvidenceItem, ItemId, MediaKind
from haechi.flows.keep_derivative import keep_derivative
from haechi.flows.open_vault import OpenVault
from haechi.ports.redactor import Redactor

MOST_REGIONS = 1000


def redact(
    vault: OpenVault,
    case: Case,
    item_id: ItemId,
    *,
    regions: Sequence[Region],
    reason: str,
    redactor: Redactor,
    actor: str,
) -> Derivative:
    """Return the new derivative of a sealed picture.

    Raises `RedactionRefusedError` (in a reference-only case before a byte is read), `SelectionUnknownError`,
    `SealedForOthersError`, and `CustodyBrokenError` when the sealed bytes are not the item's.
    """
    if not case.mode.keeps_bytes:
        raise RedactionRefusedError(reason="reference-only")
    if not reason.strip():
        raise RedactionRefusedError(reason="reason-missing")
    if not 0 < len(regions) <= MOST_REGIONS:
        raise RedactionRefusedError(reason="nothing-chosen")
    item = _item(vault, case, item_id)
    blob = vault.ledger.blob(case.case_id, item.digest)
    if blob is None:
        raise CustodyBrokenError(kind="exhibit", place=item_id)
    try:
        with vault.blobs.open(blob, identity=vault.reader_identity) as stream:
            painted = redactor.paint(stream, digest=item.digest, regions=regions)
    except SealedForOthersError as error:
        raise SealedForOthersError(names=item_id) from error
    except (VaultDamagedError, CustodyBrokenError) as error:
        raise CustodyBrokenError(kind="exhibit", place=item_id) from error
    return keep_derivative(
        vault,
        case,
        painted.content,
        mime=painted.mime,
        source_entry=vault.ledger.item_entry(item_id),
        source_item=item_id,
        method=redactor.method,
        regions=regions,
        reason=reason,
        readers=vault.ledger.readers(case.case_id),
        actor=actor,
    )


def _item(vault: OpenVault, case: Case, item_id: ItemId) -> EvidenceItem:
    item = next((one for one in vault.ledger.items(case.case_id) if one.item_id == item_id), None)
    if item is None:
        raise SelectionUnknownError(names=item_id)
    if item.examined.kind is not MediaKind.IMAGE:
        raise RedactionRefusedError(reason="not-a-picture")
    if not item.is_sealed:
        raise RedactionRefusedError(reason="not-sealed")
    return item
