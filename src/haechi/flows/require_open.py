"""See before a packet is written that this vault can open every file that is to go into it."""

from collections.abc import Iterable

from haechi.domain.case import CaseId
from haechi.domain.errors import SealedForOthersError
from haechi.domain.packet import Exhibit, ShownDerivative
from haechi.ports.ledger import Ledger


def require_open(
    case: CaseId,
    exhibits: Iterable[Exhibit],
    derivatives: Iterable[ShownDerivative] = (),
    *,
    ledger: Ledger,
    reader: str,
) -> None:
    """Raise `SealedForOthersError` naming each exhibit and derivative whose file was sealed for others only.

    `reader` is the age recipient of this vault.
    """
    files = [(one.number, one.item.digest) for one in exhibits if one.file is not None]
    files += [(one.number, one.derivative.digest) for one in derivatives]
    closed = []
    for number, digest in files:
        blob = ledger.blob(case, digest)
        if blob is not None and blob.wraps and all(recipient != reader for recipient, _ in blob.wraps):
            closed.append(number)
    if closed:
        raise SealedForOthersError(names=", ".join(closed))
