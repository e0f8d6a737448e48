"""Keep a redacted derivative: its bytes sealed, an entry that names its source, and a record of it, or none of them."""

import hashlib
import io
import json
from collections.abc import Sequence

from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.derivative import Derivative, DerivativeId, Region, derivative_record
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import ItemId, Sha256
from haechi.flows.committed_case import require_committed
from haechi.flows.open_vault import OpenVault

_ID_BYTES = 16


def keep_derivative(
    vault: OpenVault,
    case: Case,
    content: bytes,
    *,
    mime: str,
    source_entry: int,
    source_item: ItemId | None = None,
    message: tuple[str, str] | None = None,
    method: str,
    regions: Sequence[Region] = (),
    fields: Sequence[str] = (),
    reason: str,
    readers: Sequence[str],
    actor: str,
) -> Derivative:
    """Seal `content` for the readers (age recipients) and record what it was made from.

    The bytes go from memory into an encrypted blob and are in no other file.
    """
    require_committed(vault.ledger, case)
    digest = Sha256(hashlib.sha256(content).hexdigest())
    source_commit = _commit(vault, source_entry)
    record = derivative_record(
        source_entry=source_entry,
        source_commit=source_commit,
        digest=digest,
        method=method,
        regions=regions,
        fields=fields,
        reason=reason,
    )
    derivative_id = DerivativeId(vault.tools.randomness(_ID_BYTES).hex())
    blob = None
    if vault.ledger.blob(case.case_id, digest) is None:  # the same was made before, for another reason
        name = vault.blobs.name(case.case_id, digest)
        blob = vault.blobs.seal(name, io.BytesIO(content), readers=readers)
    with vault.ledger.begin() as writer:
        entry = writer.append(
            Draft(
                EntryType.DERIVE,
                actor,
                vault.tools.now(),
                case=case.case_id,
                item=derivative_id,
                opening=open_record(vault.tools.randomness(32), record),
                counts={"regions": len(regions), "fields": len(fields)},
            )
        )
        if blob is not None:
            writer.add_blob(case.case_id, digest, blob)
        derivative = Derivative(
            derivative_id=derivative_id,
            case=case.case_id,
            source_item=source_item,
            message=message,
            source_entry=source_entry,
            source_commit=source_commit,
            entry=entry.index,
            digest=digest,
            size=len(content),
            mime=mime,
            method=method,
            regions=tuple(regions),
            fields=tuple(fields),
            reason=reason,
        )
        writer.add_derivative(derivative)
    vault.checkpoint()
    return derivative


def _commit(vault: OpenVault, index: int) -> str:
    for entry in vault.ledger.entries(index, index + 1):
        commit = json.loads(entry.raw).get("commit")
        if isinstance(commit, str):
            return commit
    raise CustodyBrokenError(kind="opening-missing", place=index)
