"""Number the redacted derivatives of what a packet shows."""

from collections.abc import Collection, Iterable, Mapping

from haechi.domain.derivative import Derivative, derivative_number
from haechi.domain.errors import CustodyBrokenError
from haechi.domain.evidence import EvidenceItem, ItemId, Sha256
from haechi.domain.packet import ShownDerivative
from haechi.flows.number_exhibits import extension_of
from haechi.ports.ledger import Ledger


def show_derivatives(
    derivatives: Iterable[Derivative],
    numbers: Mapping[Sha256, str],
    keys: Collection[tuple[str, str]],
    items: Mapping[ItemId, EvidenceItem],
    *,
    ledger: Ledger,
) -> tuple[ShownDerivative, ...]:
    """Return those made from an exhibit (`numbers`, by its bytes) or from a chosen message (`keys`), in their order."""
    shown: list[ShownDerivative] = []
    for one in derivatives:
        source = items.get(one.source_item) if one.source_item is not None else None
        exhibit = numbers.get(source.digest) if source is not None else None
        if exhibit is None and one.message not in keys:
            continue
        number = derivative_number(len(shown) + 1)
        file = f"data/derivatives/{number}.{extension_of(one.mime)}"
        opening = ledger.opening(one.entry)
        if opening is None:
            raise CustodyBrokenError(kind="opening-missing", place=one.entry)
        shown.append(ShownDerivative(number, one, opening, exhibit, file))
    return tuple(shown)
