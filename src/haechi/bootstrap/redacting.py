"""Joins redaction to the vault: the painter's worker, and who may open what it makes."""

from collections.abc import Collection, Sequence

from haechi.bootstrap import OpenVault
from haechi.domain.case import Case
from haechi.domain.derivative import Derivative, MessageField, Region
from haechi.domain.evidence import ItemId


def redact(vault: OpenVault, case: Case, item: str, *, regions: Sequence[Region], reason: str) -> Derivative:
    """Return a copy of a sealed picture with these regions black. Raises as `flows.redact` does."""
    from haechi.adapters.media.redactor import WorkerRedactor
    from haechi.flows.redact import redact as redact_picture

    redactor = WorkerRedactor()
    try:
        return redact_picture(
            vault.unlocked,
            case,
            ItemId(item),
            regions=regions,
            reason=reason,
            redactor=redactor,
            actor=vault.unlocked.actor,
        )
    finally:
        redactor.close()


def redact_message(
    vault: OpenVault, case: Case, key: tuple[str, str], *, fields: Collection[MessageField], reason: str
) -> Derivative:
    """Return a copy of a message with these fields taken out. Raises as `flows.redact_message` does."""
    from haechi.adapters.blobs.age import recipient_of
    from haechi.flows.redact_message import redact_message as redact_one

    return redact_one(
        vault.unlocked,
        case,
        key,
        fields=fields,
        reason=reason,
        own_reader=recipient_of(vault.unlocked.reader_identity),
        actor=vault.unlocked.actor,
    )
